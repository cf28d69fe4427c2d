"""Points of checks: what `check` returns, and what the checks of this session add up to."""

from __future__ import annotations

from html import escape
from typing import Any

from resnets.checks.catalogue.lookup import exercises, get_exercise
from resnets.checks.judging.report import Report, points_in_words
from resnets.language import say

_last: dict[str, Report] = {}


class Points(float):
    """The points of a check: a number that shows nothing of its own below the report.

    nbgrader reads the plain text as partial credit.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{float(self):g}"

    __str__ = __repr__

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": ""}


def remember(report: Report) -> Points:
    """Keep the last report on a function, for `total` and `hint`; return its points."""
    _last.pop(report.name, None)
    _last[report.name] = report
    return Points(report.points)


def last_report(name: str) -> Report | None:
    """The report of the last check of a function in this session."""
    return _last.get(name)


def total_of(assignment: str | None = None) -> dict[str, str]:
    """A notebook's total as a MIME bundle: what each function earned when it was last checked.

    Args:
        assignment: the notebook; that of the last check where nothing is said.
    """
    if assignment is None:
        if not _last:
            text = say("Nothing is checked yet: run the cells that call check first.")
            return {"text/plain": text, "text/html": f"<div>{text}</div>"}
        assignment = get_exercise(list(_last)[-1]).assignment
    rows = [(e.name, _last.get(e.name), e.max_points) for e in exercises(assignment)]
    earned = sum(report.points for _, report, _ in rows if report)
    title = f"{assignment}: {points_in_words(earned, sum(most for *_, most in rows))}"
    lines = [(name, _earned(report, f"{most:g}")) for name, report, most in rows]
    return {"text/plain": _plain(title, lines), "text/html": _html(title, lines)}


def _earned(report: Report | None, most: str) -> str:
    if report is None:
        return say("not checked yet ({most})", most=most)
    return say("{points} of {most}", points=f"{report.points:g}", most=most)


def _plain(title: str, lines: list[tuple[str, str]]) -> str:
    width = max(len(name) for name, _ in lines)
    return "\n".join([title, *(f"  {name:<{width}}  {points}" for name, points in lines)])


def _html(title: str, lines: list[tuple[str, str]]) -> str:
    cell = '<td style="text-align:left;padding:1px 12px 1px 0">'
    rows = "".join(
        f"<tr>{cell}{escape(name)}</td>{cell}{escape(points)}</td></tr>" for name, points in lines
    )
    return f'<div><b>{escape(title)}</b><table style="margin:4px 0">{rows}</table></div>'
