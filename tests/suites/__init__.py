"""Answers that students might give: one module a notebook, named like it, found by itself.

Each module holds `WRONG` and `RIGHT`, lists of `tests.answers.Answer`. It may hold `LEAST`, how
many of the two there have to be at least; `BACKENDS`, those of Keras' backends whose words the
wrong answers expect, all of them where nothing is said; `EQUIVALENT`, mutants of the solution that
change nothing (see `tests.mutations`): function → what was edited, * for any text → why; and
`ONLY_WHEN_MARKED`, answers that only hidden cases show: their id → why public ones cannot. Nothing
else may be put here.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple

from autograder.notebooks.sources import assignments, module_name
from tests.answers import Answer

LEAST = (30, 10)
"""How many wrong and how many right answers a notebook needs."""
LEAST_OF_EACH = (4, 2)
"""How many of them each of its functions needs."""


class Suite(NamedTuple):
    """Answers to one notebook.

    Attributes:
        wrong: answers that must lose points.
        right: answers, written in other ways than the solution, that may lose none.
        least: how many wrong and how many right ones there have to be.
        backends: those on which the wrong ones say what they are told; all where there are none.
        equivalent: function → edit → why a mutant need not lose points.
        only_when_marked: id of a wrong answer → why the check in the notebook cannot show it.
    """

    wrong: list[Answer]
    right: list[Answer]
    least: tuple[int, int] = LEAST
    backends: tuple[str, ...] = ()
    equivalent: Mapping[str, Mapping[str, str]] = {}
    only_when_marked: Mapping[str, str] = {}


def _suite(module: str) -> Suite:
    found = import_module(f"{__name__}.{module}")
    return Suite(
        found.WRONG,
        found.RIGHT,
        getattr(found, "LEAST", LEAST),
        getattr(found, "BACKENDS", ()),
        getattr(found, "EQUIVALENT", {}),
        getattr(found, "ONLY_WHEN_MARKED", {}),
    )


MODULES = tuple(module.name for module in iter_modules(__path__))
SUITES = {name: _suite(module_name(name)) for name in assignments() if module_name(name) in MODULES}
"""The suite of every assignment that has one; tests/notebooks/test_complete.py names the others."""
