"""Judging functions on arrays: forged evidence, known mistakes, and what is put back afterwards."""

from __future__ import annotations

import copy
from typing import Any

import keras
import numpy as np
import pytest

from autograder.mistakes import edited, mistaken_functions
from autograder.sources import SourceError
from resnets import checks

ASSIGNMENTS = ("02_building_blocks", "03_degradation_and_shortcuts")


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_known_mistake_has_a_sentence_and_every_sentence_a_mistake(assignment: str) -> None:
    mistakes = mistaken_functions(assignment)
    for exercise in checks.exercises(assignment):
        assert set(mistakes[exercise.name]) == set(exercise.mistakes)


def test_an_edit_that_does_not_fit_is_named() -> None:
    with pytest.raises(SourceError, match="f/mistake: the solution does not contain 'z'"):
        edited("x = y", [("z", "a")], "f/mistake")


def forgeries(evidence: dict[str, Any]) -> list[Any]:
    """Evidence as nobody honest sends it."""
    run = next(iter(evidence["runs"]))
    forged: list[Any] = [None, [], {}, {"version": 1, "name": "conv2d", "runs": {}}]
    for path, value in (
        (("arrays",), {}),
        (("arrays",), {"result 0": {"shape": [2], "float32": "AAAA"}}),
        (("arrays", "result 0"), {"shape": [0], "float32": ""}),
        (("arrays", "gradient 0"), {"shape": [0], "float32": ""}),
        (("returned",), "x" * 5000),
        (("failure",), {"kind": 7}),
    ):
        copied = copy.deepcopy(evidence)
        target = copied["runs"][run]
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = value
        forged.append(copied)
    return forged


def test_forged_evidence_gets_a_verdict_and_never_all_points() -> None:
    wanted = checks.expected("conv2d")
    for evidence in forgeries(wanted.to_json()):
        report = checks.judge("conv2d", evidence, wanted)
        assert report.points < report.max_points == 20
        assert report.to_plain() and report.to_html()


def test_numbers_that_are_not_numbers_earn_nothing() -> None:
    wanted = checks.expected("conv2d")
    evidence = copy.deepcopy(wanted)
    for run in evidence.runs.values():
        run.arrays = {key: np.full_like(array, np.nan) for key, array in run.arrays.items()}
    report = checks.judge("conv2d", evidence, wanted)
    assert report.points == 1  # it did run
    assert "not defined" in report.to_plain()


def test_refused_functions_work_again_afterwards() -> None:
    before = keras.ops.conv, keras.Layer.__call__

    def conv2d(X: Any, W: Any, stride: int = 1, padding: str = "same") -> Any:
        return keras.ops.conv(X, W, stride, padding)

    evidence = checks.collect("conv2d", conv2d, checks.public_cases("conv2d"))
    assert all(run.failure.kind == "NotYourOwn" for run in evidence.runs.values())
    assert (keras.ops.conv, keras.Layer.__call__) == before
