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

from . import control_groups
from .job import Job
from .sandbox import ROOT, SandboxError
from .verdict import Verdict, without_points
from .warm.client import KernelLost, WarmError, WarmParent

GRACE_SECONDS = 60.0
_idle: dict[str, queue.SimpleQueue[WorkerProcess]] = {
    sandbox: queue.SimpleQueue() for sandbox in ("bwrap", "none")
}
_all: list[WorkerProcess] = []
_parents: list[WarmParent] = []
_starting = threading.Lock()
_starter = ThreadPoolExecutor(1, "starts warm parents")


class WorkerProcess:
    """A worker, seen from outside.

    Args:
        sandbox: "bwrap" or "none".
        alone: whether its kernels come from a warm parent of its own.

    Raises:
        SandboxError: bubblewrap is not installed.
    """

    def __init__(self, sandbox: str = "bwrap", alone: bool = False) -> None:
        self.sandbox = sandbox
        self.alone = alone
        self.parent = None
        if sandbox == "bwrap":
            self.parent = _new_parent() if alone else _warm_parent()
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
        if isinstance(answer, KernelLost):
            raise answer
        if isinstance(answer, Exception):
            raise (self.parent and self.parent.failure()) or answer
        return answer

    def usable(self) -> bool:
        """Whether it can mark another submission."""
        return not self.connection.closed and (self.parent is None or self.parent.alive())

    def close(self) -> None:
        """Ends the worker; its kernel ends with it."""
        self.connection.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.alone and self.parent is not None:
            self.parent.close()
        if self in _all:
            _all.remove(self)


def mark(job: Job) -> Verdict:
    """Marks a job in a worker that is free, or in a new one.

    A worker that dies or hangs over a job, or loses its kernel, is replaced and the job tried once
    more, this time apart from all others: only the submission's own doing counts against it.

    Raises:
        SandboxError, WarmError: no kernel can be started here at all.
    """
    for alone in (False, True):
        worker = WorkerProcess(job.sandbox, alone=True) if alone else _free_worker(job.sandbox)
        try:
            verdict = worker.mark(job)
        except SandboxError:
            worker.close()
            raise
        except (EOFError, TimeoutError, WarmError) as error:
            trouble = error
            if worker.parent is not None and isinstance(error, WarmError):
                worker.parent.trusted = False
            worker.close()
        else:
            if alone:
                worker.close()
            else:
                _idle[job.sandbox].put(worker)
            return verdict
    if isinstance(trouble, WarmError) and not isinstance(trouble, KernelLost):
        raise trouble
    message = "Marking this notebook ended the process that marked it, twice."
    return without_points(nbformat.reads(job.reference, as_version=4), "crashed", message)


def _free_worker(sandbox: str) -> WorkerProcess:
    """An idle worker whose warm parent goes on, or a new one."""
    while True:
        try:
            worker = _idle[sandbox].get_nowait()
        except queue.Empty:
            return WorkerProcess(sandbox)
        if worker.usable():
            return worker
        worker.close()


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
    there = [_free_worker(sandbox) for _ in range(workers)]
    for worker in there:
        _idle[sandbox].put(worker)


def _warm_parent() -> WarmParent:
    """The warm parent of this process's workers; a new one where the last has ended."""
    with _starting:
        if not _parents or not _parents[-1].alive():
            control_groups.move_aside()
            _parents.append(_new_parent())
        return _parents[-1]


def _new_parent() -> WarmParent:
    """A warm parent, started by a thread that lasts.

    bubblewrap ends with whoever started it, and for Linux that is a thread, not a process.
    """
    return _starter.submit(WarmParent).result()


@atexit.register
def close_all() -> None:
    """Ends all workers of this process, and the sandbox."""
    while _all:
        _all[-1].close()
    while _parents:
        _parents.pop().close()
