"""The checks of every notebook on every backend: the same expected values, the same verdicts."""

from __future__ import annotations

import functools
import json
from typing import Any

import pytest

from autograder.notebooks.sources import assignments
from resnets import checks
from tests.backends.marking import is_looked_at
from tests.backends.running import BACKENDS, output_of


@functools.cache
def verdicts(backend: str) -> list[dict[str, Any]]:
    """What `tests.backends.marking` says there."""
    lines = [json.loads(line) for line in output_of(backend, ["-m", "tests.backends.marking"])]
    assert lines.pop() == {"backend": backend}
    return lines


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", ["solution", "wrong"])
def test_every_function_of_every_notebook_is_tried(backend: str, kind: str) -> None:
    functions = [e.name for assignment in assignments() for e in checks.exercises(assignment)]
    if kind == "wrong":
        functions = [name for name in functions if is_looked_at(name, backend)]
    tried = dict.fromkeys(v["function"] for v in verdicts(backend) if v["kind"] == kind)
    assert sorted(tried) == sorted(functions)


@pytest.mark.parametrize("backend", BACKENDS)
def test_solutions_earn_full_marks_and_wrong_answers_are_caught_and_named(backend: str) -> None:
    for verdict in verdicts(backend):
        assert verdict["as_it_should"], f"{verdict['answer']}\n{verdict['report']}"
