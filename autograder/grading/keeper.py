"""Keeps verdicts on the disk while the next ones are waited for.

To be safe against a power cut, each file is waited for until the disk has it, which takes
milliseconds. Several wait at a time, so that a class is not held up. Each verdict has one writer.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

from autograder.course.folder import Course, Student
from autograder.course.verdict import Verdict

WRITERS = 8
MOST_WAITING = 32
"""Verdicts that wait for the disk; the next one then waits, too, so that memory stays bounded."""


class Keeper:
    """A context in which verdicts are kept; at its end all of them are, or say why not.

    Args:
        course: where.
        assignment: on what.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        self._course, self._assignment = course, assignment
        self._writers = ThreadPoolExecutor(WRITERS, "keeps verdicts")
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        self._writers.shutdown(wait=True)
        while self._waiting:
            with suppress(*([Exception] if kind else [])):  # The first error is the one to tell.
                self._waiting.popleft().result()

    def keep(self, student: Student, key: str, verdict: Verdict) -> None:
        """Begins to keep a verdict; see `Course.save`."""
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft().result()
        saving = (student, self._assignment, key, verdict)
        self._waiting.append(self._writers.submit(self._course.save, *saving))
