"""Where jobs are marked: on this machine, or on the workers of a Dask scheduler.

Both run the same function, `workers.mark`, and a class does not know which of them it has.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Protocol

from autograder.course.verdict import Verdict
from autograder.grading import workers
from autograder.marking.job import Job


class MarkingExecutor(Protocol):
    """Marks jobs, several at a time; a context that ends what it has started."""

    def __enter__(self) -> MarkingExecutor: ...

    def __exit__(self, *_: object) -> None: ...

    def at_once(self) -> int:
        """How many jobs are marked at a time."""

    def prepare(self, jobs: int, sandbox: str, modules: workers.Modules = None) -> None:
        """Gets ready for that many jobs, which import `modules`; returns at once."""

    def submit(self, job: Job) -> Future[Verdict]:
        """The verdict on a job, once it is there."""


class _Executor:
    """What both have in common: an executor of the standard library's kind."""

    def __init__(self, executor: Executor, mark: Callable[[Job], Verdict]) -> None:
        self._executor, self._mark = executor, mark

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown()

    def submit(self, job: Job) -> Future[Verdict]:
        """The verdict on a job, once it is there."""
        return self._executor.submit(self._mark, job)


class LocalExecutor(_Executor):
    """Marks on this machine: a thread for each job at a time, which waits for a worker process.

    Args:
        at_once: how many jobs at a time.
        mark: marks a job.
    """

    def __init__(self, at_once: int, mark: Callable[[Job], Verdict] = workers.mark) -> None:
        super().__init__(ThreadPoolExecutor(at_once), mark)
        self._at_once = at_once

    def __enter__(self) -> LocalExecutor:
        return self

    def at_once(self) -> int:
        """How many jobs are marked at a time."""
        return self._at_once

    def prepare(self, jobs: int, sandbox: str, modules: workers.Modules = None) -> None:
        """Starts as many workers as will be busy: they import TensorFlow, which takes seconds."""
        workers.start(min(self._at_once, jobs), sandbox, modules)


class DaskExecutor(_Executor):
    """Marks on the workers of a Dask scheduler, as many jobs at a time as these have threads.

    Args:
        scheduler: its address.
        mark: marks a job.
    """

    def __init__(self, scheduler: str, mark: Callable[[Job], Verdict] = workers.mark) -> None:
        from distributed import Client

        self._client = Client(scheduler)
        super().__init__(self._client.get_executor(pure=False), mark)

    def __enter__(self) -> DaskExecutor:
        return self

    def at_once(self) -> int:
        """How many jobs are marked at a time; workers may come and go."""
        return max(1, sum(self._client.ncores().values()))

    def prepare(self, jobs: int, sandbox: str, modules: workers.Modules = None) -> None:
        """Nothing: Dask's workers start their own at their first job."""


def executor_for(at_once: int, scheduler: str | None) -> MarkingExecutor:
    """The executor that the command line asks for.

    Args:
        at_once: how many jobs at a time, where there is no scheduler.
        scheduler: the address of a Dask scheduler, or None.
    """
    return LocalExecutor(at_once) if scheduler is None else DaskExecutor(scheduler)
