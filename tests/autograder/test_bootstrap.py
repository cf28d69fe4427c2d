"""A notebook alone in an empty folder fetches the course, by one cell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder import cli
from autograder.authoring.bootstrap import TAG, BootstrapError, with_bootstrap
from autograder.notebooks.assemble import OWN, assemble
from autograder.notebooks.cells import tags
from autograder.notebooks.sources import read_source

PLACE = "notebooks/zh/01_residual_networks.ipynb"


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released folder in a git repository of its own, whose notebooks have the cell."""
    folder = tmp_path_factory.mktemp("published") / "course"
    assert cli.main(["release", "--to", str(folder), "--clone", str(folder)]) == 0
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "the course")
    return folder


def first_cell(notebook: Path) -> str:
    cells = nbformat.read(notebook, as_version=4).cells
    return next(cell.source for cell in cells if TAG in tags(cell))


def run(code: str, folder: Path, *more: str) -> subprocess.CompletedProcess:
    # pip has nothing to fetch here: what the course needs is installed.
    quiet = "import subprocess as s; r = s.run; s.run = lambda c, **k: 'pip' in c or r(c, **k)\n"
    return subprocess.run(
        [sys.executable, "-c", "\n".join([quiet, code, *more])],
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("place", ["notebooks/02_building_blocks.ipynb", PLACE])
def test_in_an_empty_folder_it_fetches_the_course(
    published: Path, tmp_path: Path, place: str
) -> None:
    up = "../.." if "zh" in place else ".."
    shows = f"print(os.getcwd()); print(os.path.exists('{up}/resnets_utils.py'))"
    done = run(first_cell(published / place), tmp_path, shows)
    assert done.returncode == 0, done.stderr
    where, there = done.stdout.split()
    assert Path(where) == tmp_path / "course" / Path(place).parent and there == "True"


def test_where_the_course_is_it_does_nothing(published: Path) -> None:
    before = sorted(path.name for path in (published / "notebooks").iterdir())
    done = run(
        first_cell(published / "notebooks/02_building_blocks.ipynb"), published / "notebooks"
    )
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (published / "notebooks").iterdir()) == before


def test_marking_takes_nothing_of_it_that_does_anything(published: Path) -> None:
    submission = (published / "notebooks/02_building_blocks.ipynb").read_bytes()
    assembled = assemble(read_source("02_building_blocks"), submission)
    own = "\n".join(cell.source for cell in assembled.notebook.cells if OWN in tags(cell))
    assert "clone" not in own and "chdir" not in own


def test_on_github_there_are_buttons() -> None:
    notebook = new_notebook(cells=[new_code_cell("x = 1")])
    buttons, *_ = with_bootstrap(notebook, "https://github.com/a/b", PLACE).cells
    assert f"colab.research.google.com/github/a/b/blob/HEAD/{PLACE}" in buttons.source
    assert f"mybinder.org/v2/gh/a/b/HEAD?labpath={PLACE}" in buttons.source


@pytest.mark.parametrize("address", ["", 'a"b', "a b", "a\nb", "a\\b"])
def test_an_address_that_would_break_the_code_is_refused(address: str) -> None:
    with pytest.raises(BootstrapError, match="quotes"):
        with_bootstrap(new_notebook(), address, PLACE)
