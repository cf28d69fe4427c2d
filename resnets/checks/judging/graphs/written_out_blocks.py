"""Inlined blocks: written out where they could have been called, and put together again here."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from resnets.checks.evidence.settings import BLOCKS
from resnets.checks.judging.graphs.outline import outlined
from resnets.checks.judging.graphs.step import Step
from resnets.language import N_

_LONGEST_NAME = 100  # of a layer that is looked at: a pattern takes its time with long ones
_MAIN = ["conv", "norm", "relu", "conv", "norm", "relu", "conv", "norm"]
_OTHER_BLOCK = N_("another block")
_SHORTCUTS = ([], ["conv", "norm"])


def group_blocks(steps: list[Step], output: int) -> tuple[list[Step], int, bool]:
    """Replace every written-out block by one step of its kind.

    Returns:
        The new steps, where the output stands, and whether there was anything to replace.
    """
    if all(len(step.inputs) <= 1 for step in steps):
        return steps, output, False
    chain: list[Step] = []
    position = output
    while steps[position].kind != "input" and steps[position].inputs:
        step = steps[position]
        start = _dominator(steps, position) if len(step.inputs) > 1 else None
        if start is None:
            chain.append(step)
            position = step.inputs[0]
            continue
        block = _block(steps, start, position)
        if chain and chain[-1].kind == "relu":
            chain.pop()
        elif block.kind in BLOCKS:
            block = replace(block, settings=block.settings | {"no last": "ReLU"})
        chain.append(block)
        position = start
    chain.append(steps[position])
    chain.reverse()
    linked = [
        replace(step, inputs=(number - 1,) if number else ()) for number, step in enumerate(chain)
    ]
    return linked, len(linked) - 1, True


def _dominator(steps: list[Step], merge: int) -> int | None:
    """Return the last step that every way to `merge` passes; None when there is none."""
    fronts = set(steps[merge].inputs)
    while len(fronts) > 1:
        latest = max(fronts)
        fronts.remove(latest)
        if not steps[latest].inputs:
            return None
        fronts.update(steps[latest].inputs)
    return fronts.pop()


def _block(steps: list[Step], start: int, merge: int) -> Step:
    """Return one step for those from `start` to `merge`."""
    kept = _cut_out(steps, start, merge)
    outline = outlined(kept, len(kept) - 1).outline
    main = [kept[n] for n in outline.main]
    shortcut = [kept[n] for n in outline.shortcut]
    fits = [step.kind for step in main] == _MAIN and [s.kind for s in shortcut] in _SHORTCUTS
    common = {"inputs": (start,), "shape": steps[merge].shape}
    if not fits or kept[-1].kind != "add":
        return Step(f"other:{_OTHER_BLOCK}", **common)
    kind = "convolutional_block" if shortcut else "identity_block"
    return Step(kind, _settings(main, shortcut), **common)


def _cut_out(steps: list[Step], start: int, merge: int) -> list[Step]:
    """Return what lies between two steps as a graph of its own, the first one as its input."""
    kept = [Step("input", shape=steps[start].shape)]
    place = {start: 0}
    for position in range(start + 1, merge + 1):
        step = steps[position]
        inputs = tuple(place[n] for n in step.inputs if n in place)
        if not inputs or len(inputs) < len(step.inputs):
            continue
        place[position] = len(kept)
        kept.append(Step(step.kind, step.settings, name=step.name, inputs=inputs, shape=step.shape))
    return kept


def _settings(main: list[Step], shortcut: list[Step]) -> dict[str, Any]:
    """Return the arguments with which the block would have been called."""
    convs = [step.settings for step in main if step.kind == "conv"]
    named = re.match(r"res(\w+?)([a-z]+)_branch2a$", main[0].name[:_LONGEST_NAME])
    settings = {
        "f": _one(convs[1].get("kernel_size")),
        "filters": [conv.get("filters") for conv in convs],
        "stage": named.group(1) if named else "?",
        "block": named.group(2) if named else "?",
    }
    if shortcut:
        settings["s"] = _one(convs[0].get("strides"))
    return settings


def _one(pair: Any) -> Any:
    same = isinstance(pair, list) and len(pair) == 2 and pair[0] == pair[1]
    return pair[0] if same else pair
