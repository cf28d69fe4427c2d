"""`grade --compare`: whose marks would change, after a rubric or a test was mended.

Everything is marked again beside the course folder, and compared with the marks that are kept
there. Nothing in the folder is written.
"""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.folder import Course, Student
from autograder.course.verdict import Verdict
from autograder.grading.executors import executor_for
from autograder.grading.grade import Options, Submission, marked, modules_of, reference_for
from autograder.grading.own import OwnReference
from autograder.grading.reference import Reference
from autograder.grading.slim import is_for_another
from autograder.notebooks import sanitize
from autograder.results import by_hand, lateness
from autograder.results.by_hand import ByHand, final_mark
from autograder.results.lateness import Lateness


@dataclass(frozen=True)
class Change:
    """One student's marks, before and after; `before` is None where there are none yet."""

    student: str
    before: Verdict | None
    after: Verdict

    @property
    def changed(self) -> bool:
        """Whether anything in the marks differs."""
        return self.before is None or _marks(self.before) != _marks(self.after)

    def in_words(self) -> str:
        """In one line: the score, then the cells that differ."""
        name = sanitize.line(self.student, 60)
        after = f"{self.after.score:g}"
        if self.before is None:
            return f"{name}: not marked yet → {after} ({self.after.status})"
        parts = [f"{name}: {self.before.score:g} → {after}"]
        if self.before.status != self.after.status:
            parts.append(f"{self.before.status} → {self.after.status}")
        points = {cell.key: cell for cell in self.before.cells}
        for cell in self.after.cells:
            old = points.pop(cell.key, None)
            earlier = "new" if old is None else f"{old.points:g}"
            if old is None or old.points != cell.points:
                parts.append(f"{cell.key} {earlier} → {cell.points:g}")
        parts += [f"{name} {cell.points:g} → gone" for name, cell in points.items()]
        return ", ".join(parts)


@dataclass
class Comparison:
    """What marking again would change, by student."""

    changes: list[Change] = field(default_factory=list)

    def in_words(self) -> list[str]:
        """A line for each student whose marks would change, then how many these are."""
        changed = [change for change in self.changes if change.changed]
        lines = [change.in_words() for change in changed]
        up = sum(c.before is not None and c.after.score > c.before.score for c in changed)
        down = sum(c.before is not None and c.after.score < c.before.score for c in changed)
        lines.append(
            f"{len(changed)} of {len(self.changes)} marks would change ({up} up, {down} down). "
            "Nothing was written; `grade` without --compare writes them."
        )
        return lines


def compare(
    course: Course,
    students: list[Student],
    options: Options,
    announce: Callable[[int, int], Callable[[Verdict], None]],
) -> Comparison:
    """Marks again and compares; see `grade` for the arguments and what is raised."""
    assignment = options.assignment
    kept, given = course.verdicts(assignment), by_hand.load(course, assignment)
    late = lateness.load(course, assignment)
    after = _late_now(course, options, list(kept))
    comparison = Comparison()
    with (
        tempfile.TemporaryDirectory(prefix="compare-") as scratch,
        executor_for(options.workers, options.scheduler) as executor,
    ):
        memory = Course(Path(scratch))
        reference = reference_for(
            course, options, lambda job: executor.submit(job).result(), memory
        )
        submissions = _to_compare(course, students, options, reference)
        executor.prepare(len(submissions), options.sandbox, modules_of(reference))
        report = announce(len(submissions), 0)
        for submission, verdict in marked(course, submissions, options, reference, executor):
            student = submission.student
            mine = given.get(student.id, ByHand())
            before = kept.get(student)
            if before is not None:
                before = lateness.apply(final_mark(before, mine).verdict, student.id, late)
            now = lateness.apply(final_mark(verdict, mine).verdict, student.id, after)
            now.notebook = None
            comparison.changes.append(Change(student.id, before, now))
            report(verdict)
    comparison.changes.sort(key=lambda change: change.student)
    return comparison


def _to_compare(
    course: Course,
    students: list[Student],
    options: Options,
    reference: Reference | OwnReference,
) -> list[Submission]:
    """What `grade` would mark: all but notebooks that are another assignment's."""
    submissions = []
    for student in students:
        submission = Submission(student, "", reference)
        found = submission.read(course, options)
        if isinstance(found, Exception) or not is_for_another(found, reference.notebook):
            submissions.append(submission)
    return submissions


def _late_now(course: Course, options: Options, students: list[Student]) -> Lateness:
    """Who is late by the due date and extensions as they are, and by the rule that is asked for."""
    nbgrader = importlib.import_module("autograder.results.nbgrader_gradebook")
    times, _ = nbgrader.hand_in_times(course, options.assignment, students)
    return lateness.find_out(course, options.assignment, times, options.late)[0]


def _marks(verdict: Verdict) -> tuple[object, ...]:
    cells = [(cell.key, cell.points, cell.max_points) for cell in verdict.cells]
    return (verdict.status, round(verdict.score, 9), *cells)
