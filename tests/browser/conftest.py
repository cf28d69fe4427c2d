"""A browser for the tests, or one line that says why there is none; screenshots are kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from autograder.paths import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SCREENSHOTS = ROOT / "build" / "browser"
"""Looked at by people: light and dark, 900 pixels and full width."""
ARGUMENTS = (
    *("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
NARROW, WIDE = {"width": 900, "height": 1000}, {"width": 1600, "height": 1000}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's chromium; nothing is downloaded."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if program is None:
        pytest.skip("no browser: install chromium (sudo apt install chromium)")
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as started:
        try:
            browser = started.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        except Error as error:
            pytest.skip(f"the browser does not start: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page of 900 pixels' width; a script's error on it fails the test."""
    page = browser.new_page(viewport=NARROW)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert not errors, errors


@pytest.fixture
def keep(page: Page) -> Callable[[str], Path]:
    """Keeps a screenshot under a name, at 900 pixels and at full width."""

    def keep(name: str) -> Path:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for width, size in (("900", NARROW), ("full", WIDE)):
            page.set_viewport_size(size)
            page.wait_for_timeout(200)
            page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png")
        page.set_viewport_size(NARROW)
        return SCREENSHOTS

    return keep
