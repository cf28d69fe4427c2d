"""A picture of every layer, with Graphviz or without, and never an exception."""

import shutil
import sys

import keras
import matplotlib
import pytest
from PIL import Image

from resnets.plots import model_plot
from resnets.plots.model_plot import plot_model

from . import networks

matplotlib.use("Agg")


@pytest.fixture
def no_graphviz(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_keras_draws_where_graphviz_is(tmp_path, capsys):
    pytest.importorskip("pydot")
    plot_model(networks.post_activated(), tmp_path / "model.png", show_shapes=True)
    drawn = Image.open(tmp_path / "model.png").convert("RGBA")
    assert drawn.size[0] > 100
    assert drawn.getpixel((0, 0))[3] == 0, "it takes the background of the page"
    assert (0x79, 0x79, 0x79, 255) in drawn.getdata(), "lines are grey"
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("no_graphviz")
@pytest.mark.parametrize("build", networks.EVERY, ids=lambda b: b.__name__)
def test_every_network_is_drawn_without_graphviz(build, tmp_path, capsys):
    shown = plot_model(build(), tmp_path / "model.png", show_shapes=True)
    assert Image.open(tmp_path / "model.png").size[0] > 100
    assert shown is None or shown.data == (tmp_path / "model.png").read_bytes()
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and "install" in out


@pytest.mark.usefixtures("no_graphviz")
@pytest.mark.parametrize(
    ("platform", "command"), [("linux", "apt-get"), ("darwin", "brew"), ("win32", "winget")]
)
def test_the_line_says_how_to_install_it(tmp_path, capsys, monkeypatch, platform, command):
    monkeypatch.setattr(model_plot, "_why_not_graphviz", lambda: "")
    monkeypatch.setattr(sys, "platform", platform)
    assert command in model_plot._install_command()


def test_pydot_is_missing(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "pydot", None)
    plot_model(networks.plain(), tmp_path / "model.png")
    assert (tmp_path / "model.png").exists()
    assert "pip install pydot" in capsys.readouterr().out


def test_a_file_that_graphviz_drew_is_kept(tmp_path, capsys, monkeypatch):
    """IPython's images are no SVG: they fail when the file has been written."""

    def draws(_, to_file, **options):
        (tmp_path / "model.svg").write_text("Graphviz drew this")

    monkeypatch.setattr(model_plot, "_why_not_graphviz", lambda: "")
    monkeypatch.setattr(model_plot, "_write_with_graphviz", draws)
    assert plot_model(networks.post_activated(), tmp_path / "model.svg") is None
    assert (tmp_path / "model.svg").read_text() == "Graphviz drew this"
    assert capsys.readouterr().out == ""


def test_graphviz_fails_on_this_model(tmp_path, capsys, monkeypatch):
    def fails(*_, **__):
        raise AssertionError("dot: graph is too large\nand more")

    monkeypatch.setattr(model_plot, "_why_not_graphviz", lambda: "")
    monkeypatch.setattr(keras.utils, "model_to_dot", fails)
    plot_model(networks.plain(), tmp_path / "model.png")
    assert (tmp_path / "model.png").exists()
    assert "could not draw this model (dot: graph is too large)" in capsys.readouterr().out


@pytest.mark.usefixtures("no_graphviz")
@pytest.mark.parametrize(
    ("name", "written"),
    [("a.pdf", "a.pdf"), ("a.svg", "a.svg"), ("a.gif", "a.gif.png"), ("a", "a.png")],
)
def test_formats(tmp_path, name, written):
    plot_model(networks.plain(), tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [written]


@pytest.mark.usefixtures("no_graphviz")
def test_folder_that_does_not_exist(tmp_path, capsys):
    assert plot_model(networks.plain(), tmp_path / "none" / "model.png") is None
    assert "cannot be written" in capsys.readouterr().out


@pytest.mark.usefixtures("no_graphviz")
def test_network_of_many_layers_stays_a_picture_that_opens(tmp_path):
    plot_model(networks.light(100), tmp_path / "model.png")
    assert max(Image.open(tmp_path / "model.png").size) < 2**14


@pytest.mark.usefixtures("no_graphviz")
def test_no_line_runs_through_a_box(monkeypatch):
    """Boxes side by side in a row, and every step below its parents."""
    steps = model_plot.read_graph(networks.post_activated())
    places = model_plot._places(steps)
    assert len(set(places)) == len(places)
    for step, (_, row) in zip(steps, places, strict=True):
        assert all(places[parent][1] < row for parent in step.parents)
