"""A small notebook to hand in, and one worker with a warm sandbox for all tests that need it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import nbformat
import psutil
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.course.verdict import Verdict
from autograder.grading.workers import WorkerProcess
from autograder.kernels.bubblewrap import SandboxError
from autograder.kernels.limits import MEBIBYTE, Limits
from autograder.marking.job import Job
from autograder.notebooks.sources import read_source

SECRET = "5ec2e7" * 8
LIMITS = Limits(cell_seconds=20, seconds=60, memory=1024 * MEBIBYTE, output=4 * MEBIBYTE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps the tests that need the sandbox in one process: it is warmed up only once."""
    for item in items:
        if "sandboxed" in getattr(item, "fixturenames", ()):  # notebooks' cells have none
            item.add_marker(pytest.mark.xdist_group("sandbox"))


def solution(name: str, code: str) -> NotebookNode:
    """A cell that students write."""
    nbgrader = {"grade_id": name, "grade": False, "solution": True, "locked": False}
    return new_code_cell(code, metadata={"nbgrader": nbgrader | {"schema_version": 3}})


def test_of(name: str, code: str, points: float, printed: str = "") -> NotebookNode:
    """A graded cell and what it prints for the right solution."""
    nbgrader = {"grade_id": f"test_{name}", "grade": True, "solution": False, "locked": True}
    metadata = {"nbgrader": nbgrader | {"schema_version": 3, "points": points}}
    outputs = [new_output("stream", name="stdout", text=printed)] if printed else []
    return new_code_cell(code, metadata=metadata, outputs=outputs, execution_count=1)


test_of.__test__ = False


@pytest.fixture
def reference() -> NotebookNode:
    """A solved notebook with two graded functions and ordinary tests, no checks."""
    return small_reference()


def small_reference() -> NotebookNode:
    """See `reference`."""
    third = "print(third(np.arange(3)))"
    greet = (
        "assert greet('you') == 'hello you'\n"
        "### BEGIN HIDDEN TESTS\nassert greet('secret') == 'hello secret'\n### END HIDDEN TESTS"
    )
    return new_notebook(
        cells=[
            new_markdown_cell("# Small"),
            new_code_cell("import numpy as np"),
            solution("third", "def third(x):\n    return x / 3"),
            test_of("third", third, 2, "[0.         0.33333333 0.66666667]\n"),
            new_code_cell("raise RuntimeError('heavy')", metadata={"tags": ["heavy"]}),
            solution("greet", "def greet(name):\n    return f'hello {name}'"),
            test_of("greet", greet, 1),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "", "language": "python"}},
    )


def handed_in(reference: NotebookNode, **code: str) -> bytes:
    """The reference as a submission with this code in its solution cells."""
    notebook = nbformat.from_dict(json.loads(nbformat.writes(reference)))
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in code:
            cell.source = code[name]
    return nbformat.writes(notebook).encode()


class Sandboxed:
    """Marks submissions in a warm sandbox."""

    def __init__(self) -> None:
        self._worker = WorkerProcess()

    @property
    def worker(self) -> WorkerProcess:
        """A worker; another one where a test has ended all of this process's."""
        if self._worker.connection.closed:
            self._worker = WorkerProcess()
        return self._worker

    def mark(
        self,
        submission: bytes,
        reference: NotebookNode | None = None,
        limits: Limits = LIMITS,
        secret: str | None = SECRET,
        record: bool = False,
        expected: str = "{}",
    ) -> Verdict:
        """The verdict on a notebook file."""
        text = nbformat.writes(small_reference() if reference is None else reference)
        return self.worker.mark(Job("someone", submission, text, expected, secret, limits, record))

    def run(self, code: str, limits: Limits = LIMITS, **more: str) -> tuple[Verdict, str]:
        """Hands in `code` before a right solution; the verdict, and what the code printed."""
        right = "def third(x):\n    return x / 3"
        submission = handed_in(small_reference(), third=f"{code}\n{right}", **more)
        verdict = self.mark(submission, limits=limits)
        return verdict, printed(verdict, "third")


def fork_servers(worker: WorkerProcess) -> list[psutil.Process]:
    """The worker's fork server as it is inside its sandbox, and forks of it that are kernels."""
    inside = psutil.Process(worker.server.process.pid).children(recursive=True)
    return [process for process in inside if _is_fork_server(process)]


def _is_fork_server(process: psutil.Process) -> bool:
    try:
        return "autograder.sandboxed.fork_server" in process.cmdline() and process.name() != "bwrap"
    except psutil.Error:  # it has ended since it was listed
        return False


def kernels_of(worker: WorkerProcess) -> list[psutil.Process]:
    """Processes below the worker's fork server: all there is of submissions."""
    inside = psutil.Process(worker.server.process.pid).children(recursive=True)
    parent = min(fork_servers(worker), key=lambda process: process.pid, default=None)
    return [process for process in inside if process != parent and _runs_in_sandbox(process)]


def _runs_in_sandbox(process: psutil.Process) -> bool:
    """Whether it is neither bubblewrap, above the fork server, nor has ended."""
    try:
        return process.name() != "bwrap" and process.is_running()
    except psutil.Error:
        return False


def printed(verdict: Verdict, grade_id: str) -> str:
    """What a cell of the marked notebook printed."""
    for cell in nbformat.reads(verdict.notebook, as_version=4).cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
            return "".join(output.get("text", "") for output in cell.outputs)
    raise LookupError(grade_id)


@pytest.fixture(scope="session")
def sandboxed() -> Iterator[Sandboxed]:
    """A worker whose parent is warm; skips where bubblewrap cannot run."""
    sandboxed = Sandboxed()
    try:
        sandboxed.mark(handed_in(small_reference()))
    except SandboxError as error:
        sandboxed.worker.close()
        pytest.skip(str(error))
    yield sandboxed
    sandboxed.worker.close()


@pytest.fixture(scope="session")
def notebook_01() -> NotebookNode:
    """Notebook 01's source without what no graded cell needs."""
    notebook = read_source("01_residual_networks")
    notebook.cells = [
        cell
        for cell in notebook.cells
        if "setup" in cell.metadata.get("tags", []) or "nbgrader" in cell.metadata
    ]
    for cell in notebook.cells:
        cell.execution_count = 1
    return notebook
