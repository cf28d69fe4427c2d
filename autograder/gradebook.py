"""nbgrader's gradebook, written through nbgrader's own library."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import SaveCells
from sqlalchemy.exc import SAWarning

from .verdict import CellVerdict, Verdict

Marks = dict[str, Verdict]


def declare(path: Path, assignment: str, source: NotebookNode) -> None:
    """Tells the gradebook about the assignment's cells, as `nbgrader generate_assignment` does.

    Args:
        path: the database; it is made where there is none.
        assignment: its name, which is its notebook's too.
        source: the solved notebook.
    """
    url = f"sqlite:///{path}"
    _find_alembic()
    with Gradebook(url) as gradebook:
        gradebook.update_or_create_assignment(assignment)
    names = {"assignment": assignment, "notebook": assignment, "db_url": url}
    SaveCells().preprocess(source, {"nbgrader": names})


def write(path: Path, assignment: str, marks: Marks) -> None:
    """Enters the marks of an assignment that is declared, all of them or none.

    Marks that people gave stay. What is in the gradebook already is not written again.

    Args:
        path: the database.
        assignment: its name.
        marks: the verdicts by the student's id.
    """
    url = f"sqlite:///{path}"
    with warnings.catch_warnings(), Gradebook(url) as gradebook, _one_transaction(gradebook):
        # nbgrader relates what it has not added to the session yet, and SQLAlchemy says so.
        warnings.simplefilter("ignore", SAWarning)
        there = _entered(gradebook, assignment)
        for student, verdict in marks.items():
            scores = {cell.grade_id: None if cell.manual else cell.points for cell in verdict.cells}
            if there.get(student) != scores:
                _enter(gradebook, assignment, student, verdict.cells)


def _find_alembic() -> None:
    """nbgrader runs `alembic` to make a database, and finds it only where PATH leads."""
    programs = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "")
    if programs not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([programs, path])


@contextmanager
def _one_transaction(gradebook: Gradebook) -> Iterator[None]:
    """Makes the library's many commits one."""
    session = gradebook.db
    commit = session.commit
    session.commit = session.flush
    try:
        yield
    except BaseException:
        session.rollback()
        raise
    finally:
        session.commit = commit
    session.commit()


def _entered(gradebook: Gradebook, assignment: str) -> dict[str, dict[str, float | None]]:
    """The automatic scores by student and cell."""
    rows = (
        gradebook.db.query(Student.id, GradeCell.name, Grade.auto_score)
        .select_from(Grade)
        .join(GradeCell, Grade.cell_id == GradeCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Student, SubmittedAssignment.student_id == Student.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(Assignment, Notebook.assignment_id == Assignment.id)
        .filter(Assignment.name == assignment)
    )
    scores: dict[str, dict[str, float | None]] = {}
    for student, cell, score in rows:
        scores.setdefault(student, {})[cell] = score
    return scores


def _enter(gradebook: Gradebook, assignment: str, student: str, cells: list[CellVerdict]) -> None:
    gradebook.update_or_create_student(student)
    now = datetime.now(UTC).replace(tzinfo=None)
    gradebook.update_or_create_submission(assignment, student, timestamp=now)
    for cell in cells:
        grade = gradebook.find_grade(cell.grade_id, assignment, assignment, student)
        grade.auto_score = None if cell.manual else cell.points
        grade.needs_manual_grade = cell.manual or grade.manual_score is not None
