"""Steps in the wrong order: one that is missing here and too many there is a single mistake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from resnets.checks.catalogue.graph_exercise import Part
from resnets.checks.judging.graphs.finding import Finding
from resnets.checks.judging.graphs.places import Places
from resnets.checks.judging.graphs.step import Step
from resnets.language import N_, say

_FAR = 2
"""How many places a step may be away and still be the same."""
_TOO_EARLY = (
    N_("{label} before the addition"),
    N_("Expected {label} after the addition, found it before the addition."),
)
_TOO_LATE = (
    N_("{label} after the addition"),
    N_("Expected {label} before the addition, found it after the addition."),
)
"""What is found, in a table and in a sentence."""


@dataclass(frozen=True)
class Unpaired:
    """A step that has no counterpart on the other path.

    Attributes:
        finding: that it is missing, or too many.
        step: the step.
        part: its place.
        missing: whether it is missing.
        number: of its place on the expected path.
        previous: what students call the step before it; empty when it comes first.
    """

    finding: Finding
    step: Step
    part: Part
    missing: bool
    number: int
    previous: str


def moved_within_a_path(unpaired: Sequence[Unpaired]) -> list[Finding]:
    """Return the findings on steps of one path, those that only moved joined into one."""
    moved: dict[int, Finding] = {}
    accounted_for: set[int] = set()
    for n, missing in enumerate(unpaired):
        if not missing.missing:
            continue
        for m, extra in enumerate(unpaired):
            if m not in accounted_for and _is_the_same(missing, extra):
                accounted_for.add(m)
                moved[n] = _moved(missing, extra)
                break
    return [moved.get(n, one.finding) for n, one in enumerate(unpaired) if n not in accounted_for]


def _is_the_same(missing: Unpaired, extra: Unpaired) -> bool:
    return (
        not extra.missing
        and extra.step.kind == missing.step.kind
        and abs(extra.number - missing.number) <= _FAR
    )


def _moved(missing: Unpaired, extra: Unpaired) -> Finding:
    label = missing.step.label
    return replace(
        missing.finding,
        id=f"moved:{missing.step.kind}",
        found=say("{label} in another place", label=label),
        message=say(
            "{place}: {label} is in the wrong place. Expected it {expected}, found it {found}.",
            place=missing.part.words,
            label=label,
            expected=_after(missing),
            found=_after(extra),
        ),
        node=extra.finding.node,
    )


def _after(step: Unpaired) -> str:
    if not step.previous:
        return say("at the beginning")
    return say("after {step}", step=step.previous)


def moved_over_the_addition(findings: Sequence[Finding], places: Places) -> list[Finding]:
    """Return the findings on a block, steps on the wrong side of the addition joined into one."""
    left = list(findings)
    last = places.last_of_main_path()
    for missing in [finding for finding in findings if finding.id.startswith("missing:")]:
        for extra in left:
            if _is_on_the_other_side(missing, extra, last):
                left.remove(extra)
                left[left.index(missing)] = _moved_over(missing, extra)
                break
    return left


def _is_on_the_other_side(missing: Finding, extra: Finding, last: str) -> bool:
    """Whether a step missing at one side of the addition is too many at the other.

    Args:
        missing: the finding that it is missing.
        extra: another finding.
        last: place of the last step before the addition.
    """
    if extra.id != missing.id.replace("missing:", "extra:", 1):
        return False
    if missing.place == last:
        return extra.place.startswith("tail.")
    return missing.place == "tail.0" and extra.place == last


def _moved_over(missing: Finding, extra: Finding) -> Finding:
    before = extra.place.startswith("main.")
    label = Step(missing.id.partition(":")[2]).label
    found, message = _TOO_EARLY if before else _TOO_LATE
    return replace(
        missing,
        id=missing.id.replace("missing:", "moved:", 1),
        found=say(found, label=label),
        message=say(message, label=label),
        node=extra.node,
    )
