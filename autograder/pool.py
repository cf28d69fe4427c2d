"""Workers: processes that mark, as many as are asked at a time, and one warm parent for all.

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
from concurrent.futures import Executor, ThreadPoolExecutor
from multiprocessing.connection import Connection

import nbformat

from .job import Job
from .sandbox import ROOT, SandboxError
from .verdict import Verdict, without_points
from .warm.client import WarmError, WarmParent

GRACE_SECONDS = 60.0
_idle: dict[str, queue.SimpleQueue[WorkerProcess]] = {
    sandbox: queue.SimpleQueue() for sandbox in ("bwrap", "none")
}
_all: list[WorkerProcess] = []
_parents: list[WarmParent] = []
_starting = threading.Lock()


class WorkerProcess:
    """A worker, seen from outside.

    Args:
        sandbox: "bwrap" or "none".

    Raises:
        SandboxError: bubblewrap is not installed.
    """

    def __init__(self, sandbox: str = "bwrap") -> None:
        self.sandbox = sandbox
        self.parent = _warm_parent() if sandbox == "bwrap" else None
        ours, jobs = socket.socketpair()
        handed, folder = [jobs], []
        if self.parent is not None:
            handed, folder = [jobs, self.parent.invite()], [str(self.parent.folder)]
        descriptors = [end.fileno() for end in handed]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "autograder.worker", *map(str, descriptors), *folder],
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
            TimeoutError: the worker did not answer in time.
            SandboxError, WarmError: no kernel could be started.
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
        if isinstance(answer, Exception):
            raise (self.parent and self.parent.failure()) or answer
        return answer

    def close(self) -> None:
        """Ends the worker; its kernel ends with it."""
        self.connection.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self in _all:
            _all.remove(self)


def mark(job: Job) -> Verdict:
    """Marks a job in a worker that is free, or in a new one.

    A worker that dies or hangs over a job is replaced and the job tried once more, so that only
    the submission's own doing counts against it.

    Raises:
        SandboxError, WarmError: no kernel can be started here at all.
    """
    for _ in range(2):
        try:
            worker = _idle[job.sandbox].get_nowait()
        except queue.Empty:
            worker = WorkerProcess(job.sandbox)
        try:
            verdict = worker.mark(job)
        except SandboxError:
            worker.close()
            raise
        except (EOFError, TimeoutError, WarmError) as error:
            trouble = error
            worker.close()
        else:
            _idle[job.sandbox].put(worker)
            return verdict
    if isinstance(trouble, WarmError):
        raise trouble
    message = "Marking this notebook ended the process that marked it, twice."
    return without_points(nbformat.reads(job.reference, as_version=4), "crashed", message)


def executor(workers: int, scheduler: str | None) -> Executor:
    """Where jobs run: `workers` threads here, each with a worker, or Dask's workers.

    Args:
        workers: how many at a time, where there is no scheduler.
        scheduler: the address of a Dask scheduler, or None.
    """
    if scheduler is None:
        return ThreadPoolExecutor(workers)
    from distributed import Client

    return Client(scheduler).get_executor(pure=False)


def start(workers: int, sandbox: str) -> None:
    """Starts workers that `mark` will find idle, all at once: they take seconds to warm up.

    Raises:
        SandboxError: bubblewrap is not installed.
    """
    for _ in range(workers - _idle[sandbox].qsize()):
        _idle[sandbox].put(WorkerProcess(sandbox))


def _warm_parent() -> WarmParent:
    """The warm parent of this process's workers; a new one where the last has ended."""
    with _starting:
        if not _parents or not _parents[-1].alive():
            _parents.append(WarmParent())
        return _parents[-1]


@atexit.register
def close_all() -> None:
    """Ends all workers of this process, and the sandbox."""
    while _all:
        _all[-1].close()
    while _parents:
        _parents.pop().close()
