"""The autograder comes to the verdict that a check gives directly.

A part of each suite is tried here; `python -m tests.autograder.suites` tries all.
"""

from __future__ import annotations

import pytest

from tests.autograder.conftest import Sandboxed
from tests.autograder.suites import MarkedSuite, differences
from tests.judged import judged
from tests.suites import SUITES

EVERY = 17


@pytest.mark.parametrize("assignment", SUITES)
def test_the_verdict_is_the_same(sandboxed: Sandboxed, assignment: str) -> None:
    suite = MarkedSuite(assignment, sandboxed.worker.mark)
    answers = [*SUITES[assignment].wrong, *SUITES[assignment].right]
    for answer in answers[::EVERY]:
        found = list(differences(suite.by_the_autograder(answer), judged(answer)))
        assert not found, (answer.id, found)
