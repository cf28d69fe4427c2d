"""What the solutions showed, kept as data beside this module: one file an assignment."""

from __future__ import annotations

import functools
import gzip
import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from resnets.checks.cases import Case
from resnets.checks.evidence import MISTAKE, Evidence
from resnets.checks.exercise import get_exercise

_FOLDER = Path(__file__).with_name("expected")


class NothingRecorded(LookupError):
    """There is no recorded solution for an exercise."""


def expected_file(assignment: str, folder: Path | None = None) -> Path:
    """Return where an assignment's recorded evidence lies."""
    return (folder or _FOLDER) / f"{assignment}.json.gz"


def record(
    name: str, function: Any, cases: Iterable[Case], mistakes: dict[str, Any] | None = None
) -> Evidence:
    """Run the solution on cases and return what later answers are compared with.

    Args:
        name: of the exercise.
        function: the solution.
        cases: public and hidden ones.
        mistakes: for exercises on arrays, wrong functions by the id of the mistake; what comes
            out of them is recorded too, so that it can be recognised.

    Raises:
        RuntimeError: when the solution itself fails; the message says where.
    """
    from resnets.checks.collecting import collect

    cases = list(cases)
    evidence = collect(name, function, cases)
    for id, run in evidence.runs.items():
        trouble = run.failure.sentence if run.failure else run.trouble
        if trouble:
            line = f" (line {run.failure.line})" if run.failure else ""
            raise RuntimeError(f"The solution of {name} fails on case {id!r}{line}: {trouble}")
    for mistake, wrong in (mistakes or {}).items():
        _add_mistake(evidence, mistake, wrong, cases)
    return evidence


def _add_mistake(evidence: Evidence, mistake: str, wrong: Any, cases: list[Case]) -> None:
    """Record the results of a known mistake; of hidden cases nothing will be said."""
    from resnets.checks.collecting import run_case

    exercise = replace(get_exercise(evidence.name), differentiable=())
    for case in cases:
        if not case.hidden:
            for key, array in run_case(exercise, wrong, case).arrays.items():
                evidence.runs[case.id].arrays[f"{MISTAKE}{mistake}/{key}"] = array


def add_known_mistakes(evidence: Evidence) -> None:
    """Add to new evidence of the solution what known mistakes gave when it was recorded.

    Without that a wrong answer is caught, but nobody can say what is wrong with it.
    """
    if not expected_file(get_exercise(evidence.name).assignment).exists():
        return
    for id, recorded in expected(evidence.name).runs.items():
        run = evidence.runs.get(id)
        if run is not None and run.case == recorded.case:
            wrong = {k: array for k, array in recorded.arrays.items() if k.startswith(MISTAKE)}
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
    if one.keys() != other.keys():
        return False
    for name in one:
        a, b = one[name].runs, other[name].runs
        if a.keys() != b.keys():
            return False
        for id in a:
            same = (a[id].case, a[id].returned, a[id].graph) == (
                b[id].case,
                b[id].returned,
                b[id].graph,
            )
            if not same or a[id].arrays.keys() != b[id].arrays.keys():
                return False
            for key, array in a[id].arrays.items():
                if array.shape != b[id].arrays[key].shape:
                    return False
                if not np.allclose(array, b[id].arrays[key], rtol=1e-4, atol=1e-5):
                    return False
    return True


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
    recorded = _load(file).get(name) if file.exists() else None
    if recorded is None:
        raise NothingRecorded(
            f"There is no recorded solution of {name} in {file.name}. Run "
            f"`python -m autograder build {assignment}` first."
        )
    if cases is None:
        return recorded
    wanted = {case.id: case.to_json() for case in cases}
    runs = {id: run for id, run in recorded.runs.items() if run.case == wanted.get(id)}
    if runs.keys() != wanted.keys():
        missing = ", ".join(sorted(wanted.keys() - runs.keys()))
        raise NothingRecorded(
            f"{file.name} does not hold the cases {missing} of {name} as they are now. Run "
            f"`python -m autograder build {assignment}` again."
        )
    return Evidence(name=name, runs=runs)
