"""What a network is made of, read from its graph: stem, residual blocks in stages, head.

A residual block is found where paths meet in an addition: it reaches back to the nearest step
through which all of those paths lead. Names of layers play no part in that, so a block is found
whatever it is called, post-activation (2015) or pre-activation (2016), with one path or 32.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from resnets.language import N_
from resnets.plots.describe import activation_of, describe, name_shortly
from resnets.plots.graph import Step, between, dominators, list_layers, read_graph

IDENTITY = N_("identity")
CONVOLUTIONAL = N_("convolutional")
RESHAPING = N_("reshaping")
BRANCHES = "branches"
LAYERS = "layers"

_ADDITIONS = {"Add"}
_MERGES = {"Concatenate", "Multiply", "Average", "Maximum", "Minimum", "Subtract", "Dot"}
_FOLLOWERS = {"Dropout", "SpatialDropout2D", "Flatten", "Reshape", "GaussianNoise"}
_LEADERS = {"ZeroPadding2D", "ZeroPadding1D", "ZeroPadding3D", "Dropout", "Flatten"}
_COURSE_NAME = re.compile(r"(?:res|bn)(\d+[a-z]\w*?)_branch")


@dataclass(frozen=True)
class Part:
    """One box of the picture.

    Attributes:
        title: the name of a block ("2a"), or the main layer in a few words.
        kind: by what is on the shortcut of a residual block: nothing (IDENTITY), layers with
            parameters (CONVOLUTIONAL) or only others, such as padding (RESHAPING); BRANCHES for
            other steps that part and meet again; LAYERS for the rest.
        details: further layers, in words.
        main: the convolutions of a block's main path, in words, from input to output.
        paths: how many main paths there are side by side.
        shortcut: the layers of a block's shortcut in words; empty for the identity.
        shape: output shape without the batch axis.
        weights: number of parameters.
        stage: index of the stage, from 0; None outside of stages.
        times: how many equal parts in a row it stands for.
        last: the title of the last of them.
        equal: whether those have equally many parameters.
        follows: whether anything leads into it from the part before.
    """

    title: str
    kind: str
    shape: tuple[int | None, ...]
    weights: int
    details: tuple[str, ...] = ()
    main: tuple[str, ...] = ()
    paths: int = 1
    shortcut: tuple[str, ...] = ()
    stage: int | None = None
    times: int = 1
    last: str = ""
    equal: bool = True
    follows: bool = True

    @property
    def residual(self) -> bool:
        """Whether it is a residual block."""
        return self.kind in (IDENTITY, CONVOLUTIONAL, RESHAPING)


@dataclass(frozen=True)
class Anatomy:
    """A network in parts.

    Attributes:
        name: the model's name.
        parts: from input to output.
        weights: number of parameters.
        frozen: how many of them are not trainable.
        depth: convolutions and dense layers on the longest path: the 50 in ResNet-50.
        jumps: connections that pass over other parts; shortcuts of blocks are not among them.
        has_graph: False for a model of which only the list of layers is known.
    """

    name: str
    parts: tuple[Part, ...]
    weights: int
    frozen: int
    depth: int
    jumps: int = 0
    has_graph: bool = True

    @property
    def blocks(self) -> list[Part]:
        """The residual blocks."""
        return [part for part in self.parts if part.residual]


def read_anatomy(model: Any) -> Anatomy:
    """Take a Keras model apart. Every model has an anatomy, if only a list of its layers."""
    steps = read_graph(model)
    has_graph = steps is not None
    if steps is None:
        steps = list_layers(model)
    blocks = _find_blocks(steps, _ADDITIONS) or _find_blocks(steps, _ADDITIONS | _MERGES)
    parts = _parts(steps, blocks)
    links = _links(steps, [positions for _, positions in parts])
    drawn = [
        replace(part, follows=index == 0 or (index - 1, index) in links)
        for index, (part, _) in enumerate(parts)
    ]
    weights = sum(math.prod(w.shape) for w in model.weights)
    frozen = sum(math.prod(w.shape) for w in model.non_trainable_weights)
    return Anatomy(
        name=model.name,
        parts=tuple(_name_stages(drawn)),
        weights=weights,
        frozen=frozen,
        depth=_depth(steps),
        jumps=sum(before + 1 < after for before, after in links),
        has_graph=has_graph,
    )


def fold(parts: Iterable[Part], loosely: bool = False) -> list[Part]:
    """Runs of equal parts as one part that stands for all of them.

    Args:
        parts: from input to output.
        loosely: whether blocks that differ in shape, widths and parameters count as equal.
    """
    folded: list[Part] = []
    for part in parts:
        before = folded[-1] if folded else None
        if before and _essence(before, loosely) == _essence(part, loosely):
            folded[-1] = replace(
                before,
                shape=part.shape,
                times=before.times + part.times,
                weights=before.weights + part.weights,
                last=part.last or part.title,
                equal=before.equal and before.weights == part.weights * before.times,
            )
        else:
            folded.append(part)
    return folded


def condense(parts: Sequence[Part]) -> Part:
    """Several parts in a row as one box that lists them in brief."""
    if len(parts) == 1:
        return parts[0]
    return Part(
        title=f"{len(parts)} layers",
        kind=LAYERS,
        details=(" → ".join(part.title for part in parts),),
        shape=parts[-1].shape,
        weights=sum(part.weights for part in parts),
        follows=parts[0].follows,
    )


def _essence(part: Part, loosely: bool) -> Part:
    """What must agree for two parts to be drawn as one."""
    each = part.weights / part.times
    essence = replace(part, times=1, last="", weights=round(each), equal=True)
    if part.kind != LAYERS:
        essence = replace(essence, title="")
        if loosely:
            essence = replace(essence, shape=(), weights=0, main=(), paths=1)
    return essence


# Blocks


@dataclass
class _Block:
    """Positions of a block's steps: where its paths part, where they meet, and all it holds."""

    fork: int
    merge: int
    inside: set[int]
    ends: list[int]


def _find_blocks(steps: list[Step], merging: set[str]) -> list[_Block]:
    above = dominators(steps)
    blocks: list[_Block] = []
    for merge, step in enumerate(steps):
        fork = above[merge]
        if step.kind not in merging or len(step.parents) < 2 or fork < 0:
            continue
        inside = between(steps, fork, [merge])
        inner = [block for block in blocks if block.merge in inside]
        # An addition of branches within a block (the 32 paths of ResNeXt) is a part of that block.
        # A path that spans whole other blocks is not a block: those are what a reader looks for.
        if all(block.fork == fork for block in inner):
            blocks = [block for block in blocks if block not in inner]
            blocks.append(_Block(fork, merge, inside, _ends(steps, above, merge, merging)))
    children = _children(steps)
    for block in blocks:
        _take_activation(block, steps, children)
    for block in blocks:
        _take_preactivation(block, blocks, steps, children)
    return blocks


def _ends(steps: list[Step], above: list[int], merge: int, merging: set[str]) -> list[int]:
    """The last steps of all paths that meet: a sum of sums is one sum."""
    ends = []
    for parent in steps[merge].parents:
        nested = steps[parent].kind in merging and above[parent] == above[merge]
        ends += _ends(steps, above, parent, merging) if nested else [parent]
    return ends


def _children(steps: list[Step]) -> dict[int, list[int]]:
    children: dict[int, list[int]] = defaultdict(list)
    for position, step in enumerate(steps):
        for parent in step.parents:
            children[parent].append(position)
    return children


def _take_activation(block: _Block, steps: list[Step], children: dict[int, list[int]]) -> None:
    """The activation right behind the addition belongs to the block (2015)."""
    last = block.merge
    while len(children[last]) == 1 and _is_activation(steps[children[last][0]]):
        last = children[last][0]
        block.inside.add(last)


def _take_preactivation(
    block: _Block, blocks: list[_Block], steps: list[Step], children: dict[int, list[int]]
) -> None:
    """Normalisation and activation between an addition and the fork belong to the block (2016)."""
    lead, position = [], block.fork
    while _is_activation(steps[position]) or "Normalization" in steps[position].kind:
        if any(position in other.inside for other in blocks) or len(steps[position].parents) != 1:
            break
        lead.append(position)
        position = steps[position].parents[0]
    behind_a_block = any(position in other.inside for other in blocks)
    only_for_us = all(child in block.inside or child in lead for p in lead for child in children[p])
    if lead and behind_a_block and only_for_us:
        block.inside.update(lead)


def _is_activation(step: Step) -> bool:
    kind = step.kind.lower()
    return step.weights == 0 and ("activation" in kind or "relu" in kind or "dropout" in kind)


# Parts


def _parts(steps: list[Step], blocks: list[_Block]) -> list[tuple[Part, list[int]]]:
    """Blocks and, between them, groups of other layers, in the order of computation.

    Each comes with the positions of its steps.
    """
    taken = {position for block in blocks for position in block.inside}
    ends = {max(block.inside): block for block in blocks}
    parts: list[tuple[Part, list[int]]] = []
    loose: list[int] = []
    seen: set[int] = set()  # a layer that is used twice has its parameters once
    for position in range(len(steps)):
        if position not in taken:
            loose.append(position)
        if position in ends:
            block = ends[position]
            parts += _group(steps, loose, seen)
            loose = []
            parts.append((_block_part(steps, block, seen), sorted(block.inside)))
    return parts + _group(steps, loose, seen)


def _block_part(steps: list[Step], block: _Block, seen: set[int]) -> Part:
    paths = [sorted(between(steps, block.fork, [end])) for end in block.ends]
    paths.sort(key=lambda path: (sum(steps[p].convolves for p in path), len(path)))
    shortcut, main = [steps[p] for p in paths[0]], [steps[p] for p in paths[-1]]
    inside = [steps[p] for p in sorted(block.inside)]
    return Part(
        title=_course_name(inside),
        kind=_block_kind(steps[block.merge], shortcut),
        shape=inside[-1].shape,
        weights=_count(inside, seen),
        details=(steps[block.merge].kind.lower(),),
        main=tuple(describe(step) for step in main if step.convolves),
        paths=len(paths) - 1,
        shortcut=tuple(name_shortly(s) for s in shortcut if "Normalization" not in s.kind),
    )


def _block_kind(merge: Step, shortcut: list[Step]) -> str:
    if merge.kind not in _ADDITIONS:
        return BRANCHES
    if not shortcut:
        return IDENTITY
    return CONVOLUTIONAL if any(step.weights for step in shortcut) else RESHAPING


def _course_name(inside: list[Step]) -> str:
    """The block's name if its layers are named as in the original course, such as "2a"."""
    matches = (_COURSE_NAME.match(getattr(step.layer, "name", "")) for step in inside)
    names = {match[1] for match in matches if match}
    return names.pop() if len(names) == 1 else ""


def _group(steps: list[Step], loose: list[int], seen: set[int]) -> list[tuple[Part, list[int]]]:
    """One part a convolution, dense layer or pooling, with the small layers around it."""
    groups: list[list[int]] = []
    waiting: list[int] = []
    for position in loose:
        step = steps[position]
        if step.kind in _LEADERS:
            waiting.append(position)
        elif groups and not waiting and _follows(step, [steps[p] for p in groups[-1]]):
            groups[-1].append(position)
        else:
            groups.append([*waiting, position])
            waiting = []
    if waiting:
        groups.append(waiting)
    return [(_group_part([steps[p] for p in group], seen), group) for group in groups]


def _follows(step: Step, group: list[Step]) -> bool:
    if group[0].kind == "InputLayer" or len(step.parents) > 1:
        return False
    small = _is_activation(step) or step.kind in _FOLLOWERS or "Normalization" in step.kind
    return small and not any(s.kind.endswith("Pooling2D") for s in group)


def _group_part(group: list[Step], seen: set[int]) -> Part:
    head = next((step for step in group if step.kind not in _LEADERS), group[-1])
    details = []
    for step in group:
        if step is not head:
            details.append(describe(step))
        if step.convolves and activation_of(step):
            details.append(activation_of(step))
    return Part(
        title=describe(head),
        kind=LAYERS,
        shape=group[-1].shape,
        weights=_count(group, seen),
        details=tuple(details),
    )


def _count(steps: list[Step], seen: set[int]) -> int:
    total = 0
    for step in steps:
        if id(step.layer) not in seen:
            seen.add(id(step.layer))
            total += step.weights
    return total


# Stages


def _name_stages(parts: list[Part]) -> list[Part]:
    """Number the stages, and name the blocks that have no name: "2a", "2b" … "3a"."""
    blocks = any(part.kind != LAYERS for part in parts)
    stage, letter, before = -1, 0, None
    # The layers before the first block count as stage 1, as in the papers ("conv1").
    first = 2 if any(p.weights for p in parts[: _first_block(parts)]) else 1
    named: list[Part] = []
    for part in parts:
        staged = part.kind != LAYERS if blocks else _is_staged(part)
        if not staged:
            named.append(part)
            continue
        if stage < 0 or (before and _begins_stage(before, part)):
            stage, letter = stage + 1, 0
        name = part.title or f"{stage + first}{_letters(letter)}"
        named.append(replace(part, title=name, stage=stage))
        letter += 1
        before = part if part.title != "input" else before
    return named


def _is_staged(part: Part) -> bool:
    """In a plain network: whatever has a height and a width, the input included."""
    return len(part.shape) > 1


def _first_block(parts: list[Part]) -> int:
    return next((i for i, part in enumerate(parts) if part.kind != LAYERS), len(parts))


def _begins_stage(before: Part, part: Part) -> bool:
    """A stage begins where the width changes, or the size at a block that projects."""
    if len(before.shape) != len(part.shape):
        return True
    if part.kind == BRANCHES:
        return before.shape[:-1] != part.shape[:-1]
    if part.kind == LAYERS:
        return "pool" not in part.title and ("pool" in before.title or before.shape != part.shape)
    wider = before.shape[-1] != part.shape[-1]
    return wider or (part.kind == CONVOLUTIONAL and before.shape != part.shape)


def _letters(index: int) -> str:
    """0 → a, 25 → z, 26 → aa."""
    letters = ""
    while index >= 0:
        letters = chr(ord("a") + index % 26) + letters
        index = index // 26 - 1
    return letters


# Models


def _depth(steps: list[Step]) -> int:
    depths: list[int] = []
    for step in steps:
        depths.append(max((depths[p] for p in step.parents), default=0) + step.convolves)
    return max(depths, default=0)


def _links(steps: list[Step], parts: list[list[int]]) -> set[tuple[int, int]]:
    """Which part leads into which, by index."""
    part_of = {position: index for index, inside in enumerate(parts) for position in inside}
    return {
        (part_of[parent], part_of[position])
        for position, step in enumerate(steps)
        for parent in step.parents
        if part_of[parent] != part_of[position]
    }
