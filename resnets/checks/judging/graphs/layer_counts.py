"""Counts of layers and their settings: how two small graphs differ, where order does not count."""

from __future__ import annotations

from collections import Counter
from typing import Any

from resnets.checks.evidence.facts import Graph
from resnets.checks.judging.graphs.canonical import normalise
from resnets.checks.judging.graphs.own_classes import what_cannot_be_read
from resnets.checks.judging.graphs.step import LABELS, Step, by
from resnets.language import say

# Ways of taking pixels and of joining channels: several are right, so their number says nothing.
_ANY_WAY = {"maxpool", "avgpool", "pad"} | {
    f"other:{name}" for name in ("GetItem", "Pad", "ZerosLike", "Concatenate", "Mean")
}
_ORDER = ("conv", "norm", "relu", "add")


def graph_difference(expected: Graph, found: Graph) -> tuple[str, str] | None:
    """Say which layers are too many, too few, or set in another way; None if none are."""
    if sentence := what_cannot_be_read(found):
        return "own-class", sentence
    expected_steps, found_steps = normalise(expected)[0], normalise(found)[0]
    expected_counts, found_counts = _counts(expected_steps), _counts(found_steps)
    for kind in sorted(expected_counts | found_counts, key=_rank):
        if expected_counts[kind] != found_counts[kind]:
            label = LABELS.get(kind, kind.rpartition(":")[2])
            few = "few" if found_counts[kind] < expected_counts[kind] else "many"
            sentence = say(
                "Expected {label} {expected}, found it {found}.",
                label=label,
                expected=_times(expected_counts[kind]),
                found=_times(found_counts[kind]),
            )
            return f"too-{few}:{label}", sentence
    for kind in sorted(expected_counts, key=_rank):
        if (difference := _settings_difference(kind, expected_steps, found_steps)) is not None:
            return difference
    return None


def _rank(kind: str) -> tuple[int, str]:
    return (_ORDER.index(kind) if kind in _ORDER else -1, kind)


def _counts(steps: list[Step]) -> Counter[str]:
    return Counter(
        step.kind for step in steps if step.kind != "input" and step.kind not in _ANY_WAY
    )


def _times(number: int) -> str:
    known = {0: say("not at all"), 1: say("once"), 2: say("twice")}
    return known.get(number) or say("{number} times", number=number)


def _settings_difference(
    kind: str, expected_steps: list[Step], found_steps: list[Step]
) -> tuple[str, str] | None:
    """The first setting that differs between the steps of a kind, taken in their order."""
    pairs = zip(
        [step for step in expected_steps if step.kind == kind],
        [step for step in found_steps if step.kind == kind],
        strict=True,
    )
    for expected, found in pairs:
        for setting, value in expected.settings.items():
            other = found.settings.get(setting)
            if value != other:
                sentence = say(
                    "{label} number {number} has {setting} {found}, expected {expected}.",
                    label=expected.label,
                    number=_number(expected_steps, expected),
                    setting=setting,
                    found=_in_words(other),
                    expected=_in_words(value),
                )
                return f"setting:{setting}", sentence
    return None


def _in_words(value: Any) -> str:
    return by(value) if isinstance(value, list | tuple) else repr(value)


def _number(steps: list[Step], step: Step) -> int:
    return [one is step for one in steps if one.kind == step.kind].index(True) + 1
