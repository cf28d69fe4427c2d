"""Keeps verdicts on the disk while the next ones are waited for. Each verdict has one writer."""

from __future__ import annotations

from autograder.course.folder import Course, Student
from autograder.course.verdict import Verdict
from autograder.course.writers import Writers


class Keeper(Writers):
    """A context in which verdicts are kept; at its end all of them are, or say why not.

    Args:
        course: where.
        assignment: on what.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        super().__init__()
        self._course, self._assignment = course, assignment

    def __enter__(self) -> Keeper:
        return self

    def keep(self, student: Student, key: str, verdict: Verdict) -> None:
        """Begins to keep a verdict; see `Course.save`."""
        self.submit(self._course.save, student, self._assignment, key, verdict)
