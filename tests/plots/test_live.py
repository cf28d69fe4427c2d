"""Curves that grow during `fit`: one picture, not too often, and only in notebooks."""

from __future__ import annotations

import sys

import keras
import matplotlib
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from resnets.plots import live
from resnets.plots.live import LiveCurves

from .test_text_alternatives import _environment

matplotlib.use("Agg")

LOGS = {"loss": 1.0, "accuracy": 0.5, "val_loss": 2.0, "val_accuracy": 0.25}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time; it passes only where a test says so."""
    now = [100.0]
    monkeypatch.setattr(live.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, bool]]:
    """What a notebook would show: words, place, and whether it takes the place of another."""
    pictures: list[tuple[str, str, bool]] = []
    monkeypatch.setattr(live, "in_notebook", lambda: True)
    monkeypatch.setattr(live, "pictures_of", lambda figure: {})
    monkeypatch.setattr(
        live, "show_picture", lambda _, text, place, again: pictures.append((text, place, again))
    )
    return pictures


def train(curves: LiveCurves, epochs: range) -> None:
    curves.on_train_begin()
    for epoch in epochs:
        curves.on_epoch_end(epoch, LOGS)
    curves.on_train_end()


def test_one_picture_that_is_drawn_again(clock, shown) -> None:
    curves, open_before = LiveCurves(), plt.get_fignums()
    curves.on_train_begin()
    for epoch in range(3):
        curves.on_epoch_end(epoch, LOGS)
        clock[0] += 2
    curves.on_train_end()
    assert [again for *_, again in shown] == [False, True, True]
    assert len({place for _, place, _ in shown}) == 1
    assert "training: loss from about 1 to about 1." in shown[-1][0]
    assert "test: accuracy from about 0.25" in shown[-1][0]
    assert plt.get_fignums() == open_before


def test_at_most_one_drawing_a_second_and_all_epochs_in_the_last(clock, shown) -> None:
    curves = LiveCurves()
    train(curves, range(200))
    assert len(shown) == 2
    assert len(curves.history["loss"]) == 200


def test_a_slow_computer_draws_less_often(clock, shown, monkeypatch) -> None:
    def slowly(figure) -> dict:
        clock[0] += 1.0
        return {}

    monkeypatch.setattr(live, "pictures_of", slowly)
    curves = LiveCurves()
    curves.on_train_begin()
    for epoch in range(60):
        curves.on_epoch_end(epoch, LOGS)
        clock[0] += 1.0
    assert len(shown) <= 4


def test_a_training_that_goes_on_goes_on_in_the_picture(clock, shown) -> None:
    curves = LiveCurves()
    train(curves, range(2))
    train(curves, range(2, 5))
    assert len(curves.history["loss"]) == 5
    assert shown[0][1] != shown[-1][1], "below its own cell"
    train(curves, range(2))
    assert len(curves.history["loss"]) == 2, "a new training begins anew"


def test_the_number_of_the_first_epoch_is_kept(clock, shown, monkeypatch) -> None:
    drawn = []
    monkeypatch.setattr(
        live, "pictures_of", lambda figure: drawn.append(figure.axes[0].lines[0].get_xdata()) or {}
    )
    train(LiveCurves(), range(3, 4))
    assert drawn[-1].tolist() == [4]


def test_outside_of_notebooks_nothing_is_drawn(monkeypatch) -> None:
    assert "ipykernel" not in sys.modules or not live.in_notebook()
    monkeypatch.setattr(live, "plot_history", lambda *_, **__: pytest.fail("it was drawn"))
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    curves = LiveCurves()
    model.fit(np.zeros((4, 2)), np.zeros(4), epochs=2, verbose=0, callbacks=[curves])
    assert len(curves.history["loss"]) == 2


def test_a_notebook_is_left_with_one_picture_and_its_words() -> None:
    code = (
        "import keras, numpy as np\nfrom resnets.plots.live import LiveCurves\n"
        "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])\n"
        "model.compile('sgd', 'mse')\n"
        "x, y = np.zeros((4, 2)), np.zeros(4)\n"
        "_ = model.fit(x, y, epochs=3, verbose=0, validation_data=(x, y), callbacks=[LiveCurves()])"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook).execute(env=_environment())
    outputs = [o for o in notebook.cells[0].outputs if o.output_type == "display_data"]
    picture, words = outputs
    assert picture.metadata["image/png"]["alt"] == picture.data["text/plain"]
    assert "training: loss from" in words.data["text/html"]
