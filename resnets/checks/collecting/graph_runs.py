"""Runs of functions that build layers: the graph they built, and the numbers it gives."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from resnets.checks.catalogue.cases import Case
from resnets.checks.catalogue.exercise import Exercise
from resnets.checks.catalogue.graph_exercise import GraphExercise
from resnets.checks.catalogue.numbers_exercise import SmallGraphExercise
from resnets.checks.collecting import graph_execution
from resnets.checks.collecting.containers import UnreadableGraph
from resnets.checks.collecting.safe_call import call
from resnets.checks.collecting.slips import layers_made_for_nothing, slip_in_result
from resnets.checks.collecting.stand_ins.substitute import in_place_of
from resnets.checks.collecting.tape import Tape
from resnets.checks.collecting.unchecked_addition import unchecked_addition
from resnets.checks.evidence.facts import Run
from resnets.checks.evidence.seeded import seeded_inputs


def run_on_tensors(exercise: GraphExercise, function: Callable[..., Any], case: Case) -> Run:
    """Return what one call builds, with stand-ins for other graded functions.

    Additions that do not fit pass, so that all of the graph can be compared.
    """
    with in_place_of(function, exercise.blocks), unchecked_addition():
        run = _run(exercise, function, case, stateless=True)
        trace = "" if run.failure is None else run.failure.traceback
        if "nitialized" in trace or "stateless scope" in trace:
            # Code that compiles, or looks at its weights, needs weights that exist.
            run = _run(exercise, function, case, stateless=False)
    return run


def run_for_numbers(exercise: SmallGraphExercise, function: Callable[..., Any], case: Case) -> Run:
    """Return the numbers of what one call builds, under the names that results have.

    The weights of a graph depend only on their place in it, so two ways of writing the same layers
    give the same numbers. That lets `judge_numbers` judge them.
    """
    with in_place_of(function, exercise.blocks):
        run = _run(exercise, function, case, stateless=True)
    averages = [run.arrays[key] for key in sorted(run.arrays) if key.startswith("average:")]
    arrays = {}
    if "inference" in run.arrays and "training" in run.arrays:
        arrays["result 0"] = run.arrays["inference"]
        arrays["result 1"] = run.arrays["training"]
        arrays["result 2"] = np.concatenate([np.zeros(1, "float32"), *averages])
    return replace(run, arrays=arrays)


def _run(exercise: Exercise, function: Callable[..., Any], case: Case, *, stateless: bool) -> Run:
    given: list[Any] = []
    space = getattr(inspect.unwrap(function), "__globals__", {})
    args = [_argument(value, given, space) for value in case.positional]
    kwargs = {key: _argument(value, given, space) for key, value in case.keywords.items()}
    if stateless:
        # Weights are only described, not drawn: a network is read without being filled.
        with keras.StatelessScope(initialize_variables=False):
            result, failure = call(function, exercise.time_limit, *args, **kwargs)
    else:
        result, failure = call(function, exercise.time_limit, *args, **kwargs)
    failure = failure or slip_in_result(result, function)
    run = Run(returned=kind_of(result), failure=failure)
    if failure:
        return run
    run = replace(run, slip=next(layers_made_for_nothing(function), None))
    return _with_graph(run, result, given, case, exercise.time_limit)


def _argument(value: Any, given: list[Any], space: dict[str, Any]) -> Any:
    """Turn a case's plain argument into what is passed.

    Args:
        value: the plain form.
        given: symbolic tensors are added to it.
        space: the globals of the student's function, in which functions are looked up by name.
    """
    if isinstance(value, dict) and "tensor" in value:
        tensor = keras.Input(tuple(value["tensor"]))
        given.append(tensor)
        return tensor
    if isinstance(value, dict) and "tuple" in value:
        return tuple(value["tuple"])
    if isinstance(value, dict) and "function" in value:
        return space[value["function"]]
    return copy.deepcopy(value)


def _with_graph(run: Run, result: Any, given: list[Any], case: Case, seconds: float) -> Run:
    """Add to a run the graph and the numbers of what was handed back."""
    try:
        tape, inputs = _read(result, given)
        if tape is None:
            return run
        graph = tape.graph(inputs)
    except (AttributeError, TypeError, UnreadableGraph) as error:
        return replace(run, trouble=str(error)[:300])
    if isinstance(result, keras.Model):
        graph.nodes[graph.outputs[0]].constants["model"] = str(result.name)[:200]
    run = replace(run, graph=graph)
    if case.hidden:
        trace, _ = call(graph_execution.trace, seconds, tape, case.seed)
        run = replace(run, trace=trace)
    if not case.numbers:
        return run
    arrays: dict[str, np.ndarray] = {}
    _, failure = call(_add_numbers, seconds, arrays, tape, inputs, case)
    return replace(run, arrays=arrays, trouble=failure.sentence if failure else "")


def _read(result: Any, given: list[Any]) -> tuple[Tape | None, list[Any]]:
    """Return the tape of a result and its inputs; no tape where no symbolic tensor is in it."""
    model = result if isinstance(result, keras.Model) else None
    inputs = list(model.inputs) if model is not None and model.inputs else given
    outputs = keras.tree.flatten(result if model is None else model.outputs)
    outputs = [tensor for tensor in outputs if isinstance(tensor, keras.KerasTensor)][:8]
    if not outputs:
        return None, inputs
    tape = Tape(outputs, given)
    inputs = inputs or _own_inputs(tape)
    tape.read_unused(inputs)
    return tape, inputs


def _own_inputs(tape: Tape) -> list[Any]:
    """Return the inputs that a function made for itself."""
    return [tensor for step, tensor in tape.steps if step is None]


def _add_numbers(arrays: dict[str, np.ndarray], tape: Tape, inputs: list[Any], case: Case) -> None:
    """Add outputs and moving averages, one after the other: some may be had where others fail."""
    numbers = seeded_inputs([tensor.shape for tensor in inputs], case.seed)
    feed = {
        id(tensor): keras.ops.convert_to_tensor(array)
        for tensor, array in zip(inputs, numbers, strict=True)
    }
    results, _ = graph_execution.run(tape, feed, training=False, seed=case.seed)
    arrays["inference"] = results[0]
    results, averages = graph_execution.run(tape, feed, training=True, seed=case.seed)
    arrays["training"] = results[0]
    arrays |= averages


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
