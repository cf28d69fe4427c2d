"""Checks that teach: say what a student's function builds, where it is wrong, and what it earns.

Three steps, apart from each other so that marking can be done where no student code runs:
`public_cases` and `hidden_cases` give arguments; `collect` runs the function and gathers facts;
`judge` compares the facts with what the solution showed. `check` does all three in a notebook.
Only `collect` and `record` need Keras, so they are imported when they are first asked for.
"""

from __future__ import annotations

from typing import Any

# Registers the exercises. It must come before the function of that name, which would otherwise be
# replaced by this package when somebody imports it later.
import resnets.checks.exercises  # noqa: F401
from resnets.checks.cases import Case
from resnets.checks.evidence import Evidence, MalformedEvidence
from resnets.checks.exercise import (
    Criterion,
    Exercise,
    exercises,
    get_exercise,
    hidden_cases,
    max_points,
    public_cases,
    register,
)
from resnets.checks.judge import judge, refuse
from resnets.checks.notebook import EVIDENCE_TYPE, check, hint
from resnets.checks.recorded import (
    NothingRecorded,
    add_known_mistakes,
    expected,
    expected_file,
    record,
    save_expected,
)
from resnets.checks.report import Item, Report


def __getattr__(name: str) -> Any:
    if name == "collect":
        from importlib import import_module

        return import_module("resnets.checks.collecting").collect
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
    "public_cases",
    "record",
    "refuse",
    "register",
    "save_expected",
]
