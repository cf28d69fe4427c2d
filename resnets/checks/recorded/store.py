"""Store of expected evidence, recorded from the solutions: one compressed file an assignment."""

from __future__ import annotations

import functools
import gzip
import json
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from resnets.checks.catalogue.cases import Case
from resnets.checks.catalogue.lookup import get_exercise
from resnets.checks.evidence.facts import MISTAKE, Evidence, Run
from resnets.checks.evidence.tolerances import RECORDED

_FOLDER = Path(__file__).resolve().parents[1] / "expected"


class NothingRecorded(LookupError):
    """There is no recorded solution for an exercise."""


def expected_file(assignment: str, folder: Path | None = None) -> Path:
    """Return where an assignment's recorded evidence lies."""
    return (folder or _FOLDER) / f"{assignment}.json.gz"


def add_known_mistakes(evidence: Evidence) -> None:
    """Add to new evidence of the solution what known mistakes gave when it was recorded.

    Without that a wrong answer is caught, but nobody can say what is wrong with it.
    """
    if not expected_file(get_exercise(evidence.name).assignment).exists():
        return
    for id, expected_run in expected(evidence.name).runs.items():
        run = evidence.runs.get(id)
        if run is not None and run.case == expected_run.case:
            arrays = expected_run.arrays.items()
            wrong = {key: array for key, array in arrays if key.startswith(MISTAKE)}
            run.arrays.update(wrong)


def save_expected(
    assignment: str, evidences: Iterable[Evidence], folder: Path | None = None
) -> Path:
    """Write recorded evidence, unless the file already says the same within rounding.

    Returns:
        The file. It is replaced in one step, so that a reader never meets half of it.
    """
    file = expected_file(assignment, folder)
    evidences = list(evidences)
    if file.exists() and _agree(_load(file), {e.name: e for e in evidences}):
        return file
    text = json.dumps({e.name: e.to_json() for e in evidences}, separators=(",", ":"))
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".part{os.getpid()}")
    try:
        part.write_bytes(gzip.compress(text.encode(), mtime=0))
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    _load.cache_clear()
    return file


def _agree(one: dict[str, Evidence], other: dict[str, Evidence]) -> bool:
    """Whether recorded evidence of two runs is the same but for rounding."""
    return one.keys() == other.keys() and all(
        one[name].runs.keys() == other[name].runs.keys()
        and all(_runs_agree(run, other[name].runs[id]) for id, run in one[name].runs.items())
        for name in one
    )


def _runs_agree(one: Run, other: Run) -> bool:
    return (
        (one.case, one.returned, one.graph) == (other.case, other.returned, other.graph)
        and one.arrays.keys() == other.arrays.keys()
        and all(RECORDED.same(array, other.arrays[key]) for key, array in one.arrays.items())
        and _traces_agree(one.trace, other.trace)
    )


def _traces_agree(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    """Whether two traces are the same; both are NaN where an operation cannot be run."""
    if one is None or other is None:
        return one is other
    return np.array_equal(np.isnan(one), np.isnan(other)) and RECORDED.same(
        np.nan_to_num(one), np.nan_to_num(other)
    )


@functools.lru_cache(maxsize=16)
def _load(file: Path) -> dict[str, Evidence]:
    data = json.loads(gzip.decompress(file.read_bytes()))
    return {name: Evidence.from_json(evidence) for name, evidence in data.items()}


def expected(name: str, cases: Iterable[Case] | None = None) -> Evidence:
    """Return the recorded evidence of an exercise, for some cases or for all.

    Raises:
        NothingRecorded: when the solution was never recorded, or not with these cases.
    """
    assignment = get_exercise(name).assignment
    file = expected_file(assignment)
    evidence = _load(file).get(name) if file.exists() else None
    if evidence is None:
        raise NothingRecorded(
            f"There is no recorded solution of {name} in {file.name}. Run "
            f"`python -m autograder build {assignment}` first."
        )
    if cases is None:
        return evidence
    chosen = {case.id: case.to_json() for case in cases}
    runs = {id: run for id, run in evidence.runs.items() if run.case == chosen.get(id)}
    if runs.keys() != chosen.keys():
        missing = ", ".join(sorted(chosen.keys() - runs.keys()))
        raise NothingRecorded(
            f"{file.name} does not hold the cases {missing} of {name} as they are now. Run "
            f"`python -m autograder build {assignment}` again."
        )
    return Evidence(name=name, runs=runs)
