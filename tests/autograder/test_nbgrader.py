"""There and back: our notebooks in a plain nbgrader course, our marks in nbgrader's own tools."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.course.verdict import CellVerdict, Verdict
from autograder.notebooks.release_version import strip
from autograder.results import nbgrader_gradebook
from tests.autograder.conftest import handed_in, small_reference

ASSIGNMENT = "00_small"


def nbgrader(course: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Runs one of nbgrader's commands in the course folder."""
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-m", "nbgrader", *arguments]
    environment = os.environ | {"PATH": programs}
    return subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)


def verdict(third: float, greet: float, manual: bool = False) -> Verdict:
    cells = [
        CellVerdict("test_third", third, 2, third == 2),
        CellVerdict("test_greet", greet, 1, greet == 1, manual=manual),
    ]
    return Verdict("graded", cells=cells)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'course'\n"
    )
    return tmp_path


def test_our_marks_are_exported_by_nbgrader(course: Path) -> None:
    marks = {"anna": verdict(2, 1), "béla": verdict(0.5, 0), "c'est": verdict(0, 0)}
    nbgrader_gradebook.declare(course / "gradebook.db", ASSIGNMENT, small_reference())
    nbgrader_gradebook.write(course / "gradebook.db", ASSIGNMENT, marks)
    done = nbgrader(course, "export", "--to=grades.csv")
    assert done.returncode == 0, done.stderr
    with (course / "grades.csv").open(newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {name: float(row["score"]) for name, row in rows.items()} == {
        "anna": 3,
        "béla": 0.5,
        "c'est": 0,
    }
    assert {float(row["max_score"]) for row in rows.values()} == {3}


def test_writing_again_changes_only_what_has_changed(course: Path) -> None:
    path = course / "gradebook.db"
    reference = small_reference()
    nbgrader_gradebook.declare(path, ASSIGNMENT, reference)
    nbgrader_gradebook.write(path, ASSIGNMENT, {"anna": verdict(2, 1), "bob": verdict(2, 0)})
    with Gradebook(f"sqlite:///{path}") as book:
        for student in ("anna", "bob"):
            grade = book.find_grade("test_third", ASSIGNMENT, ASSIGNMENT, student)
            grade.needs_manual_grade = True  # Writing the marks would take it back.
        book.db.commit()
    nbgrader_gradebook.declare(path, ASSIGNMENT, reference)
    nbgrader_gradebook.write(path, ASSIGNMENT, {"anna": verdict(2, 1), "bob": verdict(2, 1)})
    with Gradebook(f"sqlite:///{path}") as book:
        left = {
            student: book.find_grade("test_third", ASSIGNMENT, ASSIGNMENT, student)
            for student in ("anna", "bob")
        }
        left = {student: grade.needs_manual_grade for student, grade in left.items()}
        scores = {s.student.id: s.score for s in book.assignment_submissions(ASSIGNMENT)}
    assert scores == {"anna": 3, "bob": 3}
    assert left == {"anna": True, "bob": False}


def test_all_marks_are_written_or_none(course: Path) -> None:
    path = course / "gradebook.db"
    nbgrader_gradebook.declare(path, ASSIGNMENT, small_reference())
    unknown = Verdict("graded", cells=[CellVerdict("no such cell", 1, 1, True)])
    with pytest.raises(Exception, match="no such cell"):
        nbgrader_gradebook.write(path, ASSIGNMENT, {"a": verdict(2, 1), "b": unknown})
    with Gradebook(f"sqlite:///{path}") as book:
        assert list(book.assignment_submissions(ASSIGNMENT)) == []


def test_the_released_notebook_works_in_a_plain_nbgrader_course(course: Path) -> None:
    source = course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    source.parent.mkdir(parents=True)
    reference = small_reference()
    for cell in reference.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = f"### BEGIN SOLUTION\n{cell.source}\n### END SOLUTION"
    reference.cells = [c for c in reference.cells if "tags" not in c.metadata]
    nbformat.write(reference, source)
    done = nbgrader(course, "generate_assignment", ASSIGNMENT)
    assert done.returncode == 0, done.stderr
    released = strip(reference)
    right = handed_in(released, third="def third(x):\n    return x / 3",
                      greet="def greet(name):\n    return 'hello you'")  # fmt: skip
    handed = course / "submitted" / "anna" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    handed.parent.mkdir(parents=True)
    handed.write_bytes(right)
    validated = nbgrader(course, "validate", str(handed))
    assert "Success" in validated.stdout + validated.stderr
    done = nbgrader(course, "autograde", ASSIGNMENT)
    assert done.returncode == 0, done.stderr
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        # The hidden test, which the released notebook does not hold, has been put back.
        grades = {
            g.name: g.score for g in book.find_submission(ASSIGNMENT, "anna").notebooks[0].grades
        }
    assert grades == {"test_third": 2, "test_greet": 0}
