"""`python -m autograder site`: the pages of this repository and its notebooks, as a web site.

Pages keep the places that they have in the repository, so links between them hold. A link to what
is no page, such as the solutions, becomes plain words.
"""

from __future__ import annotations

import ast
import posixpath
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.authoring.api_page import api_page
from autograder.authoring.editions import edition, languages
from autograder.authoring.handed_out import handed_out
from autograder.authoring.links import with_links
from autograder.errors import AutograderError
from autograder.notebooks.sources import assignments
from autograder.paths import ROOT

HOME = "README.md"
AT_HOME = {HOME: "index.md"}
PAGES = ("README.*.md", "CONTRIBUTING.md", "datasets/README.md", "docs/*.md")
ASSETS = ("LICENSE", "docs/*.png", "docs/*.svg")
SPHINX = ("docs/conf.py", "docs/_extensions", "docs/_static")
BUILT = ".buildinfo"
"""Sphinx leaves it in a site."""
MEASURED = "benchmarks/last"
"""Where `make bench` keeps what each script printed last."""
CONTENTS = """
```{{toctree}}
:caption: {caption}
:maxdepth: 1
:hidden:

{pages}
```
"""


class SiteError(AutograderError):
    """The site cannot be made; the message is one sentence."""


def site(to: Path) -> None:
    """Writes the site into a folder, which then holds nothing else.

    Args:
        to: a new or empty folder, or one with an earlier site, which is replaced.

    Raises:
        SiteError: `to` holds something else, Sphinx is not installed, or a page has a mistake, such
            as a link to nowhere.
        StaleSolution: a solution has not been built since its source was changed.
    """
    if to.exists() and not (to / BUILT).is_file() and (not to.is_dir() or any(to.iterdir())):
        raise SiteError(f"{to} is not empty and no earlier site; name a new folder.")
    if find_spec("sphinx") is None:
        raise SiteError(
            "Sphinx is not installed: type `make site`, or pip install -r requirements-site.txt."
        )
    with tempfile.TemporaryDirectory(prefix="site-") as folder:
        pages, made = Path(folder, "pages"), Path(folder, "made")
        assemble(pages)
        command = [
            sys.executable,
            "-m",
            "sphinx",
            "-q",
            "-W",
            "--keep-going",
            str(pages),
            str(made),
        ]
        if subprocess.run(command).returncode:
            raise SiteError("The site has mistakes; they are named above.")
        shutil.rmtree(made / ".doctrees", ignore_errors=True)
        shutil.rmtree(to, ignore_errors=True)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(made, to)


def assemble(to: Path) -> None:
    """Writes all pages, and what Sphinx needs besides, into a folder."""
    texts = {HOME: _read(ROOT / HOME)}
    texts |= {str(path.relative_to(ROOT)): _read(path) for path in _found(PAGES)}
    texts |= {"docs/api.md": api_page(), "docs/benchmarks.md": _benchmarks_page()}
    notebooks = {f"notebooks/{name}.ipynb": handed_out(name) for name in assignments()}
    notebooks |= {
        f"notebooks/{language}/{name}.ipynb": edition(name, language)
        for language in languages()
        for name in assignments()
    }
    assets = [str(path.relative_to(ROOT)) for path in _found(ASSETS)]
    there = {*texts, *notebooks, *assets}

    for name, text in texts.items():
        text = with_links(text, name, there, AT_HOME)
        if name == HOME:
            name, text = "index.md", text + _contents(texts, notebooks)
        _write(to / name, text)
    for name, notebook in notebooks.items():
        _write(to / name, nbformat.writes(_for_reading(notebook, name, there)))
    for name in assets:
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, to / name)
    for name in SPHINX:
        source, target = ROOT / name, to / Path(name).name
        copy: Callable[..., object] = shutil.copytree if source.is_dir() else shutil.copyfile
        copy(source, target)


def _for_reading(notebook: NotebookNode, page: str, there: Iterable[str]) -> NotebookNode:
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = with_links(cell.source, page, there, AT_HOME)
    return notebook


def _contents(texts: Iterable[str], notebooks: Iterable[str]) -> str:
    """The table of contents, which stands in the margin of every page."""
    folders = sorted({posixpath.dirname(name) for name in notebooks}, key=len)
    blocks = []
    for folder in folders:
        language = posixpath.basename(folder)
        caption = "Notebooks" if folder == "notebooks" else f"Notebooks ({language})"
        blocks.append((caption, sorted(n for n in notebooks if posixpath.dirname(n) == folder)))
    blocks.append(("Pages", sorted(name for name in texts if name != HOME)))
    return "".join(
        CONTENTS.format(caption=caption, pages="\n".join(pages)) for caption, pages in blocks
    )


def _benchmarks_page() -> str:
    """What each script in benchmarks/ measures, and what it printed last."""
    parts = [
        "# Measured\n\nEvery claim about speed or accuracy is a script. `make bench` runs all.\n"
    ]
    for path in sorted(ROOT.glob("benchmarks/*.py")):
        about = ast.get_docstring(ast.parse(_read(path))) or ""
        summary = about.partition("\n\n")[0].replace("\n", " ")
        printed = ROOT / MEASURED / f"{path.stem}.txt"
        figures = (
            f"```text\n{_read(printed).rstrip()}\n```"
            if printed.is_file()
            else ("No figures are kept of it.")
        )
        parts.append(f"## benchmarks/{path.name}\n\n{summary}\n\n{figures}\n")
    return "\n".join(parts)


def _found(patterns: Iterable[str]) -> list[Path]:
    return [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
