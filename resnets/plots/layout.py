"""Which parts of a network stand side by side in its picture, and what is written in each box."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from resnets.language import N_
from resnets.plots.anatomy import BRANCHES, LAYERS, Anatomy, Part, condense, fold
from resnets.plots.describe import short_shape

# All lengths are inches; 9 inches are 900 pixels in a notebook.
WIDTH = 9.0
LEFT, RIGHT = 0.42, 0.3
GAP = 0.43
BLOCK, FOLDED, LOOSE = 1.0, 1.42, 1.72
LINE = 0.175
STACK = 0.09  # by how much the boxes behind a folded box stick out
HEADER, ARCH, BELOW = 0.28, 0.3, 0.27

_PER_ROW = 6  # stages of more blocks are folded where blocks are equal
_PER_STAGE = 12  # stages of more boxes even so are folded where blocks are alike
_PER_STEM = 8  # stems and heads of more layers are drawn in brief
_LETTERS = 23  # that fit into a wide box


@dataclass(frozen=True)
class Row:
    """Boxes side by side, with a line of text above them.

    Attributes:
        heading: "stem", "stage 2", "head"; empty in the second row of a stage.
        text: the convolutions on the main path of the stage's first block.
        weights: parameters of the whole stage.
        parts: what the boxes stand for.
    """

    heading: str
    text: str
    weights: int
    parts: list[Part]

    @property
    def arched(self) -> bool:
        """Whether shortcuts need room above the boxes."""
        return any(part.residual for part in self.parts)

    @property
    def box_height(self) -> float:
        """Height of the boxes in inches."""
        folded = any(part.times > 1 for part in self.parts)
        return LINE * max(len(box_text(part)) for part in self.parts) + 0.14 + folded * STACK

    @property
    def height(self) -> float:
        """Height of all in inches."""
        header = HEADER if self.heading else 0.0
        return header + (ARCH if self.arched else 0.06) + self.box_height + BELOW


def rows_of(anatomy: Anatomy) -> Iterator[Row]:
    """The rows of the picture: one a stage, more where one is not enough."""
    for heading, parts in _groups(anatomy.parts):
        text = next((_path(part) for part in parts if part.main), "")
        weights = sum(part.weights for part in parts)
        for line, row in enumerate(_wrap(_folded(parts))):
            yield Row("" if line else heading, text, weights, row)


def box_width(part: Part) -> float:
    """Width of a part's box in inches."""
    if part.kind == LAYERS:
        return LOOSE
    return FOLDED if part.times > 1 else BLOCK


def box_text(part: Part) -> list[str]:
    """The lines in a box, its title first."""
    weights = _weights(part)
    if part.kind == LAYERS:
        details = textwrap.wrap(", ".join(part.details), _LETTERS, max_lines=3, placeholder=" …")
        lines = [*box_title(part), *details, short_shape(part.shape), weights]
        return [line for line in lines if line]
    kind = part.kind if part.kind != BRANCHES else part.details[0]
    if part.times > 1:
        kind = f"{part.times} {kind} blocks" if part.residual else f"{part.times} × {kind}"
    return [*box_title(part), kind, short_shape(part.shape), weights]


def box_title(part: Part) -> list[str]:
    """The lines of a box that are its title."""
    if part.kind == LAYERS:
        title = f"{part.times} × {part.title}" if part.times > 1 else part.title
        return textwrap.wrap(title, _LETTERS - 2, max_lines=2)
    return [f"{part.title} – {part.last}" if part.times > 1 else part.title]


def _weights(part: Part) -> str:
    if not part.weights:
        return ""
    if part.times > 1 and part.equal:
        return f"{part.times} × {part.weights // part.times:,}"
    return f"{part.weights:,}"


def _groups(parts: tuple[Part, ...]) -> Iterator[tuple[str, list[Part]]]:
    """Stem, stages and head; layers between two blocks go, in brief, with the later of them."""
    staged = [i for i, part in enumerate(parts) if part.stage is not None]
    if not staged:
        yield "", list(parts)
        return
    stem, middle, head = (
        parts[: staged[0]],
        parts[staged[0] : staged[-1] + 1],
        parts[staged[-1] + 1 :],
    )
    if stem:
        yield N_("stem"), _brief(stem)
    group: list[Part] = []
    stage, between = None, []
    for part in middle:
        if part.stage is None:
            between.append(part)
            continue
        if part.stage != stage and group:
            yield _heading(group), group
            group = []
        group += [*([condense(between)] if between else []), part]
        stage, between = part.stage, []
    yield _heading(group), group
    if head:
        yield N_("head"), _brief(head)


def _brief(parts: tuple[Part, ...]) -> list[Part]:
    """A long stem or head: its first and last part and what is between them."""
    if len(fold(parts)) <= _PER_STEM:
        return list(parts)
    return [parts[0], condense(parts[1:-1]), parts[-1]]


def _folded(parts: list[Part]) -> list[Part]:
    if len(parts) <= _PER_ROW:
        return parts
    folded = fold(parts)
    return folded if len(folded) <= _PER_STAGE else fold(parts, loosely=True)


def _heading(parts: list[Part]) -> str:
    staged = next(part for part in parts if part.stage is not None)
    digits = "".join(c for c in staged.title if c.isdigit()) if staged.kind != LAYERS else ""
    return f"stage {digits or staged.stage + 1}"


def _path(part: Part) -> str:
    text = f"{part.paths} paths: " * (part.paths > 1) + " → ".join(part.main)
    return textwrap.shorten(text, 85, placeholder=" …")


def _wrap(parts: list[Part]) -> Iterator[list[Part]]:
    row: list[Part] = []
    for part in parts:
        used = sum(box_width(p) + GAP for p in row)
        if row and LEFT + used + box_width(part) + RIGHT > WIDTH:
            yield row
            row = []
        row.append(part)
    if row:
        yield row
