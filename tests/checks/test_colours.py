"""What checks and panels show is read in a light and in a dark theme."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from resnets.checks import display, progress_panel
from resnets.checks.display import colours
from resnets.plots.style import PAGES
from tests.contrast import contrast

SOURCES = [*Path(display.__file__).parent.glob("*.py"), Path(progress_panel.__file__)]


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("name", ["FAINT", "LINE", "GOOD", "BAD"])
def test_each_colour_stands_apart_from_both_pages(name: str, page: str) -> None:
    (colour,) = re.findall(r"#[0-9a-f]{6}", getattr(colours, name))
    assert contrast(colour, page) >= 4


def test_text_has_the_theme_s_colour_or_that_around_it() -> None:
    assert colours.INK == "var(--jp-content-font-color1, currentColor)"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_text_has_a_colour_of_its_own(path: Path) -> None:
    """Fills of boxes are pale and have the theme's text on them; all other colours are named."""
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"(?<![-\w])color:\s*#|background:\s*#", source)
    if path.name != "colours.py":
        assert re.findall(r'^_?[A-Z]+ = .*"#', source, re.MULTILINE) == []
