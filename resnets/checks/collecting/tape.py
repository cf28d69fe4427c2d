"""Tape of a graph: the calls of Keras' operations that lead to some tensors, as plain facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras

from resnets.checks.collecting.containers import (
    Call,
    UnreadableGraph,
    call_of,
    in_order,
    taken_apart,
)
from resnets.checks.collecting.plain_data import plain
from resnets.checks.evidence.facts import MAX_NODES, MAX_TEXT, UNREADABLE, Graph, Node
from resnets.language import say

_IRRELEVANT = {"dtype", "name", "registered_name", "build_config", "object"}


class Tape:
    """The calls of operations that lead to some tensors, in topological order.

    Containers are taken apart: their layers are on the tape, they themselves are not.

    Args:
        outputs: symbolic tensors that a student's function handed back.
        stops: tensors at which to stop reading, as inputs.

    Attributes:
        steps: (the call, first tensor that it made); no call for an input.
        position: of the step that made a tensor, by the tensor's id.
        outputs: the symbolic tensors, as given; where a container made one, that of its last layer.

    Raises:
        UnreadableGraph: when the graph is larger than any answer could be.
    """

    def __init__(self, outputs: list[Any], stops: list[Any]) -> None:
        self.steps: list[tuple[Call | None, Any]] = []
        self.position: dict[int, int] = {}
        self._same: dict[int, Any] = {}
        self._tensors: list[Any] = []
        self._seen = 0
        self._stops = {id(tensor) for tensor in stops}
        self._read(outputs)
        self.outputs = [self._same.get(id(tensor), tensor) for tensor in outputs]
        self._live = len(self.steps)

    @property
    def live_steps(self) -> list[tuple[Any, Any]]:
        """The steps that lead to the outputs."""
        return self.steps[: self._live]

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
        for node, tensor in in_order(outputs, self.position, self._stops):
            if node is None:
                self._append(None, [tensor])
                continue
            for call in self._calls_at(node):
                if call is None:
                    self._count()
                else:
                    self._append(call, call.output_tensors)

    def _calls_at(self, node: Any) -> Iterator[Call | None]:
        """The calls that Keras' record stands for; then their results stand for its own."""
        made = yield from taken_apart(call_of(node, self._same))
        for output, inner in zip(node.output_tensors, made, strict=True):
            self._same[id(output)] = inner
            self.position[id(output)] = self.position[id(inner)]
        self._tensors.extend(node.output_tensors)

    def _append(self, call: Call | None, made: list[Any]) -> None:
        self._count()
        # A call may have several outputs: all of them stand at the same position.
        for output in made:
            self.position[id(output)] = len(self.steps)
        self._tensors.extend(made)
        self.steps.append((call, made[0]))

    def _count(self) -> None:
        """Count an operation or a container, before it is kept."""
        if self._seen >= MAX_NODES:
            raise UnreadableGraph(
                say("The graph has more than {number} operations.", number=MAX_NODES)
            )
        self._seen += 1

    def graph(self, inputs: list[Any]) -> Graph:
        """Return the facts. `inputs` are the tensors that the function was given, or its own."""
        layers: dict[int, int] = {}
        nodes = []
        for call, tensor in self.steps:
            if call is None:
                nodes.append(Node(op="Input", name=tensor.name, shape=_shape(tensor)))
                continue
            number = layers.setdefault(id(call.operation), len(layers))
            nodes.append(self._facts(call, tensor, number))
        return Graph(
            nodes=nodes,
            outputs=[self.position[id(tensor)] for tensor in self.outputs],
            inputs=[self.position[id(t)] for t in inputs if id(t) in self.position],
        )

    def _facts(self, call: Call, tensor: Any, number: int) -> Node:
        operation = call.operation
        module = type(operation).__module__
        stand_in = getattr(operation, "stand_in_for", None)
        return Node(
            op=stand_in or getattr(operation, "label", type(operation).__name__),
            name=str(operation.name)[:MAX_TEXT],
            own=not stand_in and not module.startswith("keras."),
            config=_config(operation),
            inputs=[self.position[id(parent)] for parent in call.input_tensors],
            constants=_constants(call),
            layer=number,
            shape=_shape(tensor),
        )


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
    return {key: plain(value) for key, value in config.items() if key not in _IRRELEVANT}


def _constants(call: Call) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in [*enumerate(call.args), *call.kwargs.items()]:
        flat = keras.tree.flatten(value)
        if value is None or any(isinstance(item, keras.KerasTensor) for item in flat):
            continue
        found[str(key)] = plain(value)
    return found
