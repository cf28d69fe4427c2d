"""Places in the expected graph: what a mistake there is charged to, and how to speak of it."""

from __future__ import annotations

from resnets.checks.catalogue.graph_exercise import GraphExercise, Part
from resnets.language import say

ADDITION = "add"
"""The place where main path and shortcut meet."""


class Places:
    """The parts of an exercise, by their place.

    Args:
        exercise: whose parts these are.
    """

    def __init__(self, exercise: GraphExercise) -> None:
        self._parts = {part.place: part for part in exercise.parts}
        self._fallback = exercise.rubric[0].id

    def at(self, place: str) -> Part:
        """Return what belongs to a place; its words begin a sentence.

        What has no criterion of its own is charged to the first one.
        """
        part = self._parts.get(place, Part(place, self._fallback, place))
        words = say(part.words)
        return part._replace(words=words[:1].upper() + words[1:])

    def criterion(self, place: str, default: str) -> str:
        """Return what a place is charged to, `default` where the exercise has no such place."""
        return self._parts[place].criterion if place in self._parts else default

    def last_of_main_path(self) -> str:
        """Return the place of the last step before the addition; empty where there is none."""
        return max((place for place in self._parts if place.startswith("main.")), default="")
