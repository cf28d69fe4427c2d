"""A rubric that does not add up to its cell's points is refused before anything is marked."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from autograder.grading import reference
from autograder.grading.reference import UnusableReference, read_reference
from autograder.notebooks import sources
from autograder.notebooks.cells import grade_id
from autograder.paths import SOLUTIONS
from tests.autograder.instant import InstantExecutor, command, put

ASSIGNMENT = "01_residual_networks"


@pytest.mark.parametrize("assignment", sources.assignments())
def test_the_courses_own_rubrics_add_up(assignment: str) -> None:
    reference._require_points_that_add_up(assignment, reference.solved(assignment))


@pytest.mark.parametrize("points", [34, 29.5, 0])
def test_points_that_do_not_add_up_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, points: float
) -> None:
    solutions, course = tmp_path / "solutions", tmp_path / "course"
    solutions.mkdir()
    (tmp_path / "secret").write_text("the tests' own")
    (tmp_path / "secret").chmod(0o600)
    shutil.copy(SOLUTIONS / f"{ASSIGNMENT}.py", solutions)
    notebook = nbformat.read(SOLUTIONS / f"{ASSIGNMENT}.ipynb", as_version=4)
    for cell in notebook.cells:
        if grade_id(cell) == "test_identity_block":
            cell.metadata.nbgrader.points = points
    nbformat.write(notebook, solutions / f"{ASSIGNMENT}.ipynb")
    put(course, "anna", ASSIGNMENT, f"{ASSIGNMENT}.ipynb")
    executor = InstantExecutor()
    done = command(course, executor=executor, assignment=ASSIGNMENT)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert f"test_identity_block is worth {points:g} points" in line and "adds up to 30" in line
    assert executor.jobs == []
    monkeypatch.setattr(reference, "SOLUTIONS", solutions)
    with pytest.raises(UnusableReference):
        read_reference(ASSIGNMENT, "00", None, None)
