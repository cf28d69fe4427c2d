"""How far two colours stand apart, as WCAG 2.2 measures it (success criteria 1.4.3 and 1.4.11)."""

from __future__ import annotations

from typing import Any

from matplotlib.colors import to_rgb


def contrast(one: Any, other: Any) -> float:
    """From 1 (the same) to 21 (black on white)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Any) -> float:
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour))
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
