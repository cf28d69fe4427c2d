"""Figures can be read on a white page and on a dark one, and by eyes that see fewer colours."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator

import resnets_utils

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from matplotlib.text import Text

from resnets.plots import architecture, model_plot
from resnets.plots.style import COLOURS, DASHES, IN_BOXES, INK, MARKERS, PAGES, STYLE
from tests.contrast import contrast

from . import networks

matplotlib.use("Agg")

LEAST_OF_TEXT, LEAST_OF_LINES = 4.0, 3.0
PADDED = {"size": 7, "kernel": 3, "stride": 2, "before": 1, "after": 1, "places": 4}
DRAWN = {
    "draw_block": lambda draw: draw(["Conv2D\n1×1", "ReLU"], shortcut=["BatchNorm"]),
    "plot_architecture": lambda draw: draw(networks.post_activated()),
    "plot_bars": lambda draw: draw({"a": [1.0, 2.0], "b": [2.0, 3.0]}, "Title", reference=1.0),
    "plot_channels": lambda draw: draw({"a": np.eye(4)}),
    "plot_confusion": lambda draw: draw([0, 1], [0, 0], ["no", "yes"]),
    "plot_curves": lambda draw: draw(
        {"a": [1.0, 2.0], "b": [2.0, 3.0]}, "T", "x", "y", reference=1.0, second_axis=(2.0, "z")
    ),
    "plot_forms": lambda draw: draw(8, 2, 4),
    "plot_gradients": lambda draw: draw({"a": [0.1, 1.0]}),
    "plot_history": lambda draw: draw({"a": {"loss": [2.0, 1.0], "accuracy": [0.1, 0.2]}}),
    "plot_padding": lambda draw: draw([PADDED]),
    "plot_pictures": lambda draw: draw({"a": np.eye(4)}),
    "plot_prediction": lambda draw: draw(np.zeros((4, 4, 3)), [0.2, 0.8]),
    "plot_signs": lambda draw: draw(np.zeros((2, 4, 4, 3)), [0, 1], per_class=1),
}
"""Each function that draws a figure, and how it is called. `plot_model` has tests of its own."""


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    yield
    plt.close("all")


def test_no_function_that_draws_is_forgotten_here() -> None:
    drawing = {
        name
        for name in resnets_utils.__all__
        if name.startswith(("plot_", "draw_"))
        and inspect.signature(getattr(resnets_utils, name)).return_annotation in ("Figure", Figure)
    }
    assert drawing == set(DRAWN)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_colour_stands_apart_from_the_page(page: str) -> None:
    assert contrast(INK, page) >= LEAST_OF_TEXT
    for colour in [*COLOURS, *architecture._STAGES]:
        assert contrast(colour, page) >= LEAST_OF_LINES, colour


def test_no_grey_would_stand_further_apart_from_both_pages() -> None:
    """4.5 to 1 against both pages is not possible: this is the best that there is."""
    greys = [f"#{level:02X}{level:02X}{level:02X}" for level in range(256)]
    best = max(greys, key=lambda grey: min(contrast(grey, page) for page in PAGES.values()))
    assert best == INK


# Machado, Oliveira and Fernandes 2009, table 1, severity 1.0.
EYES = {
    "all": np.eye(3),
    "without red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "without green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "without blue": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
OKABE_AND_ITO = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#6B6B6B"]


@pytest.mark.parametrize("eyes", EYES)
def test_curves_differ_to_all_eyes(eyes: str) -> None:
    least = min(_least_difference(OKABE_AND_ITO, seen) for seen in EYES.values())
    assert _least_difference(COLOURS, EYES[eyes]) > least


def _least_difference(colours: list[str], seen: np.ndarray) -> float:
    return min(
        float(np.linalg.norm(_lab(one, seen) - _lab(other, seen)))
        for one, other in itertools.combinations(colours, 2)
    )


def _lab(colour: str, seen: np.ndarray) -> np.ndarray:
    """CIELAB of a colour as these eyes see it."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.asarray(seen) @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.cbrt(to_xyz @ linear / np.array([0.9505, 1, 1.089]))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_curves_differ_without_any_colour() -> None:
    assert len(set(map(str, DASHES))) == len(DASHES) >= 6
    assert len(set(MARKERS)) == len(MARKERS) == len(COLOURS)


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_takes_the_background_of_its_page(name: str) -> None:
    assert_readable_on_both_pages(DRAWN[name](getattr(resnets_utils, name)))


def test_so_does_the_picture_of_a_model_without_graphviz() -> None:
    assert_readable_on_both_pages(model_plot._draw(networks.post_activated(), show_shapes=True))


def test_a_readers_own_settings_stay_as_they_were() -> None:
    before = {key: matplotlib.rcParams[key] for key in STYLE}
    DRAWN["plot_history"](resnets_utils.plot_history)
    assert {key: matplotlib.rcParams[key] for key in STYLE} == before


def assert_readable_on_both_pages(figure: Figure) -> None:
    figure.canvas.draw()  # makes the last ticks
    assert to_rgba(figure.get_facecolor())[3] == 0, "use in_style: the figure has its own paper"
    for axes in figure.axes:
        assert to_rgba(axes.get_facecolor())[3] == 0, "use in_style: the axes have their own paper"
    for text in figure.findobj(lambda artist: isinstance(artist, Text) and artist.get_text()):
        if text.get_visible() and not _lies_on_paper(text):
            for page in PAGES.values():
                assert contrast(text.get_color(), page) >= LEAST_OF_TEXT, text.get_text()
    for line in figure.findobj(lambda a: isinstance(a, Line2D | FancyArrowPatch)):
        colour = line.get_color() if isinstance(line, Line2D) else line.get_edgecolor()
        if to_rgb(colour) != to_rgb(IN_BOXES) and to_rgb(colour) != (1, 1, 1):
            for page in PAGES.values():
                assert contrast(colour, page) >= LEAST_OF_LINES, line


def _lies_on_paper(text: Text) -> bool:
    """Whether there is a filled patch or an image under the middle of a text."""
    box = text.get_window_extent()
    middle = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    if text.get_bbox_patch() is not None:
        return True
    axes = text.axes
    under = [*axes.patches, *axes.images] if axes is not None else []
    return any(artist.get_window_extent().contains(*middle) for artist in under)
