"""The web site: every link leads somewhere, nothing comes from elsewhere, no solution is shown."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

from autograder import cli
from autograder.authoring.links import with_links
from autograder.authoring.site import AT_HOME, SiteError, site
from autograder.notebooks.cells import is_solution
from autograder.notebooks.sources import assignments, read_source

LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
"""Attributes by which a browser fetches something without being asked."""


class Page(HTMLParser):
    """What a page leads to, what it loads, and which places in it can be led to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.loaded: set[str] = set()
        self.anchors: set[str] = {""}
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" and "href" in found:
            self.links.add(found["href"])
        elif tag in LOADED and LOADED[tag] in found and found.get("rel") != "canonical":
            self.loaded.add(found[LOADED[tag]])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "made"
    site(folder)
    return folder


@pytest.fixture(scope="module")
def pages(made: Path) -> dict[Path, Page]:
    return {path.resolve(): Page(path) for path in sorted(made.rglob("*.html"))}


def is_elsewhere(address: str) -> bool:
    return bool(re.match(r"[a-z]+:|//", address))


def test_every_link_leads_somewhere(pages: dict[Path, Page]) -> None:
    nowhere = []
    for path, page in pages.items():
        for link in sorted(page.links | page.loaded):
            target, anchor = urldefrag(unquote(link))
            if is_elsewhere(link):
                continue
            file = (path.parent / target.partition("?")[0]).resolve() if target else path
            found = pages.get(file)
            if not file.is_file() or (found is not None and anchor not in found.anchors):
                nowhere.append(f"{path.name}: {link}")
    assert not nowhere, "\n".join(nowhere)


def test_nothing_is_loaded_from_elsewhere(pages: dict[Path, Page]) -> None:
    loaded = {link for page in pages.values() for link in page.loaded if is_elsewhere(link)}
    assert {link for link in loaded if not link.startswith("data:")} == set()


@pytest.mark.parametrize("assignment", assignments())
def test_notebooks_are_there_without_their_solutions(made: Path, assignment: str) -> None:
    page = Page(made / "notebooks" / f"{assignment}.html")
    words = " ".join(html.unescape(re.sub(r"<[^>]+>", "", page.text)).split())
    assert "YOUR CODE HERE" in words
    for cell in filter(is_solution, read_source(assignment).cells):
        solved = cell.source.partition("### BEGIN SOLUTION\n")[2].partition("### END")[0]
        assert " ".join(solved.split()) not in words
    assert "BEGIN HIDDEN TESTS" not in words


def test_formulas_are_drawn_without_a_script(pages: dict[Path, Page], made: Path) -> None:
    page = pages[(made / "notebooks" / "03_degradation_and_shortcuts.html").resolve()]
    assert "<math" in page.text and "$6n + 2$" not in page.text


def test_search_finds_words_of_notebooks_and_pages(made: Path) -> None:
    index = (made / "searchindex.js").read_text(encoding="utf-8")
    found = json.loads(index.removeprefix("Search.setIndex(").removesuffix(")"))
    names = found["docnames"]
    where = found["terms"]["shortcut"]
    documents = {names[number] for number in ([where] if isinstance(where, int) else where)}
    assert "notebooks/01_residual_networks" in documents


def test_a_folder_with_something_else_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    assert cli.main(["site", "--to", str(tmp_path)]) == 2
    assert "not empty and no earlier site" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_mistake_in_a_page_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def assemble(to: Path) -> None:
        to.mkdir()
        (to / "conf.py").write_text('extensions = ["myst_parser"]\n')
        (to / "index.md").write_text("# Home\n\n[there](nowhere.md)\n")

    monkeypatch.setattr("autograder.authoring.site.assemble", assemble)
    with pytest.raises(SiteError):
        site(tmp_path / "site")
    assert "nowhere.md" in capfd.readouterr().err
    assert not (tmp_path / "site").exists()


THERE = {"README.md", "docs/students.md", "notebooks/01.ipynb", "docs/gradients.png"}


@pytest.mark.parametrize(
    ("page", "text", "expected"),
    [
        ("README.md", "[01](notebooks/01.ipynb)", "[01](notebooks/01.ipynb)"),
        ("docs/students.md", "[home](../README.md#data)", "[home](../index.md#data)"),
        ("README.md", "[a](solutions), [b](docs/students.md)", "a, [b](docs/students.md)"),
        ("README.md", "![plot [a]](docs/gradients.png)", "![plot [a]](docs/gradients.png)"),
        ("README.md", "[a](https://a.org/b), [top](#top)", "[a](https://a.org/b), [top](#top)"),
        ("README.md", "```\n[code](solutions)\n```", "```\n[code](solutions)\n```"),
    ],
)
def test_links_lead_to_pages_or_become_words(page: str, text: str, expected: str) -> None:
    assert with_links(text, page, THERE, AT_HOME) == expected
