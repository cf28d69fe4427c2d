"""Workers: processes that mark, as many as are asked at a time, and one fork server for all.

`mark(job)` is an ordinary function, so any executor can run it: threads here, or Dask's workers on
other machines.
"""

from __future__ import annotations

import atexit
import queue
import socket
import subprocess
import sys
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection

import nbformat

from autograder.course.verdict import Verdict, without_points
from autograder.kernels import control_groups
from autograder.kernels.bubblewrap import SandboxError
from autograder.kernels.sandbox_process import ForkServerError, ForkServerProcess, KernelLost
from autograder.marking.job import Job, MarkingFault
from autograder.marking.own_job import OwnJob
from autograder.paths import ROOT

GRACE_SECONDS = 60.0
Modules = tuple[str, ...] | None
"""What a fork server imports before it makes kernels; None for what this course needs."""
_idle: defaultdict[tuple[str, Modules], queue.SimpleQueue[WorkerProcess]] = defaultdict(
    queue.SimpleQueue
)
_all: list[WorkerProcess] = []
_servers: list[ForkServerProcess] = []
_starting = threading.Lock()
_starter = ThreadPoolExecutor(1, "starts fork servers")


class WorkerProcess:
    """A worker, seen from outside.

    Args:
        sandbox: "bwrap" or "none".
        alone: whether its kernels come from a fork server of its own.
        modules: what its kernels have imported.

    Raises:
        SandboxError: bubblewrap is not installed.
    """

    def __init__(
        self, sandbox: str = "bwrap", alone: bool = False, modules: Modules = None
    ) -> None:
        self.sandbox, self.modules = sandbox, modules
        self.alone = alone
        self.server = None
        if sandbox == "bwrap":
            self.server = _new_server(modules) if alone else _shared_server(modules)
        ours, jobs = socket.socketpair()
        handed, folder = [jobs], []
        if self.server is not None:
            handed, folder = [jobs, self.server.invite()], [str(self.server.folder)]
        descriptors = [end.fileno() for end in handed]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "autograder.marking.worker", *map(str, descriptors), *folder],
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
        )
        for end in handed:
            end.close()
        self.connection = Connection(ours.detach())
        _all.append(self)

    def mark(self, job: Job) -> Verdict:
        """The verdict on a job.

        Raises:
            EOFError: the worker died over it.
            MarkingFault: something failed in the worker that is not the notebook's code.
            TimeoutError: the worker did not answer in time.
            SandboxError, ForkServerError: no kernel could be started.
        """
        try:
            self.connection.send(job)
            if not self.connection.poll(job.limits.seconds + GRACE_SECONDS):
                raise TimeoutError
            answer = self.connection.recv()
        except OSError as error:
            if isinstance(error, TimeoutError):
                raise
            raise EOFError from error
        if isinstance(answer, KernelLost | MarkingFault):
            raise answer
        if isinstance(answer, Exception):
            raise (self.server and self.server.failure()) or answer
        return answer

    def usable(self) -> bool:
        """Whether it can mark another submission."""
        return not self.connection.closed and (self.server is None or self.server.alive())

    def close(self) -> None:
        """Ends the worker; its kernel ends with it."""
        self.connection.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.alone and self.server is not None:
            self.server.close()
        if self in _all:
            _all.remove(self)


def mark(job: Job) -> Verdict:
    """Marks a job in a worker that is free, or in a new one.

    A worker that dies, hangs or fails over a job, or loses its kernel, is replaced and the job
    tried once more, this time apart from all others: only the submission's own doing counts
    against it.

    Raises:
        SandboxError, ForkServerError: no kernel can be started here at all.
        MarkingFault: something else failed, twice.
    """
    modules = job.modules if isinstance(job, OwnJob) else None
    for alone in (False, True):
        if alone:
            worker = WorkerProcess(job.sandbox, alone=True, modules=modules)
        else:
            worker = _free_worker(job.sandbox, *([] if modules is None else [modules]))
        try:
            verdict = worker.mark(job)
        except SandboxError:
            worker.close()
            raise
        except (EOFError, TimeoutError, MarkingFault, ForkServerError) as error:
            trouble = error
            if worker.server is not None and isinstance(error, ForkServerError):
                worker.server.trusted = False
            worker.close()
        else:
            if alone:
                worker.close()
            else:
                _idle[job.sandbox, modules].put(worker)
            return verdict
    if isinstance(trouble, ForkServerError | MarkingFault) and not isinstance(trouble, KernelLost):
        raise trouble
    message = "Marking this notebook ended the process that marked it, twice."
    reference = nbformat.reads(job.reference, as_version=4)
    return without_points(reference, "crashed", message, again=True)


def _free_worker(sandbox: str, modules: Modules = None) -> WorkerProcess:
    """An idle worker whose fork server goes on, or a new one."""
    while True:
        try:
            worker = _idle[sandbox, modules].get_nowait()
        except queue.Empty:
            return WorkerProcess(sandbox, modules=modules)
        if worker.usable():
            return worker
        worker.close()


def start(workers: int, sandbox: str, modules: Modules = None) -> None:
    """Starts workers that `mark` will find idle, all at once: they take seconds to warm up.

    Raises:
        SandboxError: bubblewrap is not installed.
    """
    there = [_free_worker(sandbox, modules) for _ in range(workers)]
    for worker in there:
        _idle[sandbox, modules].put(worker)


def _shared_server(modules: Modules = None) -> ForkServerProcess:
    """The fork server of this process's workers; a new one where the last has ended."""
    with _starting:
        there = [server for server in _servers if server.modules == modules and server.alive()]
        if not there:
            control_groups.move_aside()
            there = [_new_server(modules)]
            _servers.extend(there)
        return there[-1]


def _new_server(modules: Modules = None) -> ForkServerProcess:
    """A fork server, started by a thread that lasts.

    bubblewrap ends with whoever started it, and for Linux that is a thread, not a process.
    """
    return _starter.submit(ForkServerProcess, modules).result()


@atexit.register
def close_all() -> None:
    """Ends all workers of this process, and the sandbox."""
    while _all:
        _all[-1].close()
    while _servers:
        _servers.pop().close()
