"""A process that marks submissions one after the other, in one pytest session.

It is started by `grading.workers` with a socket, over which it receives jobs and sends verdicts.
Where there is a sandbox, it has another one to the fork server, which makes its kernels.
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
from multiprocessing.connection import Connection
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.course.verdict import Verdict, without_points
from autograder.errors import what_failed
from autograder.kernels.fork_client import ForkClient
from autograder.kernels.sandbox_process import ForkServerError, KernelLost
from autograder.kernels.submission_kernel import KernelStopped
from autograder.kernels.unsandboxed import UnsandboxedKernels
from autograder.marking.causes import tell_causes
from autograder.marking.expected import Expected
from autograder.marking.job import Job, MarkingFault
from autograder.marking.judge_evidence import judge
from autograder.marking.nbval_session import run_session
from autograder.marking.own_job import OwnJob
from autograder.marking.own_submission import mark_own
from autograder.marking.redaction import redact
from autograder.marking.runs import NotebookRun, Runner
from autograder.marking.verdict_of_run import autograded
from autograder.notebooks.assemble import Unreadable, assemble
from autograder.notebooks.cells import grade_id
from autograder.notebooks.hidden_tests import without_hidden_tests
from autograder.notebooks.language import language_of
from resnets import checks
from resnets.language import language, speaking

LARGEST = 4 << 30
"""Bytes of address space of this process."""


class Worker:
    """Marks jobs.

    Args:
        connection: where jobs come from.
        kernels: runs them.
        folder: for its files.
    """

    def __init__(
        self, connection: Connection, kernels: ForkClient | UnsandboxedKernels, folder: Path
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
            except ForkServerError as error:
                answer = error
            except Exception as error:  # Whatever it is: the next submission is marked.
                answer = MarkingFault(what_failed(error))
            self.connection.send(answer)

    def mark(self, session: pytest.Session, job: Job) -> Verdict:
        """The verdict on one submission, in the language that it is to be told in.

        Raises:
            ForkServerError: no kernel could be started.
            KernelLost: the fork server ended while it was marked.
        """
        if isinstance(job, OwnJob):
            with speaking(job.language):
                return mark_own(session, self.kernels, self.folder, job)
        with speaking(job.language or language_of(job.submission)):
            verdict = self._mark(session, job)
            verdict.language = language()
            return verdict

    def _mark(self, session: pytest.Session, job: Job) -> Verdict:
        started = time.monotonic()
        reference, expected = _reference(job.reference), _expected(job.expected)
        try:
            assembled = assemble(reference, job.submission)
        except Unreadable as error:
            return without_points(reference, "unreadable", str(error))
        at_assembled = time.monotonic()
        deadline = started + job.limits.seconds
        runner = Runner(session, self.kernels, judge, self.folder, job.limits, deadline)
        try:
            run = runner.run_to_the_end(assembled.notebook, expected, job.secret)
            at_run = time.monotonic()
            again = self._run_without_secret(runner, job, run)
        except KernelStopped as error:
            return without_points(reference, error.kind, str(error))
        except ForkServerError as error:
            if not runner.has_run:
                raise  # No kernel can be started here: that is no submission's doing.
            raise KernelLost(str(error)) from None
        verdict, shown = run.verdict, again or run
        if job.record:
            verdict.evidence = {grade_id(c.cell): c.emitted for c in run.cells if c.graded}
        if _is_in_doubt(job, verdict):
            redact(verdict, again and again.verdict)
        tell_causes(verdict, assembled.left_out, run.left_out)
        verdict.code, verdict.notes = assembled.code, assembled.notes
        public = without_hidden_tests(assembled.notebook)
        verdict.notebook = autograded(shown.cells, public, verdict)
        verdict.seconds = time.monotonic() - started
        verdict.split = run.split | {
            "assemble": at_assembled - started,
            "words, write": time.monotonic() - at_run,
        }
        return verdict

    def _run_without_secret(self, runner: Runner, job: Job, run: NotebookRun) -> NotebookRun | None:
        """Where points were lost, the notebook once more with its public tests, for its words.

        None where that is not needed, or would end as badly.
        """
        badly = run.verdict.status != "graded" and not runner.time_is_left()
        if badly or not _is_in_doubt(job, run.verdict):
            return None
        public = without_hidden_tests(run.notebook)
        expected = {name: one.of_public_cases() for name, one in _expected(job.expected).items()}
        try:
            return runner.run(public, expected, None, again=True)
        except KernelStopped:
            return None


def _is_in_doubt(job: Job, verdict: Verdict) -> bool:
    """Whether there is something to say in words that a run with a secret may not give."""
    lost = verdict.score < verdict.max_score
    return bool(job.secret) and (bool(verdict.errors) or lost)


@functools.lru_cache(maxsize=8)
def _reference(text: str) -> NotebookNode:
    return nbformat.reads(text, as_version=4)


@functools.lru_cache(maxsize=8)
def _expected(text: str) -> dict[str, Expected]:
    return {
        name: Expected(payload["name"], checks.Evidence.from_json(payload["evidence"]))
        for name, payload in json.loads(text).items()
    }


def main() -> None:
    """Serves. Arguments: the jobs' socket; the fork server's and its folder, if there is one."""
    # What a submission sends is taken in before anybody can look at it: no more than this.
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST, LARGEST))
    connection, kernels = Connection(int(sys.argv[1])), UnsandboxedKernels()
    if sys.argv[2:]:
        kernels = ForkClient(socket.socket(fileno=int(sys.argv[2])), Path(sys.argv[3]))
    # What pytest and nbval print is nobody's concern; the fork server speaks on its own pipes.
    with Path(os.devnull).open("w") as nothing:
        sys.stdout = nothing
        with tempfile.TemporaryDirectory(prefix="marking-") as folder:
            worker = Worker(connection, kernels, Path(folder))
            run_session(worker.serve, Path(folder))


if __name__ == "__main__":
    main()
