"""Where jobs are marked: on this machine, or on the workers of a Dask scheduler.

Both run the same function, `workers.mark`, and a class does not know which of them it has.
"""

from __future__ import annotations

from concurrent.futures import Future
from typing import Protocol

from autograder.course.verdict import Verdict
from autograder.grading import workers
from autograder.grading.dask_executor import DaskExecutor, LocalClusterExecutor
from autograder.grading.local_executor import LocalExecutor
from autograder.marking.job import Job

LOCAL = "local"


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


def executor_for(at_once: int, scheduler: str | None) -> MarkingExecutor:
    """The executor that the command line asks for.

    Args:
        at_once: how many jobs at a time, where there is no scheduler or a local one.
        scheduler: the address of a Dask scheduler, "local" for one that is started here, or None.
    """
    if scheduler is None:
        return LocalExecutor(at_once)
    return LocalClusterExecutor(at_once) if scheduler == LOCAL else DaskExecutor(scheduler)
