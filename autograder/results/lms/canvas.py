"""Canvas: the gradebook that it exports, with the marks of one assignment, for its import.

Format: Canvas Instructor Guide, "How do I import grades in the Gradebook?": the columns Student,
ID, SIS User ID, SIS Login ID, Section and one for each assignment; a row "Points Possible" below.
Columns that are left out of the file stay as they are in Canvas.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograder.course.layout import looks_like
from autograder.results.lms.marks import StudentMark
from autograder.results.lms.roster import ExportError, Roster, match
from autograder.results.lms.table import lines

IDENTITY = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
NEEDED = ("Student", "ID", "Section")
POSSIBLE = "Points Possible"
HOW_TO_EXPORT = "In Canvas: Grades > Export > Export Entire Gradebook."
TEST_STUDENT = "Student, Test"


def export(
    marks: Sequence[StudentMark], assignment: str, roster: Roster, column: str | None = None
) -> tuple[str, list[str]]:
    """The file, and what is to be told about it, one line each.

    Args:
        marks: of the students.
        assignment: its name here.
        roster: the gradebook that Canvas exported.
        column: its column for the assignment; by default the one that is named like it, else a new
            one, for which Canvas makes an assignment.

    Raises:
        ExportError: the column is not there, or several could be meant.
    """
    chosen = _column(roster, assignment, column)
    identity = [name for name in IDENTITY if name in roster.columns]
    keys = [lambda row, name=name: roster.value(row, name) for name in ("SIS Login ID",
            "SIS User ID", "ID")]  # fmt: skip
    keys.append(lambda row: roster.value(row, "SIS Login ID").partition("@")[0])
    matched = match(roster, marks, keys, lambda row: roster.value(row, "Student"), _is_no_student)
    notes = _notes(roster, chosen, assignment, marks) + matched.notes
    table = [[*identity, chosen]]
    table.append(_possible_row(roster, identity, chosen, marks))
    for number, row in enumerate(roster.rows):
        if number in matched.marks:
            kept = [row[roster.columns.index(name)] for name in identity]
            table.append([*kept, f"{matched.marks[number].score:g}"])
    return lines(table), notes


def _is_no_student(row: Sequence[str]) -> bool:
    """Whether it is the row of the points, one of settings ("Manual Posting"), or Canvas's own."""
    first = row[0].strip()
    return first in (POSSIBLE, TEST_STUDENT) or not any(cell.strip() for cell in row[:5])


def _column(roster: Roster, assignment: str, asked: str | None) -> str:
    own = [name for name in roster.columns if name not in IDENTITY]
    if asked is not None:
        if asked not in own:
            raise ExportError(f"The roster has no column {asked!r}; it has: {', '.join(own)}.")
        return asked
    named = [name for name in own if looks_like(name.partition(" (")[0], assignment)]
    if len(named) > 1:
        raise ExportError(
            f"Several columns of the roster could be {assignment}: {', '.join(named)}. Say which: "
            "--column NAME."
        )
    return named[0] if named else assignment


def _possible_row(
    roster: Roster, identity: Sequence[str], chosen: str, marks: Sequence[StudentMark]
) -> list[str]:
    """The row of the points; as it was exported where the column was there."""
    possible = _possible(roster, chosen) or f"{_worth(marks):g}"
    return [f"    {POSSIBLE}", *[""] * (len(identity) - 1), possible]


def _possible(roster: Roster, chosen: str) -> str:
    rows = (row for row in roster.rows if row[0].strip() == POSSIBLE)
    return next((roster.value(row, chosen) for row in rows), "")


def _worth(marks: Sequence[StudentMark]) -> float:
    return max((mark.max_score for mark in marks), default=0.0)


def _notes(roster: Roster, chosen: str, assignment: str, marks: Sequence[StudentMark]) -> list[str]:
    if chosen not in roster.columns:
        return [f"The roster has no column for {assignment}: Canvas will ask to make one."]
    possible = _possible(roster, chosen)
    if possible and possible != f"{_worth(marks):g}" and not _equal(possible, _worth(marks)):
        return [
            f"In Canvas {chosen} is worth {possible} points, here {_worth(marks):g}: the marks are "
            "exported as they are."
        ]
    return []


def _equal(text: str, number: float) -> bool:
    try:
        return float(text.replace(",", ".")) == number
    except ValueError:
        return False
