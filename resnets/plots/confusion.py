"""Confusion matrices: what was shown, and what was read."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from resnets.language import say, together
from resnets.plots.figures import about, described
from resnets.plots.style import in_style


def confusion(labels: ArrayLike, read: ArrayLike, classes: int) -> np.ndarray:
    """Count how often each class was read as each.

    Args:
        labels: the right classes, (m,), integers from 0 to classes - 1.
        read: what a network made of them, (m,).
        classes: how many there are.

    Returns:
        (classes, classes) integers: row = what it is, column = what was read.
    """
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (np.asarray(labels).reshape(-1), np.asarray(read).reshape(-1)), 1)
    return counts


@in_style
def plot_confusion(labels: ArrayLike, read: ArrayLike, names: Sequence[str]) -> Figure:
    """Draw the confusion matrix, with the number of pictures in every field.

    Args:
        labels: the right classes, (m,), integers from 0.
        read: what a network made of them, (m,).
        names: what to call the classes.
    """
    counts = confusion(labels, read, len(names))
    side = 1.6 + 0.55 * len(names)
    figure, axes = plt.subplots(figsize=(side + 0.6, side), layout="constrained")
    axes.imshow(counts, cmap="Blues", vmin=0)
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("read as")
    axes.set_ylabel("is")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    half = counts.max(initial=1) / 2
    for (row, column), count in np.ndenumerate(counts):
        colour = "white" if count > half else "black"
        axes.text(column, row, str(count), ha="center", va="center", color=colour)
    rows = [
        say(
            "{name}: {right} of {count} right.",
            name=say(name),
            right=about(row[place]),
            count=row.sum(),
        )
        for place, (name, row) in enumerate(zip(names, counts, strict=True))
    ]
    text = say("A table: a row for each class, a column for what was read.")
    return described(figure, together(text, *rows))
