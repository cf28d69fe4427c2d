"""nbgrader's gradebook, written through nbgrader's own library."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    Base,
    BaseCell,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import parse_utc
from sqlalchemy.exc import SAWarning

from autograder.course.folder import Course
from autograder.course.folder import Student as CourseStudent
from autograder.course.verdict import CellVerdict, Verdict, key_of, place_of
from autograder.results.by_hand import ByHand
from autograder.results.gradebook_faults import require_schema, told

Marks = dict[str, Verdict]
_SCHEMA = {
    table.name: {column.name for column in table.columns} for table in Base.metadata.sorted_tables
}


def declare(path: Path, assignment: str, source: NotebookNode) -> None:
    """Tells the gradebook about the assignment's cells, as `nbgrader generate_assignment` does.

    Args:
        path: the database; it is made where there is none.
        assignment: its name, which is its notebook's too.
        source: the solved notebook.

    Raises:
        GradebookError: the database cannot be written, or is not fit for it.
    """
    declare_all(path, assignment, {assignment: source})


def declare_all(path: Path, assignment: str, sources: Mapping[str, NotebookNode]) -> None:
    """The same of an assignment with one or more notebooks.

    Args:
        path: the database; it is made where there is none.
        assignment: its name.
        sources: the notebooks by their names.

    Raises:
        GradebookError: the database cannot be written, or is not fit for it.
    """
    url = f"sqlite:///{path}"
    _find_alembic()
    with told(path, assignment):
        require_schema(path, _SCHEMA)
        with Gradebook(url) as gradebook:
            known = gradebook.update_or_create_assignment(assignment)
            if not known.submissions:
                for name in {notebook.name for notebook in known.notebooks} - sources.keys():
                    gradebook.remove_notebook(name, assignment)
        for name, source in sources.items():
            names = {"assignment": assignment, "notebook": name, "db_url": url}
            SaveCells().preprocess(source, {"nbgrader": names})


def write(
    path: Path,
    assignment: str,
    marks: Marks,
    times: Mapping[str, datetime] | None = None,
    by_hand: Mapping[str, ByHand] | None = None,
    to_look_at: Mapping[str, set[str]] | None = None,
) -> None:
    """Enters the marks of an assignment that is declared, all of them or none.

    Marks that people gave stay. What is in the gradebook already is not written again.

    Args:
        path: the database.
        assignment: its name.
        marks: the verdicts by the student's id.
        times: when they were handed in, in UTC without a time zone, by the student's id. Where a
            time is not known, the gradebook keeps the one it has, or none, as nbgrader does.
        by_hand: what people gave, by the same; entered for students that are not there yet, since
            it was read from a gradebook that is gone.
        to_look_at: by the same, cells whose grades people should look at again.

    Raises:
        GradebookError: the database cannot be written.
    """
    url, times = f"sqlite:///{path}", times or {}
    with (
        told(path, assignment),
        warnings.catch_warnings(),
        Gradebook(url) as gradebook,
        _one_transaction(gradebook),
    ):
        # nbgrader relates what it has not added to the session yet, and SQLAlchemy says so.
        warnings.simplefilter("ignore", SAWarning)
        there, known = _entered(gradebook, assignment), _times(gradebook, assignment)
        for student, verdict in marks.items():
            scores = {cell.key: None if cell.manual else cell.points for cell in verdict.cells}
            if there.get(student) != scores:
                _enter(gradebook, assignment, student, verdict.cells)
            if student not in there and student in (by_hand or {}):
                _enter_by_hand(gradebook, assignment, student, by_hand[student])
            for cell in (to_look_at or {}).get(student, ()):
                notebook, name = place_of(cell, assignment)
                grade = gradebook.find_grade(name, notebook, assignment, student)
                grade.needs_manual_grade = True
            time = times.get(student)
            if time is not None and time != known.get(student):
                gradebook.update_or_create_submission(assignment, student, timestamp=time)


def hand_in_times(
    course: Course, assignment: str, students: list[CourseStudent]
) -> tuple[dict[str, datetime], list[str]]:
    """When notebooks were handed in, from the timestamp.txt beside them, read as nbgrader does.

    Returns:
        By the student's id, the time in UTC, without a time zone; and complaints about those that
        cannot be read, one sentence each.
    """
    times, complaints = {}, []
    for student in students:
        try:
            said = course.timestamp(student, assignment)
        except OSError as error:
            complaints.append(f"{student.id}: {error} Until then the notebook is never late.")
            continue
        try:
            with warnings.catch_warnings(action="ignore"):
                times |= {student.id: parse_utc(said)} if said else {}
        except Exception:  # dateutil raises what it likes.
            complaints.append(
                f"{student.id}: timestamp.txt says {said[:40]!r}, which is no date and time like "
                "2026-11-25 18:00:00 UTC; until it is mended, the notebook is never late."
            )
    return times, complaints


def _times(gradebook: Gradebook, assignment: str) -> dict[str, datetime | None]:
    """When submissions were handed in, by student."""
    rows = (
        gradebook.db.query(Student.id, SubmittedAssignment.timestamp)
        .select_from(SubmittedAssignment)
        .join(Student, SubmittedAssignment.student_id == Student.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name == assignment)
    )
    return dict(iter(rows))


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
        gradebook.db.query(Student.id, Notebook.name, BaseCell.name, Grade.auto_score)
        .select_from(Grade)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Student, SubmittedAssignment.student_id == Student.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(Assignment, Notebook.assignment_id == Assignment.id)
        .filter(Assignment.name == assignment)
    )
    scores: dict[str, dict[str, float | None]] = {}
    for student, notebook, cell, score in rows:
        scores.setdefault(student, {})[key_of(notebook, cell, assignment)] = score
    return scores


def _enter(gradebook: Gradebook, assignment: str, student: str, cells: list[CellVerdict]) -> None:
    gradebook.update_or_create_student(student)
    gradebook.update_or_create_submission(assignment, student)
    for cell in cells:
        notebook = cell.notebook or assignment
        grade = gradebook.find_grade(cell.grade_id, notebook, assignment, student)
        grade.auto_score = None if cell.manual else cell.points
        grade.needs_manual_grade = cell.manual or grade.manual_score is not None


def _enter_by_hand(gradebook: Gradebook, assignment: str, student: str, given: ByHand) -> None:
    for cell, grade in given.grades.items():
        with suppress(MissingEntry):  # The notebook may have lost the cell.
            notebook, name = place_of(cell, assignment)
            entered = gradebook.find_grade(name, notebook, assignment, student)
            entered.manual_score, entered.extra_credit = grade.score, grade.extra
            entered.needs_manual_grade = False
    for cell, comment in given.comments.items():
        with suppress(MissingEntry):
            notebook, name = place_of(cell, assignment)
            entered = gradebook.find_comment(name, notebook, assignment, student)
            entered.manual_comment = comment.text
