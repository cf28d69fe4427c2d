"""Pictures of hands land in the row of their class."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from resnets.plots.signs import plot_prediction, plot_signs

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def pictures(labels) -> np.ndarray:
    """Pictures whose grey is their label."""
    x = np.zeros((len(labels), 8, 8, 3), np.uint8)
    return x + np.asarray(labels, np.uint8)[:, None, None, None]


@pytest.mark.parametrize("shape", [(-1,), (1, -1)])
@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_one_class_a_row(shape, kind):
    labels = np.array([2, 0, 1, 2, 0, 2, 2])
    x = pictures(labels) if kind is np.uint8 else pictures(labels) / np.float32(255)
    figure = plot_signs(x, labels.reshape(shape), per_class=3)
    grid = np.array(figure.axes).reshape(3, 3)
    for label, row in enumerate(grid):
        shown = [axes.images[0].get_array() for axes in row if axes.images]
        assert len(shown) == min(3, (labels == label).sum())
        expected = label if kind is np.uint8 else label / 255
        assert all(np.allclose(picture, expected) for picture in shown)
        assert row[0].texts[0].get_text() == str(label)


def test_names_and_absent_classes():
    figure = plot_signs(
        pictures([3, 1]), [3, 1], per_class=2, names=["none", "one", "two", "three"]
    )
    found = [axes.texts[0].get_text() for axes in figure.axes if axes.texts]
    assert found == ["one", "three"]


def test_no_pictures_at_all():
    assert plot_signs(pictures([]), []).get_size_inches()[0] == 9


@pytest.mark.parametrize("batch", [True, False])
def test_prediction_marks_the_likeliest(batch):
    picture, values = np.full((8, 8, 3), 0.5), np.array([0.1, 0.2, 0.65, 0.05])
    if batch:
        picture, values = picture[np.newaxis], values[np.newaxis]
    left, right = plot_prediction(picture, values).axes
    assert left.images[0].get_array().shape == (8, 8, 3)
    assert right.get_title(loc="left") == "reads 2"
    widths = [bar.get_width() for bar in right.patches]
    assert widths == [0.1, 0.2, 0.65, 0.05]
    colours = [bar.get_facecolor() for bar in right.patches]
    assert colours.count(colours[2]) == 1
    assert [text.get_text() for text in right.texts] == ["10 %", "20 %", "65 %", "5 %"]
