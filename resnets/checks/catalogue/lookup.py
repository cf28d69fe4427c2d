"""Exercises by name and by assignment, and their cases."""

from __future__ import annotations

from resnets.checks.catalogue.cases import Case, generator
from resnets.checks.catalogue.exercise import Exercise
from resnets.checks.catalogue.exercises import EXERCISES


def get_exercise(name: str) -> Exercise:
    """Return the exercise of that name.

    Raises:
        KeyError: with the names there are, when there is none.
    """
    if name not in EXERCISES:
        known = ", ".join(sorted(EXERCISES))
        raise KeyError(f"There is no exercise called {name!r}. There are: {known}.")
    return EXERCISES[name]


def exercises(assignment: str | None = None) -> list[Exercise]:
    """Return the exercises of an assignment, or all, in the order of their notebook."""
    return [e for e in EXERCISES.values() if assignment in (None, e.assignment)]


def public_cases(name: str) -> list[Case]:
    """Return the cases that students see."""
    return list(get_exercise(name).public)


def hidden_cases(name: str, secret: bytes) -> list[Case]:
    """Return the hidden cases that belong to a secret: the same secret, the same cases."""
    return get_exercise(name).draw_hidden(generator(secret, name))


def max_points(name: str) -> float:
    """Return the points of an exercise, as its test cell's metadata must give them."""
    return get_exercise(name).max_points
