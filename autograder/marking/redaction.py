"""What students are told comes from a run that knew no secret.

Once the hidden tests' secret is in a kernel, a submission could write it into an error's message or
a layer's name, and read it in its feedback. So the run that gives the points passes on no text of
the submission's own. Where something went wrong the notebook runs once more, without hidden tests,
and the words are taken from there.
"""

from __future__ import annotations

from typing import Any

from autograder.course.verdict import CellVerdict, Verdict
from autograder.marking.verdict_of_run import said
from resnets.checks.catalogue.lookup import get_exercise
from resnets.checks.evidence.still_running import says_still_running, still_running
from resnets.checks.judging.report import EXPLAINED_ABOVE, HIDDEN_REASON
from resnets.language import N_, say

ELSEWHERE = N_("Run the check in your notebook. It says what is wrong.")
_ABOUT_HIDDEN = (HIDDEN_REASON, EXPLAINED_ABOVE)
_WORDS = {"message": "", "expected": "", "found": "", "line": 0, "source": ""}


def redact(verdict: Verdict, public: Verdict | None) -> None:
    """Replaces the words of a verdict by those of a run without secret, in place.

    Args:
        verdict: of the run that gives the points.
        public: of the same notebook without hidden tests; None where it was not run.
    """
    others = {cell.grade_id: cell for cell in public.cells} if public else {}
    for cell in verdict.cells:
        other = others.get(cell.grade_id)
        if cell.rubric:
            _redact_rubric(cell, other)
        elif other is not None and other.messages:
            cell.messages = other.messages
    for name in verdict.errors:
        verdict.errors[name] = (public.errors if public else verdict.errors).get(
            name, say("an error")
        )
        line = (public.error_lines if public else verdict.error_lines).get(name, (0, ""))
        verdict.error_lines[name] = line
    _redact_own_errors(verdict, public)


def _redact_own_errors(verdict: Verdict, public: Verdict | None) -> None:
    others = public.own_errors if public else {}
    for name, failed in verdict.own_errors.items():
        verdict.own_errors[name] = others.get(name, (failed[0], say("an error")))


def _redact_rubric(cell: CellVerdict, other: CellVerdict | None) -> None:
    lines = {line["title"]: line for line in other.rubric} if other else {}
    lost = [line for line in cell.rubric if not line["passed"]]
    for line in lost:
        line.update(_words(line, lines.get(line["title"]), _time_limit(cell)))
    about_hidden = [say(one) for one in _ABOUT_HIDDEN]
    explained = any(line["message"] not in ("", say(ELSEWHERE), *about_hidden) for line in lost)
    for line in lost:
        if line["message"] in about_hidden:
            line["message"] = say(EXPLAINED_ABOVE if explained else HIDDEN_REASON)
    cell.messages = [words for line in cell.rubric if (words := said(line))]


def _words(
    line: dict[str, Any], other: dict[str, Any] | None, seconds: float | None
) -> dict[str, Any]:
    if other is not None and not other["passed"]:
        return {key: other[key] for key in _WORDS}
    if other is None and seconds is not None and says_still_running(line["message"]):
        # An endless loop leaves no time for the second run. The limit in its words is our own.
        return _WORDS | {"message": still_running(seconds)}
    if line["hidden"]:
        return {}
    reason = HIDDEN_REASON if other is not None else ELSEWHERE
    return _WORDS | ({"message": say(reason)} if line["message"] else {})


def _time_limit(cell: CellVerdict) -> float | None:
    """Seconds that one call of the cell's function may take; None where no check knows it."""
    try:
        return get_exercise(cell.grade_id.removeprefix("test_")).time_limit
    except KeyError:
        return None
