"""Every wrong answer is caught and told why; no right one loses a point.

The check in the notebook shows what marking will: no answer earns full points there and fewer when
it is marked, but for those of which the suite says why. And nobody is told to look for a number
that is written out where another line says what is wrong.

python -m pytest tests/test_answers.py -k 04_resnet_family             # one notebook's answers
python -m pytest tests/test_answers.py -k "identity_block and padding"
"""

from __future__ import annotations

from typing import Any

import keras
import pytest

from resnets.checks import get_exercise
from tests.answers import Answer
from tests.judged import both_reports, is_caught, is_guess_honest, is_named, is_only_marked, judged
from tests.suites import SUITES

BACKEND = keras.backend.backend()


def each(kind: str) -> list[Any]:
    """The wrong or the right answers that are meant for this backend, as pytest's parameters."""
    return [
        pytest.param(answer, id=f"{assignment} {answer.id}")
        for assignment, suite in SUITES.items()
        if not suite.backends or BACKEND in suite.backends
        for answer in getattr(suite, kind)
    ]


@pytest.mark.parametrize("answer", each("wrong"))
def test_a_wrong_answer_is_caught_and_named_by_the_check_already(answer: Answer) -> None:
    reports = both_reports(answer)
    report = reports.whole
    assert is_caught(report)
    assert is_named(answer, report), report.to_plain()
    assert is_guess_honest(report), report.without_hidden().to_plain()
    may = answer.id in SUITES[get_exercise(answer.function).assignment].only_when_marked
    assert is_only_marked(reports) == may, "the check gives full points, and marking fewer"


@pytest.mark.parametrize("answer", each("right"))
def test_a_right_answer_loses_nothing(answer: Answer) -> None:
    report = judged(answer)
    assert not is_caught(report), report.to_plain()
