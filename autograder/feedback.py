"""`python -m autograder feedback`: a page for each student, safe to open and to send."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from . import inert
from .course import Course, Student
from .files import write_atomically
from .verdict import CellVerdict, Verdict

HIDDEN = "hidden test"


def write_all(course: Course, assignment: str, only: list[str] | None = None) -> list[Path]:
    """Writes the pages of all students with a verdict, or of `only` these.

    Raises:
        CourseError: nobody handed in anything, or one of `only` did not.
    """
    wanted = course.students(assignment, only)
    verdicts = course.verdicts(assignment)
    written = []
    for student in wanted:
        if student in verdicts:
            path = course.feedback(student, assignment)
            write_atomically(path, page(student, assignment, verdicts[student]))
            written.append(path)
    return written


def page(student: Student, assignment: str, verdict: Verdict) -> str:
    """One student's page as HTML that runs nothing and loads nothing.

    Whatever a student wrote is escaped; the page's own policy forbids scripts besides.
    """
    environment = Environment(
        loader=PackageLoader("autograder"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("feedback.html").render(
        student=inert.line(student.id),
        assignment=assignment,
        verdict=verdict,
        cells=[_shown(cell, verdict) for cell in verdict.cells],
        notes=[inert.line(note, 1000) for note in verdict.notes],
        message=inert.line(verdict.message, 1000),
    )


def _shown(cell: CellVerdict, verdict: Verdict) -> dict[str, object]:
    name = cell.grade_id.removeprefix("test_")
    lines = [_line(item) for item in cell.rubric]
    messages = [] if lines else cell.messages
    return {
        "name": name,
        "points": f"{cell.points:g}",
        "max_points": f"{cell.max_points:g}",
        "passed": cell.passed,
        "manual": cell.manual,
        "share": 100 * cell.points / cell.max_points if cell.max_points else 100,
        "lines": lines,
        "messages": [inert.line(message, 1000) for message in messages],
        "code": inert.text(verdict.code.get(name, "")),
        "error": inert.line(verdict.errors.get(name, "")),
    }


def _line(item: dict[str, object]) -> dict[str, object]:
    """A line of the rubric; what only hidden tests show is said in no more than points."""
    hidden = bool(item["hidden"])
    points, worth = f"{item['points']:g}", f"{item['max_points']:g}"
    said = {} if hidden else item
    return {
        "title": inert.line(item["title"]),
        "verdict": f"{HIDDEN}: {points} of {worth} points" if hidden else f"{points} of {worth}",
        "passed": item["passed"],
        "message": inert.line(item["message"], 1000),
        "asked": inert.line(said.get("asked", ""), 500),
        "found": inert.line(said.get("found", ""), 500),
        "line": said.get("line", 0),
        "source": inert.line(said.get("source", ""), 200),
    }
