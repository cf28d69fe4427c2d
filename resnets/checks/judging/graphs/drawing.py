"""The steps that a picture of the student's graph shows, wrong ones and gaps marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from resnets.checks.judging.graphs.comparison import DrawnStep
from resnets.checks.judging.graphs.finding import Finding
from resnets.checks.judging.graphs.places import ADDITION
from resnets.checks.judging.graphs.step import Step


def drawn(
    rows: Mapping[str, list[int]], steps: list[Step], findings: Iterable[Finding], gaps: Set[int]
) -> tuple[DrawnStep, ...]:
    """Return what to draw.

    Args:
        rows: name of a path → positions of its steps.
        steps: the student's graph in canonical form.
        findings: what is wrong with it.
        gaps: positions of steps after which one is missing.
    """
    wrong = {finding.node for finding in findings if finding.criterion != "names"}
    shown: list[DrawnStep] = []
    for path, positions in rows.items():
        gap = DrawnStep(path, Step("gap"), wrong=True)
        for n in positions:
            if path != ADDITION and n == positions[0] and gaps.intersection(steps[n].inputs):
                shown.append(gap)
            shown.append(DrawnStep(path, steps[n], n in wrong))
            if path != ADDITION and n in gaps:
                shown.append(gap)
    return tuple(shown)
