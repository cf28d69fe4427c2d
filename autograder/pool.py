"""Workers: processes that mark, as many as are asked at a time.

`mark(job)` is an ordinary function, so any executor can run it: threads here, or Dask's workers on
other machines.
"""

from __future__ import annotations

import atexit
import queue
import socket
import subprocess
import sys
from concurrent.futures import Executor, ThreadPoolExecutor
from multiprocessing.connection import Connection

import nbformat

from .job import Job
from .sandbox import ROOT, SandboxError
from .verdict import Verdict, without_points
from .warm.client import WarmError

GRACE_SECONDS = 60.0
_idle: queue.SimpleQueue[WorkerProcess] = queue.SimpleQueue()
_all: list[WorkerProcess] = []


class WorkerProcess:
    """A worker, seen from outside."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "autograder.worker", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
        )
        theirs.close()
        self.connection = Connection(ours.detach())
        _all.append(self)

    def mark(self, job: Job) -> Verdict:
        """The verdict on a job.

        Raises:
            EOFError: the worker died over it.
            TimeoutError: the worker did not answer in time.
            SandboxError, WarmError: it could not start a kernel.
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
            raise answer
        return answer

    def close(self) -> None:
        """Ends the worker; its sandbox ends with it."""
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
            worker = _idle.get_nowait()
        except queue.Empty:
            worker = WorkerProcess()
        try:
            verdict = worker.mark(job)
        except SandboxError:
            worker.close()
            raise
        except (EOFError, TimeoutError, WarmError) as error:
            trouble = error
            worker.close()
        else:
            _idle.put(worker)
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


@atexit.register
def close_all() -> None:
    """Ends all workers of this process."""
    while _all:
        _all[-1].close()
