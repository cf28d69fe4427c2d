"""What students are told comes from a run that knew no secret.

Once the hidden tests' secret is in a kernel, a submission could write it into an error's message or
a layer's name, and read it in its feedback. So the run that gives the points passes on no text of
the submission's own. Where something went wrong the notebook runs once more, without hidden tests,
and the words are taken from there.
"""

from __future__ import annotations

from typing import Any

from resnets.checks.report import HIDDEN_REASON

from .marking import said
from .verdict import CellVerdict, Verdict

ELSEWHERE = "Run the check in your notebook: it says what is wrong."
_WORDS = {"message": "", "asked": "", "found": "", "line": 0, "source": ""}


def retell(verdict: Verdict, public: Verdict | None) -> None:
    """Replaces the words of a verdict by those of a run without secret, in place.

    Args:
        verdict: of the run that gives the points.
        public: of the same notebook without hidden tests; None where it was not run.
    """
    others = {cell.grade_id: cell for cell in public.cells} if public else {}
    for cell in verdict.cells:
        other = others.get(cell.grade_id)
        if cell.rubric:
            _retell_rubric(cell, other)
        elif other is not None and other.messages:
            cell.messages = other.messages
    for name in verdict.errors:
        verdict.errors[name] = (public.errors if public else verdict.errors).get(name, "an error")


def _retell_rubric(cell: CellVerdict, other: CellVerdict | None) -> None:
    lines = {line["title"]: line for line in other.rubric} if other else {}
    for line in cell.rubric:
        if not line["passed"] and not line["hidden"]:
            line.update(_words(line, lines.get(line["title"])))
    cell.messages = [words for line in cell.rubric if (words := said(line))]


def _words(line: dict[str, Any], other: dict[str, Any] | None) -> dict[str, Any]:
    if other is not None and not other["passed"]:
        return {key: other[key] for key in _WORDS}
    reason = HIDDEN_REASON if other is not None else ELSEWHERE
    return _WORDS | ({"message": reason} if line["message"] else {})
