"""Functions that Dask's workers run in tests in the place of marking: they must be importable."""

from __future__ import annotations

import os
import time
from pathlib import Path

from autograder.course.verdict import Verdict
from autograder.marking.job import Job, MarkingFault
from tests.autograder.instant import verdict_on


def quickly(job: Job) -> Verdict:
    """A verdict after a moment."""
    time.sleep(0.05)
    return verdict_on(job)


def deadly(job: Job) -> Verdict:
    """The same, but students whose name begins with "poison" end the worker that marks them."""
    if job.student.startswith("poison"):
        os._exit(9)
    return quickly(job)


def noted(job: Job) -> Verdict:
    """The same; each time that a job is begun is noted in the folder that a variable names."""
    with Path(os.environ["NOTES"], f"{os.getpid()}").open("a") as notes:
        notes.write(f"{job.student}\n")
    time.sleep(0.3)
    return quickly(job)


def failing(job: Job) -> Verdict:
    """As a worker does whose disk is full."""
    raise MarkingFault("No space left on device")
