"""Curves of any kind, each named at its end, with bands where a curve is a mean of several runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from resnets.language import N_, say, together
from resnets.plots.curves import tidy, whole_numbers
from resnets.plots.figures import about, described
from resnets.plots.labels import End, name_beside
from resnets.plots.style import COLOURS, DASHES, INK, in_style


@in_style
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
    ends, words, all_places = [], [], []
    for (name, curve), colour, dashes in zip(curves.items(), COLOURS, cycle(DASHES), strict=False):
        places, values = curve if isinstance(curve, tuple) else (None, curve)
        values = np.atleast_2d(np.asarray(values, np.float64))
        places = np.arange(values.shape[1]) if places is None else np.asarray(places)
        axes.plot(places, values.mean(axis=0), color=colour, linestyle=dashes, linewidth=2)
        if len(values) > 1:
            low, high = values.min(axis=0), values.max(axis=0)
            axes.fill_between(places, low, high, color=colour, alpha=0.18, linewidth=0)
        ends.append(End(name, places[-1], values.mean(axis=0)[-1], colour))
        words.append(say("{name}: {words}.", name=say(name), words=_in_words(places, values)))
        all_places.append(places)
    if log:
        axes.set_xticks(places, [f"{place:g}" for place in places])
        axes.minorticks_off()
    else:
        whole_numbers(axes, np.concatenate(all_places))
    if reference is not None:
        axes.axhline(reference, color=INK, linestyle="--", linewidth=1.2)
        words.append(say("A dashed line lies at {value}.", value=about(reference)))
    if second_axis is not None:
        factor, label = second_axis
        right = axes.secondary_yaxis("right", (lambda v: v * factor, lambda v: v / factor))
        right.set_ylabel(label)
        words.append(say("An axis on the right shows the {label}.", label=say(label)))
        axes.legend([plt.Line2D([], [], color=end.colour) for end in ends], curves, frameon=False)
    else:
        name_beside(axes, ends)
    text = say("Curves: {title}. Across: {x}. Up: {y}.", title=say(title), x=say(x), y=say(y))
    scale = say("Both axes are logarithmic.") if log else ""
    return described(figure, together(text, scale, *words))


def _in_words(places: np.ndarray, values: np.ndarray) -> str:
    """Where a curve begins and ends and its extremes; of several runs also how far they differ."""
    means = values.mean(axis=0)
    text = say("begins at {first}, ends at {last}", first=about(means[0]), last=about(means[-1]))
    if len(values) > 1:
        last = values[:, -1]
        return say(
            "{text} (mean of {count} runs; {low} to {high})",
            text=text,
            count=len(values),
            low=about(last.min()),
            high=about(last.max()),
        )
    far = 0.1 * (means.max() - means.min())
    extremes = (
        (means.argmax(), N_("{text}, highest {value} near {place}")),
        (means.argmin(), N_("{text}, lowest {value} near {place}")),
    )
    for extreme, template in extremes:
        # An extreme hardly beyond an end is noise, and may be elsewhere on another machine.
        if min(abs(means[extreme] - means[0]), abs(means[extreme] - means[-1])) > far:
            value, place = about(means[extreme]), about(places[extreme])
            text = say(template, text=text, value=value, place=place)
    return text
