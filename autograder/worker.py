"""A process that marks submissions one after the other, in one pytest session.

It is started by `pool` with a socket, receives jobs and sends verdicts; and, where there is a
sandbox, with another one to the warm parent, who makes its kernels.
"""

from __future__ import annotations

import functools
import json
import os
import socket
import sys
import tempfile
import time
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
from .marking import Expected, autograded, run_notebook, run_session, verdict_of
from .plain import PlainKernels
from .verdict import Verdict, without_points
from .warm.client import KernelLost, WarmError, WarmKernels


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
        path = self.folder / "notebook.ipynb"
        path.write_text(nbformat.writes(assembled.notebook))
        at_assembled = time.monotonic()
        try:
            kernel = GradingKernel(self.kernels, job.limits, {"RESNETS_GRADING": "1"})
        except KernelStopped as stopped:
            return without_points(reference, stopped.kind, str(stopped))
        at_forked = time.monotonic()
        try:
            cells = run_notebook(session, path, kernel, _expected(job.expected), job.secret)
            at_run = time.monotonic()
            verdict = verdict_of(cells, kernel)
            kernel.stop()
        except WarmError as error:
            raise KernelLost(str(error)) from None
        except BaseException:
            kernel.stop()
            raise
        verdict.code, verdict.notes = assembled.code, assembled.notes
        verdict.notebook = autograded(cells, without_hidden_tests(assembled.notebook), verdict)
        if job.record:
            verdict.evidence = {grade_id(cell.cell): cell.emitted for cell in cells if cell.graded}
        verdict.seconds = time.monotonic() - started
        verdict.split = {
            "assemble": at_assembled - started,
            "fork": at_forked - at_assembled,
            "cells": sum(cell.seconds for cell in cells),
            "nbval": at_run - at_forked - sum(cell.seconds for cell in cells),
            "write": time.monotonic() - at_run,
        }
        return verdict


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
