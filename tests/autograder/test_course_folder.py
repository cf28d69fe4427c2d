"""The course folder that the command makes: complete, private, and never written over."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import nbformat
import pytest

from autograder import cli
from autograder.authoring import course_folder
from autograder.authoring.handed_out import executed_solution
from autograder.course import secret
from autograder.notebooks.sources import assignments


@pytest.fixture(autouse=True)
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This clone's secret, which is not there yet."""
    path = tmp_path / "clone-secret"
    monkeypatch.setattr(secret, "OF_THIS_CLONE", path)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_it_has_what_marking_and_formgrader_need(tmp_path: Path) -> None:
    root = tmp_path / "Deep learning, 2026"
    assert cli.main(["course", str(root)]) == 0
    assert (root / "submitted").is_dir()
    assert contents(root).keys() == {
        *(".gitignore", ".course-secret", "nbgrader_config.py"),
        *(f"source/{name}/{name}.ipynb" for name in assignments()),
    }
    assert 'course_id = "Deep-learning-2026"' in (root / "nbgrader_config.py").read_text()
    assert (root / ".course-secret").stat().st_mode & 0o777 == 0o600


def test_run_again_it_changes_nothing_and_makes_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, last = assignments()[0], assignments()[-1]
    assert cli.main(["course", str(tmp_path / "c"), first]) == 0
    config = tmp_path / "c" / "nbgrader_config.py"
    config.write_text("c = get_config()  # my own\n")
    mine = tmp_path / "c" / "source" / first / f"{first}.ipynb"
    mine.write_text("my own notebook")
    before = contents(tmp_path / "c")
    capsys.readouterr()
    assert cli.main(["course", str(tmp_path / "c"), first, last]) == 0
    after = contents(tmp_path / "c")
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() == {f"source/{last}/{last}.ipynb"}
    said = capsys.readouterr().out
    assert f"kept   {mine}, which is not the solution as it is now" in said
    assert cli.main(["course", str(tmp_path / "c"), last]) == 0
    assert "Nothing to do" in capsys.readouterr().out


def test_a_class_that_was_marked_with_the_clones_secret_keeps_it(
    tmp_path: Path, clone: Path
) -> None:
    clone.write_text("of the clone\n")
    assert cli.main(["course", str(tmp_path / "c"), assignments()[0]]) == 0
    assert (tmp_path / "c" / ".course-secret").read_text() == "of the clone\n"


def test_git_takes_no_students_work_no_marks_and_no_secret(tmp_path: Path) -> None:
    assert cli.main(["course", str(tmp_path / "c"), assignments()[0]]) == 0
    (tmp_path / "c" / "submitted" / "anna").mkdir()
    (tmp_path / "c" / "submitted" / "anna" / "n.ipynb").write_text("{}")
    (tmp_path / "c" / "grades.csv").write_text("")
    environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", "init", "-q"], cwd=tmp_path / "c", env=environment, check=True)
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard"],
        cwd=tmp_path / "c", env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert set(listed.stdout.split()) == {".gitignore", "nbgrader_config.py"}


@pytest.mark.parametrize("place", ["c", "c/submitted", "c/source"])
def test_a_file_in_a_folders_place_is_told(
    tmp_path: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("mine")
    assert cli.main(["course", str(tmp_path / "c"), assignments()[0]]) == 2
    said = capsys.readouterr().err
    assert "must be a folder" in said and len(said.strip().splitlines()) == 1
    assert (tmp_path / place).read_text() == "mine"


def test_an_assignment_that_there_is_not_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["course", str(tmp_path / "c"), "09_nothing"]) == 2
    assert "No assignment is named '09_nothing'" in capsys.readouterr().err
    assert not (tmp_path / "c").exists()


def test_source_holds_the_solved_notebook_with_its_cells(tmp_path: Path) -> None:
    name = assignments()[0]
    prepared = course_folder.prepare(tmp_path / "c", [name])
    assert tmp_path / "c" / "source" / name / f"{name}.ipynb" in prepared.made
    shown = nbformat.read(tmp_path / "c" / "source" / name / f"{name}.ipynb", as_version=4)
    assert shown == executed_solution(name)
