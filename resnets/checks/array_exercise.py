"""A graded function that computes on bare arrays: what its results are called and charged to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from resnets.checks.exercise import Exercise


@dataclass(frozen=True)
class ArrayExercise(Exercise):
    """A function from arrays to arrays.

    A case's id begins with the criterion it is charged to: `same.1`, `hidden-same.1`.

    Attributes:
        arguments: the function's parameters, in their order.
        results: what the values that it hands back are called.
        charges: criterion of a case → criterion of each result, where results are charged apart.
        differentiable: parameters through which gradients must flow.
        whole: whether the result must be an integer.
        numpy: whether arrays are handed over as NumPy's and not as the backend's tensors, as to a
            function that prepares data.
        keeps_arguments: whether the arrays handed over must stay as they were; criterion "kept".
        own_work: functions of keras.ops that would do the whole exercise, and are refused.
    """

    arguments: tuple[str, ...] = ()
    results: tuple[str, ...] = ("the result",)
    charges: dict[str, tuple[str, ...]] = field(default_factory=dict)
    differentiable: tuple[str, ...] = ()
    whole: bool = False
    numpy: bool = False
    keeps_arguments: bool = False
    own_work: tuple[str, ...] = ()

    def criteria(self, case: str) -> tuple[str, ...]:
        """Return the criterion of each result of a case, given by its id."""
        criterion = case.removeprefix("hidden-").partition(".")[0]
        return self.charges.get(criterion, (criterion,) * len(self.results))

    def call_in_words(self, case: dict[str, Any]) -> str:
        """Return how a case calls the function, arrays written as their shapes."""
        given = dict(zip(self.arguments, case.get("positional", []), strict=False))
        given |= case.get("keywords", {})
        return ", ".join(
            f"{name} {_in_words(value)}" for name, value in given.items() if not _is_vector(value)
        )


def _is_vector(value: Any) -> bool:
    """Whether a value is an array with one number a channel, which says nothing about the call."""
    return isinstance(value, dict) and len(value.get("array", "ab")) == 1


def _in_words(value: Any) -> str:
    if not isinstance(value, dict):
        return repr(value)
    if "list" in value:
        return "[" + ", ".join(_in_words(item) for item in value["list"]) + "]"
    if "numbers" in value:
        return repr(value["numbers"])
    for kind in ("array", "tensor", "tuple"):
        if kind in value:
            return "(" + ", ".join(str(n) for n in value[kind]) + ")"
    filters = [str(item["array"][-1]) for key, item in value.items() if key[:1] == "W"]
    return f"for {', '.join(filters[:3])} filters"
