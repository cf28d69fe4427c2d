"""Every wrong answer is caught and told why; no right one is rejected."""

from __future__ import annotations

from typing import Any

import pytest

from resnets import checks
from resnets.checks.notebook import PUBLIC_SECRET
from tests.answers import Answer, judged
from tests.building_blocks.right_answers import RIGHT
from tests.building_blocks.wrong_answers import WRONG


@pytest.mark.parametrize("answer", WRONG, ids=lambda answer: answer.id)
def test_a_wrong_answer_is_caught_and_diagnosed(answer: Answer, solved: dict[str, Any]) -> None:
    report = judged(answer, solved)
    lost = {item.id for item in report.items if not item.passed}
    # A gradient cannot be judged where no numbers are right; then it is lost, too.
    assert lost - {"gradient"} == set(answer.charged) - {"gradient"}, report.to_plain()
    assert "gradient" in lost or "gradient" not in answer.charged
    messages = " ".join(item.message for item in report.items if not item.hidden)
    assert answer.says and answer.says in messages, report.to_plain()


@pytest.mark.parametrize("answer", RIGHT, ids=lambda answer: answer.id)
def test_a_right_answer_is_accepted(answer: Answer, solved: dict[str, Any]) -> None:
    report = judged(answer, solved)
    assert report.points == report.max_points, report.to_plain()


def test_there_are_answers_enough() -> None:
    functions = {exercise.name for exercise in checks.exercises("02_building_blocks")}
    for answers, least in ((WRONG, 30), (RIGHT, 10)):
        assert len({answer.id for answer in answers}) == len(answers) >= least
        assert {answer.function for answer in answers} == functions


def test_what_hidden_cases_show_is_not_told(solved: dict[str, Any]) -> None:
    """A function that knows the public sizes by heart passes them and fails the hidden ones."""
    known = {
        tuple(case.positional): solved["conv_output_size"](*case.positional)
        for case in checks.public_cases("conv_output_size")
    }
    source = f"def conv_output_size(*arguments):\n    return {known}.get(arguments, 1)\n"
    report = judged(Answer("conv_output_size", "by heart", source), solved)
    assert 0 < report.points < report.max_points
    shown = report.without_hidden().to_plain()
    hidden = checks.hidden_cases("conv_output_size", PUBLIC_SECRET)
    assert not any(f"size {case.positional[0]}, kernel" in shown for case in hidden)
