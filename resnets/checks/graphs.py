"""Read what was built with the functional API, and run it: Keras' graph as plain facts."""

from __future__ import annotations

import contextlib
import functools
import inspect
from typing import Any

import keras
import numpy as np

from resnets.checks.evidence import MAX_NODES, MAX_TEXT, UNREADABLE, Graph, Node
from resnets.checks.seeded import (
    input_of_step,
    place_of_weight,
    seeded_weight,
    weight_of_step,
)

_BORING = {"dtype", "name", "registered_name", "build_config", "object"}


class UnreadableGraph(ValueError):
    """The tensors are not connected to a graph that can be read."""


class Tape:
    """The calls of operations that lead to some tensors, in topological order.

    Args:
        outputs: symbolic tensors that a student's function handed back.
        stops: tensors at which to stop reading, as inputs.

    Raises:
        UnreadableGraph: when the graph is larger than any answer could be.
    """

    def __init__(self, outputs: list[Any], stops: list[Any]) -> None:
        self._stops = {id(tensor) for tensor in stops}
        self.steps: list[tuple[Any, Any]] = []
        self.position: dict[int, int] = {}
        self.outputs = outputs
        self._tensors: list[Any] = []
        self._read(outputs)
        self._live = len(self.steps)

    def read_unused(self, inputs: list[Any]) -> None:
        """Read on: what was built from the inputs, but does not lead to an output."""
        pending, seen = list(inputs), set()
        while pending and len(self.steps) < MAX_NODES // 2:
            tensor = pending.pop()
            if id(tensor) in seen or not hasattr(tensor, "_keras_history"):
                continue
            seen.add(id(tensor))
            operation = tensor._keras_history.operation
            for node in getattr(operation, "_outbound_nodes", ()):
                uses = any(parent is tensor for parent in node.input_tensors)
                if uses and all(hasattr(t, "_keras_history") for t in node.output_tensors):
                    self._read(node.output_tensors)
                    pending.extend(node.output_tensors)

    def _read(self, outputs: list[Any]) -> None:
        pending = [(tensor, False) for tensor in reversed(outputs)]
        while pending:
            tensor, ready = pending.pop()
            if id(tensor) in self.position:
                continue
            node = self._producer(tensor)
            if node is not None and not ready:
                pending.append((tensor, True))
                pending.extend((parent, False) for parent in reversed(node.input_tensors))
                continue
            if len(self.steps) >= MAX_NODES:
                raise UnreadableGraph(f"The graph has more than {MAX_NODES} operations.")
            # A call may have several outputs: all of them stand at the same position.
            made = [tensor] if node is None else node.output_tensors
            for output in made:
                self.position[id(output)] = len(self.steps)
            self._tensors.extend(made)
            self.steps.append((node, tensor))

    def _producer(self, tensor: Any) -> Any:
        if id(tensor) in self._stops or not hasattr(tensor, "_keras_history"):
            return None
        operation, index, _ = tensor._keras_history
        if operation is None or isinstance(operation, keras.layers.InputLayer):
            return None
        return operation._inbound_nodes[index]

    def graph(self, inputs: list[Any]) -> Graph:
        """Return the facts. `inputs` are the tensors that the function was given, or its own."""
        layers: dict[int, int] = {}
        nodes = []
        for node, tensor in self.steps:
            if node is None:
                nodes.append(Node(op="Input", name=tensor.name, shape=_shape(tensor)))
                continue
            number = layers.setdefault(id(node.operation), len(layers))
            nodes.append(self._facts(node, tensor, number))
        return Graph(
            nodes=nodes,
            outputs=[self.position[id(tensor)] for tensor in self.outputs],
            inputs=[self.position[id(t)] for t in inputs if id(t) in self.position],
        )

    def _facts(self, node: Any, tensor: Any, number: int) -> Node:
        operation = node.operation
        module = type(operation).__module__
        stand_in = getattr(operation, "stand_in_for", None)
        return Node(
            op=stand_in or getattr(operation, "label", type(operation).__name__),
            name=str(operation.name)[:MAX_TEXT],
            own=not stand_in and not module.startswith("keras."),
            config=_config(operation),
            inputs=[self.position[id(parent)] for parent in node.input_tensors],
            constants=_constants(node),
            layer=number,
            shape=_shape(tensor),
        )

    def run(
        self, feed: dict[int, Any], training: bool, seed: int
    ) -> tuple[list[Any], dict[str, np.ndarray]]:
        """Compute the outputs with weights that depend only on the seed and on their place.

        Args:
            feed: backend tensors by id of the input they stand for.
            training: whether layers run as in training.
            seed: of the weights.

        Returns:
            The outputs as arrays, and the moving averages as they are after this call.
        """
        weights = self._weights(seed)
        mapping = [(variable, value) for variable, value, _ in weights]
        values = dict(feed)
        with keras.StatelessScope(mapping, initialize_variables=False) as scope:
            for node, tensor in self.steps[: self._live]:
                if node is None:
                    if id(tensor) not in values:
                        raise UnreadableGraph("The result depends on an input of its own.")
                    continue
                outputs = _call(node, values, training)
                for symbol, value in zip(node.output_tensors, outputs, strict=True):
                    values[id(symbol)] = value
            averages = {
                key: keras.ops.convert_to_numpy(scope.get_current_value(variable))
                for variable, _, key in weights
                if key
            }
        results = [keras.ops.convert_to_numpy(values[id(tensor)]) for tensor in self.outputs]
        return results, _merge(averages)

    def trace(self, seed: int) -> np.ndarray:
        """Say what each operation does by itself, to numbers that no other has made.

        Nobody can tell these without running every one of them. They are there for unused
        operations too, and where the graph does not run as a whole.

        Args:
            seed: of the operations' inputs and weights.

        Returns:
            float32, for each step the mean size of its first output in inference mode; NaN for
            inputs, and where it cannot be computed.
        """
        sizes = np.full(len(self.steps), np.nan, "float32")
        with keras.StatelessScope(self._weights_of_steps(seed), initialize_variables=False):
            for position, (node, _) in enumerate(self.steps):
                if node is None:
                    continue
                with contextlib.suppress(Exception):
                    values = {
                        id(parent): keras.ops.convert_to_tensor(
                            input_of_step(parent.shape, seed, position, self.position[id(parent)])
                        )
                        for parent in node.input_tensors
                    }
                    output = _call(node, values, training=False)[0]
                    numbers = keras.ops.convert_to_numpy(output).astype("float32")
                    sizes[position] = np.abs(numbers).mean()
        return sizes

    def _weights_of_steps(self, seed: int) -> list[tuple[Any, np.ndarray]]:
        weights: dict[int, tuple[Any, np.ndarray]] = {}
        for position, (node, _) in enumerate(self.steps):
            for variable in getattr(node and node.operation, "variables", ()):
                leaf, shape = variable.path.rsplit("/", 1)[-1], tuple(variable.shape)
                if id(variable) not in weights and variable.dtype.startswith("float"):
                    value = weight_of_step(leaf, shape, seed, position).astype(variable.dtype)
                    weights[id(variable)] = variable, value
        return list(weights.values())

    def _weights(self, seed: int) -> list[tuple[Any, np.ndarray, str]]:
        """Return each variable, its value, and for moving averages a key."""
        depths: list[int] = []
        seen: set[int] = set()
        weights = []
        for node, _ in self.steps[: self._live]:
            parents = [] if node is None else node.input_tensors
            depth = max((depths[self.position[id(parent)]] for parent in parents), default=0)
            operation = None if node is None else node.operation
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


def _call(node: Any, values: dict[int, Any], training: bool) -> list[Any]:
    def replace(item: Any) -> Any:
        return values[id(item)] if isinstance(item, keras.KerasTensor) else item

    args = keras.tree.map_structure(replace, node.arguments.args)
    kwargs = keras.tree.map_structure(replace, node.arguments.kwargs)
    operation = node.operation
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


def _shape(tensor: Any) -> list[int | None]:
    return [None if size is None else int(size) for size in tensor.shape]


def _config(operation: Any) -> dict[str, Any]:
    stand_in = getattr(operation, "arguments", None)
    if getattr(operation, "stand_in_for", None):
        return plain(stand_in)
    config: dict[str, Any] = {}
    if isinstance(operation, keras.Layer):
        try:
            config = dict(operation.get_config())
        except Exception:
            config = {UNREADABLE: True}  # a lambda as activation, for example
        config["trainable"] = bool(operation.trainable)
        dtype = operation.dtype_policy.name
        if dtype != "float32":
            config["dtype_policy"] = dtype
    else:
        config = {
            key: value
            for key, value in vars(operation).items()
            if not key.startswith("_") and isinstance(value, int | float | str | list | tuple)
        }
    return {key: plain(value) for key, value in config.items() if key not in _BORING}


def _constants(node: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in [*enumerate(node.arguments.args), *node.arguments.kwargs.items()]:
        flat = keras.tree.flatten(value)
        if value is None or any(isinstance(item, keras.KerasTensor) for item in flat):
            continue
        found[str(key)] = plain(value)
    return found


def plain(value: Any, depth: int = 0) -> Any:
    """Reduce a configuration to what JSON can hold; what it cannot hold becomes its type's name."""
    if value is None or isinstance(value, bool | int | float | str):
        return value[:MAX_TEXT] if isinstance(value, str) else value
    if isinstance(value, np.generic):
        return value.item()
    if depth > 5:
        return "…"
    if isinstance(value, dict):
        if "class_name" in value:
            module = str(value.get("module", ""))
            return {
                "class_name": str(value["class_name"]),
                "module": module,
                "config": plain(value.get("config"), depth + 1),
            }
        return {str(key): plain(item, depth + 1) for key, item in list(value.items())[:50]}
    if isinstance(value, list | tuple):
        return [plain(item, depth + 1) for item in list(value)[:50]]
    if isinstance(value, np.ndarray) or hasattr(value, "shape"):
        shape = "×".join(str(size) for size in value.shape)
        return float(value) if shape == "" else f"array of {shape}"
    return f"<{getattr(value, '__name__', type(value).__name__)}>"
