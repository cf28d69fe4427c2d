"""Results of a graph comparison: findings, pairs of steps, and what to draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from resnets.checks.judging.graphs.finding import Finding
from resnets.checks.judging.graphs.step import Step


class DrawnStep(NamedTuple):
    """A step in the picture of what the student built.

    Attributes:
        path: "main", "shortcut", "add", "tail", or "chain" for a network.
        step: what is drawn.
        wrong: whether it is marked.
    """

    path: str
    step: Step
    wrong: bool


@dataclass(frozen=True)
class PathComparison:
    """What comparing one path, or several, gave.

    Attributes:
        findings: the differences.
        pairs: place of the expected step → (expected step, found step), for those that were paired.
        gaps: positions of the student's steps after which one is missing.
    """

    findings: tuple[Finding, ...] = ()
    pairs: dict[str, tuple[Step, Step]] = field(default_factory=dict)
    gaps: frozenset[int] = frozenset()

    def __add__(self, other: PathComparison) -> PathComparison:
        """Return both together."""
        return PathComparison(
            self.findings + other.findings, self.pairs | other.pairs, self.gaps | other.gaps
        )


@dataclass(frozen=True)
class Comparison:
    """What comparing the graphs of one case gave.

    Attributes:
        findings: the differences.
        pairs: place of the expected step → (expected step, found step), for those that were paired.
        drawing: the student's steps, for the picture.
        opened: whether blocks were written out in place of being called, so that numbers of
            stand-ins do not apply.
    """

    findings: tuple[Finding, ...]
    pairs: dict[str, tuple[Step, Step]]
    drawing: tuple[DrawnStep, ...]
    opened: bool = False
