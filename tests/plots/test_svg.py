"""The drawing of a network is alive: each box tells its details under the mouse and with Tab."""

from __future__ import annotations

import base64
import re
from xml.etree import ElementTree

import matplotlib
import matplotlib.pyplot as plt
import nbformat
import pytest
from nbclient import NotebookClient

from autograder.paths import ROOT
from resnets.plots.anatomy import read_anatomy
from resnets.plots.architecture import plot_architecture
from resnets.plots.figures import live_of
from resnets.plots.layout import rows_of

from . import networks
from .test_text_alternatives import _environment

matplotlib.use("Agg")

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def page(build) -> str:
    return live_of(plot_architecture(build()))["text/html"]


def live(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(re.search(r"<svg.*?</svg>", html, re.DOTALL)[0])


@pytest.mark.parametrize("build", networks.EVERY, ids=lambda b: b.__name__)
def test_each_box_is_reached_with_tab_and_tells_its_details(build) -> None:
    html = page(build)
    drawing = live(html)
    parts = [g for g in drawing.iter(f"{SVG}g") if "part" in g.get("class", "").split()]
    boxes = sum(len(row.parts) for row in rows_of(read_anatomy(build())))
    assert len(parts) == boxes > 0
    for number, part in enumerate(parts):
        assert part.get("tabindex") == "0" and part.get("role") == "img"
        assert part.find(f"{SVG}title").text in part.get("aria-label")
        assert part.find(f"{SVG}rect") is not None and part.find(f"{SVG}text") is not None
        assert f".p{number}:focus~.n{number}" in html and f".p{number}:hover~.n{number}" in html
        (note,) = (g for g in drawing.iter(f"{SVG}g") if g.get("class") == f"note n{number}")
        told = " ".join(text.text for text in note.iter(f"{SVG}text"))
        assert "parameters: " in told


def test_a_block_tells_its_name_kind_paths_shape_and_parameters() -> None:
    labels = [g.get("aria-label", "") for g in live(page(networks.resnet50)).iter(f"{SVG}g")]
    assert (
        "3a: convolutional block; main path: 1×1 conv, 128, /2 → 3×3 conv, 128 → 1×1 conv, 512; "
        "shortcut: 1×1 conv /2; output shape: 8×8×512; parameters: 383,232"
    ) in labels
    assert any("shortcut: the input as it is" in label for label in labels)


@pytest.mark.parametrize("build", networks.EVERY, ids=lambda b: b.__name__)
def test_notes_stay_on_the_page(build) -> None:
    drawing = live(page(build))
    width, height = float(drawing.get("width")), float(drawing.get("height"))
    for note in (g for g in drawing.iter(f"{SVG}g") if g.get("class", "").startswith("note")):
        box = {k: float(v) for k, v in note.find(f"{SVG}rect").attrib.items() if k in "xy"}
        rect = note.find(f"{SVG}rect")
        assert box["x"] >= 0 and box["x"] + float(rect.get("width")) <= width
        assert box["y"] >= 0 and box["y"] + float(rect.get("height")) <= height


def test_the_bytes_are_the_same_each_time() -> None:
    assert page(networks.resnet50) == page(networks.resnet50)


@pytest.mark.parametrize("dpi", [50, 72, 200])
def test_the_bytes_are_the_same_at_each_resolution_of_a_backend(dpi: int) -> None:
    usual = page(networks.post_activated)
    with matplotlib.rc_context({"figure.dpi": dpi}):
        assert page(networks.post_activated) == usual


def test_where_svg_and_style_are_taken_out_a_picture_is_left() -> None:
    """As JupyterLab's sanitiser does in notebooks that are not trusted."""
    html = page(networks.post_activated)
    left = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    left = re.sub(r"</?(svg|g|title|text|rect|path|circle|polyline)\b[^>]*>", "", left)
    live_one, picture = re.fullmatch(r"<div ([^>]*)>[^<]*</div><img (.*)>", left).groups()
    # The sanitiser takes empty attributes out, and some styles: one of these two is left.
    assert 'hidden="hidden"' in live_one and 'style="display:none"' in live_one
    assert 'alt="The network net' in picture
    data = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', picture)[1]
    still = ElementTree.fromstring(base64.b64decode(data))
    assert "tabindex" not in ElementTree.tostring(still, "unicode")
    assert "hidden" not in html.split("<img")[1], "the style shows the one and hides the other"


def test_a_notebook_keeps_it_beside_the_picture_and_the_words() -> None:
    code = (
        "from resnets.plots.architecture import plot_architecture\nimport keras\n"
        "plot_architecture(keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)]))"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook).execute(env=_environment())
    picture, words = (o for o in notebook.cells[0].outputs if o.output_type == "display_data")
    assert base64.b64decode(picture.data["image/png"]).startswith(b"\x89PNG")
    assert picture.metadata["image/png"]["alt"] == picture.data["text/plain"]
    assert 'tabindex="0"' in picture.data["text/html"] and str(ROOT) not in str(picture)
    assert words.data["text/html"].startswith("<details>")
