"""Marks on the workers of a Dask scheduler: other machines, or processes of this one.

A worker that dies, or a scheduler that restarts, costs nobody anything: what was being marked there
is marked again, on another worker, once there is one. Only this process writes verdicts, so none is
kept twice. A submission over which workers die again and again is left after `DEATHS`.

Workers need the repository and its environment. They mark with `workers.mark`, as this machine
does, so that sandbox and control groups are the same there.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any

from autograder.course.verdict import Verdict
from autograder.errors import AutograderError
from autograder.grading import workers
from autograder.grading.local_executor import LocalExecutor
from autograder.marking.job import Job, MarkingFault

GATEWAY = "gateway:"
DEATHS = 3
"""Workers that may die over one submission before it is left."""
PATIENCE = 300.0
"""Seconds that a scheduler may be away, or be without workers."""
GRACE = 120.0
"""Seconds that Dask may take with a job besides marking it twice, as `workers.mark` may."""
LOOK = 1.0
"""Seconds between two looks at whether a job is still being worked on."""


class SchedulerError(AutograderError):
    """There is no scheduler to mark on; the message is one sentence."""


class DaskExecutor(LocalExecutor):
    """Marks on the workers of a Dask scheduler, as many jobs at a time as these have threads.

    No more jobs are handed to Dask than can be worked on at once: one that waits on a worker which
    dies over another would be taken for the culprit, too.

    Args:
        scheduler: its address, or "gateway:NAME" for a cluster of dask-gateway.
        mark: marks a job; an ordinary function of a module that workers can import.
        patience: seconds that the scheduler may be away, or without workers.

    Raises:
        SchedulerError: nobody answers there.
    """

    def __init__(
        self,
        scheduler: str,
        mark: Callable[[Job], Verdict] = workers.mark,
        patience: float = PATIENCE,
    ) -> None:
        self._address, self._mark_there, self._patience = scheduler, mark, patience
        self._connecting = threading.Lock()
        self._client = self._connected(min(patience, 30.0))
        super().__init__(self._cores(), self._mark_on_a_worker)

    def __exit__(self, *arguments: object) -> None:
        super().__exit__(*arguments)
        with suppress(Exception):  # All verdicts are there: a slow goodbye costs nobody a mark.
            self._client.close(timeout=10)

    def prepare(self, jobs: int, sandbox: str, modules: workers.Modules = None) -> None:
        """Nothing: Dask's workers start their own at their first job."""

    def _cores(self) -> int:
        """The cluster's threads; with none yet, one job waits for the first."""
        return max(1, sum(self._client.ncores().values()))

    def _mark_on_a_worker(self, job: Job) -> Verdict:
        """The verdict on a job, marked anew where its worker was lost.

        Raises:
            MarkingFault: workers died over it, again and again.
            SchedulerError: there is no scheduler any more, or no worker.
        """
        from distributed import KilledWorker

        deaths, until = 0, time.monotonic() + self._patience
        while deaths < DEATHS:
            client, future = self._client_that_is_there(until), None
            try:
                key = f"mark-{uuid.uuid4().hex}"
                future = client.submit(self._mark_there, job, key=key, pure=False)
                return self._result(client, future, job)
            except KilledWorker:
                deaths += 1 + self._allowed_failures(client)
                until = time.monotonic() + self._patience
            except (CancelledError, OSError, RuntimeError) as error:
                if future is not None and future.status == "error":
                    raise  # Marking itself raised it, on the worker.
                if time.monotonic() > until:
                    raise SchedulerError(_gone(self._address, self._patience)) from error
                time.sleep(LOOK)  # The scheduler is away: its clients lose all futures.
            finally:
                if future is not None:
                    with suppress(Exception):
                        future.cancel()
        raise MarkingFault(f"{DEATHS} workers that marked it died")

    def _result(self, client: Any, future: Any, job: Job) -> Verdict:
        """What came of a job.

        Raises:
            ConnectionError: the scheduler is away.
            MarkingFault: Dask did not answer, though a worker was there all the time.
            SchedulerError: no worker came.
        """
        longest = (2 * (job.limits.seconds + workers.GRACE_SECONDS) + GRACE) * self.at_once()
        last_seen = started = time.monotonic()
        while True:
            try:
                return future.result(timeout=LOOK)
            except TimeoutError:
                if future.status == "error":
                    raise
            if client.status != "running":
                raise ConnectionError("the scheduler is away")
            now = time.monotonic()
            if client.scheduler_info()["workers"]:
                last_seen = now
            elif now - last_seen > self._patience:
                raise SchedulerError(
                    f"The Dask scheduler at {self._address} had no worker for "
                    f"{self._patience:g} seconds; what is marked is kept, and the same command "
                    "goes on."
                )
            if now - started > longest:
                raise MarkingFault("the worker that marked it did not answer")

    def _allowed_failures(self, client: Any) -> int:
        """How many deaths over one job the scheduler does not tell us of."""
        try:
            return int(client.run_on_scheduler(_allowed_failures))
        except Exception:
            return DEATHS

    def _client_that_is_there(self, until: float) -> Any:
        """A client that is connected; a new one where the last has given up."""
        while True:
            if self._client.status == "running":
                return self._client
            with self._connecting:
                if self._client.status in ("closed", "closing", "newly-created"):
                    left = until - time.monotonic()
                    self._client = self._connected(max(1.0, left))
            if time.monotonic() > until:
                raise SchedulerError(_gone(self._address, self._patience))
            time.sleep(LOOK / 4)

    def _connected(self, seconds: float) -> Any:
        until = time.monotonic() + seconds
        while True:
            try:
                return _client(self._address)
            except (OSError, ValueError) as error:
                if time.monotonic() > until or isinstance(error, ValueError):
                    raise SchedulerError(
                        f"No Dask scheduler answers at {self._address!r}: start one with "
                        "`dask scheduler`, and workers with `dask worker ADDRESS --nthreads 1` in "
                        "the repository, or use --scheduler local."
                    ) from error
                time.sleep(LOOK)


class LocalClusterExecutor(DaskExecutor):
    """The same with a scheduler and workers that are started here, and end with it.

    Args:
        at_once: how many workers.
        mark: marks a job.
    """

    def __init__(self, at_once: int, mark: Callable[[Job], Verdict] = workers.mark) -> None:
        import dask
        from distributed import LocalCluster

        # Each death is told at once; what marking needs of memory is not in Dask's own processes.
        self._settings = dask.config.set({"distributed.scheduler.allowed-failures": 0})
        with self._settings:
            self.cluster = LocalCluster(
                n_workers=at_once,
                threads_per_worker=1,
                processes=True,
                memory_limit=0,
                dashboard_address=None,
                silence_logs=50,
            )
        try:
            super().__init__(self.cluster.scheduler_address, mark)
        except BaseException:
            self.cluster.close(timeout=10)
            raise

    def __exit__(self, *arguments: object) -> None:
        try:
            super().__exit__(*arguments)
        finally:
            with suppress(Exception):
                self.cluster.close(timeout=30)


def _client(address: str) -> Any:
    """A client of the scheduler at an address, or of dask-gateway's cluster "gateway:NAME"."""
    if address.startswith(GATEWAY):
        from dask_gateway import GatewayCluster

        cluster = GatewayCluster.from_name(address.removeprefix(GATEWAY), shutdown_on_close=False)
        return cluster.get_client(set_as_default=False)
    from distributed import Client

    return Client(address, timeout=5, set_as_default=False)


def _allowed_failures(dask_scheduler: Any = None) -> int:
    return dask_scheduler.allowed_failures


def _gone(address: str, patience: float) -> str:
    return (
        f"The Dask scheduler at {address} went away, and did not come back within {patience:g} "
        "seconds; what is marked is kept, and the same command goes on."
    )
