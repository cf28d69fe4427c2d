"""Write a graph in one way, however it was written: steps with a kind and normalised settings.

`Activation('relu')`, `ReLU()`, `keras.ops.relu` and `maximum(x, 0)` become the step "relu";
`Add()([a, b])`, `a + b` and `keras.layers.add` become "add"; an activation inside a convolution
becomes a step of its own; steps that do nothing vanish.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

from resnets.checks.evidence import UNREADABLE, Graph, Node

BLOCKS = ("identity_block", "convolutional_block")
LABELS = {
    "conv": "Conv2D",
    "norm": "BatchNormalization",
    "relu": "ReLU",
    "softmax": "softmax",
    "add": "Add",
    "pad": "ZeroPadding2D",
    "maxpool": "MaxPooling2D",
    "avgpool": "AveragePooling2D",
    "flatten": "Flatten",
    "dense": "Dense",
    "dropout": "Dropout",
    "input": "Input",
    "gap": "something is missing here",
}
_FAMILIES = {
    "conv": "conv",
    "norm": "norm",
    "maxpool": "pool",
    "avgpool": "pool",
    "dense": "dense",
    "identity_block": "block",
    "convolutional_block": "block",
}
RANDOM_LAYERS = (
    "Dropout",
    "GaussianNoise",
    "GaussianDropout",
    "AlphaDropout",
    "SpatialDropout2D",
)
_QUIET_SETTINGS = (
    "kernel_regularizer",
    "bias_regularizer",
    "activity_regularizer",
    "kernel_constraint",
    "bias_constraint",
    "beta_regularizer",
    "gamma_regularizer",
    "beta_constraint",
    "gamma_constraint",
)
_INITIALIZERS = (
    "kernel_initializer",
    "bias_initializer",
    "beta_initializer",
    "gamma_initializer",
    "moving_mean_initializer",
    "moving_variance_initializer",
)
_DEFAULT_INITIALIZERS = {
    "bias_initializer": "Zeros",
    "beta_initializer": "Zeros",
    "gamma_initializer": "Ones",
    "moving_mean_initializer": "Zeros",
    "moving_variance_initializer": "Ones",
}


@dataclass
class Step:
    """One operation in normal form.

    Attributes:
        kind: see LABELS; "act:<function>" for other activations, "other:<class>" for the rest.
        settings: what decides the mathematics, comparable by ==.
        quiet: settings that no output shows (regularizers, trainable).
        initializers: short texts by name of the setting.
        name: of the layer, empty when Keras made it up or when the step is part of a layer.
        layer: number of the layer object.
        inputs: positions of earlier steps.
        shape: of the output.
        inside: whether the step is an argument of the layer before (an activation).
    """

    kind: str
    settings: dict[str, Any] = field(default_factory=dict)
    quiet: dict[str, Any] = field(default_factory=dict)
    initializers: dict[str, str] = field(default_factory=dict)
    name: str = ""
    made_up_name: str = ""
    layer: int = -1
    inputs: list[int] = field(default_factory=list)
    shape: tuple[int | None, ...] = ()
    inside: bool = False

    @property
    def label(self) -> str:
        """What students call this kind of step."""
        if ":" in self.kind:
            return self.kind.split(":", 1)[1]
        return LABELS.get(self.kind, self.kind)

    @property
    def family(self) -> str:
        """Steps of one family may be taken for each other."""
        if self.kind.startswith("act:") or self.kind in ("relu", "softmax"):
            return "activation"
        if self.kind.startswith("other:"):
            name = self.kind.lower()
            for word in ("conv", "norm", "pool", "dense"):
                if word in name:
                    return word
        return _FAMILIES.get(self.kind, self.kind)

    def in_words(self) -> str:
        """The step and the settings that matter most, for a table cell."""
        settings = self.settings
        match self.kind:
            case "conv":
                text = (
                    f"Conv2D, {settings.get('filters')} filters, "
                    f"{by(settings.get('kernel_size'))}, strides {by(settings.get('strides'))}, "
                    f"padding {settings.get('padding')!r}"
                )
                return text + ("" if settings.get("use_bias", True) else ", no bias")
            case "maxpool" | "avgpool":
                return (
                    f"{self.label}, {by(settings.get('pool_size'))}, "
                    f"strides {by(settings.get('strides'))}"
                )
            case "norm":
                return f"BatchNormalization, axis {settings.get('axis')}"
            case "dense":
                return f"Dense, {settings.get('units')} units"
            case "pad":
                sides = {n for pair in settings.get("padding") or [] for n in _listed(pair)}
                return f"ZeroPadding2D, {sides.pop() if len(sides) == 1 else settings['padding']}"
            case "identity_block" | "convolutional_block":
                inner = ", ".join(f"{k}={v}" for k, v in settings.items())
                return f"{self.kind}: {inner}"
        return self.label


def by(value: Any) -> str:
    """Write a pair of sizes as 3×3."""
    return "×".join(str(n) for n in value) if isinstance(value, list | tuple) else str(value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def normalise(graph: Graph) -> tuple[list[Step], list[int]]:
    """Return the graph's steps in topological order, and where its outputs stand."""
    steps: list[Step] = []
    place: dict[int, int] = {}
    for position, node in enumerate(graph.nodes):
        inputs = [place[n] for n in node.inputs]
        made = _steps_of(node, [steps[n] for n in inputs])
        if not made and inputs:
            place[position] = inputs[0]
            continue
        for step in made:
            step.inputs = inputs
            step.shape = tuple(node.shape or ())
            step.layer = node.layer if step.kind != "input" else -1
            steps.append(step)
            inputs = [len(steps) - 1]
        if len(made) == 1 and _repeats(steps):
            steps.pop()
            inputs = made[0].inputs
        place[position] = inputs[0] if inputs else len(steps) - 1
    return steps, [place[n] for n in graph.outputs]


def _repeats(steps: list[Step]) -> bool:
    """Whether the last step is a ReLU of a ReLU, which changes nothing."""
    last = steps[-1]
    return last.kind == "relu" and len(last.inputs) == 1 and steps[last.inputs[0]].kind == "relu"


def _steps_of(node: Node, parents: list[Step]) -> list[Step]:
    config = node.config
    name = "" if _is_made_up(node) else node.name
    common = {
        "name": name,
        "made_up_name": node.name if not name else "",
        "quiet": _quiet(node),
        "initializers": _initializers(config),
    }
    if node.own or config.get(UNREADABLE):
        return [Step("other:" + _op(node), {"constants": str(node.constants)}, **common)]
    op = _op(node)
    match op:
        case "Input" | "InputLayer":
            return [Step("input")]
        case "Conv2D":
            return [Step("conv", _conv(config, parents), **common), *_inside(config)]
        case "Dense":
            settings = {key: config.get(key) for key in ("units", "use_bias")}
            return [Step("dense", settings, **common), *_inside(config)]
        case "BatchNormalization":
            return [Step("norm", _norm(node, parents), **common)]
        case "MaxPooling2D" | "AveragePooling2D":
            kind = "maxpool" if op.startswith("Max") else "avgpool"
            return [Step(kind, _pool(config), **common)]
        case "ZeroPadding2D":
            settings = {key: config.get(key) for key in ("padding", "data_format")}
            return [Step("pad", settings, **common)]
        case "Flatten":
            return [Step("flatten", **common)]
        case "Reshape":
            if _is_flat(config) and parents:
                return [Step("flatten", **common)]
        case "Identity" | "Copy" if len(node.inputs) == 1:
            return []
        case "Activation":
            return [
                Step(kind, **common) for kind in [activation_kind(config.get("activation"))] if kind
            ]
        case "ReLU":
            return [Step(_relu_layer(config), **common)]
        case "Relu" if not config:
            return [Step("relu", **common)]
        case "Maximum" if _is_with_zero(node):
            return [Step("relu", **common)]
        case "Softmax" if is_over_the_last_axis(node):
            return [Step("softmax", **common)]
        case "Add" if len(node.inputs) > 1 and not constants(node):
            return [Step("add", **common)]
        case "Add" if _is_with_zero(node):
            return []
        case _ if op in BLOCKS:
            return [Step(op, _block(config), **common)]
    if op in RANDOM_LAYERS:
        if chance(config) == 0:
            return []
        settings = {"rate": chance(config)}
        return [Step("dropout" if op == "Dropout" else f"other:{op}", settings, **common)]
    settings = {key: value for key, value in config.items() if key not in _INITIALIZERS}
    settings = {k: v for k, v in settings.items() if k not in _QUIET_SETTINGS}
    return [Step(f"other:{op}", settings | {"constants": node.constants}, **common)]


def constants(node: Node) -> dict[int, Any]:
    """Return the plain arguments of a call by position; those of other names stand before them.

    "model" is none: a model's name, noted at its output.
    """
    positions = {"0": 0, "1": 1, "2": 2, "x1": 0, "x2": 1}
    named = [key for key in node.constants if key != "model"]
    return {positions.get(key, -n): node.constants[key] for n, key in enumerate(named, start=1)}


def _is_with_zero(node: Node) -> bool:
    """Whether a call has one tensor and the number 0."""
    return len(node.inputs) == 1 and constants(node) in ({0: 0}, {1: 0})


def is_over_the_last_axis(node: Node) -> bool:
    """Return whether a softmax is, as it is where nothing is said."""
    return node.config.get("axis", -1) in (-1, len(node.shape or ()) - 1)


def chance(config: dict[str, Any]) -> Any:
    """Return how much a layer of RANDOM_LAYERS leaves to chance."""
    return config.get("rate", config.get("stddev"))


def _op(node: Node) -> str:
    return node.op[:80] or "?"


def _is_made_up(node: Node) -> bool:
    """Whether Keras named the layer after its class: 'conv2d', 'conv2d_12', 'add_1'."""
    words = re.sub(r"\W+", "", node.op)[:80]
    words = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", words)
    words = re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()
    return bool(re.fullmatch(re.escape(words) + r"(_\d+)?", node.name)) or node.op in BLOCKS


def _conv(config: dict[str, Any], parents: list[Step]) -> dict[str, Any]:
    settings = {
        "filters": config.get("filters"),
        "kernel_size": _pair(config.get("kernel_size")),
        "strides": _pair(config.get("strides")),
        "padding": config.get("padding"),
        "use_bias": config.get("use_bias"),
        "dilation_rate": _pair(config.get("dilation_rate")),
        "groups": config.get("groups"),
        "data_format": config.get("data_format"),
    }
    # 'same' around a 1×1 kernel pads nothing.
    if settings["kernel_size"] == [1, 1] and settings["padding"] == "same":
        settings["padding"] = "valid"
    if settings["kernel_size"] == [1, 1]:
        settings["dilation_rate"] = [1, 1]
    return settings


def _pair(value: Any) -> Any:
    return [value, value] if isinstance(value, int) else value


def _norm(node: Node, parents: list[Step]) -> dict[str, Any]:
    config = node.config
    rank = len(node.shape or ()) or 4
    axis = config.get("axis")
    axis = axis[0] if isinstance(axis, list) and len(axis) == 1 else axis
    if isinstance(axis, int) and not isinstance(axis, bool):
        axis = axis % rank
    settings = {"axis": axis}
    for key in ("momentum", "epsilon"):
        number = config.get(key)
        exact = isinstance(number, int | float) and math.isfinite(number)
        settings[key] = float(f"{number:.6g}") if exact else number
    for key in ("center", "scale"):
        settings[key] = config.get(key)
    settings["training"] = node.constants.get("training")
    return settings


def _pool(config: dict[str, Any]) -> dict[str, Any]:
    size = _pair(config.get("pool_size"))
    return {
        "pool_size": size,
        "strides": _pair(config.get("strides")) or size,
        "padding": config.get("padding"),
        "data_format": config.get("data_format"),
    }


def _block(config: dict[str, Any]) -> dict[str, Any]:
    settings = {}
    for key, value in list(config.items())[:8]:
        if key in ("f", "s"):
            value = (
                value[0] if isinstance(value, list) and len(set(map(str, value))) == 1 else value
            )
        if key in ("stage", "block"):
            value = str(value)
        settings[key] = value
    return settings


def _is_flat(config: dict[str, Any]) -> bool:
    target = config.get("target_shape", config.get("newshape"))
    return isinstance(target, list) and len(target) == 1


def _inside(config: dict[str, Any]) -> list[Step]:
    kind = activation_kind(config.get("activation"))
    return [Step(kind, inside=True)] if kind else []


def activation_kind(value: Any) -> str:
    """Return the kind of step that an activation is, from its setting; empty when it is none."""
    if isinstance(value, dict):
        if value.get("class_name") == "ReLU":
            inner = value.get("config")
            return _relu_layer(inner if isinstance(inner, dict) else {})
        inner = value.get("config")
        value = inner if isinstance(inner, str) else value.get("class_name") or "unknown"
    name = str(value).strip("<>").lower()[:40]
    if value is None or name in ("linear", "identity"):
        return ""
    return name if name in ("relu", "softmax") else f"act:{name}"


def _relu_layer(config: dict[str, Any]) -> str:
    plain = config.get("max_value") is None
    plain = plain and not config.get("negative_slope") and not config.get("threshold")
    return "relu" if plain else "act:changed ReLU"


def _quiet(node: Node) -> dict[str, Any]:
    quiet = {key: _short(node.config.get(key)) for key in _QUIET_SETTINGS if node.config.get(key)}
    if node.config.get("trainable", True) is False:
        quiet["trainable"] = "False"
    if node.config.get("dtype_policy"):
        quiet["dtype"] = str(node.config["dtype_policy"])[:40]
    return quiet


def _initializers(config: dict[str, Any]) -> dict[str, str]:
    found = {}
    for key in _INITIALIZERS:
        if key in config:
            text = _short(config[key])
            if text != f"{_DEFAULT_INITIALIZERS.get(key)}()":
                found[key] = text
    return found


def _short(value: Any) -> str:
    """Write an initializer or a regularizer as one would call it."""
    if not isinstance(value, dict):
        return str(value)[:80]
    inner = value.get("config")
    arguments = inner if isinstance(inner, dict) else {}
    if _is_glorot_uniform(str(value.get("class_name")), arguments):
        # Keras' own class and the course's are the same to a reader, though not to the digit.
        return f"glorot_uniform(seed={arguments.get('seed')})"
    text = ", ".join(f"{k}={v}" for k, v in arguments.items() if k != "seed" or v is not None)
    return f"{value.get('class_name')}({text})"[:120]


def _is_glorot_uniform(name: str, arguments: dict[str, Any]) -> bool:
    scaled = (arguments.get("scale"), arguments.get("mode"), arguments.get("distribution"))
    return name == "GlorotUniform" or (
        name == "VarianceScaling" and scaled == (1.0, "fan_avg", "uniform")
    )
