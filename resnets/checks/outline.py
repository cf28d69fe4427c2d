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
        rooted: whether the paths start at an input.
    """

    main: list[int] = field(default_factory=list)
    shortcut: list[int] = field(default_factory=list)
    merge: int | None = None
    tail: list[int] = field(default_factory=list)
    shared: int = 0
    twice: bool = False
    ways: int = 0
    rooted: bool = True


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
    tail = []
    position = output
    while len(steps[position].inputs) == 1:
        tail.append(position)
        position = steps[position].inputs[0]
    step = steps[position]
    if len(step.inputs) < 2:
        chain = chain_to(steps, output)
        # An operation that makes its own tensor is no input of the student's.
        return Outline(main=chain, rooted=step.kind == "input")
    best: Outline | None = None
    least = float("inf")
    parents = list(dict.fromkeys(step.inputs))
    orders = [(a, b) for a in parents for b in parents if a != b] or [(parents[0], parents[0])]
    for main_end, shortcut_end in orders[:12]:
        outline = _outline(steps, main_end, shortcut_end)
        cost = _cost(steps, outline, like, asked)
        if cost < least:
            best, least = outline, cost
    assert best is not None
    best.merge, best.tail, best.ways = position, tail[::-1], len(step.inputs)
    best.twice = len(parents) < len(step.inputs)
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
    _, main = align([asked[n] for n in like.main], [steps[n] for n in outline.main])
    _, shortcut = align([asked[n] for n in like.shortcut], [steps[n] for n in outline.shortcut])
    return main + shortcut + 0.01 * outline.shared
