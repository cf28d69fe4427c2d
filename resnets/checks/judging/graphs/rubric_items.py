"""Rubric lines of functions that build layers: from findings to points and messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from resnets.checks.catalogue.exercise import Criterion
from resnets.checks.catalogue.graph_exercise import GraphExercise
from resnets.checks.judging.graphs.case_result import CaseResult
from resnets.checks.judging.graphs.finding import Finding
from resnets.checks.judging.report import NOT_REACHED, Item, failed_item, item_of
from resnets.language import say, together

_LONGEST_CELL, _LONGEST_MESSAGE = 500, 1200
_NEED_LAYERS = ("names", "initializer")
"""Criteria that are worth points only where there are layers to have them."""


class Findings(NamedTuple):
    """What is charged, by whether students may see the case that shows it."""

    public: tuple[Finding, ...]
    hidden: tuple[Finding, ...]

    def of(self, criterion: str) -> Findings:
        """Return those that are charged to a criterion."""
        return Findings(
            *(tuple(one for one in some if one.criterion == criterion) for some in self)
        )


def rubric_items(
    exercise: GraphExercise, results: Sequence[CaseResult], findings: Findings
) -> tuple[Item, ...]:
    """Return one line for each criterion.

    Args:
        exercise: whose rubric.
        results: of all cases, public ones first.
        findings: what the results charge.
    """
    first, *others = exercise.rubric
    return (
        _first_item(exercise, first, results, findings),
        *(_item(exercise, one, results, findings.of(one.id)) for one in others),
    )


def _first_item(
    exercise: GraphExercise,
    criterion: Criterion,
    results: Sequence[CaseResult],
    findings: Findings,
) -> Item:
    """Return the line on whether it runs at all: an error comes before everything else."""
    for result in results:
        if result.failure is not None:
            return failed_item(criterion, result.failure, result.failure.sentence, result.hidden)
    own = findings.of(criterion.id)
    if own.public or own.hidden:
        return _charged(criterion, own)
    return _item(exercise, criterion, results, own)


def _item(
    exercise: GraphExercise,
    criterion: Criterion,
    results: Sequence[CaseResult],
    findings: Findings,
) -> Item:
    if not any(result.comparison for result in results):
        return item_of(criterion, passed=False, found=say(NOT_REACHED))
    if findings.public or findings.hidden:
        return _charged(criterion, findings)
    if not _can_be_judged(exercise, criterion, results):
        return item_of(criterion, passed=False, found=say("too little to judge"))
    share = _share_that_ran(results)
    if share < 1:
        points = round(share * criterion.points, 6)
        return item_of(criterion, passed=False, points=points, found=say(NOT_REACHED))
    return item_of(criterion, points=criterion.points)


def _charged(criterion: Criterion, findings: Findings) -> Item:
    """Return the line of a criterion that is not met, in the words of its first findings."""
    shown = findings.public or findings.hidden
    first = shown[0]
    # The same difference in another case says the same: the first case's words are kept.
    different = {(one.place, one.setting, one.id): one.message for one in reversed(shown)}
    messages = list(dict.fromkeys([first.message, *reversed(different.values())]))
    return item_of(
        criterion,
        passed=False,
        expected=first.expected[:_LONGEST_CELL],
        found=first.found[:_LONGEST_CELL],
        message=together(*messages[:2])[:_LONGEST_MESSAGE],
        hidden=not findings.public,
        lacks_a_step=any(one.id.startswith("missing:") for one in shown),
    )


def _share_that_ran(results: Sequence[CaseResult]) -> float:
    """The share of the hidden cases of which there is something to judge.

    What public cases must show is published, so it proves nothing; and a hidden case that fails or
    is kept from being seen must be no advantage over one that shows a mistake.
    """
    hidden = [result for result in results if result.hidden]
    return sum(r.comparison is not None for r in hidden) / len(hidden) if hidden else 1.0


def _can_be_judged(
    exercise: GraphExercise, criterion: Criterion, results: Sequence[CaseResult]
) -> bool:
    """Whether the layers that a criterion is about are there: else it would be met by nothing."""
    if criterion.id in _NEED_LAYERS:
        return _half_there(exercise, results)
    about = {part.place for part in exercise.parts if criterion.id in part.settings.values()}
    return not about or any(
        expected.kind == found.kind
        for result in _decisive(results)
        for place, (expected, found) in result.comparison.pairs.items()
        if place in about
    )


def _decisive(results: Sequence[CaseResult]) -> list[CaseResult]:
    """The hidden cases of which there is something to judge; public ones where there is none."""
    compared = [result for result in results if result.comparison is not None]
    return [result for result in compared if result.hidden] or compared


def _half_there(exercise: GraphExercise, results: Sequence[CaseResult]) -> bool:
    """Whether half of the expected layers were found, or more."""
    found = [
        sum(one.kind == other.kind for one, other in result.comparison.pairs.values())
        for result in _decisive(results)
    ]
    expected = len(exercise.parts)
    return expected == 0 or (bool(found) and max(found) * 2 >= expected)
