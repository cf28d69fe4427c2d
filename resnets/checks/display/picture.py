"""SVG diagram of what a student built, the faulty steps marked. No library is needed."""

from __future__ import annotations

from html import escape

from resnets.checks.display.colours import BAD, FAINT, INK
from resnets.checks.judging.graphs.comparison import DrawnStep
from resnets.checks.judging.graphs.step import Step, by
from resnets.language import say

_FILLS = {
    "conv": "#4f8fdc",
    "norm": "#9a7fd1",
    "relu": "#e0a030",
    "add": "#2da44e",
    "block": "#4f8fdc",
    "pool": "#5aa7a7",
    "dense": "#c06a9c",
}
_HEIGHT, _GAP, _PER_ROW = 26, 14, 9


def draw(diagram: tuple[DrawnStep, ...]) -> str:
    """Return an SVG of a block or of a chain; empty when there is nothing to draw.

    Args:
        diagram: the steps in the order of the computation.
    """
    steps = list(diagram)[:60]
    if not steps:
        return ""
    if any(drawn.path == "chain" for drawn in steps):
        return _chain(steps)
    return _block(steps)


def _text(step: Step) -> str:
    settings = step.settings
    match step.kind:
        case "conv":
            return f"conv {by(settings.get('kernel_size'))}, {settings.get('filters')}"
        case "norm":
            return "norm"
        case "add":
            return "+"
        case "identity_block" | "convolutional_block":
            short = "conv" if step.kind.startswith("conv") else "id"
            return f"{settings.get('stage', '')}{settings.get('block', '')} {short}"[:20]
        case "maxpool" | "avgpool":
            return step.kind[:3] + " pool"
        case "pad":
            return "pad"
        case "gap":
            return "?"
    return step.label[:14]


def _width(step: Step) -> int:
    return max(30, 7 * len(_text(step)) + 14)


def _box(step: Step, wrong: bool, x: float, y: float) -> str:
    text, width = _text(step), _width(step)
    fill = _FILLS.get(step.kind, _FILLS.get(step.family, "#8c959f"))
    dashes = ' stroke-dasharray="4 3"' if step.kind == "gap" else ""
    edge = f'stroke="{BAD}" stroke-width="2.5"' + dashes if wrong else 'stroke="none"'
    bad = (
        f'<text x="{x + width / 2:g}" y="{y - 5:g}" text-anchor="middle" font-size="11" '
        f'font-weight="700" fill="{BAD}">✗</text>'
        if wrong
        else ""
    )
    return (
        f'<g><title>{escape(step.in_words())}</title><rect x="{x:g}" y="{y:g}" width="{width}" '
        f'height="{_HEIGHT}" rx="5" fill="{fill}" fill-opacity="0.28" {edge}/>'
        f'<text x="{x + width / 2:g}" y="{y + 17:g}" text-anchor="middle" font-size="11.5" '
        f'fill="{INK}">{escape(text)}</text>{bad}</g>'
    )


def _arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    return (
        f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{FAINT}" '
        f'stroke-width="1.4" marker-end="url(#resnets-arrow)"/>'
    )


def _row(steps: list[DrawnStep], x: float, y: float) -> tuple[str, float]:
    parts = []
    for _, step, wrong in steps:
        parts.append(_arrow(x, y + _HEIGHT / 2, x + _GAP, y + _HEIGHT / 2))
        x += _GAP
        parts.append(_box(step, wrong, x, y))
        x += _width(step)
    return "".join(parts), x


def _label(text: str, x: float, y: float) -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="11.5" fill="{INK}">{escape(text)}</text>'


def _block(steps: list[DrawnStep]) -> str:
    rows = {
        path: [drawn for drawn in steps if drawn.path == path]
        for path in ("main", "shortcut", "add", "tail")
    }
    left, top, low = 20.0, 16.0, 16.0 + _HEIGHT + 24
    parts = [_label("X", 4, top + 17)]
    main, end = _row(rows["main"], left, top)
    parts.append(main)
    if rows["add"]:
        middle = low + _HEIGHT / 2
        fork = left + 5
        parts.append(
            f'<path d="M {fork:g} {top + _HEIGHT / 2:g} V {middle:g}" fill="none" '
            f'stroke="{FAINT}" stroke-width="1.4"/>'
        )
        shortcut, last = _row(rows["shortcut"], fork, low)
        parts.append(shortcut)
        end = max(end, last - 20)
        add, after = _row(rows["add"], end, top)
        centre = end + _GAP + _width(rows["add"][0].step) / 2
        parts.append(
            f'<path d="M {last:g} {middle:g} H {centre:g} V {top + _HEIGHT + 3:g}" fill="none" '
            f'stroke="{FAINT}" stroke-width="1.4" marker-end="url(#resnets-arrow)"/>'
        )
        parts.append(add)
        tail, end = _row(rows["tail"], after, top)
        parts.append(tail)
    height = low + _HEIGHT + 6 if rows["add"] else top + _HEIGHT + 8
    return _svg(parts, end + 8, height)


def _chain(steps: list[DrawnStep]) -> str:
    parts, widest = [], 0.0
    y = 16.0
    for start in range(0, len(steps), _PER_ROW):
        row, end = _row(steps[start : start + _PER_ROW], 4, y)
        parts.append(row)
        widest = max(widest, end)
        y += _HEIGHT + 18
    return _svg(parts, widest + 8, y)


def _svg(parts: list[str], width: float, height: float) -> str:
    marker = (
        '<defs><marker id="resnets-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" '
        f'markerHeight="6" orient="auto"><path d="M 0 0 L 8 4 L 0 8 z" fill="{FAINT}"/></marker>'
        "</defs>"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" '
        f'aria-label="{escape(say("what you built"))}" '
        f'viewBox="0 0 {width:g} {height:g}" style="max-width:100%;width:{width:g}px;'
        f'height:auto;font-family:system-ui,sans-serif">{marker}{"".join(parts)}</svg>'
    )
