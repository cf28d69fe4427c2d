"""What is recorded of a solution is written when it says something new, and only then."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from resnets.checks import Evidence, expected, expected_file, save_expected
from resnets.checks.evidence.facts import Run

ASSIGNMENT = "01_residual_networks"
ROUNDING = np.float32(1 + 1e-6)


def is_saved_again(folder: Path, change: Callable[[Run], None]) -> bool:
    """Whether a file that holds evidence is written anew for the same evidence, changed."""
    evidence = copy.deepcopy(expected("identity_block"))
    save_expected(ASSIGNMENT, [evidence], folder)
    before = expected_file(ASSIGNMENT, folder).read_bytes()
    changed = Evidence(evidence.name, copy.deepcopy(evidence.runs))
    for run in changed.runs.values():
        change(run)
    file = save_expected(ASSIGNMENT, [changed], folder)
    assert [path.name for path in folder.iterdir()] == [file.name]
    return file.read_bytes() != before


def shift(run: Run) -> None:
    run.arrays = {key: array + 1 for key, array in run.arrays.items()}


def round_otherwise(run: Run) -> None:
    run.arrays = {key: array * ROUNDING for key, array in run.arrays.items()}
    run.trace = None if run.trace is None else run.trace * ROUNDING


def change_trace(run: Run) -> None:
    run.trace = None if run.trace is None else run.trace * 2


def lose_part_of_trace(run: Run) -> None:
    if run.trace is not None:
        run.trace[1] = np.nan


def change_shape(run: Run) -> None:
    run.graph.nodes[0].shape = [None, 1, 1, 1]


@pytest.mark.parametrize("change", [shift, change_trace, lose_part_of_trace, change_shape])
def test_another_recording_is_written(tmp_path: Path, change: Callable[[Run], None]) -> None:
    assert is_saved_again(tmp_path, change)


@pytest.mark.parametrize("change", [round_otherwise, lambda run: None])
def test_a_recording_that_differs_by_rounding_leaves_the_file_as_it_is(
    tmp_path: Path, change: Callable[[Run], None]
) -> None:
    assert not is_saved_again(tmp_path, change)
