"""A Keras model's graph as a plain list of steps, in the order in which they are computed.

Models used as layers of another model are opened up, so that a network on a pretrained base shows
the base's blocks as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Step:
    """One call of a layer or operation.

    Attributes:
        layer: the Keras layer or operation.
        parents: positions of the steps whose outputs go in, without repetition.
        shape: shape of its first output without the batch axis; None for an unknown length.
    """

    layer: Any
    parents: tuple[int, ...]
    shape: tuple[int | None, ...]

    @property
    def kind(self) -> str:
        """The class name of the layer or operation."""
        return type(self.layer).__name__

    @property
    def weights(self) -> int:
        """Number of parameters, trainable or not."""
        return self.layer.count_params() if getattr(self.layer, "weights", None) else 0

    @property
    def convolves(self) -> bool:
        """Whether it is a convolution or a dense layer: what the depth of a network counts."""
        return hasattr(self.layer, "kernel_size") or self.kind == "Dense"


def read_graph(model: Any) -> list[Step] | None:
    """The steps of a functional or built sequential model; None for a model without a graph.

    Parents always come before their children.
    """
    model = _functional(model)
    if model is None:
        return None
    steps: list[Step] = []
    _read(model.outputs, {}, steps)
    return steps


def list_layers(model: Any) -> list[Step]:
    """The layers of a model without a graph, as if one followed the other."""
    layers = list(getattr(model, "layers", []))
    return [
        Step(layer, (i - 1,) if i else (), _known_shape(layer)) for i, layer in enumerate(layers)
    ]


def dominators(steps: list[Step]) -> list[int]:
    """For each step, the nearest earlier step through which every path to it leads.

    -1 stands for the outside of the model: several inputs may meet in one step. (Cooper, Harvey
    and Kennedy, "A simple, fast dominance algorithm", 2001; without cycles one pass is enough.)
    """
    above: list[int] = []
    for step in steps:
        if not step.parents:
            above.append(-1)
            continue
        meeting = step.parents[0]
        for other in step.parents[1:]:
            while meeting != other:
                if meeting > other:
                    meeting = above[meeting]
                else:
                    other = above[other]
        above.append(meeting)
    return above


def between(steps: list[Step], fork: int, ends: Iterable[int]) -> set[int]:
    """All steps on paths from the fork to the ends, the ends included and the fork not.

    The fork must dominate the ends.
    """
    found: set[int] = set()
    waiting = [end for end in ends if end != fork]
    while waiting:
        position = waiting.pop()
        if position not in found:
            found.add(position)
            waiting += [p for p in steps[position].parents if p != fork]
    return found


def _functional(model: Any) -> Any | None:
    """The functional model behind a model: a sequential one keeps it inside."""
    inner = getattr(model, "_functional", None) or model
    return inner if hasattr(inner, "_nodes_by_depth") and inner.outputs else None


def _read(tensors: list[Any], positions: dict[int, int], steps: list[Step]) -> None:
    """Append the steps that lead to the tensors; `positions` maps tensors to their steps by id."""
    waiting = list(reversed(tensors))
    while waiting:
        tensor = waiting[-1]
        if id(tensor) in positions:
            waiting.pop()
            continue
        layer, call, _ = tensor._keras_history
        node = layer._inbound_nodes[call]
        missing = [t for t in node.input_tensors if id(t) not in positions]
        if missing:
            waiting += reversed(missing)
            continue
        inner = _functional(layer)
        if inner is None:
            parents = tuple(dict.fromkeys(positions[id(t)] for t in node.input_tensors))
            made = [len(steps)] * len(node.output_tensors)
            steps.append(Step(layer, parents, tuple(node.output_tensors[0].shape[1:])))
        else:
            # A model used twice is read twice: its inputs stand for other steps each time.
            fed = zip(inner.inputs, node.input_tensors, strict=False)
            own = {id(inside): positions[id(outside)] for inside, outside in fed}
            _read(inner.outputs, own, steps)
            made = [own[id(t)] for t in inner.outputs]
        positions.update(zip(map(id, node.output_tensors), made, strict=False))


def _known_shape(layer: Any) -> tuple[int | None, ...]:
    try:
        return tuple(layer.output.shape[1:])
    except (AttributeError, ValueError):
        return ()
