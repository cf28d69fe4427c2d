"""A drawing of one building block: the main path in a row, the shortcut over it, the addition."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from resnets.language import N_, say
from resnets.plots.figures import described
from resnets.plots.style import IN_BOXES, INK, in_style

# What a step's first word says of its kind decides its colour.
_FILL = {"Conv2D": "#CFE3F3", "BatchNorm": "#FBE3C0", "ReLU": "#F7CFC4"}
_EDGE = {"Conv2D": "#0072B2", "BatchNorm": "#B07A00", "ReLU": "#C4502B"}

_WIDTH, _GAP, _HEIGHT = 1.0, 0.28, 1.25
_MAIN, _SHORTCUT = 0.0, 2.0


@in_style
def draw_block(
    main: Sequence[str], shortcut: Sequence[str] = (), after: Sequence[str] = ("ReLU",)
) -> Figure:
    """Draws a residual block.

    Args:
        main: the steps of the main path, from input to addition. The first word of a step is its
            kind (`Conv2D`, `BatchNorm`, `ReLU`); further lines of its text are details.
        shortcut: the steps of the shortcut; none for the identity.
        after: the steps after the addition.
    """
    step = _WIDTH + _GAP
    adding = 0.75 + len(main) * step + 0.15
    end = adding + 0.45 + len(after) * step
    figure, axes = plt.subplots(figsize=(11.5, 3.1), layout="constrained")
    axes.set_xlim(-0.35, end + 0.55)
    axes.set_ylim(-0.95, 2.9)
    axes.set_aspect("equal")
    axes.axis("off")

    axes.text(-0.1, _MAIN, "$X$", ha="center", va="center", fontsize=15)
    _arrow(axes, (0.1, _MAIN), (adding - 0.25, _MAIN))
    for index, text in enumerate(main):
        _box(axes, 0.75 + index * step, _MAIN, text)

    corners = [(0.42, _MAIN), (0.42, _SHORTCUT), (adding, _SHORTCUT), (adding, _MAIN + 0.25)]
    axes.plot(*zip(*corners[:3], strict=True), color=INK, linewidth=1.6, zorder=1)
    _arrow(axes, corners[2], corners[3])
    middle = (corners[1][0] + corners[2][0]) / 2
    for index, text in enumerate(shortcut):
        _box(axes, middle + (index - len(shortcut) / 2) * step, _SHORTCUT, text)
    name = "shortcut" if shortcut else "shortcut: $X$ as it is"
    axes.text(middle, _SHORTCUT + 0.72, name, ha="center", fontsize=11, color=INK)
    axes.text(0.62, _MAIN - 0.88, "main path", fontsize=11, color=INK)

    _arrow(axes, (adding + 0.25, _MAIN), (end + 0.2, _MAIN))
    axes.add_patch(Circle((adding, _MAIN), 0.25, facecolor="white", edgecolor=INK, zorder=3))
    axes.text(
        *(adding, _MAIN, "+"), ha="center", va="center", fontsize=17, color=IN_BOXES, zorder=4
    )
    for index, text in enumerate(after):
        _box(axes, adding + 0.45 + index * step, _MAIN, text)
    return described(figure, _in_words(main, shortcut, after))


def _in_words(main: Sequence[str], shortcut: Sequence[str], after: Sequence[str]) -> str:
    """Both paths, step by step."""
    around = _steps(shortcut) if shortcut else say("X as it is")
    template = (
        N_("A block. Main path of X: {main}. Shortcut: {around}. Both are added, then {after}.")
        if after
        else N_("A block. Main path of X: {main}. Shortcut: {around}. Both are added.")
    )
    return say(template, main=_steps(main), around=around, after=_steps(after))


def _steps(steps: Sequence[str]) -> str:
    named = []
    for step in steps:
        kind, *details = step.replace("$", "").replace("_", "").split("\n")
        named.append(f"{kind} ({', '.join(details)})" if details else kind)
    return ", ".join(named)


def _box(axes: Axes, left: float, middle: float, text: str) -> None:
    kind, _, details = text.partition("\n")
    axes.add_patch(
        FancyBboxPatch(
            (left, middle - _HEIGHT / 2),
            _WIDTH,
            _HEIGHT,
            boxstyle="round,pad=0,rounding_size=0.12",
            facecolor=_FILL.get(kind, "#EEEEEE"),
            edgecolor=_EDGE.get(kind, "#777777"),
            linewidth=1.3,
            zorder=2,
        )
    )
    x = left + _WIDTH / 2
    raised = 0.14 * (details.count("\n") + 1) if details else 0
    look = {"ha": "center", "color": IN_BOXES, "zorder": 3}
    axes.text(x, middle + raised, kind, va="center", fontsize=8, fontweight="bold", **look)
    if details:
        axes.text(x, middle + raised - 0.2, details, va="top", fontsize=9, **look)


def _arrow(axes: Axes, start: tuple[float, float], stop: tuple[float, float]) -> None:
    arrow = FancyArrowPatch(
        start, stop, arrowstyle="-|>", mutation_scale=14, color=INK, linewidth=1.6, zorder=1
    )
    arrow.shrinkA = arrow.shrinkB = 0
    axes.add_patch(arrow)
