"""The same formats for `nbgrader export`, from nbgrader's gradebook alone.

    nbgrader export --exporter=autograder.results.lms.nbgrader_plugins.Canvas \\
        --assignment='["01_residual_networks"]' --Canvas.roster=gradebook.csv --to=canvas.csv

The package must be importable: run it with PYTHONPATH set to the repository.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, SubmittedAssignment
from nbgrader.plugins import ExportPlugin
from traitlets import Unicode

from autograder.notebooks import sanitize
from autograder.results.lms.export import Exported, export
from autograder.results.lms.marks import CellMark, StudentMark
from autograder.results.lms.roster import ExportError


class _Exporter(ExportPlugin):
    """What the formats have in common; `format` is the name of one."""

    format = ""
    roster = Unicode("", help="the file that the LMS exported").tag(config=True)
    column = Unicode("", help="of the roster, the assignment's column").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Writes the file that `to` names, or one beside the current folder's."""
        wanted = {str(name) for name in self.assignment}
        found = [a for a in gradebook.assignments if not wanted or a.name in wanted]
        if len(found) != 1:
            names = ", ".join(a.name for a in gradebook.assignments) or "none"
            raise ExportError(
                f"Name one assignment: --assignment='[\"NAME\"]'. There are: {names}."
            )
        target = Path(self.to or f"{found[0].name}-{self.format}.csv")
        done = self._write(list(self._marks(gradebook, found[0])), found[0].name, target)
        for path in done.files:
            self.log.info("Written: %s", path)
        for note in done.notes:
            self.log.warning(note)

    def _write(self, marks: list[StudentMark], assignment: str, target: Path) -> Exported:
        roster = Path(self.roster) if self.roster else None
        folder, name = target.parent, target.name
        return export(marks, assignment, self.format, folder, roster, self.column or None, name)

    def _marks(self, gradebook: Gradebook, assignment: Assignment) -> Iterator[StudentMark]:
        only = {str(name) for name in self.student}
        for submission in gradebook.assignment_submissions(assignment.name):
            if not only or submission.student.id in only:
                yield _mark(submission, self._page(submission))

    def _page(self, submission: SubmittedAssignment) -> Path | None:
        """The student's feedback in nbgrader's course folder, where it has been written."""
        course = getattr(self.parent, "coursedir", None)
        if course is None:
            return None
        name = submission.assignment.name
        page = Path(course.format_path(course.feedback_directory, submission.student.id, name))
        return next(iter(sorted(page.glob("*.html"))), None)


class Canvas(_Exporter):
    """Canvas's gradebook."""

    format = "canvas"


class Moodle(_Exporter):
    """Moodle's grading worksheet, and the ZIP of feedback beside it."""

    format = "moodle"


class Gradescope(_Exporter):
    """A results.json for each student, in a folder."""

    format = "gradescope"


class Csv(_Exporter):
    """A plain table."""

    format = "csv"


def _mark(submission: SubmittedAssignment, page: Path | None) -> StudentMark:
    cells = tuple(
        CellMark(
            grade.name.removeprefix("test_"),
            grade.score,
            grade.max_score,
            _comments(notebook.comments, grade.name),
        )
        for notebook in submission.notebooks
        for grade in sorted(notebook.grades, key=lambda grade: grade.name)
    )
    student = submission.student
    return StudentMark(
        student=student.id,
        raw_score=submission.score,
        penalty=submission.late_submission_penalty or 0.0,
        max_score=submission.max_score,
        cells=cells,
        handed_in=submission.timestamp,
        first_name=student.first_name or "",
        last_name=student.last_name or "",
        email=student.email or "",
        feedback=page,
    )


def _comments(comments: list[object], name: str) -> tuple[str, ...]:
    """What people wrote on a graded cell or on the one that it tests."""
    names = (name, name.removeprefix("test_"))
    texts = [c.comment for c in comments if c.name in names and c.comment]
    return tuple(sanitize.line(text, 1_000) for text in texts)
