"""Curves that grow while a network is being trained, below the cell that trains it."""

from __future__ import annotations

import time
import uuid
from typing import Any

import keras
import matplotlib.pyplot as plt

from resnets.plots.curves import plot_history
from resnets.plots.figures import pictures_of, show_picture
from resnets.progress import in_notebook

_SECONDS = 1.0
"""The least time from one drawing to the next."""
_SHARE = 0.05
"""How much of the time may be spent with drawing: a slow computer draws less often."""


class LiveCurves(keras.callbacks.Callback):
    """Draws loss and accuracy of training and test data, after each epoch of `fit`.

        model.fit(x, y, epochs=20, validation_data=(test_x, test_y), callbacks=[LiveCurves()])

    There is one picture below the cell, which is drawn again at most once a second. When the
    training ends, all epochs are in it. Outside of notebooks nothing is drawn.

    If a second `fit` goes on where the first one ended (`initial_epoch`), give both the same
    object: then the second picture shows the epochs of both.
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[float]] = {}
        self._first, self._next = 0, 0
        self._start_picture()

    def _start_picture(self) -> None:
        self._place, self._shown, self._stale = f"curves-{uuid.uuid4()}", False, False
        self._not_before = 0.0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """A new picture for each `fit`."""
        self._start_picture()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Keep what the epoch, counted from 0, has shown, and draw it if it is time to."""
        if epoch != self._next:
            self.history, self._first = {}, epoch
        self._next = epoch + 1
        for key, value in (logs or {}).items():
            self.history.setdefault(key, []).append(float(value))
        self._stale = True
        if time.monotonic() >= self._not_before:
            self._draw()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Draw the epochs that had to wait."""
        if self._stale:
            self._draw()

    def _draw(self) -> None:
        self._stale = False
        if not in_notebook():
            return
        begun = time.monotonic()
        figure = plot_history({"": self.history}, first_epoch=self._first + 1)
        show_picture(pictures_of(figure), figure.alternative, self._place, again=self._shown)
        plt.close(figure)
        self._shown = True
        ended = time.monotonic()
        self._not_before = ended + max(_SECONDS, (ended - begun) / _SHARE)
