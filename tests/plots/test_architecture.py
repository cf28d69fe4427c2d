"""The picture of a network can be read: on one page, large enough, and nothing over another."""

import itertools

import matplotlib
import matplotlib.pyplot as plt
import pytest
from keras import layers
from matplotlib.figure import Figure

from resnets.plots.architecture import plot_architecture

from . import networks
from .networks import conv, model

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def texts(figure: Figure) -> list:
    return [text for text in figure.axes[0].texts if text.get_text()]


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in texts(figure))


def assert_readable(figure: Figure) -> None:
    figure.canvas.draw()
    page = figure.bbox
    boxes = [(text, text.get_window_extent()) for text in texts(figure)]
    for text, box in boxes:
        assert text.get_fontsize() >= 9
        assert page.x0 <= box.x0 and box.x1 <= page.x1, f"{text.get_text()!r} leaves the page"
        assert page.y0 <= box.y0 and box.y1 <= page.y1, f"{text.get_text()!r} leaves the page"
    for (a, one), (b, other) in itertools.combinations(boxes, 2):
        overlap = (
            one.x0 < other.x1 and other.x0 < one.x1 and one.y0 < other.y1 and other.y0 < one.y1
        )
        # Lines of one box stand close: their boxes may touch by what letters never fill.
        deep = min(one.y1, other.y1) - max(one.y0, other.y0) > 3
        assert not (overlap and deep), f"{a.get_text()!r} lies over {b.get_text()!r}"


@pytest.mark.parametrize("build", networks.EVERY, ids=lambda b: b.__name__)
def test_every_network_is_drawn_readably(build):
    figure = plot_architecture(build())
    assert figure.get_size_inches()[0] == 9
    assert_readable(figure)


def test_resnet50_on_one_page():
    figure = plot_architecture(networks.resnet50())
    assert_readable(figure)
    found = words(figure).splitlines()
    assert {"2a", "3d", "4f", "5c", "8×8×512", "stage 2", "stage 5", "stem", "head"} <= set(found)
    assert any("16 residual blocks (4 convolutional, 12 identity)" in line for line in found)
    assert any("25,636,712 parameters" in line for line in found)
    assert figure.get_size_inches()[1] < 13  # a page, upright


def test_runs_of_equal_blocks_are_folded():
    figure = plot_architecture(networks.light(3, 23))
    assert_readable(figure)
    assert "2b – 2w" in words(figure) and "22 identity blocks" in words(figure)
    assert "1c" in words(figure)


def test_each_kind_of_block_has_a_legend():
    def build(x):
        x = layers.Add()([conv(x, 4), x])
        x = layers.Add()([conv(x, 8, 2), conv(x, 8, 2, 1)])
        return layers.Add()([conv(x, 8, 2), layers.MaxPooling2D(2)(x)])

    text = words(plot_architecture(model(build)))
    for kind in ("identity", "convolutional", "reshaping"):
        assert f"{kind} block: " in text
    assert "reshaping block: " not in words(plot_architecture(networks.post_activated()))


def test_what_is_not_drawn_is_said():
    assert "Not drawn: 1 connection that passes" in words(plot_architecture(networks.long_skip()))
    assert "has no graph" in words(plot_architecture(networks.Subclassed()))


def test_very_long_and_odd_names():
    def build(x):
        return layers.Add()([conv(x, 4, name="n" * 300), x])

    figure = plot_architecture(model(build, name="m" * 40))
    assert_readable(figure)


def test_notebooks_show_it_once(monkeypatch):
    monkeypatch.setattr(matplotlib, "get_backend", lambda: "module://matplotlib_inline.backend")
    plot_architecture(networks.plain())
    assert plt.get_fignums() == []
