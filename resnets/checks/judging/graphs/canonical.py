"""Canonical form of a graph: the same steps, however the student wrote them.

`Activation('relu')`, `ReLU()`, `keras.ops.relu` and `maximum(x, 0)` become the step "relu";
`Add()([a, b])`, `a + b` and `keras.layers.add` become "add"; an activation inside a convolution
becomes a step of its own; steps that do nothing vanish.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from resnets.checks.evidence.facts import UNREADABLE, Graph, Node
from resnets.checks.evidence.settings import (
    BLOCKS,
    RANDOM_LAYERS,
    activation_kind,
    chance,
    constants,
    is_over_the_last_axis,
    relu_layer_kind,
)
from resnets.checks.judging.graphs.layer_settings import (
    INITIALIZERS,
    QUIET,
    batch_norm_settings,
    block_settings,
    convolution_settings,
    initializers,
    pooling_settings,
    quiet_settings,
)
from resnets.checks.judging.graphs.step import Step


def normalise(graph: Graph) -> tuple[list[Step], list[int]]:
    """Return the graph's steps in topological order, and where its outputs stand."""
    steps: list[Step] = []
    place: dict[int, int] = {}
    for position, node in enumerate(graph.nodes):
        inputs = tuple(place[n] for n in node.inputs)
        made = _steps_of(node)
        if not made and inputs:
            place[position] = inputs[0]
            continue
        if len(made) == 1 and _repeats(made[0], [steps[n] for n in inputs]):
            place[position] = inputs[0]
            continue
        for step in made:
            layer = node.layer if step.kind != "input" else -1
            steps.append(replace(step, inputs=inputs, shape=tuple(node.shape or ()), layer=layer))
            inputs = (len(steps) - 1,)
        place[position] = inputs[0] if inputs else len(steps) - 1
    return steps, [place[n] for n in graph.outputs]


def _repeats(step: Step, parents: list[Step]) -> bool:
    """Whether a step is a ReLU of a ReLU, which changes nothing."""
    return step.kind == "relu" and len(parents) == 1 and parents[0].kind == "relu"


def _steps_of(node: Node) -> list[Step]:
    """Return the steps that one operation stands for: one, two with its activation, or none."""
    if node.own or node.config.get(UNREADABLE):
        made = [Step(f"other:{_op(node)}", {"constants": str(node.constants)})]
    else:
        read = _READERS.get(_op(node), _any_other)
        made = read(node)
    return [step if step.inside or step.kind == "input" else _named(step, node) for step in made]


def _named(step: Step, node: Node) -> Step:
    """Add what every layer has: its name, its initializers, its quiet settings."""
    made_up = _is_made_up(node)
    return replace(
        step,
        name="" if made_up else node.name,
        made_up_name=node.name if made_up else "",
        quiet=quiet_settings(node.config),
        initializers=initializers(node.config),
    )


def _is_made_up(node: Node) -> bool:
    """Whether Keras named the layer after its class: 'conv2d', 'conv2d_12', 'add_1'."""
    words = re.sub(r"\W+", "", node.op)[:80]
    words = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", words)
    words = re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()
    made_up = re.fullmatch(re.escape(words) + r"(_\d+)?", node.name)
    return not node.name or bool(made_up) or node.op in BLOCKS


def _op(node: Node) -> str:
    return node.op[:80] or "?"


# --- one reader for each operation that the course knows ------------------------------------------


def _input(node: Node) -> list[Step]:
    return [Step("input")]


def _conv(node: Node) -> list[Step]:
    return [Step("conv", convolution_settings(node.config)), *_inside(node)]


def _dense(node: Node) -> list[Step]:
    settings = {key: node.config.get(key) for key in ("units", "use_bias")}
    return [Step("dense", settings), *_inside(node)]


def _inside(node: Node) -> list[Step]:
    """The activation that is an argument of a layer."""
    kind = activation_kind(node.config.get("activation"))
    return [Step(kind, inside=True)] if kind else []


def _norm(node: Node) -> list[Step]:
    return [Step("norm", batch_norm_settings(node))]


def _max_pool(node: Node) -> list[Step]:
    return [Step("maxpool", pooling_settings(node.config))]


def _average_pool(node: Node) -> list[Step]:
    return [Step("avgpool", pooling_settings(node.config))]


def _pad(node: Node) -> list[Step]:
    return [Step("pad", {key: node.config.get(key) for key in ("padding", "data_format")})]


def _flatten(node: Node) -> list[Step]:
    return [Step("flatten")]


def _reshape(node: Node) -> list[Step]:
    target = node.config.get("target_shape", node.config.get("newshape"))
    is_flat = isinstance(target, list) and len(target) == 1
    return [Step("flatten")] if is_flat and node.inputs else _any_other(node)


def _identity(node: Node) -> list[Step]:
    return [] if len(node.inputs) == 1 else _any_other(node)


def _activation(node: Node) -> list[Step]:
    kind = activation_kind(node.config.get("activation"))
    return [Step(kind)] if kind else []


def _relu_layer(node: Node) -> list[Step]:
    return [Step(relu_layer_kind(node.config))]


def _relu_operation(node: Node) -> list[Step]:
    return _any_other(node) if node.config else [Step("relu")]


def _maximum(node: Node) -> list[Step]:
    return [Step("relu")] if _is_with_zero(node) else _any_other(node)


def _softmax(node: Node) -> list[Step]:
    return [Step("softmax")] if is_over_the_last_axis(node) else _any_other(node)


def _add(node: Node) -> list[Step]:
    if len(node.inputs) > 1 and not constants(node):
        return [Step("add")]
    return [] if _is_with_zero(node) else _any_other(node)


def _is_with_zero(node: Node) -> bool:
    """Whether a call has one tensor and the number 0."""
    return len(node.inputs) == 1 and constants(node) in ({0: 0}, {1: 0})


def _block(node: Node) -> list[Step]:
    return [Step(node.op, block_settings(node.config))]


def _random_layer(node: Node) -> list[Step]:
    if chance(node.config) == 0:
        return []
    kind = "dropout" if node.op == "Dropout" else f"other:{node.op}"
    return [Step(kind, {"rate": chance(node.config)})]


def _any_other(node: Node) -> list[Step]:
    ignored = (*INITIALIZERS, *QUIET)
    settings = {key: value for key, value in node.config.items() if key not in ignored}
    return [Step(f"other:{_op(node)}", settings | {"constants": node.constants})]


_READERS: dict[str, Callable[[Node], list[Step]]] = {
    "Input": _input,
    "InputLayer": _input,
    "Conv2D": _conv,
    "Dense": _dense,
    "BatchNormalization": _norm,
    "MaxPooling2D": _max_pool,
    "AveragePooling2D": _average_pool,
    "ZeroPadding2D": _pad,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Identity": _identity,
    "Copy": _identity,
    "Activation": _activation,
    "ReLU": _relu_layer,
    "Relu": _relu_operation,
    "Maximum": _maximum,
    "Softmax": _softmax,
    "Add": _add,
    **dict.fromkeys(BLOCKS, _block),
    **dict.fromkeys(RANDOM_LAYERS, _random_layer),
}
