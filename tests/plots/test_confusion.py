"""Confusion matrices count what was read as what, and say it in words."""

from __future__ import annotations

import numpy as np

from resnets.plots.confusion import confusion, plot_confusion

LABELS, READ = [0, 0, 1, 2, 2, 2], [0, 1, 1, 2, 0, 0]


def test_a_row_is_what_it_is_and_a_column_what_was_read() -> None:
    counts = confusion(LABELS, READ, 3)
    assert counts.tolist() == [[1, 1, 0], [0, 1, 0], [2, 0, 1]]


def test_labels_as_the_course_has_them_are_welcome() -> None:
    counts = confusion(np.array([LABELS]), np.array(READ, float).astype(int), 4)
    assert counts.sum() == len(LABELS) and not counts[3].any()


def test_every_field_has_its_number_and_the_figure_its_words() -> None:
    figure = plot_confusion(LABELS, READ, names=["six", "seven", "eight"])
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.texts] == list("110010201")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["six", "seven", "eight"]
    assert "eight: about 1 of 3 right." in figure.alternative
