"""Try a student's function on cases and gather what can be seen. No verdict is given here."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import keras
import numpy as np

from resnets.checks import guard
from resnets.checks.array_exercise import ArrayExercise
from resnets.checks.array_runs import run_on_arrays
from resnets.checks.cases import Case
from resnets.checks.evidence import Evidence, Run
from resnets.checks.exercise import Exercise, get_exercise
from resnets.checks.graph_runs import as_results, stand_in
from resnets.checks.graphs import Tape, UnreadableGraph
from resnets.checks.lenient import additions_pass
from resnets.checks.seeded import seeded_inputs
from resnets.checks.stand_ins import in_place_of
from resnets.checks.tensorflow_functions import accept_symbolic_tensors
from resnets.reproducible import full_precision

_ENOUGH_FAILURES = 1


def collect(name: str, function: Callable[..., Any], cases: Iterable[Case]) -> Evidence:
    """Run a function on cases and return the facts.

    Args:
        name: of the exercise.
        function: what the student wrote.
        cases: from `public_cases` or `hidden_cases`.

    Returns:
        Evidence: graphs, arrays, errors in the student's terms. The process is left as it was:
        no printed text, no changed counters or random generators, no exception.
    """
    exercise = get_exercise(name)
    accept_symbolic_tensors()
    evidence = Evidence(name=name)
    failures = 0
    for case in cases:
        with guard.unchanged_state(), full_precision():
            try:
                run = run_case(exercise, function, case)
            except (KeyboardInterrupt, SystemExit):
                raise
            except Exception as error:
                run = Run(failure=guard.explain(error, function))
        run.case = case.to_json()
        evidence.runs[case.id] = run
        failures += run.failure is not None and run.failure.kind in ("TimeLimit", "MemoryError")
        if failures >= _ENOUGH_FAILURES:
            break
    return evidence


def run_case(exercise: Exercise, function: Callable[..., Any], case: Case) -> Run:
    """Return the facts of one call."""
    if isinstance(exercise, ArrayExercise):
        if case.kind == "arrays":
            return run_on_arrays(exercise, function, case)
        with in_place_of(function, exercise.blocks, stand_in):
            return as_results(_build(exercise, function, case, stateless=True))
    with in_place_of(function, exercise.blocks), additions_pass():
        run = _build(exercise, function, case, stateless=True)
        trace = "" if run.failure is None else run.failure.traceback
        if "nitialized" in trace or "stateless scope" in trace:
            # Code that compiles, or looks at its weights, needs weights that exist.
            run = _build(exercise, function, case, stateless=False)
    return run


def _build(exercise: Exercise, function: Callable[..., Any], case: Case, *, stateless: bool) -> Run:
    given: list[Any] = []
    args = [_argument(value, given) for value in case.positional]
    kwargs = {key: _argument(value, given) for key, value in case.keywords.items()}
    if stateless:
        # Weights are only described, not drawn: a network is read without being filled.
        with keras.StatelessScope(initialize_variables=False):
            result, failure = guard.call(function, exercise.time_limit, *args, **kwargs)
    else:
        result, failure = guard.call(function, exercise.time_limit, *args, **kwargs)
    run = Run(returned=kind_of(result), failure=failure)
    if failure is None:
        _look(run, result, given, case, exercise.time_limit)
    return run


def _look(run: Run, result: Any, given: list[Any], case: Case, seconds: float) -> None:
    """Read graph and numbers off a result."""
    model = result if isinstance(result, keras.Model) else None
    try:
        inputs = list(model.inputs) if model is not None and model.inputs else given
        outputs = keras.tree.flatten(result if model is None else model.outputs)
        outputs = [tensor for tensor in outputs if isinstance(tensor, keras.KerasTensor)][:8]
        if not outputs:
            return
        tape = Tape(outputs, given)
        inputs = inputs or _free(tape)
        tape.read_unused(inputs)
        run.graph = tape.graph(inputs)
    except (AttributeError, TypeError, UnreadableGraph) as error:
        run.trouble = str(error)[:300]
        return
    if model is not None:
        run.graph.nodes[run.graph.outputs[0]].constants["model"] = str(model.name)[:200]
    if case.hidden:
        run.trace, _ = guard.call(tape.trace, seconds, case.seed)
    if not case.numbers:
        return
    _, failure = guard.call(_numbers, seconds, run, tape, inputs, case)
    if failure is not None:
        run.trouble = failure.sentence


def _free(tape: Tape) -> list[Any]:
    """Return the inputs that a function made for itself."""
    return [tensor for node, tensor in tape.steps if node is None]


def _numbers(run: Run, tape: Tape, inputs: list[Any], case: Case) -> None:
    arrays = seeded_inputs([tensor.shape for tensor in inputs], case.seed)
    feed = {
        id(tensor): keras.ops.convert_to_tensor(array)
        for tensor, array in zip(inputs, arrays, strict=True)
    }
    results, _ = tape.run(feed, training=False, seed=case.seed)
    run.arrays["inference"] = results[0]
    results, averages = tape.run(feed, training=True, seed=case.seed)
    run.arrays["training"] = results[0]
    run.arrays |= averages


def _argument(value: Any, given: list[Any]) -> Any:
    """Turn a case's plain argument into what is passed; symbolic tensors are added to `given`."""
    if isinstance(value, dict) and "tensor" in value:
        tensor = keras.Input(tuple(value["tensor"]))
        given.append(tensor)
        return tensor
    if isinstance(value, dict) and "tuple" in value:
        return tuple(value["tuple"])
    return copy.deepcopy(value)


def kind_of(result: Any) -> str:
    """Say in a word what a function handed back."""
    if result is None:
        return "None"
    if isinstance(result, keras.Model):
        return "model"
    if isinstance(result, keras.Layer):
        return "layer"
    if isinstance(result, keras.KerasTensor):
        return "tensor"
    if isinstance(result, np.ndarray):
        return "ndarray"
    if isinstance(result, list | tuple):
        return f"{type(result).__name__} of {len(result)}"
    if inspect.isfunction(result):
        return "function"
    return type(result).__name__[:100]
