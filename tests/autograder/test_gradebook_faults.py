"""A gradebook that cannot be written costs nobody the marks, and says the way out."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.api import Gradebook
from nbgrader.utils import parse_utc

from autograder.course.folder import Course, Student
from autograder.course.verdict import CellVerdict, Verdict
from autograder.results import nbgrader_gradebook
from autograder.results.gradebook_faults import GradebookError
from tests.autograder.conftest import small_reference, solution, test_of
from tests.autograder.instant import (
    ASSIGNMENT,
    WRONG,
    Done,
    command,
    entries,
    hand_in,
    make_course,
    put,
    rows,
)


@pytest.fixture(scope="module")
def new_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook without an assignment: making one takes seconds."""
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    with Gradebook(f"sqlite:///{path}"):
        return path


@pytest.fixture
def course(tmp_path: Path, new_gradebook: Path) -> Path:
    course = make_course(tmp_path)
    shutil.copy(new_gradebook, course / "gradebook.db")
    hand_in(course, "anna")
    hand_in(course, "zoë", WRONG)
    return course


def gradebook(course: Path) -> Gradebook:
    return Gradebook(f"sqlite:///{course / 'gradebook.db'}")


def nbgrader(course: Path, *arguments: str) -> None:
    """Runs one of nbgrader's commands in the course folder."""
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env=os.environ | {"PATH": programs},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def warned(course: Path, done: Done, *said: str) -> None:
    """All marks are in the other files, and one sentence says what to do."""
    assert done.returncode == 0, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith(f"autograder: warning: {course / 'gradebook.db'}")
    assert all(words in done.stderr for words in said), done.stderr
    assert {name: row["score"] for name, row in rows(course).items()} == {"anna": "3", "zoë": "1"}
    assert {n: entry["score"] for n, entry in entries(course).items()} == {"anna": 3, "zoë": 1}


def filled_by_the_next_run(course: Path) -> None:
    done = command(course)
    assert (done.returncode, done.stderr) == (0, "")
    with gradebook(course) as book:
        marks = {s.student.id: s.score for s in book.assignment_submissions(ASSIGNMENT)}
    assert marks == {"anna": 3, "zoë": 1}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite does not wait for locks."""
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **n: connect(*a, **n | {"timeout": 0.1}))
    monkeypatch.setattr(sqlite3.dbapi2, "connect", sqlite3.connect)


@pytest.mark.parametrize("lock", ["EXCLUSIVE", "IMMEDIATE"])
@pytest.mark.parametrize("there", [False, True], ids=["first marks", "other marks"])
def test_locked_by_another_program(course: Path, impatient: None, lock: str, there: bool) -> None:
    if there:
        hand_in(course, "zoë")
        command(course)
        hand_in(course, "zoë", WRONG)
    else:
        nbgrader_gradebook.declare(course / "gradebook.db", ASSIGNMENT, small_reference())
    with closing(sqlite3.connect(course / "gradebook.db")) as other:
        other.execute(f"BEGIN {lock}")
        warned(course, command(course), "locked by another program", "the next `grade`")
    filled_by_the_next_run(course)


def test_a_lock_that_is_gone_at_the_end_is_no_trouble(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare, failures = nbgrader_gradebook.declare, iter([True])

    def once_locked(path: Path, *arguments: object) -> None:
        if next(failures, False):
            raise GradebookError("locked")
        declare(path, *arguments)

    monkeypatch.setattr(nbgrader_gradebook, "declare", once_locked)
    filled_by_the_next_run(course)


def move_away(course: Path) -> None:
    (course / "gradebook.db").rename(course / "old.db")


def remove_assignment(course: Path) -> None:
    nbgrader(course, "db", "assignment", "remove", ASSIGNMENT, "--force")


@pytest.mark.parametrize("way_out", [move_away, remove_assignment])
def test_made_for_an_older_version_of_the_notebook(
    course: Path, way_out: Callable[[Path], None]
) -> None:
    older = small_reference()
    older.cells += [solution("extra", "1"), test_of("extra", "assert True", 5)]
    nbgrader_gradebook.declare(course / "gradebook.db", ASSIGNMENT, older)
    marks = {"anna": Verdict("graded", cells=[CellVerdict("test_extra", 5, 5, True)])}
    nbgrader_gradebook.write(course / "gradebook.db", ASSIGNMENT, marks)
    said = "another version of 00_small", "move the file away", "db assignment remove"
    warned(course, command(course), *said)
    way_out(course)
    filled_by_the_next_run(course)


def as_before_courses(path: Path) -> None:
    """Takes from the schema what nbgrader 0.6 added to it: assignments belong to courses."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute("PRAGMA legacy_alter_table = ON")
        (made,) = database.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'assignment'"
        ).fetchone()
        lines = [line.strip().rstrip(",") for line in made.splitlines()[1:-1]]
        kept = [line for line in lines if line and "course" not in line and "UNIQUE" not in line]
        names = ", ".join(line.split()[0] for line in kept if line.split()[1] != "KEY")
        database.execute("ALTER TABLE assignment RENAME TO newer")
        database.execute(f"CREATE TABLE assignment ({', '.join(kept)})")
        database.execute(f"INSERT INTO assignment ({names}) SELECT {names} FROM newer")
        database.execute("DROP TABLE newer")
        database.execute("DROP TABLE course")
        database.execute("UPDATE alembic_version SET version_num = '282d30a0218e'")
        database.commit()


def test_made_by_an_older_nbgrader(course: Path) -> None:
    hand_in(course, "zoë")
    command(course)
    hand_in(course, "zoë", WRONG)
    as_before_courses(course / "gradebook.db")
    warned(course, command(course), "older nbgrader", "nbgrader db upgrade")
    nbgrader(course, "db", "upgrade")
    filled_by_the_next_run(course)


def test_not_a_database(course: Path) -> None:
    (course / "gradebook.db").write_text("my marks\n" * 1000)
    warned(course, command(course), "not a database", "move the file away")
    move_away(course)
    filled_by_the_next_run(course)


def test_a_folder_in_its_place(course: Path) -> None:
    move_away(course)
    (course / "gradebook.db").mkdir()
    warned(course, command(course), "cannot be opened")
    (course / "gradebook.db").rmdir()
    filled_by_the_next_run(course)


@pytest.mark.parametrize("step", ["declare", "write"])
@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), RuntimeError("two\nlines"), ValueError()],
    ids=lambda error: type(error).__name__,
)
def test_whatever_else_fails(
    course: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    name = "SaveCells" if step == "declare" else "AssignmentRows"
    with monkeypatch.context() as patch:
        patch.setattr(nbgrader_gradebook, name, fail)
        warned(course, command(course), "could not be filled", "the next `grade`")
    filled_by_the_next_run(course)


# When it was handed in


def times(course: Path) -> dict[str, datetime | None]:
    with gradebook(course) as book:
        return {s.student.id: s.timestamp for s in book.assignment_submissions(ASSIGNMENT)}


def stamp(course: Path, student: str, said: str) -> None:
    put(course, student, ASSIGNMENT, "timestamp.txt", content=said.encode())


def test_lateness_is_by_the_time_of_handing_in(course: Path) -> None:
    stamp(course, "anna", "2026-11-01 11:00:00 UTC\n")
    stamp(course, "zoë", "2026-11-01 11:00:00.5 America/New_York")
    hand_in(course, "bob")
    command(course)
    with gradebook(course) as book:
        book.update_or_create_assignment(ASSIGNMENT, duedate="2026-11-01 12:00:00 UTC")
    assert command(course, "--force").returncode == 0
    with gradebook(course) as book:
        late = {s.student.id: s.total_seconds_late for s in book.assignment_submissions(ASSIGNMENT)}
        assert book.find_assignment(ASSIGNMENT).duedate == datetime(2026, 11, 1, 12)
    assert late == {"anna": 0, "bob": 0, "zoë": 4 * 3600 + 0.5}
    assert times(course)["bob"] is None


def test_a_new_time_is_entered_although_the_marks_are_the_same(course: Path) -> None:
    command(course)
    assert times(course) == {"anna": None, "zoë": None}
    stamp(course, "anna", "2026-11-01 11:00:00 UTC")
    assert ": 0 marked" in command(course).stdout
    assert times(course) == {"anna": datetime(2026, 11, 1, 11), "zoë": None}


BROKEN = {
    "words": (b"yesterday evening", "no date and time"),
    "bytes": (b"\xff\xfe2\x000", "no date and time"),
    "too large": (b"9" * 5000, "at most"),
    "no such day": (b"2026-02-31 10:00:00 UTC", "no date and time"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_time_is_told_and_no_disaster(course: Path, kind: str) -> None:
    content, said = BROKEN[kind]
    path = put(course, "anna", ASSIGNMENT, "timestamp.txt", content=content)
    done = command(course)
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("warning: anna")]
    assert said in line
    assert times(course) == {"anna": None, "zoë": None}
    path.write_text("")
    assert "warning" not in command(course).stdout


def test_a_time_is_not_read_through_a_link(course: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("2026-11-01 11:00:00 UTC")
    path = course / "submitted" / "anna" / ASSIGNMENT / "timestamp.txt"
    path.symlink_to(tmp_path / "elsewhere")
    assert "timestamp.txt is a link" in command(course).stdout
    assert times(course)["anna"] is None


@given(
    moment=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)),
    zone=st.sampled_from(["UTC", "Asia/Shanghai", "+0200", "-0930", "Nowhere/Land", ""]),
)
def test_times_are_read_as_nbgrader_reads_them(
    tmp_path_factory: pytest.TempPathFactory, moment: datetime, zone: str
) -> None:
    folder = tmp_path_factory.mktemp("times")
    said = f"{moment} {zone}".strip()
    hand_in(folder, "anna")
    stamp(folder, "anna", f"{said}\n")
    found, complaints = nbgrader_gradebook.hand_in_times(
        Course(folder), ASSIGNMENT, [Student("anna")]
    )
    try:
        expected = {"anna": parse_utc(said)}
    except Exception:
        expected = {}
    assert found == expected
    assert len(complaints) == 1 - len(expected)
