"""Assignments of the instructor's own, as `grade` sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from autograder.course.folder import Course, HandedIn, Student
from autograder.course.verdict import Verdict
from autograder.grading.reference import autograder_digest
from autograder.grading.slim import slim
from autograder.kernels.limits import Limits
from autograder.marking.job import Job
from autograder.marking.own_job import OwnJob, OwnNotebook
from autograder.own_course.handed_in import HandedInWhole, read_whole
from autograder.own_course.recording import Recorded, recorded
from autograder.own_course.release import as_declared
from autograder.own_course.source import Source, read_source


@dataclass(frozen=True)
class OwnHandedIn(HandedIn):
    """What a student handed in, with all that stands beside it."""

    whole: HandedInWhole = field(default_factory=HandedInWhole)


@dataclass(frozen=True)
class OwnReference:
    """What submissions of an assignment of the instructor's own are compared with.

    Attributes:
        source: the assignment.
        recorded: what its solution showed.
        notebook: all its graded cells together.
        text: the same as a notebook file.
        expected: a hash of what was recorded, and of how points are given.
        partial: whether a cell earns the share of its asserts that hold.
    """

    source: Source
    recorded: Recorded
    notebook: NotebookNode
    text: str
    expected: str
    partial: bool = False

    def declared(self) -> dict[str, NotebookNode]:
        """The notebooks as the gradebook keeps them."""
        return {name: as_declared(self.source, name) for name in self.source.notebooks}

    def as_text(self, name: str) -> str:
        """A solved notebook as a file."""
        return nbformat.writes(self.source.notebooks[name])

    def read(self, course: Course, student: Student, limits: Limits) -> OwnHandedIn:
        """What a student handed in.

        Raises:
            NotAFile: nothing that can be read.
        """
        whole = read_whole(course, student, self.source, limits)
        return OwnHandedIn(whole.digest().encode(), whole=whole)

    def job(
        self,
        student: Student,
        handed_in: OwnHandedIn,
        limits: Limits,
        sandbox: str,
        language: str | None,
    ) -> OwnJob:
        """What a worker needs to mark it; `limits` and the rest are as in Job.

        Raises:
            NotAFile: a notebook is too large.
        """
        notebooks = tuple(
            OwnNotebook(
                name,
                self.source.prefix(name),
                self.as_text(name),
                _slim(handed_in.whole.notebooks.get(name), limits),
                **self.recorded.notebooks[name],
            )
            for name in self.source.notebooks
        )
        return OwnJob(
            student.id,
            b"",
            self.text,
            "{}",
            None,
            limits,
            sandbox=sandbox,
            language=language,
            notebooks=notebooks,
            files=handed_in.whole.files,
            modules=self.source.modules(),
            partial=self.partial,
            declaration=self.source.declaration,
            assignment=self.source.name,
            notes=tuple(handed_in.whole.notes),
        )


def _slim(content: bytes | None, limits: Limits) -> bytes | None:
    return None if content is None else slim(content, limits.notebook)


def read_own_reference(
    course: Course,
    assignment: str,
    mark: Callable[[Job], Verdict],
    sandbox: str,
    partial: bool = False,
    memory: Course | None = None,
) -> OwnReference:
    """The reference of an assignment of the instructor's own.

    Args:
        course, assignment: which.
        mark: marks a job; called only when nothing fitting is kept.
        sandbox: as in Job.
        partial: whether cells earn shares of their points.
        memory: where what the solution showed is kept; the course itself where nothing is said.

    Raises:
        OwnCourseError: the source is not as it must be.
    """
    source = read_source(course.root, assignment)
    found = recorded(source, memory or course, mark, sandbox, autograder_digest())
    together = source.together()
    expected = f"{source.digest()} {'partial' if partial else 'all or none'}"
    return OwnReference(source, found, together, nbformat.writes(together), expected, partial)
