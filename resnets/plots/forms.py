"""The three forms of ResNeXt's block side by side (Xie et al. 2017, figure 3)."""

from __future__ import annotations

from itertools import pairwise

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from resnets.language import say
from resnets.plots.figures import described
from resnets.plots.style import IN_BOXES, INK, in_style

_FILL, _EDGE = "#CFE3F3", "#0072B2"
_COLUMNS = (-1.7, 0.0, 2.3)
_ROWS = (4.6, 3.3, 2.0, 0.7)
_WIDTH, _HEIGHT, _LONG = 1.5, 0.85, 5.5


@in_style
def plot_forms(channels: int, inside: int, branches: int) -> Figure:
    """Draw forms a, b and c, of whose branches two and the last one are seen.

    Args:
        channels: of the block's input and output.
        inside: channels of one branch.
        branches: how many there are.
    """
    figure, panels = plt.subplots(1, 3, figsize=(11.5, 4.5), layout="constrained")
    every = [f"1×1, {inside}", f"3×3, {inside}", f"1×1, {channels}"]
    width = branches * inside
    titles = ("a: branches, summed", "b: joined early", "c: grouped")
    for axes, title in zip(panels, titles, strict=True):
        axes.set(xlim=(-3.0, 4.6), ylim=(-1.6, 6.4), aspect="equal")
        axes.axis("off")
        axes.set_title(title, fontsize=12)
        _text(axes, 0.3, 5.95, f"$X$: {channels} channels")
    _branches(panels[0], every, _ROWS[:3], to=0.3)
    _branches(panels[1], every[:2], _ROWS[:2], to=None)
    _long(panels[1], _ROWS[2], f"join: {width} channels", plain=True)
    _long(panels[1], _ROWS[3], every[2])
    for row, text in zip(
        _ROWS[:3],
        (f"1×1, {width}", f"3×3, {width}, {branches} groups", every[2]),
        strict=True,
    ):
        _long(panels[2], row, text)
    _arrows(panels[1], [_ROWS[2], _ROWS[3], None])
    _arrows(panels[2], [5.7 + _HEIGHT / 2, *_ROWS[:3], None])
    for axes in panels:
        _end(axes)
    text = say(
        "Three drawings of one block with {branches} branches and a shortcut. a: each branch has "
        "three convolutions, and the results are added. b: each branch has two convolutions; "
        "their channels are joined, and one convolution follows. c: three convolutions in a row, "
        "the second one in {branches} groups.",
        branches=branches,
    )
    return described(figure, text)


def _branches(axes: Axes, texts: list[str], rows: tuple[float, ...], to: float | None) -> None:
    """Columns of boxes, their arrows, and where they lead: to one point, or straight down."""
    for column in _COLUMNS:
        _arrow(axes, (0.3, 5.7), (column, rows[0] + _HEIGHT / 2))
        for row, text in zip(rows, texts, strict=True):
            _box(axes, column, row, _WIDTH, text)
        for row, below in pairwise(rows):
            _arrow(axes, (column, row - _HEIGHT / 2), (column, below + _HEIGHT / 2))
        end = (column, _ROWS[2] + _HEIGHT / 2) if to is None else (to, -0.35)
        _arrow(axes, (column, rows[-1] - _HEIGHT / 2), end)
    for row in rows:
        _text(axes, sum(_COLUMNS[1:]) / 2, row, "…")


def _arrows(axes: Axes, rows: list[float | None]) -> None:
    """Arrows down from row to row; None is the addition."""
    for row, below in pairwise(rows):
        end = -0.35 if below is None else below + _HEIGHT / 2
        _arrow(axes, (0.3, row - _HEIGHT / 2), (0.3, end))


def _end(axes: Axes) -> None:
    """The shortcut and the addition."""
    axes.plot([1.9, 4.2, 4.2], [5.95, 5.95, -0.6], color=INK, linewidth=1.6, zorder=1)
    _arrow(axes, (4.2, -0.6), (0.55, -0.6))
    axes.add_patch(Circle((0.3, -0.6), 0.25, facecolor="white", edgecolor=INK, zorder=3))
    _text(axes, 0.3, -0.61, "+", size=15, colour=IN_BOXES)
    _arrow(axes, (0.3, -0.85), (0.3, -1.45))


def _long(axes: Axes, row: float, text: str, plain: bool = False) -> None:
    _box(axes, 0.3, row, _LONG, text, plain)


def _box(
    axes: Axes, middle: float, row: float, width: float, text: str, plain: bool = False
) -> None:
    axes.add_patch(
        FancyBboxPatch(
            (middle - width / 2, row - _HEIGHT / 2),
            width,
            _HEIGHT,
            boxstyle="round,pad=0,rounding_size=0.12",
            facecolor="#EEEEEE" if plain else _FILL,
            edgecolor=INK if plain else _EDGE,
            linewidth=1.3,
            zorder=2,
        )
    )
    _text(axes, middle, row, text, colour=IN_BOXES)


def _text(axes: Axes, x: float, y: float, text: str, size: float = 9.5, colour: str = INK) -> None:
    axes.text(x, y, text, ha="center", va="center", fontsize=size, color=colour, zorder=4)


def _arrow(axes: Axes, start: tuple[float, float], stop: tuple[float, float]) -> None:
    arrow = FancyArrowPatch(
        start, stop, arrowstyle="-|>", mutation_scale=11, color=INK, linewidth=1.2, zorder=1
    )
    arrow.shrinkA = arrow.shrinkB = 0
    axes.add_patch(arrow)
