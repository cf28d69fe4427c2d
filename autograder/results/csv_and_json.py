"""grades.json and grades.csv: the marks for other programs.

In grades.csv no text can become a formula in a spreadsheet: an apostrophe is put before every
assignment, student and message that begins with one of = + - @ (narrow or wide), a tab, a line
break or an apostrophe. `read_csv` takes it away again, so nothing is lost; other programs take one
apostrophe off wherever one of these columns begins with it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.course.files import reason, write_atomically
from autograder.course.folder import Course, CourseError, Student
from autograder.results.by_hand import FinalMark, HandGrade, final_marks

Marks = Mapping[Student, FinalMark]
TEXTS = ("assignment", "student", "message", "by_hand")
"""The columns that hold whatever somebody wrote."""
LONGEST_FIRST_LINE = 10_000
"""Characters of grades.json's first line, which holds the assignment's name."""
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""How a text begins that some spreadsheet takes for a formula."""


def write(course: Course, assignment: str, known: Marks | None = None) -> None:
    """Writes both files anew from the verdicts that are kept and what people gave.

    Args:
        course: the course folder.
        assignment: which grades.json is about.
        known: the final marks of it, where they have been read already.

    Raises:
        CourseError: one of them could not be written; it is as it was before.
    """
    marks = final_marks(course, assignment) if known is None else known
    contents = {
        "grades.json": _json(assignment, marks),
        "grades.csv": _table(course, {assignment: marks}),
    }
    failed = []
    for name, content in contents.items():
        try:
            write_atomically(course.root / name, content)
        except OSError as error:
            failed.append(f"{name} could not be written ({reason(error)})")
    if failed:
        raise CourseError(
            f"{' and '.join(failed)}: mend that, make room on the disk for example, and run the "
            "same command again; it marks only what could not be kept."
        )


def _json(assignment: str, marks: Marks) -> Iterator[str]:
    """The content of grades.json, a line for each student."""
    yield f'{{"assignment": {json.dumps(assignment)}, "students": {{\n'
    between = ""
    for student, mark in marks.items():
        yield f"{between}{json.dumps(student.id)}: {json.dumps(student_grades(mark))}"
        between = ",\n"
    yield "\n}}\n"


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a grades.csv, by their columns' names, texts as they were."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [row | {name: (row[name] or "").removeprefix("'") for name in TEXTS} for row in rows]


def spreadsheet_safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula; one apostrophe off gives it back."""
    return f"'{text}" if text.startswith((*FORMULA, "'")) else text


def refresh(course: Course, assignment: str) -> None:
    """Writes both files anew, grades.json on the assignment that it is about already."""
    write(course, _told_in_json(course.root / "grades.json") or assignment)


def _told_in_json(path: Path) -> str | None:
    """The assignment that a grades.json is about; None where it is not as `_json` writes it."""
    try:
        with path.open(encoding="utf-8") as file:
            first = file.readline(LONGEST_FIRST_LINE)  # The rest is as long as the class.
        return str(json.loads(f"{first}}}}}")["assignment"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def student_grades(mark: FinalMark) -> dict[str, object]:
    """One student's entry in grades.json."""
    verdict, automatic = mark.verdict, mark.automatic_points
    return {
        "score": verdict.score,
        "max_score": verdict.max_score,
        "status": verdict.status,
        "seconds": round(verdict.seconds, 3),
        "message": verdict.message,
        "notes": verdict.notes,
        "late": {"seconds": verdict.late_seconds, "penalty": verdict.late_penalty},
        "cells": [
            {
                "grade_id": cell.grade_id,
                **({"notebook": cell.notebook} if cell.notebook else {}),
                "points": cell.points,
                "max_points": cell.max_points,
                "passed": cell.passed,
                "messages": cell.messages,
                "automatic_points": automatic[cell.key],
                "by_hand": _grade(mark.by_hand.grades.get(cell.key)),
            }
            for cell in verdict.cells
        ],
        "comments": [
            {"grade_id": name, "comment": comment.text, "for_earlier_code": comment.earlier}
            for name, comment in mark.by_hand.comments.items()
        ],
    }


def _grade(grade: HandGrade | None) -> dict[str, object] | None:
    if grade is None:
        return None
    return {
        "score": grade.score,
        "extra_credit": grade.extra,
        "for_earlier_code": grade.earlier,
    }


def _table(course: Course, known: Mapping[str, Marks]) -> Iterator[str]:
    """The lines of grades.csv, on all assignments.

    They hold no times, so marking again gives the same table.
    """
    names = ["assignment", "student", "score", "max_score", "status", "message", "by_hand"]
    yield _line([*names, "late_penalty"])
    for assignment in course.assignments():
        marks = known[assignment] if assignment in known else final_marks(course, assignment)
        for student, mark in marks.items():
            verdict = mark.verdict
            names = [spreadsheet_safe(assignment), spreadsheet_safe(student.id)]
            score = [f"{verdict.score:g}", f"{verdict.max_score:g}"]
            told = [spreadsheet_safe(text) for text in (verdict.in_words, mark.in_words())]
            yield _line([*names, *score, verdict.status, *told, f"{verdict.late_penalty:g}"])


def _line(row: list[str]) -> str:
    """A row of the table; a field that holds a line break of any kind stands in quotes."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(row)
    return line.getvalue().removesuffix("\r\n") + "\n"
