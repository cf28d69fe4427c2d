"""What curves and block drawings show, read back from the figures."""

from __future__ import annotations

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from resnets.plots.blocks import draw_block
from resnets.plots.curves import plot_bars, plot_gradients, plot_history


def texts(figure: Figure) -> set[str]:
    return {text.get_text() for axes in figure.axes for text in axes.texts if text.get_text()}


def test_gradients_one_named_curve_a_network_on_a_log_axis() -> None:
    figure = plot_gradients({"plain": [1e-9, 1e-3, 1.0], "residual": [0.5, 0.7, 1.0]})
    (axes,) = figure.axes
    assert axes.get_yscale() == "log"
    assert texts(figure) == {"plain", "residual"}
    np.testing.assert_array_equal(axes.lines[0].get_xydata(), [[1, 1e-9], [2, 1e-3], [3, 1.0]])


def test_histories_test_curves_are_dashed_and_missing_ones_left_out() -> None:
    history = {"loss": [2.0, 1.0], "accuracy": [0.2, 0.6], "val_accuracy": [0.1, 0.2]}
    loss, accuracy = plot_history({"adam": history}).axes
    assert [line.get_linestyle() for line in loss.lines] == ["-"]
    assert [line.get_linestyle() for line in accuracy.lines] == ["-", "--"]
    np.testing.assert_array_equal(accuracy.lines[1].get_ydata(), [0.1, 0.2])


def test_bars_are_named_measured_and_compared() -> None:
    figure = plot_bars({"ours": 0.9, "theirs": 0.4}, "Accuracy", reference=1 / 6)
    (axes,) = figure.axes
    assert [bar.get_width() for bar in axes.patches] == [0.9, 0.4]
    assert {"0.90", "0.40"} <= texts(figure)
    assert axes.lines[0].get_xdata()[0] == pytest.approx(1 / 6)


def test_bars_of_several_runs_show_their_mean_and_their_range() -> None:
    (axes,) = plot_bars({"one": [0.2, 0.4, 0.9], "other": [0.5, 0.5, 0.5]}, "Accuracy").axes
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([0.5, 0.5])
    (whiskers,) = (c for c in axes.collections if len(c.get_segments()) == 2)
    np.testing.assert_allclose([s[:, 0] for s in whiskers.get_segments()], [[0.2, 0.9], [0.5, 0.5]])


def test_a_block_shows_every_step_of_both_paths() -> None:
    identity = texts(draw_block(["Conv2D\n1×1", "BatchNorm", "ReLU"]))
    assert {"Conv2D", "1×1", "BatchNorm", "ReLU", "+", "main path"} <= identity
    assert "shortcut: $X$ as it is" in identity
    projected = texts(draw_block(["Conv2D"], shortcut=["Conv2D\nstride $s$"]))
    assert {"shortcut", "stride $s$"} <= projected


def test_an_axis_of_epochs_shows_whole_numbers_only() -> None:
    for epochs in range(1, 12):
        history = {"loss": list(range(epochs)), "val_accuracy": [0.5] * epochs}
        figure = plot_history({"adam": history})
        figure.draw_without_rendering()
        for axes in figure.axes:
            shown = [text.get_text() for text in axes.get_xticklabels()]
            assert shown and all("." not in text for text in shown)
        plt.close(figure)


def test_notebooks_show_a_figure_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matplotlib, "get_backend", lambda: "inline")
    before = plt.get_fignums()
    draw_block(["ReLU"])
    plot_bars({"a": 1}, "b")
    assert plt.get_fignums() == before
