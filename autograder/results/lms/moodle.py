"""Moodle: the grading worksheet with grades and comments, and a ZIP of feedback files.

Format: Moodle's documentation, "Assignment grading": the worksheet has the columns below, and its
rows are known by Identifier; feedback files stand in folders that are named like those in which
Moodle hands out submissions, `Full name_1234567_assignsubmission_file_`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence

from autograder.results.csv_and_json import spreadsheet_safe
from autograder.results.lms.marks import StudentMark
from autograder.results.lms.roster import Matched, Roster, match
from autograder.results.lms.table import lines

COLUMNS = (
    "Identifier",
    "Full name",
    "Email address",
    "Status",
    "Grade",
    "Maximum Grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
)
NEEDED = ("Identifier", "Grade")
HOW_TO_EXPORT = (
    "In Moodle: the assignment > View all submissions > Grading action > Download grading "
    "worksheet (switch on “Offline grading worksheet” in its settings)."
)
FOLDER = "{name}_{number}_assignsubmission_file_"
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f&<>"`|\':\\/*?~]')
"""What Moodle takes out of names of files (`clean_filename`), and `*?`, which Windows refuses."""
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The time of files in the ZIP: the same marks give the same file."""


def export(
    marks: Sequence[StudentMark], assignment: str, roster: Roster
) -> tuple[str, bytes, list[str]]:
    """The worksheet, the ZIP, and what is to be told, one line each.

    All columns of the roster are kept in their order; those of `COLUMNS` that it lacks (a course
    without e-mail addresses, say) are not added, but Feedback comments is.
    """
    matched = _match(roster, marks)
    columns = list(roster.columns)
    if "Feedback comments" not in columns:
        columns.append("Feedback comments")
    table, notes = [columns], []
    for number, row in enumerate(roster.rows):
        filled = [*row, *[""] * (len(columns) - len(row))]
        if mark := matched.marks.get(number):
            grade, note = _grade(roster, row, mark)
            notes += [note] if note else []
            filled[columns.index("Grade")] = grade
            filled[columns.index("Feedback comments")] = spreadsheet_safe(mark.comment())
        table.append(filled)
    return lines(table), _feedback(roster, matched, assignment), notes + matched.notes


def participant(identifier: str) -> str:
    """The number in "Participant 1234567", in whatever language the first word is."""
    digits = re.findall(r"[0-9]+", identifier)
    return digits[-1] if digits else ""


def _match(roster: Roster, marks: Sequence[StudentMark]) -> Matched:
    def of(column: str):
        return lambda row: roster.value(row, column)

    keys = [
        *(of(column) for column in ("Email address", "Username", "ID number", "Identifier")),
        lambda row: participant(roster.value(row, "Identifier")),
        lambda row: roster.value(row, "Email address").partition("@")[0],
        lambda row: _folder(roster, row),
        lambda row: _folder(roster, row).rstrip("_"),
        of("Full name"),
    ]
    return match(roster, marks, keys, lambda r: of("Full name")(r) or of("Identifier")(r))


def _folder(roster: Roster, row: Sequence[str]) -> str:
    """The folder of a student, as Moodle names it."""
    number = participant(roster.value(row, "Identifier"))
    name = _NOT_IN_NAMES.sub("", roster.value(row, "Full name")).strip(" .") or "Participant"
    return FOLDER.format(name=name, number=number)


def _grade(roster: Roster, row: Sequence[str], mark: StudentMark) -> tuple[str, str]:
    """The grade in the points that Moodle gives, and a note where these are others than ours."""
    most = roster.value(row, "Maximum Grade").replace(",", ".")
    try:
        worth = float(most)
    except ValueError:
        worth = 0.0
    if not (0 < worth < float("inf")) or not mark.max_score or worth == mark.max_score:
        return f"{mark.score:.2f}", ""
    scaled = mark.score * worth / mark.max_score
    return f"{scaled:.2f}", (
        f"{mark.student}: {mark.score:g} of {mark.max_score:g} points are {scaled:.2f} of the "
        f"{worth:g} that Moodle gives."
    )


def _feedback(roster: Roster, matched: Matched, assignment: str) -> bytes:
    """The pages for students, each in its folder."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, mark in sorted(matched.marks.items()):
            if mark.feedback is None:
                continue
            folder = _folder(roster, roster.rows[number])
            entry = zipfile.ZipInfo(f"{folder}/{assignment}.html", _FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, mark.feedback.read_bytes())
    return content.getvalue()
