"""What students get: complete without the repository, with no answer and no hidden test in it."""

from __future__ import annotations

import ast
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder import cli
from autograder.authoring import release
from autograder.authoring.handed_out import handed_out
from autograder.authoring.links import links_to_files
from autograder.grading import workers
from autograder.notebooks.cells import grade_id, is_solution
from autograder.notebooks.sources import assignments, read_source, solution_cells
from autograder.paths import ROOT
from tests.autograder.conftest import Sandboxed

NAME = "02_building_blocks"
WRONG = "def fully_connected(X, W, b):\n    return X @ W - b"
# Says where modules are from, in the process that marks and in the student's kernel.
WHERE = """
import json, os, sys
named = ("autograder", "resnets", "resnets_utils", "solutions", "tests")
own = {n: getattr(m, "__file__", None) for n, m in sys.modules.items() if n.split(".")[0] in named}
with open(os.environ["MODULES"], "a") as file:
    file.write(json.dumps(own) + "\\n")
"""
VALIDATE = f"""
import atexit, runpy, sys
sys.path.insert(0, "")
atexit.register(lambda: exec({WHERE!r}, {{}}))
runpy.run_module("autograder", run_name="__main__", alter_sys=True)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course's own release."""
    to = tmp_path_factory.mktemp("release") / "students"
    assert cli.main(["release", "--to", str(to), "--hand-in", "Send it to me by Friday."]) == 0
    return to


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the repository, as far as `release` needs it."""
    for name in ("autograder", "docs", "resnets", "solutions", "notebooks"):
        shutil.copytree(
            ROOT / name, tmp_path / "repository" / name,
            ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"),
        )  # fmt: skip
    for name in ("LICENSE", "resnets_utils.py", "requirements.txt", "requirements-instructor.txt"):
        shutil.copyfile(ROOT / name, tmp_path / "repository" / name)
    (tmp_path / "repository" / "datasets").symlink_to(ROOT / "datasets")
    return tmp_path / "repository"


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    """Runs Python in a folder, where nothing but what is there can be imported."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | variables
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )


def imports(path: Path) -> Iterator[str]:
    """The autograder's modules that a module imports, lazily or not."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == "autograder")


def needed(door: Path) -> set[str]:
    """The files of the autograder that the student's command line cannot do without."""
    waiting, found = [door], set()
    while waiting:
        for name in imports(waiting.pop()):
            parts = name.split(".")
            for depth in range(1, len(parts) + 1):
                base = ROOT.joinpath(*parts[:depth])
                for path in (base.with_suffix(".py"), base / "__init__.py"):
                    if path.is_file() and path not in found:
                        found.add(path)
                        waiting.append(path)
    return {path.relative_to(ROOT / "autograder").as_posix() for path in found}


def test_of_the_autograder_it_holds_what_validate_imports_and_no_more() -> None:
    """Where this fails, think whether a student may have it before it goes into the list."""
    assert set(release.VALIDATE) == needed(ROOT / "autograder" / release.DOOR)


def test_it_holds_what_students_need_and_no_more(folder: Path) -> None:
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    own = {name for name in files if not name.startswith("resnets/")}
    assert own == {
        *("README.md", "README.zh.md", "LICENSE", "requirements.txt", "resnets_utils.py"),
        *("datasets/README.md", "datasets/ResNet50_signs.keras"),
        *(f"notebooks/{name}.ipynb" for name in assignments()),
        *(f"notebooks/zh/{name}.ipynb" for name in assignments()),
        *(f"autograder/pristine/{name}.ipynb" for name in assignments()),
        *(f"autograder/{name}" for name in release.VALIDATE),
        "autograder/__main__.py",
        *("docs/what_you_can_build.md", *(f"docs/figure_0{n}.png" for n in range(1, 9))),
    }
    for word in ("secret", "reference", "sandbox/", "bubblewrap", "fork", "forgery", "gradebook"):
        assert not [name for name in files if word in name.replace("unsandboxed", "")], word


def test_every_link_leads_to_a_file(folder: Path) -> None:
    for path in [*folder.rglob("*.ipynb"), *folder.rglob("*.md")]:
        cells = nbformat.read(path, 4).cells if path.suffix == ".ipynb" else []
        texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
        if "pristine" in path.parts:
            continue  # For `validate` alone.
        for target in links_to_files("\n\n".join(texts or [path.read_text()])):
            assert (path.parent / target).is_file(), (path.name, target)


def test_no_answer_and_no_hidden_test_is_in_it(folder: Path) -> None:
    texts = {
        path: re.sub(r"\s+", "", path.read_text(encoding="utf-8"))
        for path in folder.rglob("*")
        if path.suffix in (".py", ".ipynb", ".md", ".txt")
    }
    for assignment in assignments():
        for name, cell in solution_cells(read_source(assignment)).items():
            answers = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.S)
            answer = max(answers, key=len)
            # As it stands in a file, and as it stands in a notebook's JSON.
            for form in (answer, json.dumps(textwrap.dedent(answer).splitlines(True))[1:-1]):
                squeezed = re.sub(r"\s+", "", form)
                assert not [path for path, text in texts.items() if squeezed in text], name
    for path in folder.glob("*/**/*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert "BEGIN SOLUTION" not in text and "HIDDEN" not in text and "hidden=True" not in text
        assert "YOUR CODE HERE" in text


def test_what_hidden_cases_must_show_is_not_in_it(folder: Path) -> None:
    for assignment in assignments():
        file = folder / "resnets" / "checks" / "expected" / f"{assignment}.json.gz"
        recorded = json.loads(gzip.decompress(file.read_bytes()))
        cases = [run["case"] for evidence in recorded.values() for run in evidence["runs"].values()]
        assert cases and not [case for case in cases if case.get("hidden")]


def test_the_readme_says_how_to_begin_and_how_to_hand_in(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    for said in (
        "pip install -r requirements.txt",
        "jupyter lab notebooks/01_residual_networks.ipynb",
        "python -m autograder validate notebooks/01_residual_networks.ipynb",
        "Send it to me by Friday.",
    ):
        assert said in text
    assert "$" not in text
    needed_by_validate = (folder / "requirements.txt").read_text(encoding="utf-8")
    assert "nbval" in needed_by_validate and "pytest" in needed_by_validate
    assert "nbgrader" not in needed_by_validate


def test_a_notebook_solved_in_place_is_not_handed_out(checkout: Path, tmp_path: Path) -> None:
    """`make lab` opens what stands in notebooks/; whoever solves it there saves it there."""
    solved = checkout / "solutions" / "01_residual_networks.ipynb"
    shutil.copyfile(solved, checkout / "notebooks" / "01_residual_networks.ipynb")
    done = run(checkout, "-m", "autograder", "release", "--to", str(tmp_path / "students"))
    assert done.returncode == 0, done.stderr
    for place in ("notebooks", "autograder/pristine"):
        path = tmp_path / "students" / place / "01_residual_networks.ipynb"
        assert nbformat.read(path, as_version=4) == handed_out("01_residual_networks")
        assert "BEGIN SOLUTION" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("trouble", ["changed", "missing"])
def test_a_solution_that_was_not_built_is_refused(
    checkout: Path, tmp_path: Path, trouble: str
) -> None:
    source = checkout / "solutions" / f"{NAME}.py"
    if trouble == "changed":
        source.write_text(source.read_text(encoding="utf-8") + "\n# %%\nprint('new')\n")
    else:
        source.with_suffix(".ipynb").unlink()
    done = run(checkout, "-m", "autograder", "release", "--to", str(tmp_path / "students"))
    assert done.returncode == 2
    assert NAME in done.stderr and f"`python -m autograder build {NAME}`" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["repository"]


def test_a_model_that_is_not_there_is_named(checkout: Path, tmp_path: Path) -> None:
    (checkout / "datasets").unlink()
    done = run(checkout, "-m", "autograder", "release", "--to", str(tmp_path / "students"))
    assert done.returncode == 2
    assert "is missing" in done.stderr and "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["repository"]


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert cli.main(["release", "--to", str(tmp_path)]) == 2
    assert "name a new folder" in capsys.readouterr().err
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_failed_release_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(release, "_write", fail)
    with pytest.raises(OSError, match="disk full"):
        release.release(tmp_path / "students")
    assert list(tmp_path.iterdir()) == []


def test_hidden_checks_that_a_student_types_are_answered(folder: Path) -> None:
    code = "from resnets.checks import check\ncheck('conv_output_size', max, hidden=True)"
    done = run(folder, "-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "Hidden tests are run only when your notebook is marked."


def solved(assignment: str, folder: Path, **other: str) -> NotebookNode:
    """A released notebook with the answers in it, or with `other` code."""
    answers = solution_cells(read_source(assignment))
    notebook = nbformat.read(folder / "notebooks" / f"{assignment}.ipynb", as_version=4)
    for cell in notebook.cells:
        if is_solution(cell):
            name = grade_id(cell)
            cell.source = other.get(name, answers[name].source)
    return notebook


@pytest.fixture(scope="module")
def mine(folder: Path) -> Path:
    """Notebook 02 of the released folder, solved in place; it says where its modules are from."""
    last = solution_cells(read_source(NAME))["bottleneck"].source
    path = folder / "notebooks" / f"{NAME}.ipynb"
    nbformat.write(solved(NAME, folder, bottleneck=f"{last}\nexec({WHERE!r}, {{}})"), path)
    return path


def test_a_solved_notebook_runs_to_its_end(folder: Path, mine: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(mine, as_version=4)
    client = NotebookClient(
        notebook, timeout=600, resources={"metadata": {"path": str(mine.parent)}},
        extra_arguments=["--log-level=ERROR"],
    )  # fmt: skip
    variables = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "RESNETS_STRICT")}
    client.execute(env=variables | {"MODULES": str(tmp_path / "modules"), "PYTHONPATH": ""})
    assert_all_from(folder, tmp_path / "modules")


def assert_all_from(folder: Path, modules: Path, *least: str) -> None:
    """Asserts that everything of the course's that was imported is the folder's own."""
    lines = [json.loads(line) for line in modules.read_text().splitlines()]
    names = set().union(*lines)
    assert {"resnets", *least} <= names
    for line in lines:
        outside = {n: f for n, f in line.items() if f and not Path(f).is_relative_to(folder)}
        assert not outside


def test_validate_gives_all_points_to_the_answers(folder: Path, mine: Path, tmp_path: Path) -> None:
    arguments = ["-c", VALIDATE, "validate", f"notebooks/{mine.name}"]
    done = run(folder, *arguments, MODULES=str(tmp_path / "modules"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Public tests: 100 of 100 points." in done.stdout
    assert_all_from(folder, tmp_path / "modules", "autograder.marking.validate", "resnets_utils")
    lines = [json.loads(line) for line in (tmp_path / "modules").read_text().splitlines()]
    assert len(lines) == 2  # the kernel's and validate's own


def test_validate_is_typed_as_the_readme_says_and_names_a_wrong_answer(
    folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / f"{NAME} (1).ipynb"
    nbformat.write(solved(NAME, folder, fully_connected=WRONG), path)
    done = run(folder, "-m", "autograder", "validate", str(path))
    assert done.returncode == 1, done.stderr
    assert done.stdout.count("passed  test_") == 6
    reason = done.stdout.split("failed  test_fully_connected")[1].splitlines()[1]
    assert len(reason.split()) > 3
    assert "Public tests: 100 of 100 points." not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["validate", "nothing.ipynb"], "There is no notebook nothing.ipynb"),
        (["validate", "README.md"], "must be named like its assignment (01_residual_networks, "),
    ],
)
def test_a_wrong_command_is_told_in_a_sentence(
    folder: Path, arguments: list[str], said: str
) -> None:
    done = run(folder, "-m", "autograder", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_handed_in_it_earns_the_same(sandboxed: Sandboxed, mine: Path, tmp_path: Path) -> None:
    handed_in = tmp_path / "course" / "submitted" / "anna" / NAME / f"{NAME}.ipynb"
    handed_in.parent.mkdir(parents=True)
    shutil.copyfile(mine, handed_in)
    course = str(tmp_path / "course")
    try:
        assert cli.main(["grade", NAME, "--course", course, "--workers", "1"]) == 0
    finally:
        workers.close_all()
    grades = json.loads((tmp_path / "course" / "grades.json").read_text())
    assert grades["students"]["anna"]["score"] == 100
