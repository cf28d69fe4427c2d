"""The drawing of a network in JupyterLab: alive where the notebook is trusted, else a picture."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

pytest.importorskip("playwright", reason="no Playwright: pip install playwright")
from resnets.plots.architecture import plot_architecture
from resnets.plots.figures import live_of
from tests.browser.lab import running_lab
from tests.plots import networks

TOLD = """() => [...document.querySelectorAll(".note")]
    .filter(note => getComputedStyle(note).visibility === "visible")
    .map(note => note.textContent)"""
SEEN = """() => ["svg", "img"].filter(kind => {
    const shown = document.querySelector(`.jp-OutputArea ${kind}`);
    return shown !== null && shown.getBoundingClientRect().height > 50;
})"""


@pytest.fixture(scope="module")
def outputs() -> dict[str, str]:
    return live_of(plot_architecture(networks.post_activated()))


def test_a_box_tells_its_details_under_the_mouse_and_with_tab(page, outputs) -> None:
    page.set_content(outputs["text/html"])
    assert page.evaluate(TOLD) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    (told,) = page.evaluate(TOLD)
    assert told.startswith("2a: identity block") and "output shape: 16×16×4" in told
    page.evaluate("document.activeElement.blur()")
    page.locator(".p4").hover()
    (told,) = page.evaluate(TOLD)
    assert told.startswith("3a: convolutional block")


def test_before_a_student_trusts_the_notebook_the_same_picture_is_seen(
    page, outputs, tmp_path: Path
) -> None:
    cell = nbformat.v4.new_code_cell("", execution_count=1)
    cell.outputs = [nbformat.v4.new_output("display_data", data=outputs)]
    (tmp_path / "folder" / "notebooks").mkdir(parents=True)
    # The one that `make lab` opens.
    name = "notebooks/01_residual_networks.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "folder" / name)
    with running_lab(tmp_path / "folder", tmp_path / "settings") as lab:
        page.goto(lab.address(f"lab/tree/{Path(name).name}"))
        page.wait_for_selector(".jp-OutputArea img", timeout=60_000)
        page.wait_for_timeout(1000)
        assert page.evaluate(SEEN) == ["img"]
        words = page.locator(".jp-OutputArea").inner_text()
        assert words.strip() == "", "what is written in the drawing does not stand there as a heap"
        page.evaluate(
            "window.jupyterapp.shell.currentWidget.content.widgets[0].model.trusted = true"
        )
        page.wait_for_timeout(1000)
        assert page.evaluate(SEEN) == ["svg"]
