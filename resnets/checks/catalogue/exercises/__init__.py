"""The graded functions of the course, one module a notebook, named like it.

Each module holds `ASSIGNMENT` and its exercises, in the order of the notebook. Data only: rubric,
cases, hints; nothing that runs a student's code. A module that is put here is found by itself, and
so is every exercise in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules

from resnets.checks.catalogue.exercise import Exercise


def by_name(exercises: Iterable[Exercise]) -> dict[str, Exercise]:
    """Return exercises by their names.

    Raises:
        ValueError: when two have the same name.
    """
    named: dict[str, Exercise] = {}
    for exercise in exercises:
        other = named.setdefault(exercise.name, exercise)
        if other is not exercise:
            raise ValueError(
                f"Two exercises are called {exercise.name!r}: in {other.assignment} and in "
                f"{exercise.assignment}. Give one of them another name."
            )
    return named


_modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
ASSIGNMENTS = tuple(sorted(module.ASSIGNMENT for module in _modules))
EXERCISES = by_name(
    value for module in _modules for value in vars(module).values() if isinstance(value, Exercise)
)
