"""Assertions evaluated outside, on plain values; `plans` says how they are written down.

A plan is a tree of lists: `["leaf", 2]` is the third operand, `["cmp", ["=="], [left, right]]` a
comparison, `["call", "numpy.allclose", [arguments], {keywords}]` a call of a function that is known
here. Only what stands in this file can happen, with the libraries' real functions: whatever a
submission did to those of its own process makes no difference.
"""

from __future__ import annotations

import builtins
import importlib
import operator
import unittest
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Plan = list[Any]

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
    # What is one object inside is two equal ones here.
    "is": lambda a, b: type(a) is type(b) and (a is b or bool(a == b)),
    "is not": lambda a, b: not COMPARISONS["is"](a, b),
}
ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}
BUILTINS = frozenset({
    "abs", "all", "any", "bool", "dict", "float", "frozenset", "int", "isinstance", "len", "list",
    "max", "min", "round", "set", "sorted", "str", "sum", "tuple", "type",
})  # fmt: skip
FUNCTIONS = frozenset({
    "math.isclose", "math.isnan", "math.isinf", "math.sqrt", "math.floor", "math.ceil",
    "numpy.abs", "numpy.all", "numpy.allclose", "numpy.any", "numpy.array", "numpy.array_equal",
    "numpy.asarray", "numpy.equal", "numpy.isclose", "numpy.isfinite", "numpy.isnan",
    "numpy.linalg.norm", "numpy.max", "numpy.mean", "numpy.min", "numpy.ndim", "numpy.round",
    "numpy.shape", "numpy.size", "numpy.sort", "numpy.sqrt", "numpy.std", "numpy.sum",
    "numpy.unique", "numpy.var", "numpy.array_equiv", "numpy.count_nonzero", "numpy.sign",
    "pandas.isna", "pandas.isnull", "pandas.notna", "pytest.approx", "collections.Counter",
})  # fmt: skip
ASSERTIONS = frozenset({
    "numpy.testing.assert_allclose", "numpy.testing.assert_almost_equal",
    "numpy.testing.assert_approx_equal", "numpy.testing.assert_array_almost_equal",
    "numpy.testing.assert_array_equal", "numpy.testing.assert_array_less",
    "numpy.testing.assert_equal", "numpy.testing.assert_array_max_ulp",
    "numpy.testing.assert_string_equal",
    "pandas.testing.assert_frame_equal", "pandas.testing.assert_index_equal",
    "pandas.testing.assert_series_equal", "pandas.testing.assert_extension_array_equal",
})  # fmt: skip
UNITTEST = {
    name: count
    for count, names in {
        1: ("assertTrue", "assertFalse", "assertIsNone", "assertIsNotNone"),
        2: (
            "assertEqual", "assertNotEqual", "assertIs", "assertIsNot", "assertIn", "assertNotIn",
            "assertIsInstance", "assertNotIsInstance", "assertAlmostEqual", "assertNotAlmostEqual",
            "assertGreater", "assertGreaterEqual", "assertLess", "assertLessEqual",
            "assertCountEqual", "assertMultiLineEqual", "assertSequenceEqual", "assertListEqual",
            "assertTupleEqual", "assertSetEqual", "assertDictEqual", "assertEquals",
        ),
    }.items()
    for name in names
}  # fmt: skip
"""unittest's methods and how many operands each compares."""
METHODS = frozenset({
    "all", "any", "sum", "min", "max", "mean", "tolist", "item", "equals", "startswith", "endswith",
    "lower", "upper", "strip", "isdigit", "keys", "values", "items", "get", "count", "index",
    "issubset", "issuperset", "to_dict", "round", "isna", "notna", "isnull", "split", "copy",
})  # fmt: skip
"""Of plain values; each is over at once."""
ATTRIBUTES = frozenset({
    "shape", "ndim", "size", "dtype", "T", "columns", "index", "values", "name", "real", "imag",
})  # fmt: skip


class Missing(Exception):
    """An operand was not sent, is no plain value, or could not be computed; says why."""


def holds(plan: Plan, operand: Callable[[int], Any]) -> bool:
    """Whether an assertion holds.

    Args:
        plan: see the module.
        operand: gives an operand by its number.

    Raises:
        Missing: an operand is not there.
    """
    try:
        with np.errstate(all="ignore"):
            return bool(evaluate(plan, operand))
    except Missing:
        raise
    except Exception:  # Values of other kinds than the solution's compare as they like.
        return False


def evaluate(plan: Plan, operand: Callable[[int], Any]) -> Any:
    """The value of a part of a plan; raises whatever the operation raises, and Missing."""
    kind, *parts = plan

    def value(part: Plan) -> Any:
        return evaluate(part, operand)

    match kind:
        case "leaf":
            return operand(parts[0])
        case "const":
            return parts[0]
        case "and":
            return _last(parts[0], value, stops_at=False)
        case "or":
            return _last(parts[0], value, stops_at=True)
        case "not":
            return not value(parts[0])
        case "neg":
            return -value(parts[0])
        case "cmp":
            return _chain(parts[0], parts[1], value)
        case "bin":
            return _arithmetic(parts[0], value(parts[1]), value(parts[2]))
        case "list" | "tuple" | "set":
            return getattr(builtins, kind)(value(part) for part in parts[0])
        case "item":
            return value(parts[0])[value(parts[1])]
        case "attribute":
            return _attribute(value(parts[0]), parts[1])
        case "method":
            method = _method(value(parts[1]), parts[0])
            return method(*map(value, parts[2]), **{k: value(v) for k, v in parts[3].items()})
        case "call":
            arguments = [value(part) for part in parts[1]]
            return _function(parts[0])(*arguments, **{k: value(v) for k, v in parts[2].items()})
        case "assertion":
            arguments = [value(part) for part in parts[1]]
            return _passes(parts[0], arguments, {k: value(v) for k, v in parts[2].items()})
        case "every" | "some":
            return _quantified(kind, parts[0], operand)
    raise Missing("a comparison that is not known here")


def _last(parts: Sequence[Plan], value: Callable[[Plan], Any], stops_at: bool) -> Any:
    result: Any = not stops_at
    for part in parts:
        result = value(part)
        if bool(result) is stops_at:
            break
    return result


def _chain(operators: Sequence[str], parts: Sequence[Plan], value: Callable[[Plan], Any]) -> Any:
    left, result = value(parts[0]), True
    for name, part in zip(operators, parts[1:], strict=True):
        right = value(part)
        result = COMPARISONS[name](left, right)
        if len(operators) > 1 and not result:
            return False
        left = right
    return result


_NUMBERS = (int, float, complex, bool, np.generic, np.ndarray)


def _arithmetic(name: str, left: Any, right: Any) -> Any:
    plain_numbers = isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS)
    if not plain_numbers and name in ("*", "%"):
        tables = {"DataFrame", "Series", "Timedelta"}
        if not tables & {type(left).__name__, type(right).__name__}:
            raise TypeError("only numbers are multiplied here")
    return ARITHMETIC[name](left, right)


def _attribute(value: Any, name: str) -> Any:
    if name not in ATTRIBUTES:
        raise Missing("an attribute that is not known here")
    return getattr(value, name)


def _method(value: Any, name: str) -> Callable[..., Any]:
    if name not in METHODS:
        raise Missing("a method that is not known here")
    return getattr(value, name)


def _function(name: str) -> Callable[..., Any]:
    if name in BUILTINS:
        return getattr(builtins, name)
    if name == "same":
        return same
    if name not in FUNCTIONS:
        raise Missing("a function that is not known here")
    return _imported(name)


def same(found: Any, expected: Any) -> bool:
    """Whether two values are the same, numbers up to a millionth; as `expect` compares."""
    if isinstance(expected, int | float | complex | np.generic) and not isinstance(expected, bool):
        is_number = isinstance(found, int | float | complex | np.generic)
        return is_number and bool(
            np.allclose(found, expected, rtol=1e-6, atol=1e-9, equal_nan=True)
        )
    if type(found) is not type(expected):
        return False
    if isinstance(expected, np.ndarray):
        if found.shape != expected.shape:
            return False
        if expected.dtype.kind not in "fciu":
            return bool(np.array_equal(found, expected))
        return bool(np.allclose(found, expected, rtol=1e-6, atol=1e-9, equal_nan=True))
    if isinstance(expected, list | tuple):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, dict):
        alike = found.keys() == expected.keys()
        return alike and all(same(found[key], expected[key]) for key in expected)
    kind = type(expected).__name__
    if kind in ("DataFrame", "Series", "Index") and type(expected).__module__.startswith("pandas"):
        name = {"DataFrame": "frame", "Series": "series", "Index": "index"}[kind]
        return _passes(f"pandas.testing.assert_{name}_equal", [found, expected], {"rtol": 1e-6})
    return bool(found == expected)


def _imported(name: str) -> Callable[..., Any]:
    module, _, own = name.rpartition(".")
    return getattr(importlib.import_module(module), own)


def _passes(name: str, arguments: list[Any], keywords: dict[str, Any]) -> bool:
    """Whether a library's assertion passes."""
    if name in UNITTEST:
        name = "assertEqual" if name == "assertEquals" else name
        function = getattr(unittest.TestCase(), name)
    elif name in ASSERTIONS:
        function = _imported(name)
    else:
        raise Missing("an assertion that is not known here")
    try:
        function(*arguments, **keywords)
    except AssertionError:
        return False
    return True


def _quantified(kind: str, inner: Plan, operand: Callable[[int], Any]) -> bool:
    """`all` or `any` over operands that are lists, one value a round."""
    numbers = sorted(leaves(inner))
    columns = {number: operand(number) for number in numbers}
    if not all(isinstance(column, list) for column in columns.values()):
        raise Missing("no list of values")
    rounds = {len(column) for column in columns.values()}
    if len(rounds) > 1:
        return False
    values = (
        bool(evaluate(inner, lambda number, n=n: columns[number][n]))
        for n in range(rounds.pop() if rounds else 0)
    )
    return all(values) if kind == "every" else any(values)


def leaves(plan: Any) -> set[int]:
    """The numbers of a plan's operands."""
    if isinstance(plan, dict):
        return set().union(*map(leaves, plan.values()))
    if not isinstance(plan, list):
        return set()
    if plan[:1] == ["leaf"]:
        return {plan[1]}
    return set().union(*map(leaves, plan))
