"""Names of curves stand apart: from one another, and from what is drawn."""

from __future__ import annotations

import itertools

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from resnets.plots.curves import plot_gradients
from resnets.plots.labels import spread
from resnets.plots.lines import plot_curves

matplotlib.use("Agg")

heights = st.floats(-1e3, 1e3)
names = st.text("abcdefgh 0123456789,", min_size=1, max_size=24)


@given(st.lists(heights, max_size=12), st.floats(0.1, 50))
def test_no_two_are_nearer_than_they_may_be(wanted, apart) -> None:
    placed = spread(wanted, apart, (-1e6, 1e6))
    for one, other in itertools.pairwise(sorted(placed)):
        assert other - one >= apart - 1e-6


@given(st.lists(heights, min_size=1, max_size=12), st.floats(0.1, 50))
def test_their_order_is_kept_and_what_has_room_stays(wanted, apart) -> None:
    placed = spread(wanted, apart, (-1e6, 1e6))
    for (a, at_a), (b, at_b) in itertools.combinations(zip(wanted, placed, strict=True), 2):
        assert a == b or (a < b) == (at_a < at_b)
    if all(abs(a - b) >= apart for a, b in itertools.combinations(wanted, 2)):
        np.testing.assert_allclose(placed, wanted, atol=1e-6)


@given(st.lists(heights, min_size=1, max_size=12))
def test_all_stay_within_where_there_is_room(wanted) -> None:
    placed = spread(wanted, 15, (0, 15 * 12))
    assert min(placed) >= -1e-6 and max(placed) <= 15 * 12 + 1e-6


def boxes(figure: Figure) -> list[Bbox]:
    """Where the names stand when all has been laid out."""
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    (axes,) = figure.axes
    return [matplotlib.text.Text.get_window_extent(text, renderer) for text in axes.texts]


def assert_names_stand_apart(figure: Figure) -> None:
    (axes,) = figure.axes
    placed = boxes(figure)
    for one, other in itertools.combinations(placed, 2):
        assert not one.overlaps(other)
    for box in placed:
        assert box.x0 > axes.get_window_extent().x1, "a curve may pass through the name"
        assert figure.bbox.x1 >= box.x1 and figure.bbox.y1 >= box.y1 and box.y0 >= 0


@settings(deadline=None, max_examples=25)
@given(
    st.dictionaries(names, st.lists(st.floats(-1, 1), min_size=2, max_size=5), min_size=1).filter(
        lambda curves: len(curves) <= 7
    )
)
def test_curves_that_end_anywhere_are_named_legibly(curves) -> None:
    figure = plot_curves(curves, "title", x="step", y="value", reference=0.5)
    assert {text.get_text() for text in figure.axes[0].texts} == set(curves)
    assert_names_stand_apart(figure)
    plt.close(figure)


@pytest.mark.parametrize("last", [[1.0] * 7, np.logspace(-9, 3, 7), [1e-9] * 6 + [1.0]])
def test_gradients_that_meet_are_named_legibly(last) -> None:
    norms = {f"network {k}": [1.0, 0.1, value] for k, value in enumerate(last)}
    figure = plot_gradients(norms)
    assert_names_stand_apart(figure)
    plt.close(figure)
