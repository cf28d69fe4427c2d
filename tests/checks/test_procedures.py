"""Functions that are judged by what they do: tried in a prepared world, compared by its numbers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from resnets.checks.catalogue.cases import case_of, draw_seed
from resnets.checks.catalogue.exercise import Criterion
from resnets.checks.catalogue.exercises import EXERCISES
from resnets.checks.catalogue.procedure_exercise import Fact, ProcedureExercise, Trial
from resnets.checks.collecting import procedure_runs
from resnets.checks.collecting.collect import collect
from resnets.checks.collecting.procedure_runs import numbers, run_in_trial, trial_of
from resnets.checks.judging.judge import judge
from resnets.checks.recorded.record import record

EXERCISE = ProcedureExercise(
    name="fill",
    assignment="99_buckets",
    rubric=(
        Criterion("runs", "It runs without an error", 1),
        Criterion("water", "The water in the bucket", 4),
        Criterion("count", "How often it was poured", 3),
    ),
    public=(case_of("one_bucket.1", size=3, seed=1),),
    draw_hidden=lambda stream: [case_of("hidden-one_bucket.1", size=4, seed=draw_seed(stream))],
    hints=("Pour.", "Pour once.", "Pour all of it."),
    trials={
        "one_bucket": Trial(
            "one empty bucket",
            (
                Fact("water", "the water"),
                Fact("count", "the count", otherwise="It does not return how often it poured."),
            ),
        )
    },
    mistakes={"half": "Only half of the jug is poured."},
)


def one_bucket(function: Any, stream: np.random.Generator, size: int) -> list[Any]:
    bucket: list[float] = []
    count = function(bucket, stream.random(size))
    return [bucket, count]


def right(bucket: list[float], jug: np.ndarray) -> int:
    bucket.extend(jug)
    return len(jug)


def half(bucket: list[float], jug: np.ndarray) -> int:
    bucket.extend(jug / 2)
    return len(jug)


def without_a_result(bucket: list[float], jug: np.ndarray) -> None:
    bucket.extend(jug)


def spilt(bucket: list[float], jug: np.ndarray) -> int:
    bucket.extend(jug + 1)
    return len(jug)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EXERCISES, "fill", EXERCISE)
    world = SimpleNamespace(one_bucket=one_bucket)
    monkeypatch.setitem(procedure_runs._NOTEBOOKS, "buckets", world)


def _cases() -> list[Any]:
    return [*EXERCISE.public, *EXERCISE.draw_hidden(np.random.default_rng(0))]


def _report(function: Any) -> Any:
    expected = record("fill", right, _cases(), {"half": half})
    return judge("fill", collect("fill", function, _cases()).to_json(), expected)


def test_who_does_the_same_earns_all_points() -> None:
    assert _report(lambda bucket, jug: right(bucket, list(jug) and jug)).passed


@pytest.mark.parametrize(
    ("function", "points", "said"),
    [
        (half, 4, "Only half of the jug is poured. This was found with one empty bucket."),
        (without_a_result, 5, "With one empty bucket: It does not return how often it poured."),
        (spilt, 4, "With one empty bucket: the water"),
        (lambda bucket: None, 0, "too many"),
    ],
)
def test_mistakes_are_told(function: Any, points: int, said: str) -> None:
    report = _report(function)
    assert report.points == points
    assert said.lower() in report.to_plain().lower() or points == 0


def test_what_is_published_does_not_answer_a_hidden_case() -> None:
    evidence = collect("fill", right, _cases())
    evidence.runs["hidden-one_bucket.1"].arrays = evidence.runs["one_bucket.1"].arrays
    expected = record("fill", right, _cases(), {"half": half})
    assert judge("fill", evidence, expected).points == 1  # it did run


def test_a_trial_that_is_missing_is_named() -> None:
    with pytest.raises(LookupError, match=r"trials/buckets\.py with a function two_buckets\("):
        trial_of(EXERCISE, "two_buckets")


def test_a_run_has_one_array_a_fact() -> None:
    run = run_in_trial(EXERCISE, right, EXERCISE.public[0])
    assert {key: array.shape for key, array in run.arrays.items()} == {
        "result 0": (3,),
        "result 1": (1,),
    }


@pytest.mark.parametrize("fact", [None, "text", object(), [[1], [2, 3]], np.zeros(10**6)])
def test_what_is_no_number_is_nothing(fact: Any) -> None:
    assert numbers(fact).shape == (0,)


def test_more_facts_than_digits_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 10 facts, found 11"):
        Trial("nothing", (Fact("water", "the water"),) * 11)
