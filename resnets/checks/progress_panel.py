"""`progress()`, and the line under each check: what is done in all notebooks, and what is next."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from resnets.checks.catalogue.exercises import ASSIGNMENTS
from resnets.checks.catalogue.lookup import exercises
from resnets.checks.display.colours import FAINT, GOOD, LINE
from resnets.checks.progress_file import kept_points, progress_file
from resnets.language import say, together


class Share(NamedTuple):
    """What is done of a notebook.

    Attributes:
        assignment: its name.
        done: functions that earned all their points.
        count: all functions.
        points: earned.
        most: to be earned.
        next: the first function that lacks points; empty where none does.
    """

    assignment: str
    done: int
    count: int
    points: float
    most: float
    next: str


def shares() -> list[Share]:
    """What is done of each notebook, in their order."""
    kept = kept_points()
    found = []
    for assignment in sorted(ASSIGNMENTS):
        rows = [(e.name, kept.get(e.name, 0), e.max_points) for e in exercises(assignment)]
        open_ones = [name for name, points, most in rows if points < most]
        found.append(
            Share(
                assignment,
                len(rows) - len(open_ones),
                len(rows),
                sum(points for _, points, _ in rows),
                sum(most for *_, most in rows),
                open_ones[0] if open_ones else "",
            )
        )
    return found


def line_under_a_check(assignment: str) -> dict[str, str]:
    """A small panel as a MIME bundle; empty where nothing is kept.

    Args:
        assignment: of the check; what is next in it comes first.
    """
    if progress_file() is None:
        return {}
    text = _in_words(shares(), assignment)
    style = f"color:{FAINT};font-size:12px;border-top:1px solid {LINE};padding:3px 0 0"
    return {"text/plain": text, "text/html": f'<div style="{style}">{escape(text)}</div>'}


def _in_words(all_shares: list[Share], assignment: str = "") -> str:
    done, count = (sum(getattr(share, what) for share in all_shares) for what in ("done", "count"))
    points, most = (sum(getattr(share, w) for share in all_shares) for w in ("points", "most"))
    text = say(
        "All notebooks: {done} of {count} exercises done, {points} of {most} points.",
        done=done,
        count=count,
        points=f"{points:g}",
        most=f"{most:g}",
    )
    here = [share for share in all_shares if share.assignment == assignment and share.next]
    following = next(iter([*here, *(share for share in all_shares if share.next)]), None)
    if following is None:
        return together(text, say("Everything is done."))
    place = "" if following in here else f" ({following.assignment})"
    return together(text, say("Next: {name}.", name=following.next + place))


def panel() -> dict[str, str]:
    """A row for each notebook, as a MIME bundle."""
    found = shares()
    title = _in_words(found)
    rows = [
        (
            share.assignment,
            say("{done} of {count} exercises", done=share.done, count=share.count),
            say("{points} of {most}", points=f"{share.points:g}", most=f"{share.most:g}"),
            share.points / share.most if share.most else 1.0,
        )
        for share in found
    ]
    width = max((len(name) for name, *_ in rows), default=0)
    plain = [f"  {name:<{width}}  {done}, {points}" for name, done, points, _ in rows]
    return {"text/plain": "\n".join([title, *plain]), "text/html": _html(title, rows)}


def _html(title: str, rows: list[tuple[str, str, str, float]]) -> str:
    cell = '<td style="text-align:left;padding:2px 12px 2px 0">'
    body = "".join(
        f"<tr>{cell}{escape(name)}</td>{cell}{_bar(share)}</td>"
        f"{cell}{escape(done)}</td>{cell}{escape(points)}</td></tr>"
        for name, done, points, share in rows
    )
    return (
        f'<div><b>{escape(title)}</b><table style="margin:4px 0;color:inherit">{body}</table></div>'
    )


def _bar(share: float) -> str:
    percent = f"{100 * share:.0f}"
    return (
        f'<div role="img" aria-label="{percent} %" style="width:120px;height:8px;'
        f'border-radius:4px;border:1px solid {FAINT}"><div style="width:{percent}%;height:8px;'
        f'border-radius:4px;background:{GOOD}"></div></div>'
    )
