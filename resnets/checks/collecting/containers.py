"""Containers taken apart: layers in a `Sequential` or a nested `Model`, as if called one by one.

A container's graph belongs to tensors of its own. Each call of it becomes calls of its layers on
the tensors that the container was given, so a shared container gives new tensors with each call.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Set
from typing import Any, NamedTuple

import keras
from keras.src.models.functional import Functional

from resnets.language import say

MAX_LEVELS = 20
"""How deep containers may lie in each other."""


class UnreadableGraph(ValueError):
    """The tensors are not connected to a graph that can be read."""


class Call(NamedTuple):
    """One call of an operation, as Keras writes it down, with the tensors that it really gets.

    Attributes:
        operation: a layer, or one of keras.ops.
        args: its positional arguments.
        kwargs: its named ones.
        input_tensors: the symbolic tensors in both.
        output_tensors: what it made.
    """

    operation: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    input_tensors: list[Any]
    output_tensors: list[Any]


def call_of(node: Any, replaced: Mapping[int, Any]) -> Call:
    """Return the call that Keras keeps as a node.

    Args:
        node: Keras' record.
        replaced: tensor in place of another one, by the other one's id.
    """

    def put_in(item: Any) -> Any:
        return replaced.get(id(item), item)

    return Call(
        node.operation,
        keras.tree.map_structure(put_in, node.arguments.args),
        keras.tree.map_structure(put_in, node.arguments.kwargs),
        [put_in(tensor) for tensor in node.input_tensors],
        list(node.output_tensors),
    )


def producer(tensor: Any) -> Any:
    """Return Keras' record of the call that made a tensor; None for an input."""
    if not hasattr(tensor, "_keras_history"):
        return None
    operation, index, _ = tensor._keras_history
    if operation is None or isinstance(operation, keras.layers.InputLayer):
        return None
    return operation._inbound_nodes[index]


def in_order(
    outputs: list[Any], known: Mapping[int, Any], stops: Set[int] = frozenset()
) -> Iterator[tuple[Any, Any]]:
    """Go through the records that lead to some tensors, each after those that it needs.

    Args:
        outputs: the tensors.
        known: has the ids of tensors that were there before; whoever takes a record adds what
            it made before asking for the next one.
        stops: ids of tensors that are inputs, however they were made.

    Yields:
        (record, tensor); no record for an input.
    """
    pending = [(tensor, False) for tensor in reversed(outputs)]
    while pending:
        tensor, ready = pending.pop()
        if id(tensor) in known:
            continue
        node = None if id(tensor) in stops else producer(tensor)
        if node is not None and not ready:
            pending.append((tensor, True))
            pending.extend((parent, False) for parent in reversed(node.input_tensors))
        else:
            yield node, tensor


def taken_apart(call: Call, level: int = 0) -> Generator[Call | None, None, list[Any]]:
    """Go through the calls that one call stands for: itself, or those of a container's layers.

    Yields:
        Calls in topological order; None for each container that was entered, so that whoever
        counts sees these, too.

    Returns:
        The tensors that stand for `call.output_tensors`.

    Raises:
        UnreadableGraph: when containers lie too deep in each other, or have an input that nothing
            is given to.
    """
    container = _opened(call)
    if container is None:
        yield call
        return call.output_tensors
    if level >= MAX_LEVELS:
        sentence = say("More than {number} models are nested in each other.", number=MAX_LEVELS)
        raise UnreadableGraph(sentence)
    yield None
    inside = dict(zip(map(id, container.inputs), call.input_tensors, strict=True))
    for node, _ in in_order(container.outputs, inside):
        if node is None:
            raise UnreadableGraph(
                say("The result depends on an Input that is not the function's argument.")
            )
        inner = _with_new_outputs(_in_mode_of(call, call_of(node, inside)), node)
        made = yield from taken_apart(inner, level + 1)
        inside.update(zip(map(id, node.output_tensors), made, strict=True))
    return [inside[id(tensor)] for tensor in container.outputs]


def _opened(call: Call) -> Functional | None:
    """Return the graph of a container, if the operation is one and just runs it."""
    operation = call.operation
    kind = type(operation)
    if isinstance(operation, keras.Sequential):
        plain = kind.call is keras.Sequential.call
        container = operation._functional if plain else None
    else:
        plain = isinstance(operation, Functional) and kind.call is Functional.call
        container = operation if plain else None
    if container is None or kind.__call__ is not keras.Layer.__call__:
        return None
    fits = len(container.inputs) == len(call.input_tensors) and len(container.outputs) == len(
        call.output_tensors
    )
    by_name = bool(call.args) and isinstance(call.args[0], dict)
    return container if fits and not by_name else None


def _in_mode_of(outer: Call, inner: Call) -> Call:
    """Pass on the mode, in training or not, with which a container was called."""
    training = outer.kwargs.get("training")
    if training is None or not getattr(inner.operation, "_call_has_training_arg", False):
        return inner
    return inner._replace(kwargs=inner.kwargs | {"training": training})


def _with_new_outputs(call: Call, node: Any) -> Call:
    """Give a call tensors of its own, of the shape that its inputs lead to."""
    shapes = [tensor.shape for tensor in node.input_tensors]
    if [tensor.shape for tensor in call.input_tensors] == shapes:
        made = call.output_tensors
    else:
        made = keras.tree.flatten(call.operation.compute_output_spec(*call.args, **call.kwargs))
    return call._replace(
        output_tensors=[keras.KerasTensor(one.shape, dtype=one.dtype) for one in made]
    )
