"""One operation of a graph in canonical form: its kind, its settings, and its name in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from resnets.checks.evidence.settings import BLOCKS
from resnets.language import N_, say

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
    "gap": N_("a layer is missing here"),
}
_FAMILIES = {
    "conv": "conv",
    "norm": "norm",
    "maxpool": "pool",
    "avgpool": "pool",
    "dense": "dense",
    **dict.fromkeys(BLOCKS, "block"),
}


@dataclass(frozen=True)
class Step:
    """One operation in canonical form.

    Attributes:
        kind: see LABELS; "act:<function>" for other activations, "other:<class>" for the rest.
        settings: what decides the mathematics, comparable by ==.
        quiet: settings that no output shows (regularizers, trainable).
        initializers: short texts by name of the setting.
        name: of the layer, empty when Keras made it up or when the step is part of a layer.
        made_up_name: the name that Keras made up, else empty.
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
    inputs: tuple[int, ...] = ()
    shape: tuple[int | None, ...] = ()
    inside: bool = False

    @property
    def label(self) -> str:
        """What students call this kind of step."""
        if ":" in self.kind:
            return say(self.kind.split(":", 1)[1])
        return say(LABELS.get(self.kind, self.kind))

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
                text = say(
                    "Conv2D, {filters} filters, {kernel}, strides {strides}, padding {padding}",
                    filters=settings.get("filters"),
                    kernel=by(settings.get("kernel_size")),
                    strides=by(settings.get("strides")),
                    padding=repr(settings.get("padding")),
                )
                return text + ("" if settings.get("use_bias", True) else say(", no bias"))
            case "maxpool" | "avgpool":
                return say(
                    "{label}, {size}, strides {strides}",
                    label=self.label,
                    size=by(settings.get("pool_size")),
                    strides=by(settings.get("strides")),
                )
            case "norm":
                return say("BatchNormalization, axis {axis}", axis=settings.get("axis"))
            case "dense":
                return say("Dense, {units} units", units=settings.get("units"))
            case "pad":
                sides = {n for pair in settings.get("padding") or [] for n in _listed(pair)}
                return f"ZeroPadding2D, {sides.pop() if len(sides) == 1 else settings['padding']}"
            case kind if kind in BLOCKS:
                inner = ", ".join(f"{k}={v}" for k, v in settings.items())
                return f"{self.kind}: {inner}"
        return self.label


def by(value: Any) -> str:
    """Write a pair of sizes as 3×3."""
    return "×".join(str(n) for n in value) if isinstance(value, list | tuple) else str(value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
