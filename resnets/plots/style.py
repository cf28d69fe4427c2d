"""How every figure looks: readable on white paper and on a dark page, whatever eyes see it.

A figure has no paper of its own: its background is transparent, so it takes that of the page. This
page is white in JupyterLab's light theme and in print, and nearly black in the dark theme. So what
stands on the page itself is drawn in colours that differ enough from both. What stands in a light
box is dark: the box brings its own paper.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec

import matplotlib
from matplotlib.figure import Figure

_P = ParamSpec("_P")

PAGES = {"light": "#FFFFFF", "dark": "#111111"}
"""What figures lie on: paper and JupyterLab's light theme, and its dark theme."""

INK = "#797979"
"""Text and lines on the page: 4.3 to 1 against both pages. No grey has more against both."""

IN_BOXES = "#222222"
"""Text in a light box."""

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#C46AA0", "#9F5139", "#795AF0", "#80566B"]
"""At least 3 to 1 against both pages.

They begin with Okabe and Ito's, and stay apart for eyes without red, green or blue receptors
(the least distance is 17 in CIELAB; in Okabe and Ito's own seven it is 14).
"""

DASHES = ["-", (0, (6, 1.5)), (0, (1.5, 1)), (0, (6, 1.5, 1.5, 1.5)), (0, (3, 1)), (0, (9, 3))]
"""Curves differ in these, too: in a black and white print there are no colours."""

MARKERS = ["o", "s", "^", "D", "v", "P", "X"]
"""Curves of few points differ in these."""

STYLE = {
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "auto",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": INK,
    "legend.labelcolor": INK,
    "legend.facecolor": "none",
    "legend.edgecolor": INK,
}
"""Matplotlib's settings; a function that draws gets them from `in_style`."""


def in_style(draw: Callable[_P, Figure]) -> Callable[_P, Figure]:
    """Let a function draw its figure in the course's style; its reader's settings stay as they are.

    Args:
        draw: makes a figure with matplotlib.
    """

    @functools.wraps(draw)
    def drawn(*args: _P.args, **kwargs: _P.kwargs) -> Figure:
        with matplotlib.rc_context(STYLE):
            figure = draw(*args, **kwargs)
        children = [child for axes in figure.axes for child in axes.child_axes]
        for axes in [*figure.axes, *children]:
            # Matplotlib makes some ticks only when the picture is saved, with the settings of then.
            axes.tick_params(which="both", color=INK, labelcolor=INK)
        return figure

    return drawn
