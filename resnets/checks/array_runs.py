"""Call a student's function on arrays, and gather its results and their gradients."""

from __future__ import annotations

import contextlib
import copy
import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from resnets.array_gradients import gradients_of
from resnets.checks import guard
from resnets.checks.array_exercise import ArrayExercise
from resnets.checks.cases import Case
from resnets.checks.compiled_calls import call_on_tensors, taken_apart
from resnets.checks.evidence import Failure, Run
from resnets.checks.stand_ins import in_place_of

_MOST_NUMBERS = 200_000


class NotYourOwn(RuntimeError):
    """The function called what it was asked to be written instead of."""


def run_on_arrays(exercise: ArrayExercise, function: Callable[..., Any], case: Case) -> Run:
    """Return what one call shows, as arrays by name.

    Results are called "result 0", …, gradients "gradient 0", …, and what has become of arguments
    that must stay as they are, "argument 0", …
    """
    names = (*exercise.arguments[: len(case.positional)], *case.keywords)
    arguments = dict(zip(names, drawn_arguments(case), strict=True))

    def call(**changed: Any) -> Any:
        given = arguments | changed
        return function(
            *(given[name] for name in names[: len(case.positional)]),
            **{key: given[key] for key in case.keywords},
        )

    @functools.wraps(function)  # so that errors are looked for in the student's own lines
    def call_once() -> Any:
        return call() if exercise.numpy else call_on_tensors(call, arguments)

    with in_place_of(function, exercise.blocks, _library_function), _refused(exercise):
        result, failure = guard.call(call_once, exercise.time_limit)
        run = Run(returned=_kind_of(result), failure=_in_their_terms(failure))
        if failure is not None:
            return run
        run.arrays = _as_arrays(result)
        if exercise.keeps_arguments:
            run.arrays |= _as_arrays(list(arguments.values()), "argument")
        if exercise.differentiable and run.arrays:
            _, failure = guard.call(
                _add_gradients, exercise.time_limit, run, exercise, call, arguments
            )
            run.trouble = failure.sentence if failure else ""
    return run


def drawn_arguments(case: Case) -> list[Any]:
    """Return the case's arguments, positional ones first, its arrays filled with numbers."""
    stream = np.random.default_rng(case.seed)
    return [_drawn(value, stream) for value in [*case.positional, *case.keywords.values()]]


def _drawn(value: Any, stream: np.random.Generator) -> Any:
    if isinstance(value, dict) and "array" in value:
        numbers = stream.standard_normal(value["array"]) * value.get("scale", 1.0)
        numbers = np.abs(numbers) + 0.1 if value.get("positive") else numbers
        return (numbers + value.get("shift", 0.0)).astype("float32")
    if isinstance(value, dict) and "list" in value:
        return [_drawn(item, stream) for item in value["list"]]
    if isinstance(value, dict) and "numbers" in value:
        return np.array(value["numbers"])
    if isinstance(value, dict):
        return {key: _drawn(item, stream) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_drawn(item, stream) for item in value)
    return copy.deepcopy(value)


def _add_gradients(
    run: Run, exercise: ArrayExercise, call: Callable[..., Any], arguments: dict[str, Any]
) -> None:
    arrays, put_back = taken_apart({key: arguments[key] for key in exercise.differentiable})
    other_arrays, put_others_back = taken_apart(
        {key: value for key, value in arguments.items() if key not in exercise.differentiable}
    )
    others = put_others_back([keras.ops.convert_to_tensor(array) for array in other_arrays])

    def function(*tensors: Any) -> Any:
        return call(**others, **put_back(tensors))

    for position, gradient in enumerate(gradients_of(function, *arrays)):
        run.arrays[f"gradient {position}"] = gradient


def _kind_of(result: Any) -> str:
    if result is None:
        return "None"
    if isinstance(result, np.ndarray):
        return "ndarray"
    if isinstance(result, list | tuple):
        return f"{type(result).__name__} of {len(result)}"
    if keras.ops.is_tensor(result):
        return "tensor"
    return type(result).__name__[:100]


def _as_arrays(result: Any, name: str = "result") -> dict[str, np.ndarray]:
    arrays = {}
    try:
        for position, item in enumerate(keras.tree.flatten(result)[:16]):
            array = np.atleast_1d(keras.ops.convert_to_numpy(item))
            if array.dtype.kind in "fiub" and array.size <= _MOST_NUMBERS:
                arrays[f"{name} {position}"] = array.astype("float32")
    except (TypeError, ValueError, AttributeError):
        return arrays
    return arrays


def _library_function(name: str, theirs: Any) -> Callable[..., Any]:
    """Keras' own function in place of a student's earlier one, whose mistakes are charged there."""

    def conv2d(X: Any, W: Any, stride: int = 1, padding: str = "same") -> Any:
        return _convolution(X, W, stride, padding)

    def batch_norm(
        X: Any,
        gamma: Any,
        beta: Any,
        moving_mean: Any,
        moving_variance: Any,
        training: bool,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
    ) -> Any:
        mean, variance = moving_mean, moving_variance
        if training:
            mean, variance = keras.ops.moments(X, axes=tuple(range(len(X.shape) - 1)))
        Y = _normalisation(X, mean, variance, -1, beta, gamma, epsilon)
        return Y, moving_mean, moving_variance

    return {"conv2d": conv2d, "batch_norm": batch_norm}[name]


_convolution = keras.ops.conv
_normalisation = keras.ops.batch_normalization


@contextlib.contextmanager
def _refused(exercise: ArrayExercise) -> Iterator[None]:
    """Within the body, Keras' layers and the functions that would do all the work refuse to."""
    if not exercise.own_work:
        yield
        return

    def refusing(what: str) -> Callable[..., Any]:
        def refuse(*args: Any, **kwargs: Any) -> Any:
            raise NotYourOwn(
                f"{what} does the whole work: write {exercise.name} from smaller operations."
            )

        return refuse

    before = {name: getattr(keras.ops, name) for name in exercise.own_work}
    layer_call = keras.Layer.__call__
    for name in before:
        setattr(keras.ops, name, refusing(f"keras.ops.{name}"))
    keras.Layer.__call__ = refusing("A Keras layer")
    try:
        yield
    finally:
        keras.Layer.__call__ = layer_call
        for name, value in before.items():
            setattr(keras.ops, name, value)


# What TensorFlow puts around its messages: the node's name before, the operation's name after.
_WRAPPING = re.compile(r"\{\{.*?\}\} ?| ?\[Op:\w+\].*", re.DOTALL)
_IN_PLACE = re.compile(r"does not support item assignment|JAX arrays are immutable")


def _in_their_terms(failure: Failure | None) -> Failure | None:
    if failure is None:
        return None
    failure.sentence = _WRAPPING.sub("", failure.sentence)
    if failure.kind == "NotYourOwn":
        failure.sentence = failure.sentence.removeprefix("NotYourOwn: ")
    if _IN_PLACE.search(failure.traceback):
        failure.sentence = (
            "Tensors cannot be changed in place: collect the pieces in a list and join them with "
            "ops.stack or ops.concatenate, or add them up in a new variable."
        )
    return failure
