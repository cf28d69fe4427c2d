"""Calls of a student's function on tensors; on JAX it is compiled as a whole (just in time).

Outside of `jax.jit`, JAX compiles every operation for every shape that it meets. Checks meet many
shapes, once each, so the compiler would take most of the time; one compilation a call takes a
quarter of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np


@dataclass(frozen=True)
class _Place:
    """Where an array was taken out."""

    number: int


def taken_apart(arguments: dict[str, Any]) -> tuple[list[np.ndarray], Callable[..., Any]]:
    """Return the arrays in nested arguments, and what puts tensors in their places.

    Dictionaries are gone through in the order of their keys' names, on every backend.
    """
    arrays: list[np.ndarray] = []

    def take(value: Any) -> Any:
        if not isinstance(value, np.ndarray):
            return value
        arrays.append(value)
        return _Place(len(arrays) - 1)

    places = _mapped(take, arguments)

    def put_back(tensors: Any) -> dict[str, Any]:
        return _mapped(lambda item: tensors[item.number] if type(item) is _Place else item, places)

    return arrays, put_back


def call_on_tensors(call: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """Return what a function gives for arguments whose arrays became tensors of the backend."""
    arrays, put_back = taken_apart(arguments)
    if keras.backend.backend() == "jax" and arrays:
        try:
            return _compiled(lambda *tensors: call(**put_back(tensors)), arrays)
        except Exception:
            pass  # it looks at its numbers, or is wrong: then the error should be its own
    return call(**put_back([keras.ops.convert_to_tensor(array) for array in arrays]))


def _compiled(function: Callable[..., Any], arrays: list[np.ndarray]) -> Any:
    """Run in one go; what is no tensor in the result stays what it is."""
    import jax

    results = []

    def tensors_of_result(*tensors: Any) -> list[Any]:
        results.append(function(*tensors))
        return _tensors(results[0])

    computed = jax.jit(tensors_of_result)(*arrays)
    symbols = _tensors(results[0])
    values = {id(symbol): value for symbol, value in zip(symbols, computed, strict=True)}
    return keras.tree.map_structure(lambda item: values.get(id(item), item), results[0])


def _tensors(result: Any) -> list[Any]:
    return [item for item in keras.tree.flatten(result) if keras.ops.is_tensor(item)]


def _mapped(function: Callable[[Any], Any], value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _mapped(function, value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return type(value)(_mapped(function, item) for item in value)
    return function(value)
