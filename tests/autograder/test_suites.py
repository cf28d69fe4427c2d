"""The autograder comes to the verdict that a check gives directly.

A part of each suite is tried here; `python -m tests.autograder.suites` tries all.
"""

from __future__ import annotations

import pytest

from tests.autograder.conftest import Sandboxed
from tests.autograder.suites import SUITES, Suite, differences

EVERY = 17


@pytest.mark.parametrize("assignment", SUITES)
def test_the_verdict_is_the_same(sandboxed: Sandboxed, assignment: str) -> None:
    suite = Suite(assignment, sandboxed.worker.mark)
    for answer in SUITES[assignment][::EVERY]:
        found = list(differences(suite.by_the_autograder(answer), suite.directly(answer)))
        assert not found, (answer.id, found)
