"""Curves of any kind, each named at its end, with bands where a curve is a mean of several runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from resnets.plots.curves import COLOURS, tidy
from resnets.plots.figures import shown_once


def plot_curves(
    curves: Mapping[str, ArrayLike | tuple[Sequence[float], ArrayLike]],
    title: str,
    x: str,
    y: str,
    reference: float | None = None,
    log: bool = False,
    second_axis: tuple[float, str] | None = None,
) -> Figure:
    """Draw named curves on shared axes.

    Args:
        curves: a name → its values, or → (places, values). Values of shape (n,) are a line; values
            of shape (runs, n) are drawn as their mean with a band from smallest to largest.
        title: what is shown.
        x: label of the horizontal axis.
        y: label of the vertical axis.
        reference: a value to compare with, drawn as a dashed line.
        log: whether both axes are logarithmic.
        second_axis: (factor, label) of an axis on the right that shows the values times factor.
    """
    figure, axes = plt.subplots(figsize=(9, 4.2), layout="constrained")
    tidy(axes, title, x, y)
    if log:
        axes.set(xscale="log", yscale="log")
    ends = []
    for (name, curve), colour in zip(curves.items(), COLOURS, strict=False):
        places, values = curve if isinstance(curve, tuple) else (None, curve)
        values = np.atleast_2d(np.asarray(values, np.float64))
        places = np.arange(values.shape[1]) if places is None else np.asarray(places)
        axes.plot(places, values.mean(axis=0), color=colour, linewidth=2)
        if len(values) > 1:
            low, high = values.min(axis=0), values.max(axis=0)
            axes.fill_between(places, low, high, color=colour, alpha=0.18, linewidth=0)
        ends.append((name, places[-1], values.mean(axis=0)[-1], colour))
    if log:
        axes.set_xticks(places, [f"{place:g}" for place in places])
        axes.minorticks_off()
    if reference is not None:
        axes.axhline(reference, color="#6B6B6B", linestyle="--", linewidth=1.2)
    if second_axis is not None:
        factor, label = second_axis
        right = axes.secondary_yaxis("right", (lambda v: v * factor, lambda v: v / factor))
        right.set_ylabel(label)
        axes.legend([plt.Line2D([], [], color=end[3]) for end in ends], curves, frameon=False)
    else:
        _name_at_the_ends(axes, ends)
    return shown_once(figure)


def _name_at_the_ends(axes: Axes, ends: list[tuple[str, float, float, str]]) -> None:
    """Write each curve's name beside its last point, moved apart where they would touch."""
    axes.figure.canvas.draw()
    heights = {name: axes.transData.transform((place, value))[1] for name, place, value, _ in ends}
    wanted = sorted(ends, key=lambda end: heights[end[0]])
    line, lowest = 15 * axes.figure.dpi / 72, -np.inf
    for name, place, value, colour in wanted:
        lowest = max(heights[name], lowest + line)
        axes.annotate(
            name,
            (place, value),
            xytext=(8, (lowest - heights[name]) * 72 / axes.figure.dpi),
            textcoords="offset points",
            va="center",
            color=colour,
            fontweight="bold",
            annotation_clip=False,
        )
