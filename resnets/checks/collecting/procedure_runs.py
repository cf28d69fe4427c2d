"""Runs of functions in prepared worlds: what they have done is written down as numbers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import keras
import numpy as np

from resnets.checks.catalogue.cases import Case
from resnets.checks.catalogue.procedure_exercise import ProcedureExercise
from resnets.checks.collecting import trials
from resnets.checks.collecting.safe_call import call as call_safely
from resnets.checks.collecting.stand_ins.substitute import in_place_of
from resnets.checks.evidence.case_ids import criterion_of
from resnets.checks.evidence.facts import Run

_MOST_NUMBERS = 50_000

# All are imported at once, so that processes forked afterwards need not.
_NOTEBOOKS = {
    module.name: import_module(f"{trials.__name__}.{module.name}")
    for module in iter_modules(trials.__path__)
}


def trial_of(exercise: ProcedureExercise, key: str) -> Callable[..., Any]:
    """Return the function that tries an exercise, from the module of its notebook.

    Raises:
        LookupError: when there is none; the message says what to write.
    """
    notebook = exercise.assignment.partition("_")[2]
    found = getattr(_NOTEBOOKS.get(notebook), key, None)
    if not callable(found):
        raise LookupError(
            f"{exercise.name} has no trial {key!r}: write resnets/checks/collecting/trials/"
            f"{notebook}.py with a function {key}(function, stream, **settings)."
        )
    return found


def run_in_trial(exercise: ProcedureExercise, function: Callable[..., Any], case: Case) -> Run:
    """Return what one trial shows: its facts, as arrays "result 0", "result 1", …"""
    trial = trial_of(exercise, criterion_of(case.id))

    @functools.wraps(function)  # so that errors are looked for in the student's own lines
    def tried() -> Any:
        return trial(function, np.random.default_rng(case.seed), **case.keywords)

    with in_place_of(function, exercise.blocks):
        facts, failure = call_safely(tried, exercise.time_limit)
    if failure is not None:
        return Run(failure=failure)
    return Run(arrays={f"result {n}": numbers(fact) for n, fact in enumerate(facts)})


def numbers(fact: Any) -> np.ndarray:
    """Return a fact as an array in float32; an empty one where it is not made of numbers."""
    try:
        array = np.atleast_1d(keras.ops.convert_to_numpy(fact))
    except Exception:  # a student's function may return anything
        return np.zeros(0, "float32")
    usable = array.dtype.kind in "fiub" and array.size <= _MOST_NUMBERS and array.ndim <= 8
    return array.astype("float32") if usable else np.zeros(0, "float32")
