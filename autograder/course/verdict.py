"""What marking a submission gives: plain data that is stored, summed up and shown."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from nbformat import NotebookNode

from autograder.notebooks.cells import is_grade
from resnets.language import ENGLISH, language

STATUSES = ("graded", "timeout", "crashed", "unreadable")


@dataclass
class CellVerdict:
    """The points of one graded cell.

    Attributes:
        grade_id: the cell's name in the gradebook.
        points, max_points: what it earned of what it is worth.
        passed: whether it earned all of it.
        messages: for the student, one sentence each; nothing hidden is in them.
        rubric: for the student, the rubric's lines: title, points, max_points, passed, message.
        manual: whether people mark it.
    """

    grade_id: str
    points: float
    max_points: float
    passed: bool
    messages: list[str] = field(default_factory=list)
    rubric: list[dict[str, Any]] = field(default_factory=list)
    manual: bool = False


@dataclass
class Verdict:
    """What became of a submission.

    Attributes:
        status: one of STATUSES.
        message: one sentence for the student where the status is not "graded", or where something
            else went wrong.
        cells: the graded cells in their order.
        notes: what was found different from the notebook handed out.
        code: the student's code by `grade_id`, see `Assembled`.
        errors: by `grade_id` of a solution cell, the error that running it gave.
        own_errors: by name, the line of the student's own cells that should have defined it and the
            error that it ended with.
        given_error: the error of a cell that the student did not write, if there was one.
        error_lines: by the same, number and text of the line; number 0 where it is not known.
        seconds: how long marking took; `split` says on what.
        notebook: the autograded notebook as JSON, or None where there is none.
        evidence: by `grade_id`, what checks emitted; kept only when it was asked for.
        language: short name of that of all words for the student.
        again: whether the next call tries again, since what failed may have been the machine.
    """

    status: str
    message: str = ""
    cells: list[CellVerdict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    code: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    own_errors: dict[str, tuple[str, str]] = field(default_factory=dict)
    given_error: str = ""
    error_lines: dict[str, tuple[int, str]] = field(default_factory=dict)
    seconds: float = 0.0
    split: dict[str, float] = field(default_factory=dict)
    notebook: str | None = None
    evidence: dict[str, list[Any]] = field(default_factory=dict)
    again: bool = False
    language: str = ENGLISH

    @property
    def score(self) -> float:
        """The sum of the points."""
        return sum(cell.points for cell in self.cells)

    @property
    def in_words(self) -> str:
        """The message and the notes, in one text."""
        return " ".join(filter(None, [self.message, *self.notes]))

    @property
    def max_score(self) -> float:
        """The sum of what could be earned."""
        return sum(cell.max_points for cell in self.cells)

    def to_plain(self) -> dict[str, Any]:
        """A dictionary for JSON."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Verdict:
        """The verdict that `to_plain` wrote."""
        cells = [CellVerdict(**cell) for cell in plain["cells"]]
        return cls(**(plain | {"cells": cells}))


def without_points(
    reference: NotebookNode, status: str, message: str, again: bool = False
) -> Verdict:
    """The verdict on what could not be marked: no points on any graded cell, and why."""
    graded = [cell.metadata.nbgrader for cell in reference.cells if is_grade(cell)]
    cells = [CellVerdict(cell.grade_id, 0.0, float(cell.points), False) for cell in graded]
    return Verdict(status, message, cells, again=again, language=language())
