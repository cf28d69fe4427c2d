"""Every wrong answer to notebooks 02, 03 and 08 is caught and told why; no right one is rejected.

The answers to notebook 01 are edits of its solution: see tests/checks.
"""

from __future__ import annotations

import functools
import os
from typing import Any

import pytest

from autograder.sources import solved_namespace
from resnets import checks
from tests.answers import Answer, judged
from tests.suites import SUITES

ON_TENSORFLOW = os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow"
WRITTEN = {name: suite for name, suite in SUITES.items() if name != "01_residual_networks"}
if not ON_TENSORFLOW:
    # Its answers expect the words of TensorFlow's errors: see conftest.py.
    del WRITTEN["02_building_blocks"]

solved = functools.cache(solved_namespace)


def each(kind: str) -> list[Any]:
    """The wrong or the right answers, as pytest's parameters."""
    return [
        pytest.param(assignment, answer, id=f"{assignment[:2]} {answer.id}")
        for assignment, suite in WRITTEN.items()
        for answer in getattr(suite, kind)
    ]


@pytest.mark.parametrize(("assignment", "answer"), each("wrong"))
def test_a_wrong_answer_is_caught_and_diagnosed(assignment: str, answer: Answer) -> None:
    report = judged(answer, solved(assignment))
    lost = {item.id for item in report.items if not item.passed}
    # A gradient cannot be judged where no numbers are right; then it is lost, too.
    assert lost - {"gradient"} == set(answer.charged) - {"gradient"}, report.to_plain()
    assert "gradient" in lost or "gradient" not in answer.charged
    messages = " ".join(item.message for item in report.items if not item.hidden)
    assert answer.says and answer.says in messages, report.to_plain()


@pytest.mark.parametrize(("assignment", "answer"), each("right"))
def test_a_right_answer_is_accepted(assignment: str, answer: Answer) -> None:
    report = judged(answer, solved(assignment))
    assert report.points == report.max_points, report.to_plain()


@pytest.mark.parametrize("assignment", SUITES)
def test_there_are_answers_enough(assignment: str) -> None:
    functions = {exercise.name for exercise in checks.exercises(assignment)}
    suite = SUITES[assignment]
    for answers, least in zip((suite.wrong, suite.right), suite.least, strict=True):
        assert len({answer.id for answer in answers}) == len(answers) >= least
        assert {answer.function for answer in answers} == functions
