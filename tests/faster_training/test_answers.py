"""Every wrong answer to notebook 08 is caught and told why; no right one is rejected."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.sources import solved_namespace
from resnets import checks
from tests.answers import Answer, judged
from tests.faster_training.answers import RIGHT, WRONG

ASSIGNMENT = "08_faster_training"


@pytest.fixture(scope="module")
def solved() -> dict[str, Any]:
    return solved_namespace(ASSIGNMENT)


@pytest.mark.parametrize("answer", WRONG, ids=lambda answer: answer.id)
def test_a_wrong_answer_is_caught_and_diagnosed(answer: Answer, solved: dict[str, Any]) -> None:
    report = judged(answer, solved)
    lost = {item.id for item in report.items if not item.passed}
    assert lost == set(answer.charged), report.to_plain()
    messages = " ".join(item.message for item in report.items if not item.hidden)
    assert answer.says and answer.says in messages, report.to_plain()


@pytest.mark.parametrize("answer", RIGHT, ids=lambda answer: answer.id)
def test_a_right_answer_is_accepted(answer: Answer, solved: dict[str, Any]) -> None:
    report = judged(answer, solved)
    assert report.points == report.max_points, report.to_plain()


def test_there_are_answers_enough() -> None:
    functions = {exercise.name for exercise in checks.exercises(ASSIGNMENT)}
    for answers, least in ((WRONG, 20), (RIGHT, 8)):
        assert len({answer.id for answer in answers}) == len(answers) >= least
        assert {answer.function for answer in answers} == functions
