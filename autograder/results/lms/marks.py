"""What every format is made of: one mark a student, without where it was kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from pathlib import Path

from autograder.course.folder import Course
from autograder.course.verdict import Verdict
from autograder.notebooks import sanitize
from autograder.results.by_hand import FinalMark, final_marks
from autograder.results.lateness import late_in_words
from resnets.checks.judging.report import points_in_words
from resnets.language import speaking

LONGEST_MESSAGE = 1_000


@dataclass(frozen=True)
class CellMark:
    """The points of one graded cell; `messages` are for the student."""

    name: str
    points: float
    max_points: float
    messages: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """Name and points, in a line."""
        return f"{self.name}: {points_in_words(self.points, self.max_points)}"


@dataclass(frozen=True)
class StudentMark:
    """A student's mark, ready to be handed on.

    Attributes:
        student: the id.
        raw_score: the points before anything is taken off for being late.
        penalty: what is taken off.
        max_score: what could be earned.
        status: of the verdict; empty where it is not known.
        message: for the student, on the whole notebook.
        cells: the graded cells in their order.
        language: of the words.
        seconds: how long marking took.
        handed_in: in UTC without a time zone, where it is known.
        first_name, last_name, email: where they are known.
        feedback: the page for the student, where there is one.
        waiting: answers that a person has still to mark.
    """

    student: str
    raw_score: float
    max_score: float
    penalty: float = 0.0
    status: str = ""
    message: str = ""
    cells: tuple[CellMark, ...] = field(default_factory=tuple)
    language: str = "en"
    seconds: float = 0.0
    handed_in: datetime | None = None
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    feedback: Path | None = None
    waiting: int = 0

    @property
    def score(self) -> float:
        """What counts."""
        left = round(self.raw_score - self.penalty, 9) if self.penalty else self.raw_score
        return max(left, min(self.raw_score, 0.0))

    def comment(self) -> str:
        """Points and messages as a piece of HTML in which nothing runs."""
        with speaking(self.language):
            lines = [f"<p>{escape(points_in_words(self.score, self.max_score))}</p>"]
            lines += [f"<p>{escape(self.message)}</p>"] if self.message else []
            for cell in self.cells:
                said = "".join(f"<br>{escape(message)}" for message in cell.messages)
                lines.append(f"<p>{escape(cell.in_words)}{said}</p>")
        return "".join(lines)


def marks_of(
    course: Course, assignment: str, times: Mapping[str, datetime] | None = None
) -> list[StudentMark]:
    """The marks that are kept in the course folder, and those that people gave, by student.

    Args:
        course, assignment: of what.
        times: when notebooks were handed in, by the student's id, where that is to be told.
    """
    found = []
    for student, mark in final_marks(course, assignment).items():
        page = course.feedback(student, assignment)
        time = (times or {}).get(student.id)
        found.append(_mark(student.id, mark, time, page if page.is_file() else None))
    return found


def _mark(
    student: str, mark: FinalMark, handed_in: datetime | None, feedback: Path | None
) -> StudentMark:
    verdict = mark.verdict
    cells = tuple(
        CellMark(
            cell.grade_id.removeprefix("test_"),
            cell.points,
            cell.max_points,
            tuple(sanitize.line(message, LONGEST_MESSAGE) for message in cell.messages),
        )
        for cell in verdict.cells
    )
    return StudentMark(
        student=student,
        raw_score=verdict.earned,
        penalty=verdict.late_penalty,
        max_score=verdict.max_score,
        status=verdict.status,
        message=sanitize.line(_message(verdict), LONGEST_MESSAGE),
        cells=cells,
        language=verdict.language,
        seconds=verdict.seconds,
        handed_in=handed_in,
        feedback=feedback,
        waiting=len(mark.waiting),
    )


def _message(verdict: Verdict) -> str:
    """What is said of the whole notebook, in the student's language."""
    with speaking(verdict.language):
        return " ".join(filter(None, [late_in_words(verdict), verdict.in_words]))
