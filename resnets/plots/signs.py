"""Pictures of hands: a grid with one class a row, and one picture beside what a network says."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from resnets.language import N_, say
from resnets.plots.figures import about, described
from resnets.plots.style import COLOURS, in_style

_BAR, _BEST = "#8A929A", COLOURS[0]


@in_style
def plot_signs(
    x: np.ndarray, y: np.ndarray, per_class: int = 10, names: Sequence[str] | None = None
) -> Figure:
    """The first pictures of each class, one class a row.

    Args:
        x: pictures, (m, height, width, 3), uint8 or float from 0 to 1.
        y: their integer labels, (m,) or (1, m).
        per_class: pictures a row.
        names: what to call the classes; the labels themselves when not given.
    """
    x, labels = np.asarray(x), np.asarray(y).reshape(-1)
    classes = np.unique(labels)
    words = names is not None and max(map(len, names)) > 2
    size = 9 / (per_class + (1.6 if words else 0.8))
    figure, grid = plt.subplots(
        max(len(classes), 1),
        per_class,
        figsize=(9, size * max(len(classes), 1)),
        squeeze=False,
        gridspec_kw={
            "wspace": 0.04,
            "hspace": 0.04,
            "left": 0.14 if words else 0.07,
            "right": 0.995,
        }
        | {"bottom": 0.005, "top": 0.995},
    )
    for axes in grid.flat:
        axes.axis("off")
    rows = []
    for row, label in zip(grid, classes, strict=False):
        for axes, picture in zip(row, x[labels == label][:per_class], strict=False):
            axes.imshow(picture, interpolation="nearest")
        name = names[int(label)] if names is not None else str(label)
        row[0].text(
            *(-0.12 if words else -0.25, 0.5, name),
            transform=row[0].transAxes,
            fontsize=11 if words else 15,
            ha="right" if words else "center",
            va="center",
        )
        rows.append(f"{say(name)}{say(': ')}{min(per_class, int((labels == label).sum()))}")
    template = (
        N_("Pictures, one row a class. Class and number of pictures, from top to bottom: {rows}.")
        if words
        else N_(
            "Pictures of hands, one row a class. Class and number of pictures, from top to "
            "bottom: {rows}."
        )
    )
    text = say(template, rows=say("; ").join(rows))
    return described(figure, text if rows else say("No pictures."))


@in_style
def plot_prediction(
    picture: np.ndarray, probabilities: np.ndarray, names: Sequence[str] | None = None
) -> Figure:
    """One picture beside the probability that a network gives to each class.

    Args:
        picture: (height, width, 3) or a batch of one, uint8 or float from 0 to 1.
        probabilities: (classes,) or (1, classes).
        names: what to call the classes; their numbers when not given.
    """
    picture, values = np.squeeze(np.asarray(picture)), np.asarray(probabilities).reshape(-1)
    best = int(values.argmax())
    names = [str(i) for i in range(len(values))] if names is None else list(names)
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(7.5, 2.8), width_ratios=(1, 1.9), layout="constrained"
    )
    left.imshow(picture, interpolation="nearest")
    left.axis("off")
    colours = [_BEST if i == best else _BAR for i in range(len(values))]
    bars = right.barh(names, values, color=colours, height=0.72)
    right.bar_label(bars, [f"{100 * value:.0f} %" for value in values], padding=4, fontsize=10)
    right.set_title(f"reads {names[best]}", loc="left", fontsize=12)
    right.set_xlim(0, 1.12)
    right.set_xticks([])
    right.invert_yaxis()
    right.tick_params(axis="y", length=0, labelsize=11)
    right.spines[["top", "right", "bottom"]].set_visible(False)
    bars = say("; ").join(
        f"{say(name)}{say(': ')}{about(100 * p)} %" for name, p in zip(names, values, strict=True)
    )
    text = say(
        "A picture, and beside it a bar for each class. The network reads {name}. {bars}.",
        name=say(names[best]),
        bars=bars,
    )
    return described(figure, text)
