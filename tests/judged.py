"""What the checks say of an answer, and whether it is what they must say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from resnets import checks
from resnets.checks.judging.report import HIDDEN_REASON, NOT_REACHED, Report
from resnets.checks.notebook import PUBLIC_SECRET
from tests.answers import Answer

FOLLOWING = {"numbers", "gradient"}
"""Criteria that cannot be met where another is not: they may be lost though nobody says so."""
NEEDS_LAYERS = {"initializer"}
"""Criteria that may be lost without a word where there is no layer that could meet them."""


class Reports(NamedTuple):
    """What is said of an answer.

    Attributes:
        public: by the check in the notebook.
        whole: where hidden cases are tried, too.
    """

    public: Report
    whole: Report


def judged(answer: Answer) -> Report:
    """Return the report on an answer, tried on public and hidden cases."""
    return both_reports(answer).whole


def both_reports(answer: Answer) -> Reports:
    """Return both reports on an answer, which is tried once."""
    return reports_on(answer.function, answer.build(), answer.seconds)


def report_on(name: str, function: Callable[..., Any], seconds: float | None = None) -> Report:
    """Return the report on a function, tried on public and hidden cases."""
    return reports_on(name, function, seconds).whole


def reports_on(name: str, function: Callable[..., Any], seconds: float | None = None) -> Reports:
    """Return the reports on a function, without and with hidden cases.

    Args:
        name: of the exercise.
        function: what is tried.
        seconds: that one call may take; the exercise's own time limit where nothing is said.
    """
    public = checks.public_cases(name)
    cases = public + checks.hidden_cases(name, PUBLIC_SECRET)
    evidence = checks.collect(name, function, cases, time_limit=seconds)
    whole = checks.judge(name, evidence.to_json(), checks.expected(name, cases))
    shown = {case.id for case in public}
    evidence.runs = {id: run for id, run in evidence.runs.items() if id in shown}
    return Reports(checks.judge(name, evidence.to_json(), checks.expected(name, public)), whole)


def is_only_marked(reports: Reports) -> bool:
    """Say whether the check gives full points, and marking fewer."""
    return not is_caught(reports.public) and is_caught(reports.whole)


def is_guess_honest(report: Report) -> bool:
    """Say whether the guess at a written-out argument stands only where nothing else explains."""
    items = report.without_hidden().items
    told = {item.message for item in items if not item.passed and item.message}
    return HIDDEN_REASON not in told or told == {HIDDEN_REASON}


def is_caught(report: Report) -> bool:
    """Say whether an answer lost points."""
    return report.points < report.max_points


def is_named(answer: Answer, report: Report) -> bool:
    """Say whether just the criteria that it is charged with are lost, and the student is told why.

    An answer that raises an error lists all the criteria that are not reached then, or none.
    """
    charged = set(answer.charged)
    lost = {item.id for item in report.items if not item.passed}
    unreached = {item.id for item in report.items if item.found == NOT_REACHED}
    if "runs" in charged and not charged & unreached:
        lost -= unreached
    told = " ".join(i.message for i in report.without_hidden().items if i.id in charged)
    following = FOLLOWING | NEEDS_LAYERS & unreached
    return bool(answer.says) and charged <= lost <= charged | following and answer.says in told
