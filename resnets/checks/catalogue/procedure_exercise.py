"""Graded functions that are judged by what they do: to a model, to a folder, over a while."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from resnets.checks.catalogue.numbers_exercise import NumbersExercise
from resnets.checks.evidence.case_ids import criterion_of
from resnets.language import say

MOST_FACTS = 10
"""Facts have one digit in evidence, so that their names sort in their order."""


@dataclass(frozen=True)
class Fact:
    """Something that a trial writes down as numbers.

    A hidden case's seed has to decide every one of them: a fact that is always the same could be
    made up.

    Attributes:
        criterion: what it is charged to where it is not as expected.
        words: what it is called: "the moving averages".
        otherwise: what a student is told where no known mistake explains the numbers.
    """

    criterion: str
    words: str
    otherwise: str = ""


@dataclass(frozen=True)
class Trial:
    """A small prepared world in which a function is tried.

    Attributes:
        words: what it is tried with, as a noun: "two steps on six pictures".
        facts: what is written down, in this order.
    """

    words: str
    facts: tuple[Fact, ...]

    def __post_init__(self) -> None:
        if len(self.facts) > MOST_FACTS:
            raise ValueError(f"A trial has at most {MOST_FACTS} facts, found {len(self.facts)}.")


@dataclass(frozen=True, kw_only=True)
class ProcedureExercise(NumbersExercise):
    """A function that is tried in prepared worlds, and judged by what it has changed there.

    A case's id begins with its trial: `one_step.1`, `hidden-one_step.1`. The trial itself is the
    function `one_step(function, stream, **settings)` in the module of
    `resnets.checks.collecting.trials` that is named like the notebook. It gets the student's
    function, the case's random stream and the case's keywords, and returns the facts.

    Attributes:
        trials: key → what is tried and written down.
        backend: whose own functions this one is written with. On another backend, a line of the
            cell that is given puts something else in its place. Empty where it runs on each.
    """

    arguments: tuple[str, ...] = ()
    trials: dict[str, Trial] = field(default_factory=dict)
    backend: str = ""

    def criteria(self, case_id: str) -> tuple[str, ...]:
        """Return the criterion of each fact of a case."""
        return tuple(fact.criterion for fact in self._trial(case_id).facts)

    def names_of_results(self, case_id: str) -> tuple[str, ...]:
        """Return what the facts of a case are called."""
        return tuple(fact.words for fact in self._trial(case_id).facts)

    def otherwise(self, case_id: str, position: int) -> str:
        """Return what is said of a fact that is not as expected."""
        return self._trial(case_id).facts[position].otherwise

    def call_in_words(self, case: dict[str, Any]) -> str:
        """Return what the function is tried with in a case, as JSON."""
        return say(self._trial(case["id"]).words)

    def _trial(self, case_id: str) -> Trial:
        return self.trials[criterion_of(case_id)]
