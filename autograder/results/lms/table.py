"""Tables as text: `--to csv`, one line a student, for any program that reads CSV (RFC 4180).

The columns are nbgrader's, with quotes where they are needed, which nbgrader's own export lacks.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from autograder.results.csv_and_json import spreadsheet_safe
from autograder.results.lms.marks import StudentMark

COLUMNS = (
    "assignment",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
    "status",
)


def export(marks: Sequence[StudentMark], assignment: str) -> tuple[str, list[str]]:
    """The file; there is nothing to be told about it."""
    rows = [list(COLUMNS)]
    for mark in marks:
        names = [mark.student, mark.last_name, mark.first_name, mark.email]
        points = [mark.raw_score, mark.penalty, mark.score, mark.max_score]
        rows.append(
            [
                spreadsheet_safe(assignment),
                str(mark.handed_in or ""),
                *map(spreadsheet_safe, names),
                *(f"{number:g}" for number in points),
                mark.status,
            ]
        )
    return lines(rows), []


def lines(rows: Sequence[Sequence[str]]) -> str:
    """A table as CSV, with the line ends that RFC 4180 asks for."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
