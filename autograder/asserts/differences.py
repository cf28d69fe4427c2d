"""Where two tables, arrays or lists differ, in one sentence: two long values say it to nobody."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from resnets.language import say

LONGEST = 60
"""Characters of one value."""


def difference(expected: Any, found: Any) -> str:
    """The first difference that a reader should look at; empty where there is none to tell.

    Tables of pandas, arrays and lists are known. Values that only nearly agree count as different:
    the caller knows already that the two do not fit.
    """
    pandas = sys.modules.get("pandas")
    if pandas and type(expected) is type(found) is pandas.DataFrame:
        return _of_tables(expected, found)
    if pandas and type(expected) is type(found) is pandas.Series:
        return _of_columns(expected, found)
    if type(expected) is type(found) is np.ndarray and expected.ndim:
        return _of_arrays(expected, found)
    if type(expected) is type(found) and isinstance(expected, list | tuple):
        return _of_lists(expected, found)
    return ""


def _of_tables(expected: Any, found: Any) -> str:
    names = [list(table.columns) for table in (expected, found)]
    if names[0] != names[1]:
        return _two(say("the columns"), *names)
    if said := _of_rows(expected, found):
        return said
    for position, name in enumerate(expected.columns):
        said = _of_cells(expected.iloc[:, position], found.iloc[:, position], column=name)
        if said:
            return said
    return ""


def _of_columns(expected: Any, found: Any) -> str:
    if said := _of_rows(expected, found) or _of_cells(expected, found):
        return said
    return _two(say("the name"), expected.name, found.name) if expected.name != found.name else ""


def _of_rows(expected: Any, found: Any) -> str:
    """How many rows there are, and what they are called."""
    if len(expected) != len(found):
        return _two(say("the number of rows"), len(expected), len(found))
    if not expected.index.equals(found.index):
        return _two(say("the index"), list(expected.index), list(found.index))
    names = [list(table.index.names) for table in (expected, found)]
    return _two(say("the name of the index"), *names) if names[0] != names[1] else ""


def _of_cells(expected: Any, found: Any, column: Any = None) -> str:
    """The first row in which two columns with the same rows differ, then their types."""
    for row, one, other in zip(expected.index, expected, found, strict=True):
        if not _same(one, other):
            where = {"row": _short(row), "column": _short(column)}
            in_a_table = say("row {row}, column {column}", **where)
            return _two(say("row {row}", **where) if column is None else in_a_table, one, other)
    if expected.dtype != found.dtype:
        own = say("the type of column {column}", column=_short(column))
        types = str(expected.dtype), str(found.dtype)
        return _two(say("the type") if column is None else own, *types)
    return ""


def _of_arrays(expected: np.ndarray, found: np.ndarray) -> str:
    if expected.shape != found.shape:
        return _two(say("the shape"), expected.shape, found.shape)
    for position in np.ndindex(expected.shape):
        if not _same(expected[position], found[position]):
            return _two(_at(*position), expected[position], found[position])
    if expected.dtype != found.dtype:
        return _two(say("the type"), str(expected.dtype), str(found.dtype))
    return ""


def _of_lists(expected: Sequence[Any], found: Sequence[Any]) -> str:
    if len(expected) != len(found):
        return _two(say("the length"), len(expected), len(found))
    for position, (one, other) in enumerate(zip(expected, found, strict=True)):
        if not _same(one, other):
            return _two(_at(position), one, other)
    return ""


def _at(*position: int) -> str:
    return say("at {position}", position=list(position))


def _same(one: Any, other: Any) -> bool:
    """Whether two single values are one; missing ones are."""
    try:
        return bool(one == other) or (bool(one != one) and bool(other != other))
    except Exception:  # pandas.NA has no truth value, arrays have several.
        return repr(one) == repr(other)


def _two(where: str, expected: Any, found: Any) -> str:
    shown = {"expected": _short(expected), "found": _short(found)}
    return say("{where}: expected {expected}, found {found}", where=where, **shown)


def _short(value: Any) -> str:
    plain = value.item() if isinstance(value, np.generic) else value
    text = " ".join((plain if isinstance(plain, str) else repr(plain)).split())
    text = repr(text) if isinstance(plain, str) else text
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
