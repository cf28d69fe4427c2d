"""Marks on this machine."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from autograder.course.verdict import Verdict
from autograder.grading import workers
from autograder.marking.job import Job


class LocalExecutor:
    """Marks on this machine: a thread for each job at a time, which waits for a worker process.

    Args:
        at_once: how many jobs at a time.
        mark: marks a job.
    """

    def __init__(self, at_once: int, mark: Callable[[Job], Verdict] = workers.mark) -> None:
        self._threads, self._mark = ThreadPoolExecutor(at_once), mark
        self._at_once = at_once

    def __enter__(self) -> LocalExecutor:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()

    def at_once(self) -> int:
        """How many jobs are marked at a time."""
        return self._at_once

    def prepare(self, jobs: int, sandbox: str, modules: workers.Modules = None) -> None:
        """Starts as many workers as will be busy: they import TensorFlow, which takes seconds."""
        workers.start(min(self._at_once, jobs), sandbox, modules)

    def submit(self, job: Job) -> Future[Verdict]:
        """The verdict on a job, once it is there."""
        return self._threads.submit(self._mark, job)
