"""The roster that an LMS exported: whose marks go into which of its rows.

No column is invented and no id is guessed: rows are found by what stands in them, and what is in
doubt is named.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.files import reason
from autograder.errors import AutograderError
from autograder.notebooks import sanitize
from autograder.results.lms.marks import StudentMark

LARGEST = 64 << 20
"""Bytes of a roster."""
SEPARATORS = (",", ";", "\t")


class ExportError(AutograderError):
    """Nothing can be exported; the message is one sentence that says what to do."""


@dataclass
class Roster:
    """A table that an LMS exported.

    Attributes:
        columns: the names in its first line, as they stand there.
        rows: all other lines, each as long as `columns`.
    """

    columns: list[str]
    rows: list[list[str]]

    def value(self, row: Sequence[str], column: str) -> str:
        """What stands in a row's column; empty where there is no such column."""
        return row[self.columns.index(column)].strip() if column in self.columns else ""


@dataclass
class Matched:
    """Which row is whose.

    Attributes:
        marks: by the row's number.
        notes: who has no row, and which rows have no mark; one line each.
    """

    marks: dict[int, StudentMark] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read(path: Path, needed: Sequence[str], how_to_export: str) -> Roster:
    """Reads a roster.

    Args:
        path: the file.
        needed: columns that it must have.
        how_to_export: where the LMS offers it, in a sentence.

    Raises:
        ExportError: it cannot be read, or is not such a roster.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise ExportError(f"The roster {path} cannot be read ({reason(error)}).") from error
    if len(content) > LARGEST:
        raise ExportError(f"The roster {path} has more than {LARGEST >> 20} MB. {how_to_export}")
    roster = parse(content, needed)
    if roster is None:
        columns = ", ".join(f"“{name}”" for name in needed)
        raise ExportError(
            f"The roster {path} is not as the LMS exports it: expected a first line with the "
            f"columns {columns}. {how_to_export}"
        )
    return roster


def parse(content: bytes, needed: Sequence[str]) -> Roster | None:
    """The roster in a file's content; None where it lacks one of the columns `needed`."""
    text = _decoded(content)
    for separator in SEPARATORS:
        try:
            table = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        except csv.Error:  # A field larger than csv reads, say.
            continue
        if not table:
            return None
        columns = [name.strip() for name in table[0]]
        if set(needed) <= set(columns):
            rows = [row for row in table[1:] if any(cell.strip() for cell in row)]
            width = len(columns)
            return Roster(columns, [(row + [""] * width)[:width] for row in rows])
    return None


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):  # As Excel saves "Unicode text".
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def match(
    roster: Roster,
    marks: Sequence[StudentMark],
    keys: Sequence[Callable[[Sequence[str]], str]],
    name: Callable[[Sequence[str]], str],
    left_out: Callable[[Sequence[str]], bool] = lambda row: False,
) -> Matched:
    """Finds each student's row.

    Args:
        roster: where.
        marks: whose.
        keys: each gives, of a row, a text by which a student may be known. The first key under
            which exactly one row is the student's decides.
        name: a row's name, for the notes.
        left_out: says which rows are no students.
    """
    indices = [_index(roster, key, left_out) for key in keys]
    matched = Matched()
    for mark in marks:
        found = next((rows for index in indices if (rows := index.get(_plain(mark.student)))), [])
        shown = sanitize.line(mark.student, 80)
        if len(found) != 1:
            several = f"{len(found)} rows of the roster fit" if found else "not in the roster"
            matched.notes.append(f"{shown}: {several}; the mark is not exported.")
        elif found[0] in matched.marks:
            other = sanitize.line(matched.marks[found[0]].student, 80)
            matched.notes.append(
                f"{shown}: the roster's row is that of {other}, too; only the mark of {other} is "
                "exported."
            )
        else:
            matched.marks[found[0]] = mark
    for number, row in enumerate(roster.rows):
        if number not in matched.marks and not left_out(row):
            shown = sanitize.line(name(row), 80) or f"row {number + 2}"
            matched.notes.append(f"{shown}: in the roster, but nothing was handed in.")
    return matched


def _index(
    roster: Roster, key: Callable[[Sequence[str]], str], left_out: Callable[[Sequence[str]], bool]
) -> dict[str, list[int]]:
    index: dict[str, list[int]] = {}
    for number, row in enumerate(roster.rows):
        if (known := _plain(key(row))) and not left_out(row):
            index.setdefault(known, []).append(number)
    return index


def _plain(text: str) -> str:
    """A name as it is compared: capitals and blanks around it do not count."""
    return re.sub(r"\s+", " ", text).strip().casefold()
