"""What there is to say about a graded function: its points, its cases, its hints. Data only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from resnets.checks.cases import Case, generator


@dataclass(frozen=True)
class Criterion:
    """One line of a rubric.

    Attributes:
        id: what the judge charges a mistake to.
        title: what the student reads.
        points: what it is worth.
    """

    id: str
    title: str
    points: float


@dataclass(frozen=True)
class Exercise:
    """A graded function.

    Attributes:
        name: of the function; also the grade_id of its cell.
        assignment: the notebook it belongs to.
        shape: how the judge reads the answer: "block" (a main path and a shortcut that meet),
            "network" (a chain of layers and of blocks) or "arrays" (numbers only).
        rubric: the criteria, in the order in which students read them.
        public: cases that students see.
        draw_hidden: draws hidden cases from a random stream.
        hints: three sentences, each nearer to the answer.
        blocks: names of the graded functions that this one is built from. They are replaced by
            stand-ins when it is tried, so that a mistake is charged once, where it was made.
        parts: (id, words) of the nodes of the asked graph, in their order, see `judge`.
        mistakes: for "arrays": id -> sentence for wrong answers that were recorded as such.
        time_limit: seconds that one call may take.
    """

    name: str
    assignment: str
    shape: str
    rubric: tuple[Criterion, ...]
    public: tuple[Case, ...]
    draw_hidden: Callable[[np.random.Generator], list[Case]]
    hints: tuple[str, str, str]
    blocks: tuple[str, ...] = ()
    parts: tuple[tuple[str, str, str], ...] = ()
    mistakes: dict[str, str] = field(default_factory=dict)
    time_limit: float = 20.0

    @property
    def max_points(self) -> float:
        """The sum of the rubric."""
        total = sum(criterion.points for criterion in self.rubric)
        return int(total) if total == int(total) else total


_EXERCISES: dict[str, Exercise] = {}


def register(exercise: Exercise) -> Exercise:
    """Make an exercise known under its name.

    Raises:
        ValueError: when another exercise has the name already.
    """
    known = _EXERCISES.get(exercise.name)
    if known is not None and known.assignment != exercise.assignment:
        raise ValueError(
            f"Two exercises are called {exercise.name!r}: in {known.assignment} and in "
            f"{exercise.assignment}. Give one of them another name."
        )
    _EXERCISES[exercise.name] = exercise
    return exercise


def get_exercise(name: str) -> Exercise:
    """Return the exercise of that name.

    Raises:
        KeyError: with the names there are, when there is none.
    """
    import resnets.checks.exercises  # noqa: F401  (registers what the course has)

    if name not in _EXERCISES:
        known = ", ".join(sorted(_EXERCISES))
        raise KeyError(f"There is no exercise called {name!r}. There are: {known}.")
    return _EXERCISES[name]


def exercises(assignment: str | None = None) -> list[Exercise]:
    """Return the exercises of an assignment, or all, in the order of their notebook."""
    import resnets.checks.exercises  # noqa: F401

    return [e for e in _EXERCISES.values() if assignment in (None, e.assignment)]


def public_cases(name: str) -> list[Case]:
    """Return the cases that students see."""
    return list(get_exercise(name).public)


def hidden_cases(name: str, secret: bytes) -> list[Case]:
    """Return the hidden cases that belong to a secret: the same secret, the same cases."""
    return get_exercise(name).draw_hidden(generator(secret, name))


def max_points(name: str) -> Any:
    """Return the points of an exercise, as its test cell's metadata must give them."""
    return get_exercise(name).max_points
