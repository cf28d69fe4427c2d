"""Blocks that were written out where they could have been called, put together again."""

from __future__ import annotations

import re

from resnets.checks.canonical import Step
from resnets.checks.outline import read_block

_LONGEST_NAME = 100  # of a layer that is looked at: a pattern takes its time with long ones
_MAIN = ["conv", "norm", "relu", "conv", "norm", "relu", "conv", "norm"]


def group_blocks(steps: list[Step], output: int) -> tuple[list[Step], int, bool]:
    """Replace every written-out block by one step of its kind.

    Returns:
        The new steps, where the output stands, and whether there was anything to replace.
    """
    merges = [n for n, step in enumerate(steps) if len(step.inputs) > 1]
    if not merges:
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
        elif block.kind in ("identity_block", "convolutional_block"):
            block.settings["no last"] = "ReLU"
        chain.append(block)
        position = start
    chain.append(steps[position])
    chain.reverse()
    for number, step in enumerate(chain):
        step.inputs = [number - 1] if number else []
    return chain, len(chain) - 1, True


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
    kept = [Step("input", shape=steps[start].shape)]
    place = {start: 0}
    for position in range(start + 1, merge + 1):
        inputs = [place[n] for n in steps[position].inputs if n in place]
        if not inputs or len(inputs) < len(steps[position].inputs):
            continue
        place[position] = len(kept)
        step = steps[position]
        kept.append(Step(step.kind, step.settings, name=step.name, inputs=inputs, shape=step.shape))
    outline = read_block(kept, len(kept) - 1, None, kept)
    main = [kept[n] for n in outline.main]
    shortcut = [kept[n] for n in outline.shortcut]
    kind = "convolutional_block" if shortcut else "identity_block"
    fits = [step.kind for step in main] == _MAIN and [s.kind for s in shortcut] in (
        [],
        ["conv", "norm"],
    )
    if not fits or kept[-1].kind != "add":
        return Step("other:another block", inputs=[start], shape=steps[merge].shape)
    return Step(kind, _settings(main, shortcut), inputs=[start], shape=steps[merge].shape)


def _settings(main: list[Step], shortcut: list[Step]) -> dict:
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


def _one(pair):
    same = isinstance(pair, list) and len(pair) == 2 and pair[0] == pair[1]
    return pair[0] if same else pair
