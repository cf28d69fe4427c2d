"""A source that does not build is told in a sentence, and nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.authoring import build as module
from autograder.authoring.build import BuildError, build, record_expected
from resnets import checks

ASSIGNMENT = "08_faster_training"


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the solution defines: functions that are wrong. Nothing is recorded."""
    names = {e.name: lambda *arguments: 1 / 0 for e in checks.exercises(ASSIGNMENT)}
    monkeypatch.setattr(module, "solved_namespace", lambda assignment: names)
    monkeypatch.setattr(module, "mistaken_functions", lambda assignment: {})
    monkeypatch.setattr(checks, "save_expected", lambda *_: pytest.fail("it was recorded"))
    return names


def test_a_function_that_is_not_there_is_named(solved: dict[str, Any]) -> None:
    del solved["augment"]
    with pytest.raises(BuildError, match=f"solutions/{ASSIGNMENT}.py defines no function augment"):
        record_expected(ASSIGNMENT)


def test_a_function_that_fails_is_named(solved: dict[str, Any]) -> None:
    with pytest.raises(BuildError, match=r"learning_rate fails on case 'rise.1'.* zero"):
        record_expected(ASSIGNMENT)


def test_a_cell_that_fails_is_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = new_notebook(cells=[new_code_cell("x = 0\n1 / x")])
    monkeypatch.setattr(module, "read_source", lambda name: broken)
    monkeypatch.setattr(module, "record_expected", lambda name: [])
    monkeypatch.setattr(module, "SOLUTIONS", tmp_path)
    monkeypatch.setattr(module, "NOTEBOOKS", tmp_path)
    with pytest.raises(
        BuildError, match=rf"solutions/{ASSIGNMENT}.py fails(.|\n)*1 / x(.|\n)*Zero"
    ):
        build([ASSIGNMENT])
    assert list(tmp_path.iterdir()) == []
