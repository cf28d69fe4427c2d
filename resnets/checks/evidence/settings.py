"""Settings of layers, read the same way when judging and when replaying."""

from __future__ import annotations

from typing import Any

from resnets.checks.evidence.facts import Node
from resnets.language import N_

BLOCKS = (
    "identity_block",
    "convolutional_block",
    "BasicBlock",
    "Bottleneck",
    "make_layer",
    "bottleneck_from_memory",
    "ResNeXtBlock",
    "resnext_layer",
)
"""Functions of the course for which a stand-in is one step of a network."""


RANDOM_LAYERS = (
    "Dropout",
    "GaussianNoise",
    "GaussianDropout",
    "AlphaDropout",
    "SpatialDropout2D",
)


def constants(node: Node) -> dict[int, Any]:
    """Return the plain arguments of a call by position; those of other names stand before them.

    "model" is none: a model's name, noted at its output.
    """
    positions = {"0": 0, "1": 1, "2": 2, "x1": 0, "x2": 1}
    named = [key for key in node.constants if key != "model"]
    return {positions.get(key, -n): node.constants[key] for n, key in enumerate(named, start=1)}


def is_over_the_last_axis(node: Node) -> bool:
    """Return whether a softmax is, as it is where nothing is said."""
    return node.config.get("axis", -1) in (-1, len(node.shape or ()) - 1)


def chance(config: dict[str, Any]) -> Any:
    """Return how much a layer of RANDOM_LAYERS leaves to chance."""
    return config.get("rate", config.get("stddev"))


def activation_kind(value: Any) -> str:
    """Return the kind of step that an activation is, from its setting; empty when it is none."""
    if isinstance(value, dict):
        if value.get("class_name") == "ReLU":
            inner = value.get("config")
            return relu_layer_kind(inner if isinstance(inner, dict) else {})
        inner = value.get("config")
        value = inner if isinstance(inner, str) else value.get("class_name") or "unknown"
    name = str(value).strip("<>").lower()[:40]
    if value is None or name in ("linear", "identity"):
        return ""
    return name if name in ("relu", "softmax") else f"act:{name}"


def relu_layer_kind(config: dict[str, Any]) -> str:
    """Return the kind of step that a ReLU layer is, from its configuration."""
    plain = config.get("max_value") is None
    plain = plain and not config.get("negative_slope") and not config.get("threshold")
    return "relu" if plain else "act:" + N_("ReLU with other settings")
