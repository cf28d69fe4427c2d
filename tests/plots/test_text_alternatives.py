"""Every figure says in words what is seen, and a notebook shows both."""

from __future__ import annotations

import base64
import re
import subprocess
import sys

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbclient import NotebookClient
from nbval.plugin import get_sanitize_patterns

from autograder.paths import ROOT
from resnets.plots.architecture import plot_architecture
from resnets.plots.blocks import draw_block
from resnets.plots.curves import plot_bars, plot_gradients, plot_history
from resnets.plots.figures import about
from resnets.plots.lines import plot_curves
from resnets.plots.padding import plot_padding
from resnets.plots.pictures import plot_pictures
from resnets.plots.signs import plot_prediction, plot_signs

from . import networks

PADDED = {"size": 7, "kernel": 3, "stride": 2, "before": 1, "after": 1, "places": 4}
FIGURES = {
    "curves": (lambda: plot_curves({"falls": [3.0, 1.0]}, "Loss", "step", "loss"), "falls about 3"),
    "runs": (
        lambda: plot_curves({"a": np.array([[1, 2.0], [1, 4.0]])}, "Loss", "step", "loss"),
        "mean of 2 runs, about 2 to about 4, ends at about 3",
    ),
    "gradients": (lambda: plot_gradients({"plain": [1e-9, 1.0]}), "plain 1e-09 layer 1"),
    "history": (lambda: plot_history({"adam": {"loss": [2.0, 1.0]}}), "adam loss about 2 about 1"),
    "bars": (lambda: plot_bars({"loop": 109.4, "patches": 1.07}, "Time", "ms"), "loop 110 ms 1.1"),
    "block": (
        lambda: draw_block(["Conv2D\n1×1, $F_1$", "ReLU"]),
        "Conv2D (1×1, F1), ReLU as it is",
    ),
    "padding": (lambda: plot_padding([PADDED]), "7 pixels, window 3, stride 2 → 4 places"),
    "pictures": (
        lambda: plot_pictures({"a hand": np.eye(3)}, seen="It is upright."),
        "a hand It is upright.",
    ),
    "signs": (lambda: plot_signs(np.zeros((3, 8, 8, 3)), [2, 2, 0]), "0: 1 2: 2"),
    "prediction": (
        lambda: plot_prediction(np.zeros((8, 8, 3)), [0.1, 0.9]),
        "reads 1 0: about 10 % 1: about 90 %",
    ),
    "architecture": (
        lambda: plot_architecture(networks.post_activated()),
        "4 residual blocks stage 1 identity convolutional",
    ),
}


@pytest.mark.parametrize("kind", FIGURES)
def test_the_text_holds_what_the_figure_shows(kind: str) -> None:
    draw, words = FIGURES[kind]
    figure = draw()
    plt.close(figure)
    for word in words.split():
        assert word.strip(",") in figure.alternative


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_measured_numbers_are_left_out_of_comparisons(number: float) -> None:
    patterns = get_sanitize_patterns((ROOT / "tests" / "nbval.cfg").read_text(encoding="utf-8"))
    text = f"ends at {about(number)}, then {about(number)}."
    for pattern, replacement in patterns:
        text = re.sub(pattern, replacement, text)
    assert text == "ends at about N, then about N."


def test_a_notebook_shows_the_picture_its_alt_and_the_words_below() -> None:
    code = "from resnets.plots.curves import plot_bars\nplot_bars({'a & b': 1.0}, 'Title')"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook).execute(env=_environment())
    picture, words = notebook.cells[0].outputs
    assert base64.b64decode(picture.data["image/png"]).startswith(b"\x89PNG")
    assert picture.metadata["image/png"]["alt"] == picture.data["text/plain"]
    assert "a &amp; b: about 1" in words.data["text/html"]


def test_keras_own_diagram_has_one_too(tmp_path) -> None:
    code = (
        "import keras\nfrom resnets.plots.model_plot import plot_model\n"
        "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name='last')])\n"
        f"plot_model(model, {str(tmp_path / 'model.png')!r})"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook).execute(env=_environment())
    shown = [o for o in notebook.cells[0].outputs if "image/png" in o.get("data", {})]
    assert "last (dense, 3)" in shown[0].metadata["image/png"]["alt"]


def test_outside_of_a_notebook_nothing_is_shown() -> None:
    code = "from resnets.plots.curves import plot_bars; plot_bars({'a': 1.0}, 'b')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=_environment(), cwd=ROOT
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def _environment() -> dict[str, str]:
    import os

    kept = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    return kept | {"PYTHONPATH": str(ROOT)}
