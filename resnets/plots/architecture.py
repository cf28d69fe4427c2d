"""A network on one page: each residual block is one box, each stage one row and one colour."""

from __future__ import annotations

import textwrap
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from resnets.language import ENGLISH, N_, listed, say, speaking, together
from resnets.plots.anatomy import (
    CONVOLUTIONAL,
    IDENTITY,
    LAYERS,
    RESHAPING,
    Anatomy,
    Part,
    read_anatomy,
)
from resnets.plots.describe import short_shape
from resnets.plots.figures import described
from resnets.plots.layout import (
    ARCH,
    BELOW,
    GAP,
    HEADER,
    LEFT,
    LINE,
    RIGHT,
    STACK,
    WIDTH,
    Row,
    box_text,
    box_title,
    box_width,
    rows_of,
)
from resnets.plots.style import IN_BOXES, INK, in_style
from resnets.plots.svg import Detail

# Inches, as in layout.py; y grows downwards.
_FORK, _PLUS, _RADIUS = 0.12, 0.14, 0.085  # before and behind a block
_SMALL = 9  # points; nothing is smaller

# Neighbours differ in hue and in lightness; each is 3 to 1 against a white and a dark page.
_STAGES = ["#0072B2", "#009E73", "#B07A00", "#D55E00", "#B0558F", "#3A93C5", "#7A7A00"]


def plot_architecture(model: Any) -> Figure:
    """Draw a Keras model on one page.

    Each residual block is one box with its name, kind of shortcut, output shape and parameters;
    runs of equal blocks in long stages are one box ("×22"). Blocks are found in the model's graph,
    whatever they are called. Models without residual blocks are drawn layer by layer, and models
    without a graph as a list of their layers.

    Args:
        model: any Keras model: functional, sequential or subclassed.

    Returns:
        The figure, 9 inches wide; save it with `figure.savefig("architecture.png")`.
    """
    return draw_anatomy(read_anatomy(model))


@in_style
def draw_anatomy(anatomy: Anatomy) -> Figure:
    """Draw what `read_anatomy` has found."""
    rows = list(rows_of(anatomy))
    notes = _notes(anatomy)
    legend = 0.3 * len(_kinds(anatomy)) + 0.24 * len(notes) + 0.1
    totals = _totals(anatomy)
    top = 0.8 + 0.19 * totals.count("\n")
    height = top + 0.05 + sum(row.height for row in rows) + legend
    figure = plt.figure(figsize=(WIDTH, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(height, 0))
    axes.axis("off")
    axes.text(0.2, 0.27, anatomy.name, fontsize=15, fontweight="bold", va="center")
    axes.text(0.2, 0.46, totals, fontsize=10, va="top", linespacing=1.35)
    y, entry = top, None
    drawn = 0
    for row in rows:
        entry = _draw_row(axes, row, y, entry, drawn, last=row is rows[-1])
        y += row.height
        drawn += len(row.parts)
    _draw_legend(axes, anatomy, notes, y)
    return described(figure, _in_words(anatomy, rows), _details(rows))


# Words


def _totals(anatomy: Anatomy) -> str:
    """As it stands in the picture, whose words are English in every edition."""
    with speaking(ENGLISH):
        facts = _total_facts(anatomy)
    text = " · ".join(facts)
    return text if len(text) <= 122 else "\n".join([" · ".join(facts[:-2]), " · ".join(facts[-2:])])


def _total_facts(anatomy: Anatomy) -> list[str]:
    blocks, facts = anatomy.blocks, []
    if blocks:
        template = (N_("{count} residual block ({kinds})"), N_("{count} residual blocks ({kinds})"))
        facts.append(say(template[len(blocks) > 1], count=len(blocks), kinds=_counted(anatomy)))
    if anatomy.has_graph:
        template = (N_("{count} layer deep"), N_("{count} layers deep"))
        facts.append(say(template[anatomy.depth != 1], count=anatomy.depth))
    facts.append(say("{count} parameters", count=f"{anatomy.weights:,}"))
    if anatomy.frozen:
        facts.append(say("{count} of them not trainable", count=f"{anatomy.frozen:,}"))
    return facts


def _counted(anatomy: Anatomy) -> str:
    """How many blocks there are of each kind."""
    counts = {kind: sum(b.kind == kind for b in anatomy.blocks) for kind in _kinds(anatomy)}
    return listed(
        say("{count} {kind}", count=count, kind=say(kind))
        for kind, count in counts.items()
        if count
    )


def _in_words(anatomy: Anatomy, rows: list[Row]) -> str:
    """Every box of the picture, row by row."""
    totals = " · ".join(_total_facts(anatomy))
    text = [say("The network {name}: {totals}.", name=anatomy.name, totals=totals)]
    for row in rows:
        boxes = say("; ").join(_box_in_words(part) for part in row.parts)
        text.append(say("{name}: {words}.", name=_row_in_words(row.heading), words=boxes))
    return together(*text)


def _row_in_words(heading: str) -> str:
    name, _, number = heading.partition(" ")
    return say("stage {number}", number=number) if number else say(name or N_("next row"))


def _box_in_words(part: Part) -> str:
    title = " ".join(box_title(part))
    what = [_kind_in_words(part)] if part.residual else list(part.details)
    shape = [say("output {shape}", shape=short_shape(part.shape))] if part.shape else []
    weights = [say("{count} parameters", count=f"{part.weights:,}")] if part.weights else []
    return listed([title, *what, *shape, *weights])


def _kind_in_words(part: Part) -> str:
    if part.times == 1:
        return say(part.kind)
    return say("{count} {kind} blocks", count=part.times, kind=say(part.kind))


def _details(rows: list[Row]) -> list[Detail]:
    """What is told of each box, in their order."""
    parts = [part for row in rows for part in row.parts]
    return [Detail(_gid(i), _name(part), _facts(part)) for i, part in enumerate(parts)]


def _gid(number: int) -> str:
    return f"part-{number}"


def _name(part: Part) -> str:
    title = " ".join(box_title(part))
    if not part.residual:
        return title
    return say(_NAMES[part.kind][part.times > 1], title=title, count=part.times)


_NAMES = {
    IDENTITY: (N_("{title}: identity block"), N_("{title}: {count} identity blocks")),
    CONVOLUTIONAL: (
        N_("{title}: convolutional block"),
        N_("{title}: {count} convolutional blocks"),
    ),
    RESHAPING: (N_("{title}: reshaping block"), N_("{title}: {count} reshaping blocks")),
}
"""Kind of block → how one is called, and several in a row."""


def _facts(part: Part) -> tuple[str, ...]:
    facts = [] if part.residual else [", ".join(part.details)]
    if part.main:
        facts.append(say("main path: {layers}", layers=" → ".join(part.main)))
    if part.paths > 1:
        facts.append(say("{count} such paths side by side", count=part.paths))
    if part.shortcut:
        facts.append(say("shortcut: {layers}", layers=" → ".join(part.shortcut)))
    elif part.residual:
        facts.append(say("shortcut: the input as it is"))
    if part.shape:
        facts.append(say("output shape: {shape}", shape=short_shape(part.shape)))
    facts.append(say("parameters: {count}", count=f"{part.weights:,}"))
    return tuple(filter(None, facts))


def _kinds(anatomy: Anatomy) -> list[str]:
    return [
        kind
        for kind in (CONVOLUTIONAL, RESHAPING, IDENTITY)
        if any(part.kind == kind for part in anatomy.parts)
    ]


def _notes(anatomy: Anatomy) -> list[str]:
    notes = []
    if any(part.kind != LAYERS for part in anatomy.parts):
        notes.append(
            "In each box: name, shortcut, output shape, parameters. "
            "Depth counts convolutions and dense layers on the longest path."
        )
    if anatomy.jumps:
        what = "connections that pass" if anatomy.jumps > 1 else "connection that passes"
        notes.append(f"Not drawn: {anatomy.jumps} {what} over other boxes.")
    if not anatomy.has_graph:
        notes.append(
            "This model has no graph of layers (it is subclassed or not built): "
            "its layers are listed in the order in which they were made."
        )
    return notes


# Drawing


def _draw_row(
    axes: Axes,
    row: Row,
    top: float,
    entry: tuple[float, float] | None,
    drawn: int,
    last: bool,
) -> tuple[float, float]:
    """Draw one row and the line that leads into it; returns where its own line leaves.

    `drawn` is how many boxes there are in the rows above.
    """
    y = top
    if row.heading:
        axes.text(
            LEFT,
            y + 0.15,
            row.heading,
            fontsize=10.5,
            fontweight="bold",
            va="center",
        )
        axes.text(LEFT + 0.75, y + 0.15, row.text, fontsize=_SMALL, va="center")
        if row.weights:
            text = f"{row.weights:,} parameters"
            axes.text(
                WIDTH - RIGHT,
                y + 0.15,
                text,
                fontsize=_SMALL,
                va="center",
                ha="right",
            )
        y += HEADER
    y += ARCH if row.arched else 0.06
    middle = y + row.box_height / 2
    x = LEFT
    if entry and row.parts[0].follows:
        bend = top - BELOW / 2 + 0.02
        _line(axes, [entry, (entry[0], bend), (0.14, bend), (0.14, middle), (x - _FORK, middle)])
    for i, part in enumerate(row.parts):
        width = box_width(part)
        start = x - GAP + _behind(row.parts[i - 1]) if i else x - _FORK
        if part.follows:
            _arrow(axes, (start, middle), (x, middle))
        _draw_box(axes, part, _gid(drawn + i), x, y, width, row.box_height)
        if part.residual:
            _draw_shortcut(axes, part, x, y, width, middle)
        x += width + GAP
    out = x - GAP + _behind(row.parts[-1])
    leave = min(out + 0.12, WIDTH - 0.08)
    if last:
        _arrow(axes, (out, middle), (out + 0.28, middle))
    else:
        _line(axes, [(out, middle), (leave, middle)])
    return leave, middle


def _behind(part: Part) -> float:
    """How far behind its box a part's own drawing reaches."""
    return _PLUS + _RADIUS if part.residual else 0.0


def _draw_box(
    axes: Axes, part: Part, gid: str, x: float, y: float, width: float, height: float
) -> None:
    colour = _colour(part)
    strong = part.kind in (CONVOLUTIONAL, RESHAPING)
    fill = _tint(colour, 0.34 if strong else 0.13)
    behind = STACK if part.times > 1 else 0.0
    width, height = width - behind, height - behind
    for offset in (behind, behind / 2, 0.0) if behind else (0.0,):
        axes.add_patch(
            FancyBboxPatch(
                (x + offset, y + offset),
                width,
                height,
                boxstyle="round,pad=0,rounding_size=0.07",
                facecolor=fill,
                edgecolor=colour,
                linewidth=1.8 if strong else 1.1,
                zorder=3,
                gid=gid,
            )
        )
    lines = box_text(part)
    across = x + width / 2
    first = y + height / 2 - (len(lines) - 1) * LINE / 2
    for i, line in enumerate(lines):
        bold = i < len(box_title(part))
        size = 11.5 if i == 0 and part.kind != LAYERS else _SMALL
        axes.text(
            across,
            first + i * LINE,
            line,
            fontsize=size,
            fontweight="bold" if bold else "normal",
            ha="center",
            va="center",
            color=IN_BOXES,
            zorder=4,
            gid=gid,
        )


def _draw_shortcut(axes: Axes, part: Part, x: float, y: float, width: float, middle: float) -> None:
    """The way around the box into the plus behind it, with the shortcut's own layers on it."""
    fork, plus, over = x - _FORK, x + width + _PLUS, y - 0.16
    colour = _colour(part)
    corners = [(fork, middle), (fork, over), (plus, over)]
    _line(axes, corners, colour, 1.5)
    _arrow(axes, (plus, over), (plus, middle - _RADIUS), colour, 1.5)
    _line(axes, [(x + width, middle), (plus, middle)])
    axes.add_patch(Circle((fork, middle), 0.028, color=colour, zorder=4))
    axes.add_patch(
        Circle((plus, middle), _RADIUS, facecolor="white", edgecolor=INK, linewidth=1.1, zorder=4)
    )
    for dx, dy in ((0.05, 0), (0, 0.05)):
        _line(axes, [(plus - dx, middle - dy), (plus + dx, middle + dy)], IN_BOXES, zorder=5)
    if part.shortcut:
        axes.text(
            (fork + plus) / 2,
            over,
            _shortcut_text(part),
            fontsize=_SMALL,
            ha="center",
            va="center",
            color=IN_BOXES,
            zorder=5,
            bbox={
                "boxstyle": "round,pad=0.18",
                "facecolor": "white",
                "edgecolor": colour,
                "linewidth": 1.1,
            },
        )


def _shortcut_text(part: Part) -> str:
    text = ", ".join(part.shortcut)
    if len(text) <= 14:
        return text
    words = [word.split(" /")[0].split()[-1] for word in part.shortcut]
    return textwrap.shorten(", ".join(words), 15, placeholder="…")


def _draw_legend(axes: Axes, anatomy: Anatomy, notes: list[str], y: float) -> None:
    meaning = {
        CONVOLUTIONAL: "convolutional block: the shortcut has a convolution, to change the shape",
        RESHAPING: "reshaping block: the shortcut changes the shape without parameters",
        IDENTITY: "identity block: its input is added as it is",
    }
    for kind in _kinds(anatomy):
        strong = kind != IDENTITY
        axes.add_patch(
            FancyBboxPatch(
                (LEFT, y + 0.05),
                0.34,
                0.17,
                boxstyle="round,pad=0,rounding_size=0.05",
                facecolor=_tint(INK, 0.34 if strong else 0.13),
                edgecolor=INK,
                linewidth=1.8 if strong else 1.1,
            )
        )
        axes.text(LEFT + 0.47, y + 0.135, meaning[kind], fontsize=_SMALL, va="center")
        y += 0.3
    for note in notes:
        axes.text(LEFT, y + 0.11, note, fontsize=_SMALL, va="center")
        y += 0.24


def _line(
    axes: Axes,
    corners: list[tuple[float, float]],
    colour: str = INK,
    width: float = 1.1,
    zorder: int = 2,
) -> None:
    axes.plot(
        *zip(*corners, strict=True),
        color=colour,
        linewidth=width,
        zorder=zorder,
        solid_joinstyle="round",
        solid_capstyle="round",
    )


def _arrow(
    axes: Axes,
    start: tuple[float, float],
    stop: tuple[float, float],
    colour: str = INK,
    width: float = 1.1,
) -> None:
    axes.add_patch(
        FancyArrowPatch(
            start,
            stop,
            arrowstyle="-|>",
            mutation_scale=8,
            shrinkA=0,
            shrinkB=0,
            color=colour,
            linewidth=width,
            zorder=2,
        )
    )


def _colour(part: Part) -> str:
    return (
        INK if part.stage is None or part.title == "input" else _STAGES[part.stage % len(_STAGES)]
    )


def _tint(colour: str, strength: float) -> tuple[float, ...]:
    """The colour on white paper, thinned."""
    return tuple(1 - strength * (1 - channel) for channel in to_rgb(colour))
