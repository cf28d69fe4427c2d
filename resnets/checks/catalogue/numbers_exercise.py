"""Graded functions that are judged by their numbers alone, however they come about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from resnets.checks.catalogue.exercise import Exercise
from resnets.checks.evidence.case_ids import criterion_of
from resnets.language import N_, listed, say


@dataclass(frozen=True, kw_only=True)
class NumbersExercise(Exercise):
    """A function whose numbers are compared: one of arrays, of a small graph, or a procedure.

    A case's id begins with the criterion it is charged to: `same.1`, `hidden-same.1`.

    Attributes:
        arguments: the function's parameters, in their order.
        results: what the values that it hands back are called.
        charges: criterion of a case → criterion of each result, where results are charged apart.
        mistakes: id → sentence for known mistakes, which are recognised by their numbers.
    """

    arguments: tuple[str, ...]
    results: tuple[str, ...] = (N_("the result"),)
    charges: dict[str, tuple[str, ...]] = field(default_factory=dict)
    mistakes: dict[str, str] = field(default_factory=dict)

    def criteria(self, case_id: str) -> tuple[str, ...]:
        """Return the criterion of each result of a case."""
        criterion = criterion_of(case_id)
        return self.charges.get(criterion, (criterion,) * len(self.results))

    def names_of_results(self, case_id: str) -> tuple[str, ...]:
        """Return what the results of a case are called."""
        return self.results

    def otherwise(self, case_id: str, position: int) -> str:
        """Return a sentence for a result that is not as expected; empty where its numbers tell."""
        return ""

    def call_in_words(self, case: dict[str, Any]) -> str:
        """Return how a case, as JSON, calls the function, arrays written as their shapes."""
        given = dict(zip(self.arguments, case.get("positional", []), strict=False))
        given |= case.get("keywords", {})
        return listed(
            f"{name}{_in_words(value)}" for name, value in given.items() if not _is_vector(value)
        )


@dataclass(frozen=True, kw_only=True)
class SmallGraphExercise(NumbersExercise):
    """A function that builds a few layers, for which several ways of writing are right.

    Numbers are sent through what it built, with weights that depend on their place alone. So what
    the weights start from shows in the layers' settings only: criterion "initializer", in those
    exercises that have it.
    """

    results: tuple[str, ...] = (
        N_("the output"),
        N_("the output in training mode"),
        N_("the list of moving averages"),
    )


def _is_vector(value: Any) -> bool:
    """Whether a value is an array with one number a channel, which says nothing about the call."""
    return isinstance(value, dict) and len(value.get("array", "ab")) == 1


def _in_words(value: Any) -> str:
    """Write what follows an argument's name."""
    if not isinstance(value, dict):
        return f"={value!r}"
    if "list" in value:
        shapes = say(" and ").join(_shape(item["array"]) for item in value["list"])
        return say(" of shapes {shapes}", shapes=shapes)
    if "numbers" in value:
        return f"={value['numbers']!r}"
    if "tuple" in value:
        return f"={_shape(value['tuple'])}"
    for kind in ("array", "tensor"):
        if kind in value:
            return say(" of shape {shape}", shape=_shape(value[kind]))
    filters = [str(item["array"][-1]) for key, item in value.items() if key[:1] == "W"]
    return say(" for {numbers} filters", numbers=listed(filters[:3]))


def _shape(sizes: list[int]) -> str:
    """Write sizes as Python writes a tuple."""
    return repr(tuple(sizes))
