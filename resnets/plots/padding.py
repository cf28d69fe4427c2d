"""A row of pixels, what is padded around it, and the places at which a window stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from resnets.language import N_, say, together
from resnets.plots.figures import described
from resnets.plots.style import COLOURS, IN_BOXES, INK, in_style

_TITLE = N_("{size} pixels, window {kernel}, stride {stride}")
_ADDED = N_("padded {before} before, {after} after → {places} places")
_PIXEL, _PADDED = "#CFE3F3", "#FFFFFF"


@in_style
def plot_padding(rows: Sequence[Mapping[str, int]]) -> Figure:
    """Draw one row of pixels for each of `rows`, the windows under it.

    Args:
        rows: each with `size` (pixels), `kernel` (pixels of the window), `stride`, `before` and
            `after` (padded pixels), and `places` (of the window).
    """
    heights = [2.1 + 0.28 * _levels(row) for row in rows]
    figure, axes = plt.subplots(figsize=(9, 0.42 * sum(heights)), layout="constrained")
    top = 0.0
    for row, height in zip(rows, heights, strict=True):
        _row(axes, top, row)
        top -= height
    axes.set_xlim(-8.2, max(row["size"] + row["after"] for row in rows) + 0.3)
    axes.set_ylim(top + 0.6, 1.4)
    axes.set_aspect("equal")
    axes.axis("off")
    words = [
        say("{name}: {words}.", name=say(_TITLE, **row), words=say(_ADDED, **row)) for row in rows
    ]
    text = say("Rows of pixels with the places of the window under them; padded pixels are dashed.")
    return described(figure, together(text, *words))


def _levels(row: Mapping[str, int]) -> int:
    """How many windows overlap at most: so many levels keep them apart."""
    return -(-row["kernel"] // row["stride"])


def _row(axes: Axes, top: float, row: Mapping[str, int]) -> None:
    for pixel in range(-row["before"], row["size"] + row["after"]):
        inside = 0 <= pixel < row["size"]
        axes.add_patch(
            Rectangle(
                (pixel, top),
                1,
                1,
                facecolor=_PIXEL if inside else _PADDED,
                edgecolor=COLOURS[0] if inside else INK,
                linestyle="-" if inside else "--",
            )
        )
        text = str(pixel) if inside else "0"
        axes.text(
            *(pixel + 0.5, top + 0.5, text), ha="center", va="center", fontsize=9, color=IN_BOXES
        )
    for place in range(row["places"]):
        left = place * row["stride"] - row["before"]
        level = top - 0.25 - 0.28 * (place % _levels(row))
        ends = [left + 0.1, left + row["kernel"] - 0.1]
        axes.plot(ends, [level, level], color=COLOURS[1], linewidth=2.5, solid_capstyle="butt")
    axes.text(-8, top + 0.72, _TITLE.format(**row), va="center", fontsize=10, fontweight="bold")
    axes.text(-8, top + 0.18, _ADDED.format(**row), va="center", fontsize=9, color=INK)
