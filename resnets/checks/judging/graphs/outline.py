"""Outline of a block: its main path, its shortcut, where they meet, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from resnets.checks.judging.graphs.alignment import align
from resnets.checks.judging.graphs.step import Step


@dataclass(frozen=True)
class Outline:
    """Positions of steps, each path from the input to the meeting point.

    Attributes:
        main: the main path.
        shortcut: the shortcut, without steps that it shares with the main path.
        merge: where they meet; None when nothing meets.
        tail: what follows.
        shared: how many steps of the main path lie before the point where the shortcut leaves it.
        twice: whether the meeting point is given the same tensor twice.
        ways: how many tensors meet.
        lost: "main" or "shortcut", when that path was built but is not added.
        unreturned: whether all this was built, but something else is handed back.
    """

    main: list[int]
    shortcut: list[int]
    merge: int | None = None
    tail: list[int] = field(default_factory=list)
    shared: int = 0
    twice: bool = False
    ways: int = 0
    lost: str = ""
    unreturned: bool = False


class Block(NamedTuple):
    """The steps of a graph that holds a block, and their outline."""

    steps: list[Step]
    outline: Outline

    @property
    def merge(self) -> Step:
        """Where the paths meet; there must be such a step."""
        return self.steps[self.outline.merge]


def chain_to(steps: list[Step], end: int) -> list[int]:
    """Return the longest chain from an input to a step, without the input itself."""
    lengths = _lengths(steps)
    chain = []
    position = end
    while steps[position].kind != "input":
        chain.append(position)
        parents = steps[position].inputs
        if not parents:
            break
        position = max(parents, key=lambda n: lengths[n])
    return chain[::-1]


def _lengths(steps: list[Step]) -> list[int]:
    lengths: list[int] = []
    for step in steps:
        lengths.append(1 + max((lengths[n] for n in step.inputs), default=0))
    return lengths


def outlined(steps: list[Step], output: int) -> Block:
    """Return a block whose main path is its longest one.

    Args:
        steps: the graph in canonical form.
        output: position of its result.
    """
    return Block(steps, _outline_at(steps, output, None))


def outlined_like(expected: Block, steps: list[Step], output: int) -> Block:
    """Return a block whose paths are told apart by those of the expected one.

    Args:
        expected: the block there should be.
        steps: the student's graph in canonical form.
        output: position of its result.
    """
    outline = _outline_at(steps, output, expected)
    loose = loose_ends(steps, output)
    if outline.merge is None:
        for end in loose:
            other = _outline_at(steps, end, expected)
            if other.merge is not None and not other.twice:
                return Block(steps, replace(other, unreturned=True))
    return Block(steps, _with_loose_ends(steps, outline, loose, expected))


def loose_ends(steps: list[Step], output: int) -> list[int]:
    """Return the ends of what was built but does not lead to the output."""
    live, pending = set(), [output]
    while pending:
        position = pending.pop()
        if position not in live:
            live.add(position)
            pending.extend(steps[position].inputs)
    used = {n for step in steps for n in step.inputs}
    ends = [n for n, s in enumerate(steps) if n not in live | used and s.kind != "input"]
    return ends[:4]


def _outline_at(steps: list[Step], output: int, expected: Block | None) -> Outline:
    """Return the outline of what leads to an output."""
    tail = []
    position = output
    while len(steps[position].inputs) == 1:
        tail.append(position)
        position = steps[position].inputs[0]
    merge = steps[position]
    if len(merge.inputs) < 2:
        return Outline(chain_to(steps, output), [])
    parents = list(dict.fromkeys(merge.inputs))
    orders = [(a, b) for a in parents for b in parents if a != b] or [(parents[0], parents[0])]
    outlines = [_two_paths(steps, one, other) for one, other in orders[:12]]
    return replace(
        min(outlines, key=lambda outline: _cost(steps, outline, expected)),
        merge=position,
        tail=tail[::-1],
        ways=len(merge.inputs),
        twice=len(parents) < len(merge.inputs),
    )


def _two_paths(steps: list[Step], main_end: int, shortcut_end: int) -> Outline:
    main, shortcut = chain_to(steps, main_end), chain_to(steps, shortcut_end)
    shared = 0
    for one, other in zip(main, shortcut, strict=False):
        if one != other:
            break
        shared += 1
    return Outline(main, shortcut[shared:], shared=shared)


def _with_loose_ends(
    steps: list[Step], outline: Outline, loose: list[int], expected: Block
) -> Outline:
    """Take a path that was built but not added for the one that is missing."""
    whole = outline.main + (outline.tail if outline.merge is None else [])
    best, least = outline, _cost(steps, outline, expected)
    for end in loose:
        chain = chain_to(steps, end)
        for lost, main, shortcut in (("shortcut", whole, chain), ("main", chain, whole)):
            if lost == "shortcut" and not expected.outline.shortcut:
                continue
            if outline.merge is not None and not outline.twice and lost == "main":
                shortcut = outline.main[: outline.shared] + outline.shortcut
                shortcut = max((outline.main, shortcut), key=len)
            other = replace(outline, main=main, shortcut=shortcut, shared=0, lost=lost)
            cost = 0.5 + _cost(steps, other, expected)
            if cost < least:
                best, least = other, cost
    return best


def _cost(steps: list[Step], outline: Outline, expected: Block | None) -> float:
    """Return how unlike the expected outline another one is."""
    if expected is None:
        return -len(outline.main) + 0.5 * len(outline.shortcut)
    expected_main, expected_shortcut = expected.outline.main, expected.outline.shortcut
    if outline.merge is None and outline.lost != "main":
        expected_main = expected_main + expected.outline.tail
    main = _distance(expected.steps, expected_main, steps, outline.main)
    if outline.twice and not outline.lost:
        return main + len(expected_shortcut)
    shortcut = _distance(expected.steps, expected_shortcut, steps, outline.shortcut)
    return main + shortcut + 0.01 * outline.shared


def _distance(
    expected: list[Step], expected_path: list[int], found: list[Step], found_path: list[int]
) -> float:
    return align([expected[n] for n in expected_path], [found[n] for n in found_path])[1]
