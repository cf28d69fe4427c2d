"""A new notebook: begun by one command, marked at once, and told what it still lacks."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from autograder import cli
from autograder.authoring import new as module
from autograder.authoring.new import NewError, new
from autograder.notebooks.cells import grade_id
from autograder.paths import ROOT

WRITTEN = (
    "resnets/checks/catalogue/exercises/wide_networks.py",
    "solutions/09_wide_networks.py",
    "solutions/mistakes/09_wide_networks.py",
    "tests/suites/wide_networks.py",
)
NEEDED = ("autograder", "resnets", "tests", "solutions")
NEEDED_FILES = ("resnets_utils.py", "conftest.py", "pyproject.toml", "README.md")


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in the repository's place."""
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return tmp_path


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_files_are_named_like_the_notebook(empty: Path) -> None:
    written = new("09_wide_networks")
    assert sorted(written) == [empty / name for name in WRITTEN]
    assert files(empty) == list(WRITTEN)
    for path in written:
        text = path.read_text(encoding="utf-8")
        assert "skeleton" not in text.lower()
        compile(text, path, "exec")
    assert "# # 9 · Wide networks" in (empty / WRITTEN[1]).read_text(encoding="utf-8")


def test_a_name_may_hold_the_word_that_stands_for_it(empty: Path) -> None:
    new("09_my_skeleton")
    text = (empty / "tests/suites/my_skeleton.py").read_text(encoding="utf-8")
    assert '"my_skeleton_example_block"' in text
    assert "my_my" not in text


@pytest.mark.parametrize(
    "name",
    ["", "4_resnet", "resnet", "04", "04_", "04-resnet", "04_ResNet", "04_resnet.py", "04__resnet",
     "00_nothing", "104_resnet", "04_class", "../04_resnet", "04_résnet", "٠٤_resnet"],
)  # fmt: skip
def test_a_name_that_is_none_is_refused(empty: Path, name: str) -> None:
    with pytest.raises(NewError, match=f"in lower case, e.g. 09_wide_networks; found '{name}'"):
        new(name)
    assert files(empty) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("01_other", "The number 01 is taken by 01_residual_networks; choose another."),
        ("77_building_blocks", "The name building_blocks is taken by 02_building_blocks; choose"),
    ],
)
def test_what_is_taken_is_refused(empty: Path, name: str, said: str) -> None:
    with pytest.raises(NewError, match=said):
        new(name)
    assert files(empty) == []


@pytest.mark.parametrize("taken", WRITTEN)
def test_no_file_is_written_over(empty: Path, taken: str) -> None:
    (empty / taken).parent.mkdir(parents=True)
    (empty / taken).write_text("somebody's")
    with pytest.raises(NewError, match=re.escape(f"{taken} is there already")):
        new("09_wide_networks")
    assert files(empty) == [taken]
    assert (empty / taken).read_text() == "somebody's"


@pytest.mark.parametrize("error", [OSError("No space left"), KeyboardInterrupt()])
@pytest.mark.parametrize("after", range(len(WRITTEN)))
def test_nothing_half_written_stays(
    empty: Path, monkeypatch: pytest.MonkeyPatch, after: int, error: BaseException
) -> None:
    real, opened = Path.open, []

    def full(path: Path, mode: str = "r", *arguments: object, **more: object):
        file = real(path, mode, *arguments, **more)
        if mode == "x":
            opened.append(path)
            if len(opened) > after:
                file.write("half")
                file.write = _raising(error)
        return file

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(type(error)):
        new("09_wide_networks")
    assert len(opened) == after + 1
    assert files(empty) == []


def _raising(error: BaseException) -> Callable[[str], int]:
    def write(text: str) -> int:
        raise error

    return write


def test_the_command_refuses_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["new", "01_other"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("autograder: The number 01 is taken") and said.count("\n") == 1


class Copy:
    """A copy of the repository, in which commands run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        left_out = shutil.ignore_patterns("__pycache__", "*.ipynb", "*.png")
        for name in NEEDED:
            shutil.copytree(ROOT / name, folder / name, ignore=left_out)
        for name in NEEDED_FILES:
            shutil.copyfile(ROOT / name, folder / name)

    def python(self, *arguments: str, status: int = 0) -> str:
        """What a command prints."""
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder), "TF_CPP_MIN_LOG_LEVEL": "3"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def hand_in(self, student: str, code: dict[str, tuple[str, str]]) -> None:
        """Puts the solved notebook into the course, with text exchanged in its cells."""
        notebook = nbformat.read(self.folder / "solutions" / "99_toy.ipynb", as_version=4)
        for cell in notebook.cells:
            if grade_id(cell) in code:
                old, new_text = code[grade_id(cell)]
                assert old in cell.source
                cell.source = cell.source.replace(old, new_text)
        folder = self.folder / "course" / "submitted" / student / "99_toy"
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "99_toy.ipynb")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy of the repository with a notebook begun and built."""
    copy = Copy(tmp_path_factory.mktemp("copy") / "repository")
    said = copy.python("autograder", "new", "99_toy")
    assert "tests/suites/toy.py" in said and "python -m autograder build 99_toy" in said
    copy.python("autograder", "build", "99_toy")
    return copy


@pytest.mark.slow
def test_a_new_notebook_is_marked_and_a_wrong_answer_named(copy: Copy) -> None:
    wrong = {
        "toy_example_block": ('padding="same"', 'padding="valid"'),
        "toy_example_mean": ("ops.mean", "ops.sum"),
    }
    copy.hand_in("right", {})
    copy.hand_in("wrong", wrong)
    copy.python("autograder", "grade", "99_toy", "--course", "course", "--sandbox", "none")
    marks = json.loads((copy.folder / "course" / "grades.json").read_text())["students"]
    assert marks["right"]["score"] == marks["right"]["max_score"] == 100
    block, mean = marks["wrong"]["cells"]
    assert block["points"] < 50 and "padding 'valid', expected 'same'" in str(block["messages"])
    assert mean["points"] < 50 and "not divided by the number" in str(mean["messages"])


@pytest.mark.slow
def test_its_suite_is_found_and_its_answers_are_named(copy: Copy) -> None:
    assert "| `99_toy` | 2 | 100 % | 100 % | 2 | 100 % |" in copy.python("tests.rates", "99_toy")


@pytest.mark.slow
def test_failing_tests_say_what_it_still_lacks(copy: Copy) -> None:
    arguments = ("-q", "-p", "no:cacheprovider", "--tb=line", "tests/notebooks", "-k", "99_toy")
    said = copy.python("pytest", *arguments, status=1)
    failed = re.findall(r"^FAILED \S+?::test_it_is_there\[99_toy-(.*?)\]", said, re.MULTILINE)
    assert failed == ["wrong answers", "right answers", "readme row", "readme rates"]
    assert said.count("FAILED") == len(failed)
    assert "tests/suites/toy: at least 30 wrong answers, found 2." in said
    assert "README's table of notebooks has no row for notebooks/99_toy.ipynb." in said


@pytest.mark.slow
def test_it_is_clean(copy: Copy) -> None:
    written = [name.replace("09_wide_networks", "99_toy") for name in WRITTEN]
    written = [name.replace("wide_networks", "toy") for name in written]
    copy.python("ruff", "check", *written)
    copy.python("ruff", "format", "--check", *written)


@pytest.mark.parametrize("name", ["09_ab", "09_a_name_of_middling_length", "09_degradation_again"])
def test_short_and_long_names_are_formatted(empty: Path, name: str) -> None:
    shutil.copyfile(ROOT / "pyproject.toml", empty / "pyproject.toml")
    (empty / "solutions").mkdir()
    shutil.copyfile(ROOT / "solutions" / "ruff.toml", empty / "solutions" / "ruff.toml")
    written = new(name)
    for command in (("check",), ("format", "--check")):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *written],
            cwd=empty,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
