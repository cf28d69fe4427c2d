"""nbgrader's gradebook, written through nbgrader's own library."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from nbformat import NotebookNode
from nbgrader.api import Base, Gradebook, SubmittedAssignment
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import parse_utc

from autograder.course.folder import Course
from autograder.course.folder import Student as CourseStudent
from autograder.course.verdict import Verdict
from autograder.results.by_hand import ByHand
from autograder.results.gradebook_faults import require_schema, told
from autograder.results.gradebook_rows import AssignmentRows

Marks = Mapping[str, Verdict]
AT_A_TIME = 500
"""Students whose rows are in memory at a time."""
Value = TypeVar("Value")
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
    find_alembic()
    with told(path, assignment):
        require_schema(path, _SCHEMA)
        with Gradebook(url) as gradebook:
            known = gradebook.update_or_create_assignment(assignment)
            # Asking the assignment itself would load the submissions of the whole class.
            handed_in = gradebook.db.query(SubmittedAssignment.id)
            if handed_in.filter_by(assignment_id=known.id).first() is None:
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
    extensions: Mapping[str, float | None] | None = None,
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
        extensions: by the same, seconds by which the due date is later, or None for no longer.

    Raises:
        GradebookError: the database cannot be written.
    """
    with (
        told(path, assignment),
        Gradebook(f"sqlite:///{path}") as gradebook,
        _one_transaction(gradebook),
    ):
        times, extensions = times or {}, extensions or {}
        everybody = list(dict.fromkeys([*marks, *times, *extensions]))
        for start in range(0, max(1, len(everybody)), AT_A_TIME):
            some = everybody[start : start + AT_A_TIME]
            rows = AssignmentRows(gradebook.db, assignment, some)
            marked = [student for student in some if student in marks]
            new = [student for student in marked if student not in rows.submissions]
            rows.add_submissions(new)
            for student in marked:
                rows.enter(student, marks[student])
                rows.look_again(student, (to_look_at or {}).get(student, ()))
            for student in new:
                if student in (by_hand or {}):
                    rows.enter_by_hand(student, by_hand[student])
            rows.enter_times(_of(some, times), _of(some, extensions))
            rows.write()


def _of(students: Iterable[str], known: Mapping[str, Value]) -> dict[str, Value]:
    return {student: known[student] for student in students if student in known}


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


def find_alembic() -> None:
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
