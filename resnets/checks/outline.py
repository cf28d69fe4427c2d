"""A graph as a reader sees it: a main path, a shortcut, where they meet, what follows."""

from __future__ import annotations

from dataclasses import dataclass, field

from resnets.checks.alignment import align
from resnets.checks.canonical import Step


@dataclass
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

    main: list[int] = field(default_factory=list)
    shortcut: list[int] = field(default_factory=list)
    merge: int | None = None
    tail: list[int] = field(default_factory=list)
    shared: int = 0
    twice: bool = False
    ways: int = 0
    lost: str = ""
    unreturned: bool = False


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


def read_block(steps: list[Step], output: int, like: Outline | None, asked: list[Step]) -> Outline:
    """Find main path and shortcut.

    Args:
        steps: the normalised graph.
        output: position of its result.
        like: outline of the asked graph, so that the paths can be told apart; None for itself.
        asked: steps of the asked graph.
    """
    outline = _read(steps, output, like, asked)
    if like is None:
        return outline
    loose = loose_ends(steps, output)
    if outline.merge is None:
        for end in loose:
            other = _read(steps, end, like, asked)
            if other.merge is not None and not other.twice:
                other.unreturned = True
                return other
    return _with_loose_ends(steps, outline, loose, like, asked)


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


def _read(steps: list[Step], output: int, like: Outline | None, asked: list[Step]) -> Outline:
    tail = []
    position = output
    while len(steps[position].inputs) == 1:
        tail.append(position)
        position = steps[position].inputs[0]
    step = steps[position]
    if len(step.inputs) < 2:
        return Outline(main=chain_to(steps, output))
    parents = list(dict.fromkeys(step.inputs))
    orders = [(a, b) for a in parents for b in parents if a != b] or [(parents[0], parents[0])]
    outlines = [_outline(steps, one, other) for one, other in orders[:12]]
    best = min(outlines, key=lambda outline: _cost(steps, outline, like, asked))
    best.merge, best.tail, best.ways = position, tail[::-1], len(step.inputs)
    best.twice = len(parents) < len(step.inputs)
    return best


def _with_loose_ends(
    steps: list[Step], outline: Outline, loose: list[int], like: Outline, asked: list[Step]
) -> Outline:
    """Take a path that was built but not added for the one that is missing."""
    whole = outline.main + (outline.tail if outline.merge is None else [])
    best, least = outline, _cost(steps, outline, like, asked)
    for end in loose:
        chain = chain_to(steps, end)
        for lost, main, shortcut in (("shortcut", whole, chain), ("main", chain, whole)):
            if lost == "shortcut" and not like.shortcut:
                continue
            if outline.merge is not None and not outline.twice and lost == "main":
                shortcut = outline.main[: outline.shared] + outline.shortcut
                shortcut = max((outline.main, shortcut), key=len)
            other = Outline(
                main, shortcut, outline.merge, outline.tail, 0, outline.twice, outline.ways, lost
            )
            cost = 0.5 + _cost(steps, other, like, asked)
            if cost < least:
                best, least = other, cost
    return best


def _outline(steps: list[Step], main_end: int, shortcut_end: int) -> Outline:
    main, shortcut = chain_to(steps, main_end), chain_to(steps, shortcut_end)
    shared = 0
    for one, other in zip(main, shortcut, strict=False):
        if one != other:
            break
        shared += 1
    return Outline(main=main, shortcut=shortcut[shared:], shared=shared)


def _cost(steps: list[Step], outline: Outline, like: Outline | None, asked: list[Step]) -> float:
    if like is None:
        return -len(outline.main) + 0.5 * len(outline.shortcut)
    target = like.main + (like.tail if outline.merge is None and outline.lost != "main" else [])
    _, main = align([asked[n] for n in target], [steps[n] for n in outline.main])
    if outline.twice and not outline.lost:
        return main + len(like.shortcut)
    _, shortcut = align([asked[n] for n in like.shortcut], [steps[n] for n in outline.shortcut])
    return main + shortcut + 0.01 * outline.shared
