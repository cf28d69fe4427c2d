"""`python -m autograder export`: the marks as files that an LMS takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.files import write_atomically
from autograder.results.lms import canvas, gradescope, moodle, roster, table
from autograder.results.lms.marks import StudentMark
from autograder.results.lms.roster import ExportError

FORMATS = ("canvas", "moodle", "gradescope", "csv")
LONGEST_FOLDER = 200


@dataclass
class Exported:
    """What was written.

    Attributes:
        files: the files; of Gradescope's, their folder.
        notes: about students and rows, one line each.
    """

    files: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def export(
    marks: Sequence[StudentMark],
    assignment: str,
    to: str,
    folder: Path,
    roster_file: Path | None = None,
    column: str | None = None,
    name: str | None = None,
) -> Exported:
    """Writes the marks in one of the FORMATS.

    Args:
        marks: of the students.
        assignment: its name.
        to: the format.
        folder: where; it is made.
        roster_file: what the LMS exported; Canvas and Moodle need it.
        column: of Canvas's gradebook, where it cannot be told by its name.
        name: of the file, where another one is wanted.

    Raises:
        ExportError: there is no mark, or no fitting roster.
        OSError: a file cannot be written.
    """
    if not marks:
        raise ExportError(f"There is no mark of {assignment} yet: run `grade {assignment}` first.")
    done = _written(marks, assignment, to, folder, roster_file, column, name)
    if waiting := sum(mark.waiting for mark in marks):
        students = sum(mark.waiting > 0 for mark in marks)
        done.notes.append(
            f"Answers that wait for a person: {waiting} (students: {students}). They count 0 "
            "points here; give points in formgrader and export again."
        )
    return done


def _written(
    marks: Sequence[StudentMark],
    assignment: str,
    to: str,
    folder: Path,
    roster_file: Path | None,
    column: str | None,
    name: str | None,
) -> Exported:
    if to == "gradescope":
        return _gradescope(marks, assignment, folder)
    path = folder / (name or f"{assignment}-{to}.csv")
    done = Exported([path])
    if to == "csv":
        text, done.notes = table.export(marks, assignment)
    elif to == "canvas":
        read = _roster(roster_file, to, canvas.NEEDED, canvas.HOW_TO_EXPORT)
        text, done.notes = canvas.export(marks, assignment, read, column)
    else:
        read = _roster(roster_file, to, moodle.NEEDED, moodle.HOW_TO_EXPORT)
        text, pages, done.notes = moodle.export(marks, assignment, read)
        done.files.append(path.with_name(f"{path.stem}-feedback.zip"))
        write_atomically(done.files[-1], pages)
    write_atomically(path, text)
    return done


def _roster(path: Path | None, to: str, needed: Sequence[str], how: str) -> roster.Roster:
    if path is None:
        raise ExportError(
            f"{to.capitalize()} knows students by its own ids: give the file that it exports, "
            f"--roster FILE. {how}"
        )
    return roster.read(path, needed, how)


def _gradescope(marks: Sequence[StudentMark], assignment: str, folder: Path) -> Exported:
    """A folder with a results.json for each student."""
    root = folder / f"{assignment}-gradescope"
    done = Exported([root])
    for mark in marks:
        if len(mark.student.encode()) > LONGEST_FOLDER or mark.student in (".", ".."):
            done.notes.append(f"{mark.student[:40]}…: no folder can have this name; left out.")
            continue
        safe = mark.student.replace("/", "_").replace("\0", "_")
        write_atomically(root / safe / "results.json", gradescope.export(mark))
    return done
