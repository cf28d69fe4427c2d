"""A student's way, in a real browser: from the untouched notebook to the feedback page."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

from autograder import cli
from autograder.notebooks.cells import tags
from autograder.notebooks.sources import read_source, solution_cells

pytest.importorskip("playwright", reason="no Playwright: pip install playwright")
from tests.browser.lab import Lab, Notebook, running_lab

NAME = "01_residual_networks"
SOLVED = {name: cell.source for name, cell in solution_cells(read_source(NAME)).items()}
LIGHT, DARK = "JupyterLab Light", "JupyterLab Dark"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What students get, without the trainings: they take minutes and have tests of their own."""
    to = tmp_path_factory.mktemp("browser") / "handout"
    assert cli.main(["release", "--to", str(to)]) == 0
    for path in to.glob(f"notebooks/**/{NAME}.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = [
            cell
            for cell in notebook.cells
            if "heavy" not in tags(cell) or cell.source.strip() == "total()"
        ]
        nbformat.write(notebook, path)
    return to


@pytest.fixture(scope="module")
def lab(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with running_lab(folder, tmp_path_factory.mktemp("jupyter")) as lab:
        yield lab


def test_a_student_solves_notebook_01(
    page, lab: Lab, folder: Path, tmp_path: Path, keep: Callable[[str], Path]
) -> None:
    notebook = Notebook(page, lab, f"{NAME}.ipynb")
    keep("1-opened")
    block, check = notebook.index("identity_block"), notebook.index("test_identity_block")
    assert "Example" in notebook.output(check)

    # Nothing is written yet: every check says so.
    for cell in range(4):
        notebook.run(cell)
    for name in SOLVED:
        notebook.run(notebook.index(name))
        notebook.run(notebook.index(f"test_{name}"))
        assert "It is not written yet." in notebook.output(notebook.index(f"test_{name}"))
    assert notebook.errors() == []
    notebook.show(check)
    keep("2-untouched")

    # A mistake is named, with the line of the rubric that it costs.
    notebook.write(block, SOLVED["identity_block"].replace('padding="same"', 'padding="valid"'))
    notebook.run(block)
    notebook.run(check)
    said = notebook.output(check)
    assert "padding 'valid'" in said and "expected 'same'" in said and "23 of 30" in said
    assert "exercises done, 23 of" in said and "Next: identity_block." in said
    notebook.show(check)
    keep("3-diagnosis-light")
    notebook.theme(DARK)
    notebook.show(check)
    keep("3-diagnosis-dark")
    hint = notebook.insert_below(check, 'hint("identity_block")')
    for number in (1, 2):
        notebook.run(hint)
        assert f"Hint {number} of 3" in notebook.output(hint)
    assert "mistake here: Main path, second component" in notebook.output(hint)
    notebook.show(hint)
    keep("4-hint-dark")

    # The right answers, run from the top.
    for name, source in SOLVED.items():
        notebook.write(notebook.index(name), source)
    notebook.run_all()
    assert notebook.errors() == []
    total = page.evaluate("() => window.jupyterapp.shell.currentWidget.content.node.innerText")
    assert "100 of 100 points" in total
    notebook.show(check)
    keep("5-solved-dark")
    notebook.theme(LIGHT)
    notebook.command("docmanager:save")

    # Saved, it is validated, handed in and marked; the page is opened.
    saved = folder / "notebooks" / f"{NAME}.ipynb"
    validated = subprocess.run(
        [sys.executable, "-m", "autograder", "validate", str(saved)],
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    assert validated.returncode == 0, validated.stdout + validated.stderr
    submitted = tmp_path / "course" / "submitted" / "anna" / NAME
    submitted.mkdir(parents=True)
    shutil.copy(saved, submitted)
    course = ["--course", str(tmp_path / "course")]
    assert cli.main(["grade", NAME, *course, "--workers", "1"]) == 0
    assert cli.main(["feedback", NAME, *course]) == 0
    marks = json.loads((tmp_path / "course" / "grades.json").read_text())
    assert marks["students"]["anna"]["score"] == 100
    feedback = tmp_path / "course" / "feedback" / "anna" / NAME / f"{NAME}.html"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(feedback.as_uri())
        assert "identity_block" in page.inner_text("body")
        keep(f"6-feedback-{scheme}")


def test_a_chinese_notebook_speaks_chinese(page, lab: Lab, keep: Callable[[str], Path]) -> None:
    notebook = Notebook(page, lab, f"zh/{NAME}.ipynb")
    for cell in range(4):
        notebook.run(cell)
    block, check = notebook.index("identity_block"), notebook.index("test_identity_block")
    notebook.write(block, SOLVED["identity_block"].replace('padding="same"', 'padding="valid"'))
    notebook.run(block)
    notebook.run(check)
    said = notebook.output(check)
    assert "padding 为 'valid'，应为 'same'" in said and "23 分（满分 30 分）" in said
    hint = notebook.insert_below(check, 'hint("identity_block")')
    notebook.run(hint)
    assert "提示 1/3" in notebook.output(hint)
    assert notebook.errors() == []
    notebook.show(block - 1)
    keep("7-chinese-task")
    notebook.show(check)
    keep("7-chinese-diagnosis")
