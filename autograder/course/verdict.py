"""What marking a submission gives: plain data that is stored, summed up and shown."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from nbformat import NotebookNode

from autograder.notebooks.cells import is_grade
from resnets.language import ENGLISH, known_language, language

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
        notebook: where it is; empty where the assignment has one notebook, named like it.
    """

    grade_id: str
    points: float
    max_points: float
    passed: bool
    messages: list[str] = field(default_factory=list)
    rubric: list[dict[str, Any]] = field(default_factory=list)
    manual: bool = False
    notebook: str = ""

    @property
    def key(self) -> str:
        """Its name among all cells of the assignment."""
        return f"{self.notebook}/{self.grade_id}" if self.notebook else self.grade_id

    @property
    def tested_key(self) -> str:
        """The name of the cell that it tests, where it is named like it: `test_` and that name."""
        return replace(self, grade_id=self.grade_id.removeprefix("test_")).key


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
        notebooks: the same by their names, where an assignment of the instructor's own has several;
            None where they are on the disk.
        evidence: by `grade_id`, what checks emitted; kept only when it was asked for.
        language: short name of that of all words for the student.
        again: whether the next call tries again, since what failed may have been the machine.
        has_words: whether rubrics and code are there, see `without_words`.
        code_hashes: of `code` where that is left out, see `without_words`.
        late_seconds: how long after the due date it was handed in, with the student's extension.
        late_penalty: points taken off for that. Marking gives none; see `results.lateness`.
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
    notebooks: dict[str, str | None] = field(default_factory=dict)
    evidence: dict[str, list[Any]] = field(default_factory=dict)
    again: bool = False
    language: str = ENGLISH
    has_words: bool = True
    code_hashes: dict[str, str] = field(default_factory=dict)
    late_seconds: float = 0.0
    late_penalty: float = 0.0

    @property
    def earned(self) -> float:
        """The sum of the points."""
        return sum(cell.points for cell in self.cells)

    @property
    def score(self) -> float:
        """What counts: the points, less what is taken off for being late; never below zero."""
        left = round(self.earned - self.late_penalty, 9) if self.late_penalty else self.earned
        return max(left, min(self.earned, 0.0))

    @property
    def in_words(self) -> str:
        """The message and the notes, in one text."""
        return " ".join(filter(None, [self.message, *self.notes]))

    @property
    def max_score(self) -> float:
        """The sum of what could be earned."""
        return sum(cell.max_points for cell in self.cells)

    def to_plain(self) -> dict[str, Any]:
        """A dictionary for JSON; what is in it is the verdict's own, not a copy."""
        return vars(self) | {"cells": [dict(vars(cell)) for cell in self.cells]}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Verdict:
        """The verdict that `to_plain` wrote.

        Raises:
            KeyError, TypeError, ValueError: it did not write this.
        """
        cells = [CellVerdict(**cell) for cell in plain["cells"]]
        verdict = cls(**(plain | {"cells": cells}))
        if not _is_whole(verdict):
            raise ValueError("this is no verdict")
        return verdict


def _is_whole(verdict: Verdict) -> bool:
    """Whether everything in it is of its kind; a damaged file may hold anything."""
    return (
        verdict.status in STATUSES
        and all(isinstance(text, str) for text in (verdict.message, verdict.given_error))
        and isinstance(verdict.language, str)
        and known_language(verdict.language) is not None
        and _texts(verdict.notes)
        and all(_named(part, str) for part in (verdict.code, verdict.errors, verdict.code_hashes))
        and _named(verdict.error_lines, list | tuple)
        and _named(verdict.own_errors, list | tuple)
        and _named(verdict.split, int | float)
        and _named(verdict.evidence, list)
        and _named(verdict.notebooks, str | None)
        and all(map(_number, (verdict.seconds, verdict.late_seconds, verdict.late_penalty)))
        and all(map(_is_whole_cell, verdict.cells))
    )


def _is_whole_cell(cell: CellVerdict) -> bool:
    return (
        isinstance(cell.grade_id, str)
        and isinstance(cell.notebook, str)
        and _number(cell.points)
        and _number(cell.max_points)
        and _texts(cell.messages)
        and isinstance(cell.rubric, list)
        and all(map(_is_line, cell.rubric))
    )


def _is_line(line: Any) -> bool:
    """Whether it is a line of a rubric."""
    if not isinstance(line, dict) or not line.keys() >= {"title", "message", "hidden", "passed"}:
        return False
    return _number(line.get("points")) and _number(line.get("max_points"))


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _named(value: Any, kind: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, kind) for one in value.values())


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and abs(value) < float("inf")


def key_of(notebook: str, cell: str, assignment: str) -> str:
    """A cell's name among all of an assignment, whose notebook may be one of several."""
    return cell if notebook == assignment else f"{notebook}/{cell}"


def place_of(key: str, assignment: str) -> tuple[str, str]:
    """The notebook and the name of the cell that `key_of` named."""
    notebook, _, cell = key.rpartition("/")
    return notebook or assignment, cell


NOTEBOOK = "notebook_of_the_assignment"
"""Key of nbgrader's metadata of a cell: the notebook that it is from, where there are several."""


def without_points(
    reference: NotebookNode, status: str, message: str, again: bool = False
) -> Verdict:
    """The verdict on what could not be marked: no points on any graded cell, and why."""
    graded = [cell.metadata.nbgrader for cell in reference.cells if is_grade(cell)]
    cells = [
        CellVerdict(cell.grade_id, 0.0, float(cell.points), False, notebook=cell.get(NOTEBOOK, ""))
        for cell in graded
    ]
    return Verdict(status, message, cells, again=again, language=language())
