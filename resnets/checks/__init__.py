"""Checks that teach: say what a student's function builds, where it is wrong, and what it earns.

Three steps, apart from each other so that marking can be done where no student code runs:
`public_cases` and `hidden_cases` give arguments; `collect` runs the function and gathers facts;
`judge` compares the facts with what the solution showed. `check` does all three in a notebook.
Only `collect` and `record` need Keras, so they are imported when they are first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from resnets.checks.catalogue.cases import Case
from resnets.checks.catalogue.exercise import Criterion, Exercise
from resnets.checks.catalogue.lookup import (
    exercises,
    get_exercise,
    hidden_cases,
    max_points,
    public_cases,
)
from resnets.checks.evidence.facts import EVIDENCE_TYPE, Evidence, MalformedEvidence
from resnets.checks.first_texts import save_first_texts
from resnets.checks.judging.judge import judge, refuse
from resnets.checks.judging.report import Item, Report
from resnets.checks.notebook import check, hint, progress, reset, total
from resnets.checks.recorded.store import (
    NothingRecorded,
    add_known_mistakes,
    expected,
    expected_file,
    save_expected,
)

_NEED_KERAS = {
    "collect": "resnets.checks.collecting.collect",
    "record": "resnets.checks.recorded.record",
}


def __getattr__(name: str) -> Any:
    if name in _NEED_KERAS:
        return getattr(import_module(_NEED_KERAS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "EVIDENCE_TYPE",
    "Case",
    "Criterion",
    "Evidence",
    "Exercise",
    "Item",
    "MalformedEvidence",
    "NothingRecorded",
    "Report",
    "add_known_mistakes",
    "check",
    "collect",
    "exercises",
    "expected",
    "expected_file",
    "get_exercise",
    "hidden_cases",
    "hint",
    "judge",
    "max_points",
    "progress",
    "public_cases",
    "record",
    "refuse",
    "reset",
    "save_expected",
    "save_first_texts",
    "total",
]
