"""Runs of functions on arrays: their results, and the gradients that flow through them."""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from resnets.array_gradients import gradients_of
from resnets.checks.catalogue.array_exercise import ArrayExercise
from resnets.checks.catalogue.cases import Case
from resnets.checks.collecting.compiled_calls import call_on_tensors, taken_apart
from resnets.checks.collecting.refused_functions import refused
from resnets.checks.collecting.safe_call import call as call_safely
from resnets.checks.collecting.stand_ins.substitute import in_place_of
from resnets.checks.evidence.facts import Failure, Run
from resnets.language import say

_MOST_NUMBERS = 200_000


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

    with in_place_of(function, exercise.blocks), refused(exercise):
        result, failure = call_safely(call_once, exercise.time_limit)
        if failure is not None:
            return Run(returned=_kind_of(result), failure=_in_their_terms(failure))
        arrays = _as_arrays(result)
        if exercise.keeps_arguments:
            arrays |= _as_arrays(list(arguments.values()), "argument")
        trouble = ""
        if exercise.differentiable and arrays:
            gradients, failure = call_safely(
                _gradients, exercise.time_limit, exercise, call, arguments
            )
            arrays |= gradients or {}
            trouble = failure.sentence if failure else ""
    return Run(returned=_kind_of(result), arrays=arrays, trouble=trouble)


def drawn_arguments(case: Case) -> list[Any]:
    """Return the case's arguments, positional ones first, its arrays filled with numbers."""
    stream = np.random.default_rng(case.seed)
    return [_drawn(value, stream) for value in [*case.positional, *case.keywords.values()]]


def _drawn(value: Any, stream: np.random.Generator) -> Any:
    if isinstance(value, dict) and "array" in value:
        numbers = stream.standard_normal(value["array"]) * value.get("scale", 1.0)
        numbers = np.abs(numbers) + 0.1 if value.get("positive") else numbers
        if "within" in value:
            numbers *= _disc(numbers.shape[1:3], value["within"])[..., None]
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


def _disc(size: tuple[int, int], radius: float) -> np.ndarray:
    """True within a radius from the middle of pictures of this size."""
    y, x = np.mgrid[: size[0], : size[1]] - (np.reshape(size, (2, 1, 1)) - 1) / 2
    return x**2 + y**2 <= radius**2


def _gradients(
    exercise: ArrayExercise, call: Callable[..., Any], arguments: dict[str, Any]
) -> dict[str, np.ndarray]:
    arrays, put_back = taken_apart({key: arguments[key] for key in exercise.differentiable})
    other_arrays, put_others_back = taken_apart(
        {key: value for key, value in arguments.items() if key not in exercise.differentiable}
    )
    others = put_others_back([keras.ops.convert_to_tensor(array) for array in other_arrays])

    def function(*tensors: Any) -> Any:
        return call(**others, **put_back(tensors))

    gradients = gradients_of(function, *arrays)
    return {f"gradient {position}": gradient for position, gradient in enumerate(gradients)}


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


# What TensorFlow puts around its messages: the node's name before, the operation's name after.
_WRAPPING = re.compile(r"\{\{.*?\}\} ?| ?\[Op:\w+\].*", re.DOTALL)
_IN_PLACE = re.compile(r"does not support item assignment|JAX arrays are immutable")


def _in_their_terms(failure: Failure | None) -> Failure | None:
    if failure is None:
        return None
    sentence = _WRAPPING.sub("", failure.sentence)
    if failure.kind == "NotYourOwn":
        sentence = sentence.removeprefix("NotYourOwn: ")
    if _IN_PLACE.search(failure.traceback):
        sentence = say(
            "Tensors cannot be changed in place. Collect the pieces in a list, and join them with "
            "ops.stack or ops.concatenate. Or add them up in a new variable."
        )
    return replace(failure, sentence=sentence)
