"""Normalised settings of Keras layers: what counts in a comparison, written in one way."""

from __future__ import annotations

import math
from typing import Any

from resnets.checks.evidence.facts import Node

QUIET = (
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
"""Settings that no output shows."""
INITIALIZERS = (
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


def convolution_settings(config: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a Conv2D."""
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


def batch_norm_settings(node: Node) -> dict[str, Any]:
    """Return the settings of a BatchNormalization; its axis is counted from the front."""
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


def pooling_settings(config: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a pooling layer, whose strides are by default its window."""
    size = _pair(config.get("pool_size"))
    return {
        "pool_size": size,
        "strides": _pair(config.get("strides")) or size,
        "padding": config.get("padding"),
        "data_format": config.get("data_format"),
    }


def block_settings(config: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call of a block's function."""
    settings = {}
    for key, value in list(config.items())[:8]:
        if key in ("f", "s", "stride"):
            value = (
                value[0] if isinstance(value, list) and len(set(map(str, value))) == 1 else value
            )
        if key in ("stage", "block"):
            value = str(value)
        settings[key] = value
    return settings


def quiet_settings(config: dict[str, Any]) -> dict[str, Any]:
    """Return the settings that no output shows, where they are not the default."""
    quiet = {key: _call_of(config.get(key)) for key in QUIET if config.get(key)}
    if config.get("trainable", True) is False:
        quiet["trainable"] = "False"
    if config.get("dtype_policy"):
        quiet["dtype"] = str(config["dtype_policy"])[:40]
    return quiet


def initializers(config: dict[str, Any]) -> dict[str, str]:
    """Return a layer's initializers where they are not the default, as one would call them."""
    found = {}
    for key in INITIALIZERS:
        if key in config:
            text = _call_of(config[key])
            if text != f"{_DEFAULT_INITIALIZERS.get(key)}()":
                found[key] = text
    return found


def _call_of(value: Any) -> str:
    """Write an initializer or a regularizer as one would call it."""
    if not isinstance(value, dict):
        return str(value)[:80]
    inner = value.get("config")
    arguments = inner if isinstance(inner, dict) else {}
    if _is_glorot_uniform(str(value.get("class_name")), arguments):
        # Keras' own class and the course's are the same to a reader, though not to the digit.
        return f"glorot_uniform(seed={arguments.get('seed')})"
    if _is_kaiming_normal(str(value.get("class_name")), arguments):
        return f"kaiming_normal(seed={arguments.get('seed')})"
    text = ", ".join(f"{k}={v}" for k, v in arguments.items() if k != "seed" or v is not None)
    return f"{value.get('class_name')}({text})"[:120]


def _is_glorot_uniform(name: str, arguments: dict[str, Any]) -> bool:
    scaled = (arguments.get("scale"), arguments.get("mode"), arguments.get("distribution"))
    return name == "GlorotUniform" or (
        name == "VarianceScaling" and scaled == (1.0, "fan_avg", "uniform")
    )


def _is_kaiming_normal(name: str, arguments: dict[str, Any]) -> bool:
    scaled = (arguments.get("scale"), arguments.get("mode"), arguments.get("distribution"))
    return name == "KaimingNormal" or (
        name == "VarianceScaling" and scaled == (2.0, "fan_out", "untruncated_normal")
    )
