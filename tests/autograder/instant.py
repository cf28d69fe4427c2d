"""A class that is marked at once: all of the command but the kernels, for tests of what is around.

A submission earns the points of the cells whose code is the solution's.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from autograder import cli
from autograder.course.verdict import Verdict
from autograder.grading import compare, grade, reference
from autograder.marking.job import Job
from autograder.notebooks import sources
from autograder.results import csv_and_json
from tests.autograder.conftest import handed_in, small_reference
from tests.autograder.pretended import verdict_on

ASSIGNMENT = "00_small"
RIGHT = handed_in(small_reference())
WRONG = handed_in(small_reference(), third="def third(x):\n    return x")


class InstantExecutor:
    """Marks jobs as they are handed in.

    Args:
        mark: marks one.
    """

    def __init__(self, mark: Callable[[Job], Verdict] = verdict_on) -> None:
        self.mark = mark
        self.jobs: list[Job] = []

    def __enter__(self) -> InstantExecutor:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def at_once(self) -> int:
        return 2

    def prepare(self, jobs: int, sandbox: str, modules: object = None) -> None:
        pass

    def submit(self, job: Job) -> Future[Verdict]:
        self.jobs.append(job)
        future: Future[Verdict] = Future()
        try:
            future.set_result(self.mark(job))
        except Exception as error:
            future.set_exception(error)
        return future


class NoGradebook:
    """Stands in for nbgrader's library, which has tests of its own and takes its time."""

    declare = write = staticmethod(lambda *_: None)
    hand_in_times = staticmethod(lambda *_: ({}, []))


@dataclass
class Done:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


def make_course(folder: Path) -> Path:
    """A course folder beside a folder with one solution and a secret."""
    solutions = folder / "solutions"
    solutions.mkdir()
    (solutions / f"{ASSIGNMENT}.py").write_text("# %%\n")
    nbformat.write(small_reference(), solutions / f"{ASSIGNMENT}.ipynb")
    (folder / "secret").write_text("the tests' own")
    (folder / "secret").chmod(0o600)
    (folder / "course").mkdir()
    return folder / "course"


def put(course: Path, *parts: str, content: bytes = RIGHT) -> Path:
    """Writes a file below `submitted`."""
    path = course.joinpath("submitted", *parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def hand_in(course: Path, student: str, content: bytes = RIGHT) -> Path:
    """Writes a notebook where it belongs."""
    return put(course, student, ASSIGNMENT, f"{ASSIGNMENT}.ipynb", content=content)


def command(
    course: Path,
    *arguments: str,
    executor: InstantExecutor | None = None,
    name: str = "grade",
    assignment: str = ASSIGNMENT,
) -> Done:
    """One of the commands on a course, in this process."""
    given = [name, assignment, "--course", str(course), *arguments]
    if name == "grade":
        given += ["--secret", str(course.parent / "secret")]
    said, warned = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(warned):
        patch.setattr(cli, "_progress", lambda *_: lambda _: None)  # A bar on standard error.
        for module in (grade, compare):
            patch.setattr(module, "executor_for", lambda *_: executor or InstantExecutor())
        for module in (grade, reference):
            patch.setattr(module, "autograder_digest", lambda: "")  # It reads a hundred files.
        for module in (sources, reference):
            patch.setattr(module, "SOLUTIONS", course.parent / "solutions")
        code = cli.main(given)
    return Done(code, said.getvalue(), warned.getvalue())


def rows(course: Path) -> dict[str, dict[str, str]]:
    """The rows of grades.csv by student."""
    return {row["student"]: row for row in csv_and_json.read_csv(course / "grades.csv")}


def entries(course: Path) -> dict[str, dict]:
    """The students of grades.json."""
    return json.loads((course / "grades.json").read_text())["students"]
