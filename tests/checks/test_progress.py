"""Progress outlives kernels; a cell gets its first text back, and the student's is kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from autograder.notebooks.release_version import strip
from autograder.notebooks.sources import read_source, solution_cells
from autograder.paths import ROOT
from resnets import checks
from resnets.checks.first_texts import first_text
from resnets.checks.progress_file import keep_points, kept_points
from resnets.checks.progress_panel import line_under_a_check, panel

NAME = "02_building_blocks"
RIGHT = solution_cells(read_source(NAME))["conv_output_size"].source


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "progress.json"
    monkeypatch.setenv("RESNETS_PROGRESS", str(path))
    return path


def test_points_outlive_the_process(kept: Path) -> None:
    keep_points("conv2d", 7)
    code = "from resnets.checks.progress_file import kept_points; print(kept_points())"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    again = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert again.stdout.strip() == "{'conv2d': 7.0}", again.stderr


def test_the_panel_says_what_is_done_and_what_is_next(kept: Path) -> None:
    keep_points("conv_output_size", 10)
    keep_points("conv2d", 3)
    plain = panel()["text/plain"]
    functions = checks.exercises()
    most = sum(e.max_points for e in functions)
    assert f"1 of {len(functions)} exercises done, 13 of {most:g} points." in plain
    assert f"{NAME}" in plain and "13 of 100" in plain
    assert "Next: conv2d." in line_under_a_check(NAME)["text/plain"]
    for exercise in checks.exercises(NAME):
        keep_points(exercise.name, exercise.max_points)
    assert "Next: identity_block (01_residual_networks)." in line_under_a_check(NAME)["text/plain"]


@pytest.mark.parametrize("content", ["", "[1]", '{"conv2d": "seven"}', "\x00"])
def test_a_damaged_file_counts_as_nothing(kept: Path, content: str) -> None:
    kept.write_text(content)
    assert kept_points() == {}
    keep_points("conv2d", 1)
    assert json.loads(kept.read_text()) == {"conv2d": 1}


def test_a_folder_that_cannot_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESNETS_PROGRESS", "/proc/none/progress.json")
    keep_points("conv2d", 1)
    assert kept_points() == {}


def test_nothing_is_shown_where_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESNETS_PROGRESS", "")
    assert line_under_a_check(NAME) == {}


def test_first_texts_are_what_students_find() -> None:
    handed_out = solution_cells(strip(read_source(NAME)))
    assert {name: first_text(name) for name in handed_out} == {
        name: cell.source for name, cell in handed_out.items()
    }


def test_a_cell_gets_its_first_text_and_the_students_is_kept(tmp_path: Path) -> None:
    mine = RIGHT.replace("### BEGIN SOLUTION\n", "# mine\n")
    begin = "from resnets_utils import check, progress, reset"
    cells = [begin, mine, 'reset("conv_output_size")\n' + mine, 'x = 1\nreset("conv_output_size")']
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    client.execute(env=environment)
    said = [cell.outputs for cell in notebook.cells]
    told = said[2][0].data["text/plain"]
    assert "has its first text again" in told
    (file,) = tmp_path.glob("kept_conv_output_size_*.py")
    assert file.name in told and file.read_text() == mine + "\n"
    # In another cell it changes nothing, and says where to type it.
    assert "in its first line" in said[3][0].data["text/plain"]


def test_a_name_that_no_exercise_has_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    checks.reset("conv2")
    assert 'Did you mean reset("conv2d")?' in capsys.readouterr().out
