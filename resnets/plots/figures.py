"""What all figures share: a text that says what is seen, for those who do not see it.

Jupyter has no one place for such a text. nbconvert's classic template takes `alt` from the
picture's metadata; its lab template and JupyterLab take it from nowhere. So it is also written
under the picture, where it unfolds at a click, and stands in for the picture in a terminal.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from resnets.language import say
from resnets.plots.svg import Detail, live_html

_PICTURES = ("image/png", "image/jpeg", "image/svg+xml", "application/pdf")


def described(figure: Figure, text: str, details: Sequence[Detail] = ()) -> Figure:
    """Give a finished figure its text alternative. A notebook shows both, once.

    Args:
        figure: as it will be shown.
        text: what is seen. Measured numbers go through `about`.
        details: what a notebook tells of single boxes of a drawing, under the mouse and with Tab.

    Returns:
        The figure, with the text and the details as its attributes.
    """
    figure.alternative = text
    figure.details = tuple(details)
    figure._ipython_display_ = lambda: show_picture(pictures_of(figure), text)
    if "inline" in matplotlib.get_backend().lower():
        plt.close(figure)  # else it is shown a second time, as an open figure
    return figure


def about(number: float) -> str:
    """A measured number in a text alternative: "about 0.93".

    The tests of the notebooks do not compare numbers after this word (see conftest.py): another
    machine measures others.
    """
    return say("about {number}", number=_two_digits(number))


def _two_digits(number: float) -> str:
    """Two significant digits, without an exponent where a reader can do without."""
    if number == 0 or 1e-3 <= abs(number) < 1e12:
        rounded = float(f"{number:.2g}")
        return f"{rounded:,.0f}" if abs(rounded) >= 10 else f"{rounded:g}"
    return f"{number:.0e}"


def show_picture(
    pictures: dict[str, Any], text: str, place: str | None = None, again: bool = False
) -> None:
    """Show a picture in a notebook, and under it its text alternative.

    Args:
        pictures: MIME type → the picture's data, as a notebook stores it; may be empty.
        text: the text alternative.
        place: a name for the place where it is shown, if another picture is to follow there.
        again: whether it takes the place of an earlier one.
    """
    from IPython.display import display

    metadata = {kind: {"alt": text} for kind in pictures if kind in _PICTURES}
    bundle = {**pictures, "text/plain": text}
    _display(display, bundle, metadata, place, again)
    summary = html.escape(say("This figure in words"))
    folded = f"<details><summary>{summary}</summary>{html.escape(text)}</details>"
    _display(display, {"text/html": folded}, {}, place and f"{place}-words", again)


def _display(
    display: Callable[..., Any],
    bundle: dict[str, Any],
    metadata: dict[str, Any],
    place: str | None,
    again: bool,
) -> None:
    options = {} if place is None else {"display_id": place, "update": again}
    display(bundle, metadata=metadata, raw=True, **options)


def pictures_of(figure: Figure) -> dict[str, Any]:
    """A described figure as a notebook stores it: MIME type → data."""
    from IPython import get_ipython

    pictures = {}
    for kind in _PICTURES:  # those that the notebook's settings ask for
        made = get_ipython().display_formatter.formatters[kind](figure)
        made = made[0] if isinstance(made, tuple) else made
        if made is not None:
            pictures[kind] = made
    return pictures | live_of(figure)


def live_of(figure: Figure) -> dict[str, str]:
    """A drawing whose boxes tell their details, as a MIME bundle; empty for other figures."""
    if not figure.details:
        return {}
    return {"text/html": live_html(figure, figure.alternative, figure.details)}
