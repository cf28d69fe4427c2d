"""Judge functions by their numbers: compare every case, then report criterion by criterion.

`case_result` finds what is wrong in each case, `recognised` known mistakes that explain it,
`diagnosis` the words for each criterion.
"""

from __future__ import annotations

from collections.abc import Sequence

from resnets.checks.catalogue.exercise import Criterion
from resnets.checks.catalogue.numbers_exercise import NumbersExercise
from resnets.checks.evidence.case_ids import is_hidden
from resnets.checks.evidence.facts import Evidence
from resnets.checks.judging.graphs.kernel_initializers import kernel_initializers
from resnets.checks.judging.numbers.diagnosis import Diagnosis, diagnosis, in_which_case
from resnets.checks.judging.numbers.known_mistakes import recognised
from resnets.checks.judging.numbers.mismatches import CaseResult, Mismatch, case_result
from resnets.checks.judging.report import NOT_REACHED, Item, Report, failed_item, item_of
from resnets.language import say, together

_ABOUT_ALL_CASES = ("gradient", "whole", "kept", "initializer")
"""Criteria that are no case's own."""


def judge_numbers(exercise: NumbersExercise, found: Evidence, expected: Evidence) -> Report:
    """Compare what a function computed with what the solution did.

    Args:
        exercise: the graded function.
        found: evidence of the student's function.
        expected: evidence of the solution; where `record` was given mistakes, of these, too.
    """
    results = [
        case_result(id, exercise, found.runs.get(id), expected.runs[id])
        for id in sorted(expected.runs, key=is_hidden)
    ]
    diagnoses = _diagnoses(exercise, results)
    items = tuple(
        _item(exercise, criterion, results, diagnoses.get(criterion.id))
        for criterion in exercise.rubric
    )
    blame = [f"{criterion}/{one.id}" for criterion, one in diagnoses.items()]
    failures = [result.found.failure for result in results if result.failed and result.found]
    errors = [f"error:{failure.kind}" for failure in failures]
    return Report(exercise.name, items, blame=tuple(dict.fromkeys(blame + errors)))


def _diagnoses(exercise: NumbersExercise, results: Sequence[CaseResult]) -> dict[str, Diagnosis]:
    """Return what is wrong with each criterion that is not met, in the order of the rubric."""
    mistakes = recognised(exercise, results)
    charged = {
        criterion.id: _charged(criterion, results)
        for criterion in exercise.rubric
        if criterion.id != "runs"
    }
    return {
        criterion: diagnosis(exercise, mismatches, mistakes)
        for criterion, mismatches in charged.items()
        if mismatches
    }


def _charged(criterion: Criterion, results: Sequence[CaseResult]) -> list[Mismatch]:
    """Return the mismatches that are charged to a criterion, public cases first."""
    return [one for result in results for one in result.mismatches if one.criterion == criterion.id]


def _item(
    exercise: NumbersExercise,
    criterion: Criterion,
    results: Sequence[CaseResult],
    diagnosed: Diagnosis | None,
) -> Item:
    if criterion.id == "runs":
        return _runs(exercise, criterion, results)
    if diagnosed is not None:
        return item_of(
            criterion,
            passed=False,
            expected=diagnosed.expected,
            found=diagnosed.found,
            message=diagnosed.message,
            hidden=_charged(criterion, results)[0].hidden,
        )
    failed = [r for r in results if r.failed and criterion.id in exercise.criteria(r.id)]
    if failed or not _was_reached(criterion.id, results):
        hidden = bool(failed) and all(result.hidden for result in failed)
        return item_of(criterion, passed=False, found=say(NOT_REACHED), hidden=hidden)
    return item_of(criterion, points=criterion.points)


def _runs(exercise: NumbersExercise, criterion: Criterion, results: Sequence[CaseResult]) -> Item:
    """Return the line on whether it runs at all."""
    failed = [result for result in results if result.failed]
    if not failed:
        return item_of(criterion, points=criterion.points)
    first = failed[0]
    if first.found is None:
        return item_of(
            criterion, passed=False, message=say("There is no result of your function to check.")
        )
    message = first.found.failure.sentence
    if len(failed) < len(results):
        message = together(in_which_case(exercise, first.expected), message)
    return failed_item(criterion, first.found.failure, message, first.hidden)


def _was_reached(criterion: str, results: Sequence[CaseResult]) -> bool:
    """Whether some case could show that a criterion about all cases is met."""
    if criterion not in _ABOUT_ALL_CASES:
        return True
    # Where there are hidden cases these decide: what public ones must show is published.
    decisive = [result for result in results if result.hidden] or results
    if criterion == "initializer":
        return any(_has_convolutions(result) for result in decisive)
    return any(
        not result.failed and all(one.what in ("whole", "kept") for one in result.mismatches)
        for result in decisive
    )


def _has_convolutions(result: CaseResult) -> bool:
    """Whether there are kernels that could start from something."""
    graph = None if result.failed else result.found.graph
    return graph is not None and bool(kernel_initializers(graph))
