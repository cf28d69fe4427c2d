"""Comparison of two paths through graphs, step by step, after aligning them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from resnets.checks.catalogue.graph_exercise import Part
from resnets.checks.evidence.settings import BLOCKS
from resnets.checks.judging.graphs.alignment import align
from resnets.checks.judging.graphs.comparison import PathComparison
from resnets.checks.judging.graphs.moved_steps import Unpaired, moved_within_a_path
from resnets.checks.judging.graphs.places import ADDITION, Places
from resnets.checks.judging.graphs.step import Step
from resnets.checks.judging.graphs.step_findings import (
    extra_finding,
    missing_finding,
    step_findings,
)
from resnets.language import say


class Path(NamedTuple):
    """A path through a graph: all its steps, and the positions of those on the path."""

    graph: list[Step]
    positions: list[int]

    @property
    def steps(self) -> list[Step]:
        """The steps on the path."""
        return [self.graph[n] for n in self.positions]

    @property
    def start(self) -> int:
        """Position of what its first step is given; -1 when there is none."""
        inputs = self.graph[self.positions[0]].inputs if self.positions else ()
        return inputs[0] if inputs else -1


class _Stop(NamedTuple):
    """A place at which two aligned paths are looked at.

    Attributes:
        expected: the step there should be; None for a step too many.
        found: the step there is; None where one is missing.
        number: of the expected step, or of the last one before a step too many.
        node: position of the found step, or of the last one before a missing step.
        previous: what students call the found step before; empty at the start.
    """

    expected: Step | None
    found: Step | None
    number: int
    node: int
    previous: str


def compare_paths(name: str, expected: Path, found: Path, places: Places) -> PathComparison:
    """Compare one path with the expected one.

    Args:
        name: of the path: "main", "shortcut", "tail" or "chain".
        expected: the path there should be.
        found: the path there is.
        places: of the exercise.
    """
    findings, pairs, gaps = [], {}, set()
    unpaired: list[Unpaired] = []
    steps = expected.steps
    for stop in _stops(expected, found):
        part = places.at(f"{name}.{stop.number}")
        if stop.found is None:
            unpaired.append(_missing(part, stop, steps))
            gaps.add(stop.node)
        elif stop.expected is None:
            unpaired.append(_extra(_part_of_extra(name, stop, steps, places), stop))
        else:
            pairs[part.place] = stop.expected, stop.found
            findings += step_findings(part, stop.expected, stop.found, stop.node)
    return PathComparison((*findings, *moved_within_a_path(unpaired)), pairs, frozenset(gaps))


def _stops(expected: Path, found: Path) -> Iterator[_Stop]:
    """Go along both paths at once."""
    expected_steps, found_steps = expected.steps, found.steps
    number, node, previous = 0, found.start, ""
    for i, j in align(expected_steps, found_steps)[0]:
        number = i if i >= 0 else number
        node = found.positions[j] if j >= 0 else node
        step = found_steps[j] if j >= 0 else None
        yield _Stop(expected_steps[i] if i >= 0 else None, step, number, node, previous)
        previous = step.label if step else previous


def _missing(part: Part, stop: _Stop, expected: list[Step]) -> Unpaired:
    after = stop.previous if stop.expected.kind not in BLOCKS else ""
    return Unpaired(
        missing_finding(part, stop.expected, after),
        stop.expected,
        part,
        missing=True,
        number=stop.number,
        previous=expected[stop.number - 1].label if stop.number else "",
    )


def _extra(part: Part, stop: _Stop) -> Unpaired:
    return Unpaired(
        extra_finding(part, stop.found, stop.previous, stop.node),
        stop.found,
        part,
        missing=False,
        number=_number(part, stop.number),
        previous=stop.previous,
    )


def _number(part: Part, otherwise: int) -> int:
    _, dot, number = part.place.rpartition(".")
    return int(number) if dot else otherwise


def _part_of_extra(name: str, stop: _Stop, expected: list[Step], places: Places) -> Part:
    """Return where a step too many is charged: mostly where the last expected step was."""
    here, step = stop.number, stop.found
    following = here + 1 if stop.previous else here
    if 0 <= following < len(expected) and (
        expected[following].family == step.family != "activation"
        and expected[here].family != step.family
    ):
        return places.at(f"{name}.{following}")
    if 0 < following == len(expected) and places.criterion(f"{name}.{following}", ""):
        return places.at(f"{name}.{following}")  # in other cases, something is expected there
    part = places.at(f"{name}.{here}")
    if expected and step.kind != "add":
        return part
    criterion = places.criterion(ADDITION, part.criterion)
    if expected:
        return part._replace(criterion=criterion)
    if name == "tail":
        return places.at(f"{name}.{here}")._replace(words=say("After the addition"))
    # Where the shortcut is the identity; an exercise may ask for more on it in other cases.
    return Part(ADDITION, places.criterion(f"{name}.{here}", criterion), say("Shortcut"))
