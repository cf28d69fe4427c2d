"""What students get holds no answer, no hidden test and nothing of the autograder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder import release, sources
from autograder.strip import strip
from tests.autograder.conftest import small_reference


@pytest.fixture
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one built notebook in the place of the course's."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    reference = small_reference()
    for cell in reference.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = f"### BEGIN SOLUTION\n{cell.source}\n### END SOLUTION"
    nbformat.write(strip(reference), folder / "00_small.ipynb")
    for module in (release, sources):
        monkeypatch.setattr(module, "NOTEBOOKS", folder)
    return folder


def test_it_holds_what_students_need_and_no_more(notebooks: Path, tmp_path: Path) -> None:
    to = tmp_path / "students"
    assert release.release(to) == [to / "notebooks" / "00_small.ipynb"]
    names = {path.relative_to(to).parts[0] for path in to.rglob("*") if path.is_file()}
    assert names == {
        *("README.md", "requirements.txt", "resnets_utils.py"),
        *("datasets", "notebooks", "resnets"),
    }
    text = (to / "notebooks" / "00_small.ipynb").read_text()
    assert "YOUR CODE HERE" in text
    for secret in ("BEGIN SOLUTION", "HIDDEN", "x / 3", "hello secret"):
        assert secret not in text


def test_the_students_module_can_be_imported_there(notebooks: Path, tmp_path: Path) -> None:
    to = tmp_path / "students"
    release.release(to)
    code = "import json, resnets.checks as c; print(json.dumps([c.__file__, len(c.exercises())]))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=to,
        env=os.environ | {"PYTHONPATH": str(to)},
        capture_output=True,
        text=True,
    )
    file, count = json.loads(done.stdout)
    assert Path(file).is_relative_to(to)
    assert count > 0


def test_nothing_is_overwritten(notebooks: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(release.ReleaseError, match="name a new folder"):
        release.release(tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_failed_release_leaves_nothing(
    notebooks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(release, "_write", fail)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OSError, match="disk full"):
        release.release(tmp_path / "students")
    assert sorted(tmp_path.iterdir()) == before
