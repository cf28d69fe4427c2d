"""Layers in a few words, as papers write them: "3×3 conv, 64, /2"."""

from __future__ import annotations

import re

from resnets.plots.graph import Step

_ACRONYMS = {"relu": "ReLU", "elu": "ELU", "selu": "SELU", "gelu": "GELU", "silu": "SiLU"}


def describe(step: Step) -> str:
    """The layer's kind and the numbers that matter."""
    layer, kind = step.layer, step.kind
    if hasattr(layer, "kernel_size"):
        depthwise = "Depthwise" in kind
        channels = [] if depthwise else [str(getattr(layer, "filters", "?"))]
        groups = getattr(layer, "groups", 1)
        extra = [f"{groups} groups"] if groups > 1 else []
        name = "depthwise" if depthwise else "separable" if "Separable" in kind else "conv"
        return ", ".join([f"{_by(layer.kernel_size)} {name}", *channels, *extra, *_stride(layer)])
    if kind == "Dense":
        return f"dense, {layer.units}"
    if hasattr(layer, "pool_size"):
        name = "max pool" if kind.startswith("Max") else "average pool"
        return ", ".join([f"{_by(layer.pool_size)} {name}", *_stride(layer)])
    if kind == "BatchNormalization":
        return "batch norm"
    if kind == "ReLU":
        return "ReLU"
    if kind == "Activation":
        return activation_of(step)
    if kind == "InputLayer":
        return "input"
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", re.sub(r"\dD$", "", kind)).lower()


def name_shortly(step: Step) -> str:
    """The least that tells layers of a shortcut apart: "1×1 conv /2"."""
    words = describe(step).split(", ")
    return " ".join([words[0], *(word for word in words[1:] if word.startswith("/"))])


def short_shape(shape: tuple[int | None, ...]) -> str:
    """64×64×3, with a question mark for an unknown length; empty when nothing is known."""
    return "×".join("?" if n is None else f"{n}" for n in shape)


def activation_of(step: Step) -> str:
    """The name of the layer's activation function; empty for none."""
    function = getattr(step.layer, "activation", None)
    name = getattr(function, "__name__", type(function).__name__)
    return "" if function is None or name == "linear" else _ACRONYMS.get(name, name)


def _by(lengths: int | tuple[int, ...]) -> str:
    lengths = (lengths,) if isinstance(lengths, int) else lengths
    return "×".join(map(str, lengths))


def _stride(layer: object) -> list[str]:
    strides = layer.strides if isinstance(layer.strides, tuple) else (layer.strides,)
    if set(strides) == {1}:
        return []
    return [f"/{strides[0]}" if len(set(strides)) == 1 else f"/{_by(strides)}"]
