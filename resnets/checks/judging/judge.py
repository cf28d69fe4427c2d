"""Judge evidence: points and sentences for it. Imports no Keras, trusts nothing, never fails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from resnets.checks.catalogue.graph_exercise import GraphExercise
from resnets.checks.catalogue.lookup import get_exercise
from resnets.checks.catalogue.numbers_exercise import NumbersExercise
from resnets.checks.evidence.case_ids import is_hidden
from resnets.checks.evidence.facts import Evidence, MalformedEvidence
from resnets.checks.judging.graphs.judge_graphs import judge_graphs
from resnets.checks.judging.numbers.judge_numbers import judge_numbers
from resnets.checks.judging.report import Report, item_of
from resnets.language import N_, say, together

_UNREADABLE = N_("What your function did could not be read, so it earns no points.")


def judge(name: str, evidence: Any, expected: Any) -> Report:
    """Compare evidence with what the solution showed.

    Args:
        name: of the exercise.
        evidence: `Evidence`, or whatever JSON claims to be one.
        expected: `Evidence` recorded from the solution, or its JSON.

    Returns:
        A report. Evidence that cannot be read earns nothing; no evidence raises.

    Raises:
        KeyError: when there is no exercise of that name.
        MalformedEvidence: when `expected` is not readable: that is our mistake, not the student's.
    """
    exercise = get_exercise(name)
    expected = expected if isinstance(expected, Evidence) else Evidence.from_json(expected)
    try:
        found = evidence if isinstance(evidence, Evidence) else Evidence.from_json(evidence)
        if found.name != name:
            raise MalformedEvidence(f"The evidence is about {found.name!r:.60}, not {name!r}.")
        match exercise:
            case GraphExercise():
                return _with_slip(judge_graphs(exercise, found, expected), found)
            case NumbersExercise():
                return _with_slip(judge_numbers(exercise, found, expected), found)
            case _:
                raise TypeError(f"There is no way to judge a {type(exercise).__name__}.")
    except MalformedEvidence as error:
        return refuse(name, together(say(_UNREADABLE), str(error)))
    except Exception:
        # Forged evidence may break an assumption that no honest run breaks.
        return refuse(name, say(_UNREADABLE))


def _with_slip(report: Report, found: Evidence) -> Report:
    """Add where a layer was made and never called to the line of the report that misses it."""
    slips = [run.slip for id, run in found.runs.items() if run.slip and not is_hidden(id)]
    lost = [item for item in report.items if not item.passed and item.message]
    if not slips or not lost:
        return report
    missing = next((item for item in lost if item.lacks_a_step), lost[0])
    message = together(missing.message, slips[0].sentence)
    told = replace(missing, message=message, line=slips[0].line, source=slips[0].source)
    items = tuple(told if item is missing else item for item in report.items)
    return replace(report, items=items)


def refuse(name: str, message: str) -> Report:
    """Return a report that gives nothing for an exercise, and says why in a sentence."""
    exercise = get_exercise(name)
    items = tuple(
        item_of(criterion, passed=False, message="" if number else message)
        for number, criterion in enumerate(exercise.rubric)
    )
    return Report(exercise.name, items, blame=("unreadable",))
