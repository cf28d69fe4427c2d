"""Judge functions that build layers: compare every case, then report criterion by criterion.

Results of cases flow through one function after the other; none of them changes what it is given:
`case_result` → `without_equivalents` → `named_hard_coded` → `rubric_items`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from resnets.checks.catalogue.graph_exercise import GraphExercise
from resnets.checks.evidence.case_ids import is_hidden
from resnets.checks.evidence.facts import Evidence
from resnets.checks.judging.graphs.case_result import CaseResult, case_result
from resnets.checks.judging.graphs.comparison import DrawnStep
from resnets.checks.judging.graphs.equivalent_graphs import without_equivalents
from resnets.checks.judging.graphs.finding import Finding
from resnets.checks.judging.graphs.hard_coded import Values, named_hard_coded, values_by_place
from resnets.checks.judging.graphs.rubric_items import Findings, rubric_items
from resnets.checks.judging.report import Report


def judge_graphs(exercise: GraphExercise, found: Evidence, expected: Evidence) -> Report:
    """Compare what a function built with what the solution did.

    Args:
        exercise: the graded function.
        found: evidence of the student's function.
        expected: evidence of the solution.
    """
    results = without_equivalents(_results(exercise, found, expected))
    values = values_by_place(result.comparison for result in results if result.comparison)
    findings = Findings(
        public=_findings(exercise, [one for one in results if not one.hidden], values),
        hidden=_findings(exercise, [one for one in results if one.hidden], values),
    )
    items = rubric_items(exercise, results, findings)
    return Report(exercise.name, items, _drawing(results), _blame(exercise, results, findings))


def _results(exercise: GraphExercise, found: Evidence, expected: Evidence) -> list[CaseResult]:
    """Judge each case by itself, public ones first."""
    results: list[CaseResult] = []
    for id in sorted(expected.runs, key=is_hidden):
        failed = any(result.failure for result in results)
        run = found.runs.get(id)
        results.append(case_result(id, exercise, run, expected.runs[id], failed))
    return results


def _findings(
    exercise: GraphExercise, results: Sequence[CaseResult], values: Values
) -> tuple[Finding, ...]:
    """Return what is charged: first what a run lacks, then its graph, at last its numbers."""
    compared = [result for result in results if result.comparison is not None]
    differences = [
        *(finding for result in results for finding in result.findings),
        *(finding for result in compared for finding in result.comparison.findings),
    ]
    numbers = [
        Finding("numbers", "numbers", result.numbers) for result in compared if result.numbers
    ]
    named = (named_hard_coded(finding, values, exercise.decided_by) for finding in differences)
    return (*named, *numbers)


def _drawing(results: Iterable[CaseResult]) -> tuple[DrawnStep, ...]:
    """Return the first picture of a public case."""
    drawings = (r.comparison.drawing for r in results if r.comparison and not r.hidden)
    return next((drawing for drawing in drawings if drawing), ())


def _blame(
    exercise: GraphExercise, results: Iterable[CaseResult], findings: Findings
) -> tuple[str, ...]:
    """Return ids of the diagnoses in the order of the rubric, numbers and errors last."""
    order = {criterion.id: number for number, criterion in enumerate(exercise.rubric)}
    named = sorted(
        findings.public + findings.hidden,
        key=lambda finding: (finding.id == "numbers", order.get(finding.criterion, 99)),
    )
    errors = [f"error:{result.failure.kind}" for result in results if result.failure]
    return tuple(dict.fromkeys([f"{one.criterion}/{one.id}" for one in named] + errors))
