"""Graded functions that build layers, and are judged layer by layer: blocks and networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from resnets.checks.catalogue.exercise import Exercise


class Part(NamedTuple):
    """One step of the expected graph.

    Attributes:
        place: its path and its position there: "main.3", "shortcut.0", "tail.0" or "add" (where
            the two paths meet) in a block, "chain.7" in a network.
        criterion: what a mistake in it is charged to.
        words: where it is, in the student's terms.
        settings: setting of the layer → criterion, for those that are charged apart.
    """

    place: str
    criterion: str
    words: str
    settings: Mapping[str, str] = MappingProxyType({})

    def criterion_of(self, setting: str) -> str:
        """Return what a wrong setting is charged to."""
        return self.settings.get(setting, self.criterion)


@dataclass(frozen=True, kw_only=True)
class GraphExercise(Exercise):
    """A function whose layers are compared with the solution's: one of the two types below.

    Attributes:
        parts: the steps of the expected graph, in their order.
        decided_by: setting of a layer ("strides", "name", …) → the function's argument, or
            arguments, that decide it; where it is always one and the same.
    """

    parts: tuple[Part, ...]
    decided_by: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BlockExercise(GraphExercise):
    """A function that builds a main path and a shortcut that meet."""


@dataclass(frozen=True, kw_only=True)
class NetworkExercise(GraphExercise):
    """A function that builds a chain of layers and of blocks."""
