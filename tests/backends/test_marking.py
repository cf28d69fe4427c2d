"""The checks of every notebook on every backend: the same expected values, the same verdicts."""

from __future__ import annotations

import functools
import json
from typing import Any

import pytest

from autograder.sources import assignments
from resnets import checks
from tests.backends.running import BACKENDS, output_of


@functools.cache
def verdicts(backend: str) -> list[dict[str, Any]]:
    """What `tests.backends.marking` says there."""
    lines = [json.loads(line) for line in output_of(backend, ["-m", "tests.backends.marking"])]
    assert lines.pop() == {"backend": backend}
    return lines


@pytest.mark.parametrize("backend", BACKENDS)
def test_solutions_earn_full_marks(backend: str) -> None:
    solutions = {
        v["answer"]: v for v in verdicts(backend) if v["answer"].endswith(": the solution")
    }
    functions = [e.name for assignment in assignments() for e in checks.exercises(assignment)]
    assert list(solutions) == [f"{name}: the solution" for name in functions]
    for verdict in solutions.values():
        assert not verdict["lost"], verdict["report"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_wrong_answers_are_caught_and_named(backend: str) -> None:
    wrong = [v for v in verdicts(backend) if not v["answer"].endswith(": the solution")]
    assert len(wrong) >= 20
    for verdict in wrong:
        assert verdict["asked"]
        assert verdict["lost"] == verdict["asked"], verdict["report"]
        assert verdict["told"], verdict["report"]
