"""Recording of expected evidence: runs the solution and known mistakes on the cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from resnets.checks.catalogue.array_exercise import ArrayExercise
from resnets.checks.catalogue.cases import Case
from resnets.checks.catalogue.lookup import get_exercise
from resnets.checks.collecting.collect import collect, run_case
from resnets.checks.evidence.facts import MISTAKE, Evidence


def record(
    name: str, function: Any, cases: Iterable[Case], mistakes: dict[str, Any] | None = None
) -> Evidence:
    """Run the solution on cases and return what later answers are compared with.

    Args:
        name: of the exercise.
        function: the solution.
        cases: public and hidden ones.
        mistakes: for exercises that are judged by numbers, wrong functions by the id of the
            mistake; what comes out of them is recorded too, so that it can be recognised.

    Raises:
        RuntimeError: when the solution itself fails; the message says where.
    """
    cases = list(cases)
    evidence = collect(name, function, cases)
    for id, run in evidence.runs.items():
        trouble = run.failure.sentence if run.failure else run.trouble
        if trouble:
            line = f" (line {run.failure.line})" if run.failure else ""
            raise RuntimeError(f"The solution of {name} fails on case {id!r}{line}: {trouble}")
    for mistake, wrong in (mistakes or {}).items():
        _add_mistake(evidence, mistake, wrong, cases)
    return evidence


def _add_mistake(evidence: Evidence, mistake: str, wrong: Any, cases: list[Case]) -> None:
    """Record the results of a known mistake; of hidden cases nothing will be said."""
    exercise = get_exercise(evidence.name)
    if isinstance(exercise, ArrayExercise):
        exercise = replace(exercise, differentiable=())
    for case in cases:
        if not case.hidden:
            for key, array in run_case(exercise, wrong, case).arrays.items():
                evidence.runs[case.id].arrays[f"{MISTAKE}{mistake}/{key}"] = array
