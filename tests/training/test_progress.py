"""A progress bar that a notebook's stored output can hold."""

from __future__ import annotations

import os
import re

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.authoring.build import tidy
from autograder.paths import ROOT
from resnets.progress import Progress

CODE = """
import time
from resnets.progress import Progress
with Progress(30, "training", "steps") as progress:
    for _ in range(30):
        time.sleep({pause})
        progress.step()
print("done")
"""


def shown(pause: float) -> str:
    """What a notebook keeps of a cell that takes its time."""
    cell = nbformat.v4.new_code_cell(CODE.format(pause=pause))
    notebook = nbformat.v4.new_notebook(cells=[cell])
    NotebookClient(notebook).execute(env=os.environ | {"PYTHONPATH": str(ROOT)})
    (output,) = tidy(notebook).cells[0].outputs
    assert output.name == "stdout"  # Jupyter shows standard error in red
    return output.text


def test_what_is_left_does_not_depend_on_how_long_it_took() -> None:
    assert shown(pause=0) == shown(pause=0.02)
    line, rest, _ = shown(pause=0).split("\n")
    assert re.fullmatch(r"training +█{24} +30 of 30 steps", line) and rest == "done"


def test_nothing_is_written_where_nobody_looks_on(capfd: pytest.CaptureFixture[str]) -> None:
    with Progress(3, "training", "steps") as progress:
        progress.step(3)
    assert capfd.readouterr() == ("", "")


def test_none_is_shown_where_none_is_wanted(monkeypatch, capfd) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with Progress(3, "training", "steps", shown=False) as progress:
        progress.step(3)
    assert capfd.readouterr() == ("", "")


def test_a_terminal_sees_the_steps(monkeypatch, capfd) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with Progress(3, "training", "steps") as progress:
        progress.step(3)
    assert "3 of 3 steps" in capfd.readouterr().err
