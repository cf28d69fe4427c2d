"""Every wrong answer loses points and is told why; no right answer loses any."""

from __future__ import annotations

import pytest

from tests.checks.rates import marked
from tests.checks.right_answers import RIGHT
from tests.checks.wrong_answers import CONVOLUTIONAL, IDENTITY, NETWORK, SHARED, WRONG


def _parameters(answers):
    """Mistakes that both blocks share are tried on both; the second time counts as slow."""
    return [
        pytest.param(
            answer,
            id=answer.id,
            marks=[pytest.mark.slow] * (answer in CONVOLUTIONAL[:SHARED]),
        )
        for answer in answers
    ]


@pytest.mark.parametrize("answer", _parameters(WRONG))
def test_wrong_answer_is_caught_and_named(answer) -> None:
    verdict = marked(answer)
    assert verdict.caught
    assert verdict.named, verdict.report.to_plain()


@pytest.mark.parametrize("answer", [pytest.param(answer, id=answer.id) for answer in RIGHT])
def test_right_answer_loses_nothing(answer) -> None:
    verdict = marked(answer, time_limit=60)
    assert not verdict.caught, verdict.report.to_plain()


def test_there_are_enough_answers() -> None:
    assert len(WRONG) >= 70 and len(RIGHT) >= 25
    assert all(len(answers) >= 20 for answers in (IDENTITY, CONVOLUTIONAL, NETWORK))
    titles = [answer.id for answer in WRONG]
    assert len(set(titles)) == len(titles)
