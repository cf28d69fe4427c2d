"""A process that marks submissions one after the other, in one pytest session.

It is started by `pool` with a socket, receives jobs and sends verdicts; and, where there is a
sandbox, with another one to the warm parent, who makes its kernels.
"""

from __future__ import annotations

import functools
import json
import os
import resource
import socket
import sys
import tempfile
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import nbformat
import pytest

from resnets import checks

from .assemble import Unreadable, assemble
from .cells import grade_id
from .hidden import without_hidden_tests
from .job import Job
from .kernel import GradingKernel, KernelStopped
from .marking import (
    Expected,
    MarkedCell,
    autograded,
    run_notebook,
    run_session,
    verdict_of,
)
from .plain import PlainKernels
from .told import retell
from .verdict import Verdict, without_points
from .warm.client import KernelLost, WarmError, WarmKernels

LARGEST = 4 << 30
"""Bytes of address space of this process."""


@dataclass(frozen=True)
class Run:
    """One run of a notebook: its cells, what they add up to, and seconds by what they went to."""

    cells: list[MarkedCell]
    verdict: Verdict
    split: dict[str, float]


class Worker:
    """Marks jobs.

    Args:
        connection: where jobs come from.
        kernels: runs them.
        folder: for its files.
    """

    def __init__(
        self, connection: Connection, kernels: WarmKernels | PlainKernels, folder: Path
    ) -> None:
        self.connection, self.kernels, self.folder = connection, kernels, folder

    def serve(self, session: pytest.Session) -> None:
        """Marks until the other side closes the connection."""
        while True:
            try:
                job: Job = self.connection.recv()
            except EOFError:
                return
            try:
                answer = self.mark(session, job)
            except WarmError as error:
                answer = error
            self.connection.send(answer)

    def mark(self, session: pytest.Session, job: Job) -> Verdict:
        """The verdict on one submission."""
        started = time.monotonic()
        reference = _reference(job.reference)
        try:
            assembled = assemble(reference, job.submission)
        except Unreadable as error:
            return without_points(reference, "unreadable", str(error))
        public = without_hidden_tests(assembled.notebook)
        at_assembled = time.monotonic()
        try:
            run = self._run(session, assembled.notebook, job, _expected(job.expected), job.secret)
        except KernelStopped as stopped:
            return without_points(reference, stopped.kind, str(stopped))
        verdict, cells, at_run = run.verdict, run.cells, time.monotonic()
        if job.record:
            verdict.evidence = {grade_id(cell.cell): cell.emitted for cell in cells if cell.graded}
        if job.secret and (verdict.errors or verdict.score < verdict.max_score):
            again = self._run_without_secret(session, public, job, verdict)
            retell(verdict, again and again.verdict)
            cells = again.cells if again else cells
        verdict.code, verdict.notes = assembled.code, assembled.notes
        verdict.notebook = autograded(cells, public, verdict)
        verdict.seconds = time.monotonic() - started
        verdict.split = run.split | {
            "assemble": at_assembled - started,
            "words, write": time.monotonic() - at_run,
        }
        return verdict

    def _run(
        self,
        session: pytest.Session,
        notebook: nbformat.NotebookNode,
        job: Job,
        expected: dict[str, Expected],
        secret: str | None,
    ) -> Run:
        """Runs a notebook in a kernel of its own.

        Raises:
            KernelStopped: it ended before the first cell.
            KernelLost: the warm parent ended while it ran.
        """
        path = self.folder / "notebook.ipynb"
        path.write_text(nbformat.writes(notebook), encoding="utf-8")
        started = time.monotonic()
        kernel = GradingKernel(self.kernels, job.limits, {"RESNETS_GRADING": "1"})
        at_forked = time.monotonic()
        try:
            cells = run_notebook(session, path, kernel, expected, secret)
            at_run = time.monotonic()
            kernel.stop()  # First, since its end can tell of a limit that it has crossed.
            verdict = verdict_of(cells, kernel)
        except WarmError as error:
            raise KernelLost(str(error)) from None
        except BaseException:
            kernel.stop()
            raise
        in_cells = sum(cell.seconds for cell in cells)
        split = {"fork": at_forked - started, "cells": in_cells}
        return Run(cells, verdict, split | {"nbval": at_run - at_forked - in_cells})

    def _run_without_secret(
        self, session: pytest.Session, notebook: nbformat.NotebookNode, job: Job, verdict: Verdict
    ) -> Run | None:
        """The notebook once more with its public tests; None where that would end as badly."""
        if verdict.status != "graded":
            return None
        expected = {name: one.of_public_cases() for name, one in _expected(job.expected).items()}
        try:
            return self._run(session, notebook, job, expected, None)
        except KernelStopped:
            return None


@functools.lru_cache(maxsize=8)
def _reference(text: str) -> nbformat.NotebookNode:
    return nbformat.reads(text, as_version=4)


@functools.lru_cache(maxsize=8)
def _expected(text: str) -> dict[str, Expected]:
    return {
        name: Expected(payload["name"], checks.Evidence.from_json(payload["evidence"]))
        for name, payload in json.loads(text).items()
    }


def main() -> None:
    """Serves. Arguments: the jobs' socket; the warm parent's and its folder, if there is one."""
    # What a submission sends is taken in before anybody can look at it: no more than this.
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST, LARGEST))
    connection, kernels = Connection(int(sys.argv[1])), PlainKernels()
    if sys.argv[2:]:
        kernels = WarmKernels(socket.socket(fileno=int(sys.argv[2])), Path(sys.argv[3]))
    # What pytest and nbval print is nobody's concern; the warm parent speaks on its own pipes.
    with Path(os.devnull).open("w") as nothing:
        sys.stdout = nothing
        with tempfile.TemporaryDirectory(prefix="marking-") as folder:
            worker = Worker(connection, kernels, Path(folder))
            run_session(worker.serve, Path(folder))


if __name__ == "__main__":
    main()
