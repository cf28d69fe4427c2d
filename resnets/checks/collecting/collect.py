"""Collection of evidence: try a student's function on cases and gather the facts, no verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from resnets.checks.catalogue.array_exercise import ArrayExercise
from resnets.checks.catalogue.cases import Case
from resnets.checks.catalogue.exercise import Exercise
from resnets.checks.catalogue.graph_exercise import GraphExercise
from resnets.checks.catalogue.lookup import get_exercise
from resnets.checks.catalogue.numbers_exercise import SmallGraphExercise
from resnets.checks.catalogue.procedure_exercise import ProcedureExercise
from resnets.checks.collecting import process_switches
from resnets.checks.collecting.array_runs import run_on_arrays
from resnets.checks.collecting.error_messages import explain
from resnets.checks.collecting.graph_runs import run_for_numbers, run_on_tensors
from resnets.checks.collecting.procedure_runs import run_in_trial
from resnets.checks.collecting.process_state import unchanged_state
from resnets.checks.collecting.process_switches import standard_settings
from resnets.checks.collecting.tensorflow_functions import accept_symbolic_tensors
from resnets.checks.evidence.facts import Evidence, Failure, Run
from resnets.reproducible import full_precision

_LAST = ("TimeLimit", "MemoryError")
"""Failures after which no more cases are tried."""


def collect(
    name: str,
    function: Callable[..., Any],
    cases: Iterable[Case],
    *,
    time_limit: float | None = None,
) -> Evidence:
    """Run a function on cases and return the facts.

    Args:
        name: of the exercise.
        function: what the student wrote.
        cases: from `public_cases` or `hidden_cases`.
        time_limit: seconds that one call may take; by default the exercise says.

    Returns:
        Evidence: graphs, arrays, errors in the student's terms. The process is left as it was:
        no printed text, no changed counters or random generators, no exception.
    """
    exercise = get_exercise(name)
    if time_limit is not None:
        exercise = replace(exercise, time_limit=time_limit)
    accept_symbolic_tensors()
    evidence = Evidence(name=name)
    if switch := process_switches.thrown():
        failure = Failure(kind="Switch", sentence=switch)
        evidence.runs = {case.id: Run(case.to_json(), failure=failure) for case in cases}
        return evidence
    for case in cases:
        run = _run_safely(exercise, function, case)
        evidence.runs[case.id] = replace(run, case=case.to_json())
        if run.failure is not None and run.failure.kind in _LAST:
            break
    return evidence


def _run_safely(exercise: Exercise, function: Callable[..., Any], case: Case) -> Run:
    with unchanged_state(), standard_settings(), full_precision():
        try:
            return run_case(exercise, function, case)
        except (KeyboardInterrupt, SystemExit):
            raise
        except Exception as error:
            return Run(failure=explain(error, function))


def run_case(exercise: Exercise, function: Callable[..., Any], case: Case) -> Run:
    """Return the facts of one call."""
    match exercise:
        case ArrayExercise():
            return run_on_arrays(exercise, function, case)
        case ProcedureExercise():
            return run_in_trial(exercise, function, case)
        case SmallGraphExercise():
            return run_for_numbers(exercise, function, case)
        case GraphExercise():
            return run_on_tensors(exercise, function, case)
        case _:
            raise TypeError(f"There is no way to try a {type(exercise).__name__}.")
