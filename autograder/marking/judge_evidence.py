"""The report on the evidence that one check of a submission emitted."""

from __future__ import annotations

from typing import Any

from autograder.marking.expected import Expected
from autograder.marking.replay.forgery import doubt
from resnets import checks
from resnets.checks.evidence.case_ids import is_hidden
from resnets.language import say

MOST_EVIDENCE = 5
"""How often a check may show evidence: an honest one does once. More earns nothing."""


def judge(expected: Expected, emitted: list[Any]) -> checks.Report | None:
    """The report on the evidence for one check, or None where there is none.

    A submission can emit what it likes, as often as it likes; the least of it counts.
    """
    if len(emitted) > MOST_EVIDENCE:
        return checks.judge(expected.name, None, expected.evidence)
    hidden = _has_hidden(expected.evidence.runs)
    reports = [
        _report(expected, payload["evidence"])
        for payload in emitted
        if isinstance(payload, dict)
        and payload.get("name") == expected.name
        and isinstance(payload.get("evidence"), dict)
        # A check may stop before its hidden cases, at an endless loop for example.
        and (not hidden or payload.get("hidden") or _has_hidden(payload["evidence"].get("runs")))
    ]
    return min(reports, key=lambda report: report.points, default=None)


def _report(expected: Expected, shown: dict[str, Any]) -> checks.Report:
    report = checks.judge(expected.name, shown, expected.evidence)
    if report.points:
        why = doubt(checks.Evidence.from_json(shown), expected.evidence)
        return checks.refuse(expected.name, say(why)) if why else report
    return report


def _has_hidden(runs: Any) -> bool:
    return isinstance(runs, dict) and any(is_hidden(str(case)) for case in runs)
