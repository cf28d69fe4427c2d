"""Workers that are killed at random times change nothing in the marks."""

from __future__ import annotations

import pytest

from tests.autograder import faults

STUDENTS = 20


def test_the_marks_are_the_same_however_often_workers_are_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(faults, "ROUND_SECONDS", 240.0)
    monkeypatch.setattr(faults, "COMMAND_SECONDS", 120.0)
    undisturbed = faults.one_round(STUDENTS, 0, seed=0)
    assert undisturbed.table.count(b",graded,") == STUDENTS
    assert undisturbed.table.count(b",3,3,graded,") == STUDENTS - (STUDENTS + 2) // 3
    disturbed = faults.one_round(STUDENTS, 3, seed=1)
    assert disturbed.table == undisturbed.table
    assert sum(disturbed.killed.values()) > 0
