"""Execution of a graph with seeded weights: as a whole, and each operation by itself."""

from __future__ import annotations

import contextlib
import functools
import inspect
from typing import Any

import keras
import numpy as np

from resnets.checks.collecting.containers import Call, UnreadableGraph
from resnets.checks.collecting.tape import Tape
from resnets.checks.evidence.seeded import (
    input_of_step,
    place_of_weight,
    seeded_weight,
    weight_of_step,
)
from resnets.language import say


def run(
    tape: Tape, feed: dict[int, Any], training: bool, seed: int
) -> tuple[list[Any], dict[str, np.ndarray]]:
    """Compute the outputs with weights that depend only on the seed and on their place.

    Args:
        tape: of the graph.
        feed: backend tensors by id of the input they stand for.
        training: whether layers run as in training.
        seed: of the weights.

    Returns:
        The outputs as arrays, and the moving averages as they are after this call.

    Raises:
        UnreadableGraph: when the result depends on an input that nothing is fed to.
    """
    weights = _weights(tape, seed)
    mapping = [(variable, value) for variable, value, _ in weights]
    values = dict(feed)
    with keras.StatelessScope(mapping, initialize_variables=False) as scope:
        for call, tensor in tape.live_steps:
            if call is None:
                if id(tensor) not in values:
                    raise UnreadableGraph(
                        say("The result depends on an Input that is not the function's argument.")
                    )
                continue
            outputs = _result(call, values, training)
            for symbol, value in zip(call.output_tensors, outputs, strict=True):
                values[id(symbol)] = value
        averages = {
            key: keras.ops.convert_to_numpy(scope.get_current_value(variable))
            for variable, _, key in weights
            if key
        }
    results = [keras.ops.convert_to_numpy(values[id(tensor)]) for tensor in tape.outputs]
    return results, _merge(averages)


def trace(tape: Tape, seed: int) -> np.ndarray:
    """Say what each operation does by itself, to numbers that no other has made.

    Nobody can tell these without running every one of them. They are there for unused
    operations too, and where the graph does not run as a whole.

    Args:
        tape: of the graph.
        seed: of the operations' inputs and weights.

    Returns:
        float32, for each step the mean size of its first output in inference mode; NaN for
        inputs, and where it cannot be computed.
    """
    sizes = np.full(len(tape.steps), np.nan, "float32")
    with keras.StatelessScope(_weights_of_steps(tape, seed), initialize_variables=False):
        for position, (call, _) in enumerate(tape.steps):
            if call is None:
                continue
            with contextlib.suppress(Exception):
                values = {
                    id(parent): keras.ops.convert_to_tensor(
                        input_of_step(parent.shape, seed, position, tape.position[id(parent)])
                    )
                    for parent in call.input_tensors
                }
                output = _result(call, values, training=False)[0]
                numbers = keras.ops.convert_to_numpy(output).astype("float32")
                sizes[position] = np.abs(numbers).mean()
    return sizes


def _weights_of_steps(tape: Tape, seed: int) -> list[tuple[Any, np.ndarray]]:
    weights: dict[int, tuple[Any, np.ndarray]] = {}
    for position, (call, _) in enumerate(tape.steps):
        for variable in getattr(call and call.operation, "variables", ()):
            leaf, shape = variable.path.rsplit("/", 1)[-1], tuple(variable.shape)
            if id(variable) not in weights and variable.dtype.startswith("float"):
                value = weight_of_step(leaf, shape, seed, position).astype(variable.dtype)
                weights[id(variable)] = variable, value
    return list(weights.values())


def _weights(tape: Tape, seed: int) -> list[tuple[Any, np.ndarray, str]]:
    """Return each variable, its value, and for moving averages a key."""
    depths: list[int] = []
    seen: set[int] = set()
    weights = []
    for call, _ in tape.live_steps:
        parents = [] if call is None else call.input_tensors
        depth = max((depths[tape.position[id(parent)]] for parent in parents), default=0)
        operation = None if call is None else call.operation
        if isinstance(operation, keras.Layer):
            kind = type(operation).__name__
            for variable in operation.variables:
                if id(variable) in seen:
                    continue
                seen.add(id(variable))
                leaf = variable.path.rsplit("/", 1)[-1]
                place = place_of_weight(kind, depth, variable.shape, leaf)
                key = f"{place}#{len(weights)}" if leaf.startswith("moving_") else ""
                weights.append((variable, _value(variable, leaf, seed, place), key))
            if any("kernel" in v.path.rsplit("/", 1)[-1] for v in operation.variables):
                depth += 1
        depths.append(depth)
    return weights


def _value(variable: Any, leaf: str, seed: int, place: str) -> np.ndarray:
    shape = tuple(variable.shape)
    if "seed" in leaf or not variable.dtype.startswith("float"):
        return np.zeros(shape, variable.dtype)
    return seeded_weight(leaf, shape, seed, place).astype(variable.dtype)


def _merge(averages: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Sort equal places together: the order in which layers were made does not matter."""
    groups: dict[str, list[np.ndarray]] = {}
    for key, value in averages.items():
        groups.setdefault("average:" + key.split("#")[0], []).append(value)
    return {key: np.sort(np.concatenate(group)) for key, group in groups.items()}


def _result(call: Call, values: dict[int, Any], training: bool) -> list[Any]:
    def replace(item: Any) -> Any:
        return values[id(item)] if isinstance(item, keras.KerasTensor) else item

    args = keras.tree.map_structure(replace, call.args)
    kwargs = keras.tree.map_structure(replace, call.kwargs)
    operation = call.operation
    if getattr(operation, "_call_has_training_arg", False):
        # Keras writes down the default as if it had been asked for.
        default = _default_of_training(type(operation))
        if kwargs.get("training", default) in (None, default):
            kwargs["training"] = training
    if _is_plain(operation):
        # Without Keras' checks of arguments, which cost more than these small convolutions.
        return keras.tree.flatten(operation.call(*args, **kwargs))
    return keras.tree.flatten(operation(*args, **kwargs))


@functools.cache
def _default_of_training(kind: type) -> Any:
    return inspect.signature(kind.call).parameters["training"].default


def _is_plain(operation: Any) -> bool:
    if not isinstance(operation, keras.Layer):
        return False
    module = type(operation).__module__
    own = not module.startswith("keras.") or isinstance(operation, keras.Model)
    return not own and operation.dtype_policy.name == "float32"
