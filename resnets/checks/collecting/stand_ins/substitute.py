"""Substitution of stand-ins for functions that are graded elsewhere, while one is tried.

A stand-in takes the arguments of the block it replaces and hands back a tensor of the right shape.
Its numbers depend on every one of these arguments, so a network with other arguments computes
other numbers, and a mistake inside a student's block is not charged a second time.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from resnets.checks.catalogue.lookup import get_exercise
from resnets.checks.collecting import stand_ins

# All are imported at once, so that processes forked afterwards need not.
_NOTEBOOKS = {
    module.name: import_module(f"{stand_ins.__name__}.{module.name}")
    for module in iter_modules(stand_ins.__path__)
    if f"{stand_ins.__name__}.{module.name}" != __name__
}


def stand_in_for(name: str, theirs: Any) -> Callable[..., Any]:
    """Return what takes the place of a graded function, from the module of its notebook.

    Args:
        name: of the function.
        theirs: the student's own function, or None.

    Raises:
        LookupError: when that notebook has no stand-ins.
    """
    notebook = get_exercise(name).assignment.partition("_")[2]
    if notebook not in _NOTEBOOKS:
        raise LookupError(
            f"There is no stand-in for {name}: write resnets/checks/collecting/stand_ins/"
            f"{notebook}.py with a function stand_in(name, theirs)."
        )
    return _NOTEBOOKS[notebook].stand_in(name, theirs)


@contextlib.contextmanager
def in_place_of(function: Callable[..., Any], names: tuple[str, ...]) -> Iterator[None]:
    """Replace the named functions in the function's globals, aliases included, for a while.

    Args:
        function: whose globals.
        names: of the functions to replace.
    """
    space = getattr(inspect.unwrap(function), "__globals__", None)
    if space is None or not names:
        yield
        return
    missing = object()
    before: dict[str, Any] = {}
    for name in names:
        theirs = space.get(name, missing)
        replacement = stand_in_for(name, None if theirs is missing else theirs)
        aliases = {key for key, value in space.items() if value is theirs and theirs is not None}
        for alias in aliases | {name}:
            before.setdefault(alias, space.get(alias, missing))
            space[alias] = replacement
    try:
        yield
    finally:
        for name, value in before.items():
            if value is missing:
                space.pop(name, None)
            else:
                space[name] = value
