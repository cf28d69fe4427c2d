"""In what two small graphs differ: layers too many or too few, and settings."""

from __future__ import annotations

from collections import Counter

from resnets.checks.canonical import LABELS, Step, by, normalise
from resnets.checks.evidence import Graph

# Ways of taking pixels and of joining channels: several are right, so their number says nothing.
_ANY_WAY = {"maxpool", "avgpool", "pad"} | {
    f"other:{name}" for name in ("GetItem", "Pad", "ZerosLike", "Concatenate", "Mean")
}
_ORDER = ("conv", "norm", "relu", "add")


def graph_difference(asked: Graph, found: Graph) -> tuple[str, str] | None:
    """Say which layers are too many, too few, or set in another way; None if none are."""
    wanted, there = normalise(asked)[0], normalise(found)[0]
    numbers, counted = _counts(wanted), _counts(there)
    for kind in sorted(numbers | counted, key=_rank):
        if numbers[kind] != counted[kind]:
            label = LABELS.get(kind, kind.rpartition(":")[2])
            few = "few" if counted[kind] < numbers[kind] else "many"
            sentence = f"{label} occurs {_times(counted[kind])}; {_times(numbers[kind])} was asked."
            return f"too-{few}:{label}", sentence
    for kind in sorted(numbers, key=_rank):
        if (told := _settings_difference(kind, wanted, there)) is not None:
            return told
    return None


def _rank(kind: str) -> tuple[int, str]:
    return (_ORDER.index(kind) if kind in _ORDER else -1, kind)


def _counts(steps: list[Step]) -> Counter[str]:
    return Counter(
        step.kind for step in steps if step.kind != "input" and step.kind not in _ANY_WAY
    )


def _times(number: int) -> str:
    return {0: "nowhere", 1: "once", 2: "twice"}.get(number, f"{number} times")


def _settings_difference(
    kind: str, wanted: list[Step], there: list[Step]
) -> tuple[str, str] | None:
    """The first setting that differs between the steps of a kind, taken in their order."""
    pairs = zip(
        [step for step in wanted if step.kind == kind],
        [step for step in there if step.kind == kind],
        strict=True,
    )
    for asked, found in pairs:
        for setting, value in asked.settings.items():
            other = found.settings.get(setting)
            if value != other:
                sentence = (
                    f"{asked.label} number {_number(wanted, asked)} has {setting} {by(other)}; "
                    f"{by(value)} was asked."
                )
                return f"setting:{setting}", sentence
    return None


def _number(steps: list[Step], step: Step) -> int:
    return [one is step for one in steps if one.kind == step.kind].index(True) + 1
