"""Equivalent graphs: where the numbers are right in every case, another way is no mistake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from resnets.checks.evidence.settings import RANDOM_LAYERS
from resnets.checks.judging.graphs.case_result import CaseResult
from resnets.checks.judging.graphs.finding import Finding

_NEVER_EXCUSED = tuple(
    f"extra:{kind}" for kind in ("dropout", *(f"other:{name}" for name in RANDOM_LAYERS))
)
"""Layers that leave something to chance: their numbers are right only while they are off."""


def without_equivalents(results: Sequence[CaseResult]) -> list[CaseResult]:
    """Return the results without differences that right numbers prove harmless."""
    harmless = _harmless(results)
    return [_without(result, harmless) for result in results]


def _harmless(results: Sequence[CaseResult]) -> set[tuple[str, str, str]]:
    """Return place, setting and id of the findings that right numbers excuse.

    None is excused that changes a shape in some case, though it changes nothing in another: pooling
    with padding 'same' is the same as 'valid' only where the picture's sides are even.
    """
    counted = [result for result in results if result.counts]
    if any(result.numbers for result in results) or any(r.comparison is None for r in counted):
        return set()
    if not all(result.same_weights for result in results):
        return set()
    harmless = {
        _key(finding)
        for result in counted
        for finding in result.comparison.findings
        if finding.changes_numbers and finding.excusable
        if finding.id not in _NEVER_EXCUSED and finding.criterion != "runs"
    }
    compared = [result.comparison for result in results if result.comparison is not None]
    changed_shapes = {
        _key(finding) for one in compared for finding in one.findings if not finding.excusable
    }
    return harmless - changed_shapes


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.place, finding.setting, finding.id


def _without(result: CaseResult, harmless: set[tuple[str, str, str]]) -> CaseResult:
    comparison = result.comparison
    if comparison is None:
        return result
    if comparison.opened:
        # A stand-in's numbers say nothing of a block that was written out: only its layers do.
        differs = any(finding.changes_numbers for finding in comparison.findings)
        return replace(result, numbers=result.numbers if differs else "")
    left = tuple(finding for finding in comparison.findings if _key(finding) not in harmless)
    return replace(result, comparison=replace(comparison, findings=left))
