"""Reports as HTML: one compact table that follows JupyterLab's light and dark themes."""

from __future__ import annotations

from html import escape

from resnets.checks.display.colours import BAD, FAINT, GOOD, INK, LINE
from resnets.checks.display.picture import draw
from resnets.checks.judging.report import NOT_REACHED, Item, Report
from resnets.language import say

_STYLE = (
    f"color:{INK};font-family:var(--jp-content-font-family, system-ui, sans-serif);"
    "font-size:13px;line-height:1.4;max-width:920px"
)
_CELL = f"padding:3px 8px;border:0;border-top:1px solid {LINE};vertical-align:top;text-align:left;"


def report_to_html(report: Report) -> str:
    """Return a report as one `<div>`; passed lines are folded to their titles."""
    mistakes = [item for item in report.items if not item.passed]
    colour = BAD if mistakes else GOOD
    head = (
        f'<div style="margin:2px 0 6px"><b style="font-size:14px">{escape(report.name)}</b> '
        f'<span style="color:{colour};font-weight:600">{escape(report.points_in_words)}</span>'
        "</div>"
    )
    rows = "".join(_row(item) for item in _folded(report.items))
    table = (
        '<table style="border-collapse:collapse;width:100%;margin:0;font-size:13px;'
        'color:inherit;background:transparent;table-layout:auto">'
        f'<tr style="background:transparent">{_heads()}</tr>{rows}</table>'
    )
    picture = draw(report.diagram) if mistakes and report.diagram else ""
    if picture:
        picture = f'<div style="margin:6px 0">{picture}</div>'
    return f'<div style="{_STYLE}">{head}{picture}{table}</div>'


def _folded(items: tuple[Item, ...]) -> list[Item]:
    """Fold the lines that an error kept from being reached into one."""
    unreached = [item for item in items if item.found == say(NOT_REACHED)]
    if len(unreached) < 3:
        return list(items)
    rest = Item(
        "rest",
        say("{count} more lines", count=len(unreached)),
        found=say(NOT_REACHED),
        passed=False,
        points=sum(item.points for item in unreached),
        max_points=sum(item.max_points for item in unreached),
    )
    return [item for item in items if item.found != say(NOT_REACHED)] + [rest]


def _heads() -> str:
    titles = ("", say("component"), say("expected"), say("found"), say("points"))
    return "".join(
        f'<th style="padding:2px 8px;text-align:left;font-weight:600;color:{FAINT};border:0">'
        f"{title}</th>"
        for title in titles
    )


def _row(item: Item) -> str:
    mark = (
        f'<span style="color:{GOOD}" title="{say("right")}">✓</span>'
        if item.passed
        else f'<span style="color:{BAD};font-weight:700" title="{say("wrong")}">✗</span>'
    )
    points = f"{item.points:g}/{item.max_points:g}"
    message = _message(item)
    cells = (
        mark,
        escape(item.title),
        escape(item.expected),
        escape(item.found),
        f'<span style="white-space:nowrap">{points}</span>',
    )
    row = "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells)
    ink = FAINT if item.passed else INK
    faint = f' style="background:transparent;color:{ink}"'
    below = (
        f'<tr style="background:transparent;color:{INK}"><td style="border:0"></td>'
        f'<td colspan="4" style="padding:0 8px 5px;border:0;text-align:left">{message}</td></tr>'
        if message
        else ""
    )
    return f"<tr{faint}>{row}</tr>{below}"


def _message(item: Item) -> str:
    parts = []
    if item.message:
        parts.append(f"<span>{escape(item.message)}</span>")
    if item.line:
        parts.append(
            f'<div style="margin:3px 0"><span style="color:{FAINT}">'
            f"{say('line {line}', line=item.line)}</span> "
            f"<code>{escape(item.source)}</code></div>"
        )
    if item.traceback:
        parts.append(
            f'<details><summary style="cursor:pointer;color:{FAINT}">'
            f"{say('the whole traceback')}"
            '</summary><pre style="font-size:11px;white-space:pre-wrap;margin:4px 0">'
            f"{escape(item.traceback)}</pre></details>"
        )
    return "".join(parts)


def hint_to_html(title: str, text: str) -> str:
    """Return a titled sentence."""
    return f'<div style="{_STYLE}"><b>{escape(title)}</b><br>{escape(text)}</div>'
