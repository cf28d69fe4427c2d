"""A whole class, marked by the command: every submission gets a verdict, whatever happens."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder import cli
from autograder.grading import reference, workers
from autograder.notebooks import sources
from autograder.paths import ROOT
from autograder.results import csv_and_json
from tests.autograder.conftest import Sandboxed, handed_in, small_reference

ASSIGNMENT = "00_small"
RIGHT = "def third(x):\n    return x / 3"

# The command, with a folder of solutions of its own.
COMMAND = """
import sys
from pathlib import Path
from autograder.grading import reference
from autograder.notebooks import sources
sources.SOLUTIONS = reference.SOLUTIONS = Path(sys.argv.pop(1))
from autograder.cli import main
sys.exit(main())
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course folder beside a folder with one solution."""
    solutions = tmp_path / "solutions"
    solutions.mkdir()
    (solutions / f"{ASSIGNMENT}.py").write_text("# %%\n")
    nbformat.write(small_reference(), solutions / f"{ASSIGNMENT}.ipynb")
    (tmp_path / "secret").write_text("the tests' own")
    (tmp_path / "secret").chmod(0o600)
    (tmp_path / "course").mkdir()
    return tmp_path / "course"


@pytest.fixture(scope="module", autouse=True)
def warm_workers() -> Iterator[None]:
    """The workers that this module's commands start end with it."""
    yield
    workers.close_all()


def hand_in(course: Path, student: str, content: bytes) -> Path:
    path = course / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def command(course: Path, *options: str) -> list[str]:
    arguments = ["grade", ASSIGNMENT, "--course", str(course), "--workers", "2"]
    arguments += ["--secret", str(course.parent / "secret"), "--cell-seconds", "8", *options]
    return [sys.executable, "-c", COMMAND, str(course.parent / "solutions"), *arguments]


@dataclass
class Done:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


def grade(course: Path, *options: str) -> Done:
    """The command in this process, whose workers stay warm."""
    said, warned = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(warned):
        for module in (sources, reference):
            patch.setattr(module, "SOLUTIONS", course.parent / "solutions")
        code = cli.main(command(course, *options)[4:])
    return Done(code, said.getvalue(), warned.getvalue())


def table(course: Path) -> dict[str, dict[str, str]]:
    return {row["student"]: row for row in csv_and_json.read_csv(course / "grades.csv")}


def code(third: str) -> bytes:
    return handed_in(small_reference(), third=third)


def with_logs(megabytes: int) -> bytes:
    """A right notebook with so much output."""
    notebook = nbformat.reads(code(RIGHT), as_version=4)
    text = "Epoch 1/2 ━━━━━ 34/34 19s\n" * (megabytes * 2**20 // 32)
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text=text)]
    return nbformat.writes(notebook).encode()


KINDS: dict[str, tuple[Callable[[], bytes], str, float, str]] = {
    "right": (lambda: code(RIGHT), "graded", 3, ""),
    "logs": (lambda: with_logs(26), "graded", 3, ""),
    "wrong": (lambda: code("def third(x):\n    return x"), "graded", 1, ""),
    "error": (lambda: code("def third(x)"), "graded", 1, ""),
    "loop": (lambda: code("while True:\n    pass"), "timeout", 1, "8 seconds"),
    "dead": (lambda: code("import os\nos._exit(1)"), "crashed", 1, "ended the kernel"),
    "greedy": (
        lambda: code("import os, time\nx = []\nwhile True:\n    if os.fork() == 0:\n"
                     "        x = bytearray(b'x') * (400 * 2**20)\n        time.sleep(60)\n"
                     "    time.sleep(0.1)"),
        "crashed", 1, "memory",
    ),
    "text": (lambda: b"my homework", "unreadable", 0, "not a notebook"),
    "empty": (lambda: b"", "unreadable", 0, "empty"),
    "other": (
        lambda: nbformat.writes(nbformat.v4.new_notebook()).encode(),
        "unreadable", 0, "not the one of this assignment",
    ),
    "large": (lambda: b" " * (50 * 2**20), "unreadable", 0, "50 MB"),
    "latin": (lambda: "{'a': 'é'}".encode("latin-1"), "unreadable", 0, "not UTF-8"),
    "cut": (lambda: code(RIGHT)[:200], "unreadable", 0, "cut off"),
}  # fmt: skip


def test_sixty_mixed_submissions(sandboxed: Sandboxed, course: Path) -> None:
    expected = {}
    for number in range(60):
        kind = list(KINDS)[number % len(KINDS)] if number < 36 else "right"
        content, *verdict = KINDS[kind]
        expected[f"{kind} {number}"] = verdict
        hand_in(course, f"{kind} {number}", content())
    done = grade(course, "--memory", "1024")
    assert done.returncode == 0, done.stderr
    rows = table(course)
    assert rows.keys() == expected.keys()
    for student, (status, score, message) in expected.items():
        assert (rows[student]["status"], float(rows[student]["score"])) == (status, score), student
        assert message in rows[student]["message"]
        assert bool(rows[student]["message"]) == (status != "graded")
    assert "60 submissions: 60 marked" in done.stdout
    grades = json.loads((course / "grades.json").read_text())
    assert grades["assignment"] == ASSIGNMENT
    assert grades["students"]["wrong 2"]["cells"][0]["passed"] is False
    assert "0.33" in grades["students"]["wrong 2"]["cells"][0]["messages"][0]


def test_killed_in_the_middle_and_begun_again(sandboxed: Sandboxed, course: Path) -> None:
    kinds = ["right", "wrong", "text", "error"]
    for number in range(24):
        hand_in(course, f"{number:02} {kinds[number % 4]}", KINDS[kinds[number % 4]][0]())
    running = subprocess.Popen(
        command(course), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    remembered = course / ".autograder" / ASSIGNMENT
    deadline = time.monotonic() + 120
    while len(list(remembered.glob("*.json"))) < 9 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    assert not (course / "grades.csv").exists()
    again = grade(course)
    assert again.returncode == 0, again.stderr
    assert ", 0 before" not in again.stdout
    after_kill = (course / "grades.csv").read_bytes()
    whole = grade(course, "--force")
    assert "24 marked" in whole.stdout
    assert (course / "grades.csv").read_bytes() == after_kill
    assert len(table(course)) == 24
    assert not list(course.rglob("*.partial"))


def test_what_is_marked_is_skipped_and_one_student_can_be_marked(
    sandboxed: Sandboxed, course: Path
) -> None:
    hand_in(course, "anna", code(RIGHT))
    late = hand_in(course, "béla", KINDS["wrong"][0]())
    assert grade(course).returncode == 0
    late.write_bytes(code(RIGHT))
    assert "1 marked" in grade(course, "--student", "béla").stdout
    assert {row["score"] for row in table(course).values()} == {"3"}
    assert "2 submissions: 0 marked" in grade(course).stdout
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "béla").score == 3
        grade_of = gradebook.find_grade("test_third", ASSIGNMENT, ASSIGNMENT, "béla")
        assert (grade_of.auto_score, grade_of.needs_manual_grade) == (2, False)
        grade_of.manual_score = 1.5
        gradebook.db.commit()
    assert grade(course, "--force").returncode == 0
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        grade_of = gradebook.find_grade("test_third", ASSIGNMENT, ASSIGNMENT, "béla")
        assert (grade_of.manual_score, grade_of.auto_score) == (1.5, 2)


def test_odd_names_and_odd_files(sandboxed: Sandboxed, course: Path) -> None:
    names = [
        "=cmd()",
        "a b",
        "<b>x",
        "ünï",
        "'; DROP TABLE student; --",
        "new\nline",
        "-f",
        "[red]",
    ]
    for name in names:
        hand_in(course, name, code(RIGHT))
    hidden = hand_in(course, "nobody", b"").parent
    secret = course / "secret.txt"
    secret.write_bytes(code(RIGHT))
    odd = {"link": "symlink", "pipe": "fifo", "folder": "folder", "nothing": "", "in": "parent"}
    for student, kind in odd.items():
        path = course / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        if kind == "parent":
            path.parent.parent.mkdir(parents=True)
            path.parent.symlink_to(hidden)
            continue
        path.parent.mkdir(parents=True)
        if kind == "symlink":
            path.symlink_to(secret)
        elif kind == "fifo":
            os.mkfifo(path)
        elif kind == "folder":
            path.mkdir()
    hand_in(course, os.fsdecode(b"caf\xe9"), code(RIGHT))
    done = grade(course)
    assert done.returncode == 0, done.stderr
    rows = table(course)
    assert {rows[name]["score"] for name in [*names, "caf\\xe9"]} == {"3"}
    assert {rows[name]["status"] for name in odd} == {"unreadable"}
    assert "link" in rows["link"]["message"]
    assert "not handed in" in rows["nothing"]["message"]


def test_dask_workers_mark_the_same(sandboxed: Sandboxed, course: Path) -> None:
    distributed = pytest.importorskip("distributed")
    for kind in ("right", "wrong", "text"):
        hand_in(course, kind, KINDS[kind][0]())
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, processes=True
    ) as cluster:
        done = grade(course, "--scheduler", cluster.scheduler_address)
    assert done.returncode == 0, done.stderr
    scores = {student: float(row["score"]) for student, row in table(course).items()}
    assert scores == {"right": 3, "wrong": 1, "text": 0}


def test_without_a_sandbox_it_warns(course: Path) -> None:
    hand_in(course, "right", code(RIGHT))
    done = grade(course, "--sandbox", "none")
    assert done.returncode == 0, done.stderr
    assert "Warning" in done.stderr
    assert table(course)["right"]["score"] == "3"


@pytest.mark.parametrize(
    ("bwrap", "said"),
    [(None, "not installed"), ("#!/bin/sh\necho bwrap: no rights >&2\nexit 1\n", "no rights")],
    ids=["missing", "forbidden"],
)
def test_where_bubblewrap_cannot_run_it_says_so_and_stops(
    course: Path, tmp_path: Path, bwrap: str | None, said: str
) -> None:
    hand_in(course, "right", code(RIGHT))
    programs = tmp_path / "programs"
    programs.mkdir()
    if bwrap is not None:
        (programs / "bwrap").write_text(bwrap)
        (programs / "bwrap").chmod(0o755)
    done = subprocess.run(
        command(course),
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | {"PATH": str(programs)},
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert "--sandbox none" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (course / "grades.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--student", "nobody"], "has handed in nothing"),
        (["--secret", "/nowhere"], "cannot be read"),
    ],
)
def test_wrong_commands_are_told_in_a_sentence(
    course: Path, arguments: list[str], said: str
) -> None:
    hand_in(course, "right", code(RIGHT))
    done = grade(course, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
