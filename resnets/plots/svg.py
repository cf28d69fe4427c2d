"""A drawing of boxes as SVG whose boxes tell their details: under the mouse, and with Tab.

JupyterLab shows `image/svg+xml` as a picture: nothing in it can be pointed at. So the SVG stands in
`text/html`. There it is alive where the notebook is trusted: where its reader has run the cell, or
trusts the file. In other notebooks JupyterLab takes `<svg>` and `<style>` out. For these the same
drawing follows as an `<img>`: `hidden` hides the live one, and only the style turns this round. No
script is needed.

Numbers are written with two decimals and fonts are not measured: equal drawings are equal bytes.
"""

from __future__ import annotations

import base64
import hashlib
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Patch
from matplotlib.path import Path
from matplotlib.text import Text

from resnets.plots.style import IN_BOXES, INK

_INCH = 100  # pixels: a figure of 9 inches is 900 pixels wide, as in a notebook
_POINT = _INCH / 72
_LETTER = 0.6  # of the font size: about the width of one letter of a sans serif font
_LINE = 17
_LETTERS = 52  # in a line of a note


@dataclass(frozen=True)
class Detail:
    """What is told of one box.

    Attributes:
        gid: the `gid` of all the artists that make up the box.
        name: of what the box stands for.
        lines: more of it.
    """

    gid: str
    name: str
    lines: tuple[str, ...]


def live_html(figure: Figure, text: str, details: Sequence[Detail]) -> str:
    """HTML with the live drawing, and with the same drawing as a picture where that is taken out.

    Args:
        figure: one pair of axes over all of it, whose units are inches, y downwards.
        text: the text alternative of the figure.
        details: what is told of the boxes, in the order of Tab.
    """
    with _own_resolution(figure):
        still = _svg(figure, text, details, live=False)
        live = _svg(figure, text, details, live=True)
    name = f"resnets-{hashlib.sha256(live.encode()).hexdigest()[:8]}"
    picture = base64.b64encode(still.encode()).decode()
    return (
        f"<style>{_css(name, len(details))}</style>"
        f'<div class="{name}" hidden="hidden" style="display:none">{live}</div>'
        f'<img class="{name}" alt="{escape(text)}" style="max-width:100%" '
        f'src="data:image/svg+xml;base64,{picture}">'
    )


@contextmanager
def _own_resolution(figure: Figure) -> Iterator[None]:
    """Arrows depend on the resolution, and each of matplotlib's backends has one of its own."""
    usual = figure.dpi
    figure.dpi = _INCH
    figure.draw_without_rendering()  # an arrow takes the resolution over when it is drawn
    try:
        yield
    finally:
        figure.dpi = usual


def _css(name: str, count: int) -> str:
    """Styles of this drawing only: a page may hold several."""
    shown = ",".join(
        f".{name} .p{i}:{how}~.n{i}" for i in range(count) for how in ("hover", "focus")
    )
    return (
        f"div.{name}{{display:block!important}}img.{name}{{display:none!important}}"
        f".{name} .note{{visibility:hidden;pointer-events:none}}"
        f".{name} .part{{outline:none}}"
        f".{name} .part:hover rect,.{name} .part:focus rect{{stroke-width:4}}"
        f"{shown}{{visibility:visible}}"
    )


def _svg(figure: Figure, text: str, details: Sequence[Detail], live: bool) -> str:
    (axes,) = figure.axes
    width, height = (_INCH * inches for inches in figure.get_size_inches())
    artists = sorted(_drawn(axes), key=lambda artist: artist.get_zorder())
    groups = {detail.gid: [a for a in artists if a.get_gid() == detail.gid] for detail in details}
    loose = [artist for artist in artists if artist.get_gid() not in groups]
    first = min((group[0].get_zorder() for group in groups.values() if group), default=0)
    parts = [_element(artist) for artist in loose if artist.get_zorder() < first]
    parts += [
        _part(number, detail, "".join(map(_element, groups[detail.gid])), live)
        for number, detail in enumerate(details)
    ]
    parts += [_element(artist) for artist in loose if artist.get_zorder() >= first]
    if live:
        parts += [
            _note(number, detail, _place(groups[detail.gid]), width, height)
            for number, detail in enumerate(details)
        ]
    role = f'role="group" aria-label="{escape(text)}"' if live else 'role="img"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {role} width="{_n(width)}" '
        f'height="{_n(height)}" viewBox="0 0 {_n(width)} {_n(height)}" '
        "style=\"max-width:100%;height:auto;font-family:'DejaVu Sans',Verdana,sans-serif\">"
        f"{''.join(parts)}</svg>"
    )


def _part(number: int, detail: Detail, drawn: str, live: bool) -> str:
    if not live:
        return f"<g>{drawn}</g>"
    label = "; ".join([detail.name, *detail.lines])
    return (
        f'<g class="part p{number}" tabindex="0" role="img" aria-label="{escape(label)}">'
        f"<title>{escape(detail.name)}</title>{drawn}</g>"
    )


def _note(
    number: int, detail: Detail, box: tuple[float, float, float, float], width: float, height: float
) -> str:
    """A panel below its box, or above where there is no room; dark, so that it is read anywhere."""
    lines = [line for text in detail.lines for line in textwrap.wrap(text, _LETTERS)]
    name = textwrap.shorten(detail.name, _LETTERS, placeholder="…")
    wide = max(map(_ems, [name, *lines])) * 13 + 24
    tall = (1 + len(lines)) * _LINE + 14
    left, top, right, bottom = box
    x = max(4.0, min((left + right - wide) / 2, width - wide - 4))
    y = bottom + 6 if bottom + 6 + tall <= height else max(2.0, top - 6 - tall)
    rows = "".join(
        f'<text x="{_n(x + 12)}" y="{_n(y + 19 + i * _LINE)}" font-size="13" '
        f'font-weight="{"normal" if i else "bold"}" fill="#FFFFFF">{escape(line)}</text>'
        for i, line in enumerate([name, *lines])
    )
    return (
        f'<g class="note n{number}" aria-hidden="true"><rect x="{_n(x)}" y="{_n(y)}" '
        f'width="{_n(wide)}" height="{_n(tall)}" rx="6" fill="{IN_BOXES}" stroke="{INK}"/>'
        f"{rows}</g>"
    )


def _ems(line: str) -> float:
    """About how wide a line is, in font sizes: Chinese characters are as wide as they are high."""
    return sum(1.0 if letter >= "\u2e80" else _LETTER for letter in line)


def _place(group: Sequence[Artist]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a group's boxes, in pixels."""
    boxes = [artist for artist in group if isinstance(artist, FancyBboxPatch)]
    return (
        _INCH * min(box.get_x() for box in boxes),
        _INCH * min(box.get_y() for box in boxes),
        _INCH * max(box.get_x() + box.get_width() for box in boxes),
        _INCH * max(box.get_y() + box.get_height() for box in boxes),
    )


def _drawn(axes: Axes) -> Iterator[Artist]:
    for artist in axes.get_children():
        if isinstance(artist, Text):
            if artist.get_text():
                yield artist
        elif isinstance(artist, Line2D | Circle | FancyArrowPatch | FancyBboxPatch):
            yield artist


def _element(artist: Any) -> str:
    match artist:
        case Text():
            return _text(artist)
        case Line2D():
            points = " ".join(
                f"{_n(_INCH * x)},{_n(_INCH * y)}" for x, y in artist.get_xydata().tolist()
            )
            width = _n(artist.get_linewidth() * _POINT)
            return (
                f'<polyline points="{points}" fill="none" stroke="{to_hex(artist.get_color())}" '
                f'stroke-width="{width}" stroke-linejoin="round" stroke-linecap="round"/>'
            )
        case Circle():
            x, y = artist.center
            return (
                f'<circle cx="{_n(_INCH * x)}" cy="{_n(_INCH * y)}" '
                f'r="{_n(_INCH * artist.radius)}" {_paint(artist)}/>'
            )
        case FancyBboxPatch():
            return (
                f'<rect x="{_n(_INCH * artist.get_x())}" y="{_n(_INCH * artist.get_y())}" '
                f'width="{_n(_INCH * artist.get_width())}" '
                f'height="{_n(_INCH * artist.get_height())}" '
                f'rx="{_n(_INCH * artist.get_boxstyle().rounding_size)}" {_paint(artist)}/>'
            )
    return f'<path d="{_path(artist.get_path())}" {_paint(artist)}/>'


def _path(path: Path) -> str:
    letters = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}
    steps = []
    for points, code in path.iter_segments(simplify=False):
        numbers = " ".join(_n(_INCH * number) for number in points.tolist())
        steps.append("Z" if code == Path.CLOSEPOLY else f"{letters[code]} {numbers}")
    return " ".join(steps)


def _paint(patch: Patch) -> str:
    fill = patch.get_facecolor()
    filled = to_hex(fill) if to_rgba(fill)[3] else "none"
    width = _n(patch.get_linewidth() * _POINT)
    return f'fill="{filled}" stroke="{to_hex(patch.get_edgecolor())}" stroke-width="{width}"'


def _text(text: Text) -> str:
    size = text.get_fontsize() * _POINT
    x, y = (_INCH * place for place in text.get_position())
    anchor = {"left": "start", "center": "middle", "right": "end"}[text.get_horizontalalignment()]
    lines = text.get_text().split("\n")
    first = 0.93 if text.get_verticalalignment() == "top" else 0.36
    bold = ' font-weight="bold"' if text.get_fontweight() == "bold" else ""
    rows = "".join(
        f'<text x="{_n(x)}" y="{_n(y + (first + 1.55 * row) * size)}" font-size="{_n(size)}" '
        f'text-anchor="{anchor}" fill="{to_hex(text.get_color())}"{bold}>{escape(line)}</text>'
        for row, line in enumerate(lines)
    )
    paper = text.get_bbox_patch()
    if paper is None:
        return rows
    wide, tall = max(map(len, lines)) * _LETTER * size + 6, 1.45 * size
    return (
        f'<rect x="{_n(x - wide / 2)}" y="{_n(y - tall / 2)}" width="{_n(wide)}" '
        f'height="{_n(tall)}" rx="3" {_paint(paper)}/>{rows}'
    )


def _n(number: float) -> str:
    """A number with at most two decimals, and no minus before a zero."""
    return f"{round(float(number), 2) + 0.0:g}" if abs(number) < 1e4 else f"{number:.0f}"
