"""Names of curves in a column beside the axes: no name covers another one, a curve or a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation

from resnets.plots.style import INK

_APART = 15  # points from the middle of one name to the middle of the next: they are 10 high
_GAP = 16  # points between the axes and the names, for the lines that lead there


@dataclass(frozen=True)
class End:
    """Where a curve ends, in the axes' units, and what to write there."""

    name: str
    place: float
    value: float
    colour: str


def name_beside(axes: Axes, ends: Sequence[End]) -> None:
    """Write the names of curves to the right of the axes, each as near to its end as there is room.

    A thin line in the curve's colour leads from each end to its name. Call it when all else has
    been drawn, because the limits of the axes must not change any more.
    """
    axes.set(xlim=axes.get_xlim(), ylim=axes.get_ylim())
    axes.figure.draw_without_rendering()  # now the layout is known
    to_axes = axes.transData + axes.transAxes.inverted()
    points = axes.bbox.height * 72 / axes.figure.dpi
    wanted = [to_axes.transform((end.place, end.value))[1] * points for end in ends]
    heights = spread(wanted, _APART, (_APART / 2, points - _APART / 2))
    beside = axes.transAxes + ScaledTranslation(_GAP / 72, 0, axes.figure.dpi_scale_trans)
    for end, height in zip(ends, heights, strict=True):
        axes.annotate(
            end.name,
            (end.place, end.value),
            xytext=(1, height / points),
            textcoords=beside,
            va="center",
            color=INK,
            fontweight="bold",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": end.colour, "linewidth": 1.2}
            | {"relpos": (0, 0.5), "shrinkA": 2, "shrinkB": 2},
        )


def spread(wanted: Sequence[float], apart: float, within: tuple[float, float]) -> list[float]:
    """The heights nearest to those that are wanted, no two of them nearer than `apart`.

    Nearest by the sum of squares. Where names would overlap they move as a group whose middle stays
    where it was wanted (isotonic regression by pooling neighbours: Ayer et al. 1955).

    Args:
        wanted: a height for each name, in any order.
        apart: the least distance.
        within: the lowest and the highest height; kept as far as there is room for all.

    Returns:
        The heights, in the order of `wanted`.
    """
    if not len(wanted):
        return []
    order = np.argsort(wanted, kind="stable")
    # Less the distance that each must have from the lowest, the heights only have to ascend.
    offsets = apart * np.arange(len(order))
    groups: list[tuple[float, int]] = []  # mean, size
    for target in np.asarray(wanted, np.float64)[order] - offsets:
        mean, size = float(target), 1
        while groups and groups[-1][0] > mean:
            other, many = groups.pop()
            mean, size = (mean * size + other * many) / (size + many), size + many
        groups.append((mean, size))
    ascending = np.concatenate([np.full(size, mean) for mean, size in groups])
    low, high = within
    ascending = np.maximum(np.minimum(ascending, high - offsets[-1]), low)
    heights = np.empty(len(order))
    heights[order] = ascending + offsets
    return heights.tolist()
