"""What students call in a notebook: `check` and `hint`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from resnets.checks.exercise import Exercise, get_exercise, hidden_cases, public_cases
from resnets.checks.judge import judge
from resnets.checks.recorded import expected
from resnets.checks.report import HIDDEN_REASON, Report

EVIDENCE_TYPE = "application/vnd.resnets.evidence+json"
PUBLIC_SECRET = b"public"
_hints_given: dict[str, int] = {}


def check(name: str, function: Callable[..., Any] | None = None, *, hidden: bool = False) -> Any:
    """Check a graded function, show what is right and wrong, and return the points earned.

    Args:
        name: of the function, e.g. "identity_block".
        function: the function itself; without it the caller's variable of that name is taken.
        hidden: judge hidden cases too, and show only the points and a reason.

    Returns:
        The points, as a plain number; nbgrader takes it as partial credit. None when marking is
        done elsewhere and only evidence is wanted.
    """
    exercise = get_exercise(name)
    if function is None:
        function = sys._getframe(1).f_globals.get(name)
    grading = os.environ.get("RESNETS_GRADING") == "1"
    cases = public_cases(name)
    if hidden and grading and exercise.shape == "network":
        # The hidden case sends numbers through the network, too; twice would take long.
        cases = [replace(case, numbers=False) for case in cases]
    if hidden:
        cases += hidden_cases(name, _secret() if grading else PUBLIC_SECRET)
    evidence = _evidence(exercise, function, cases)
    if grading:
        _show(
            {
                EVIDENCE_TYPE: {"name": name, "hidden": hidden, "evidence": evidence.to_json()},
                "text/plain": f"evidence: {name}",
            }
        )
        return None
    report = judge(name, evidence, expected(name, cases))
    if hidden:
        _show(_hidden_verdict(report))
    else:
        _show({"text/plain": report.to_plain(), "text/html": report.to_html()})
    return report.points


def hint(name: str) -> None:
    """Show the next of three hints for a graded function; the last one stays."""
    exercise = get_exercise(name)
    number = min(_hints_given.get(name, 0), len(exercise.hints) - 1)
    _hints_given[name] = number + 1
    title = f"Hint {number + 1} of {len(exercise.hints)} for {name}"
    text = exercise.hints[number]
    from resnets.checks.html import hint_to_html

    _show({"text/plain": f"{title}: {text}", "text/html": hint_to_html(title, text)})


def _secret() -> bytes:
    try:
        return bytes.fromhex(os.environ.get("RESNETS_CASE_SECRET", ""))
    except ValueError:
        raise ValueError(
            "RESNETS_CASE_SECRET must be hexadecimal digits; it is not. Set it as the autograder "
            "does."
        ) from None


def _evidence(exercise: Exercise, function: Any, cases: list) -> Any:
    from resnets.checks.evidence import Evidence, Failure, Run

    if callable(function):
        from resnets.checks.collecting import collect

        return collect(exercise.name, function, cases)
    if function is None:
        sentence = f"There is no function {exercise.name} yet: run the cell that defines it first."
    else:
        sentence = f"{exercise.name} is a {type(function).__name__}, not a function."
    failure = Failure(kind="NameError", sentence=sentence)
    return Evidence(exercise.name, {case.id: Run(failure=failure) for case in cases})


def _hidden_verdict(report: Report) -> dict[str, Any]:
    from resnets.checks.html import hint_to_html

    title = f"hidden test: {report.points:g} of {report.max_points:g} points"
    if report.passed:
        reason = ""
    elif any(item.hidden for item in report.items):
        reason = HIDDEN_REASON
    else:
        reason = f'What is missing is what check("{report.name}") shows.'
    plain = f"{title}. {reason}" if reason else title
    return {"text/plain": plain, "text/html": hint_to_html(title, reason)}


def _show(bundle: dict[str, Any]) -> None:
    """Display a MIME bundle in a notebook; print its plain text elsewhere."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        shell = None
    else:
        shell = get_ipython()
    if shell is None:
        print(bundle["text/plain"])
    else:
        display(bundle, raw=True)
