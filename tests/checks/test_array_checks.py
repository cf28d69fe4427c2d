"""Judging functions on arrays: forged evidence, and what is put back afterwards."""

from __future__ import annotations

import copy
from typing import Any

import keras
import numpy as np

from resnets import checks
from resnets.checks.display.html import report_to_html


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
        assert report.to_plain() and report_to_html(report)


def test_numbers_that_are_not_numbers_earn_nothing() -> None:
    wanted = checks.expected("conv2d")
    evidence = copy.deepcopy(wanted)
    for run in evidence.runs.values():
        run.arrays = {key: np.full_like(array, np.nan) for key, array in run.arrays.items()}
    report = checks.judge("conv2d", evidence, wanted)
    assert report.points == 1  # it did run
    assert "infinite or undefined" in report.to_plain()


def test_refused_functions_work_again_afterwards() -> None:
    before = keras.ops.conv, keras.Layer.__call__

    def conv2d(X: Any, W: Any, stride: int = 1, padding: str = "same") -> Any:
        return keras.ops.conv(X, W, stride, padding)

    evidence = checks.collect("conv2d", conv2d, checks.public_cases("conv2d"))
    assert all(run.failure.kind == "NotYourOwn" for run in evidence.runs.values())
    assert (keras.ops.conv, keras.Layer.__call__) == before
