"""`python -m autograder feedback`: a page for each student, safe to open and to send."""

from __future__ import annotations

import functools
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from autograder.course.files import reason, write_atomically
from autograder.course.folder import Course, CourseError, Student
from autograder.course.verdict import CellVerdict
from autograder.course.writers import Writers
from autograder.notebooks import sanitize
from autograder.results.by_hand import LONGEST_COMMENT, FinalMark, HandComment, each_final_mark
from autograder.results.lateness import late_in_words
from resnets.checks.judging.report import points_in_words
from resnets.language import N_, language, say, speaking

HIDDEN = N_("hidden test: {points}")


def write_all(course: Course, assignment: str, only: list[str] | None = None) -> list[Path]:
    """Writes the pages of all students with a verdict, or of `only` these.

    Raises:
        CourseError: nobody handed in anything, one of `only` did not, or some pages could not be
            written; all others are.
    """
    wanted = set(course.students(assignment, only))
    written: list[Path] = []
    refused: dict[str, str] = {}

    def write(student: Student, text: str) -> None:
        path = course.feedback(student, assignment)
        try:
            write_atomically(path, text)
            written.append(path)
        except OSError as error:
            refused[student.id] = f"{sanitize.line(student.id, 40)} ({reason(error)})"

    with Writers() as writers:
        for student, mark in each_final_mark(course, assignment):
            if student in wanted:
                writers.submit(write, student, page(student, assignment, mark))
    if refused:
        failed = [refused[student] for student in sorted(refused)]
        raise CourseError(
            f"{len(written)} pages are written, but not those of {', '.join(failed[:5])}"
            f"{f' and {len(failed) - 5} more' if len(failed) > 5 else ''}; mend that and run the "
            "same command again."
        )
    return sorted(written)


def page(student: Student, assignment: str, mark: FinalMark) -> str:
    """One student's page as HTML that runs nothing and loads nothing.

    It speaks the language of the verdict. Whatever a student wrote is escaped; the page's own
    policy forbids scripts besides.
    """
    with speaking(mark.verdict.language):
        return _page(student, assignment, mark)


def _page(student: Student, assignment: str, mark: FinalMark) -> str:
    verdict = mark.verdict
    names = {name for cell in verdict.cells for name in _names(cell)}
    others = [(n, c) for n, c in mark.by_hand.comments.items() if n not in names]
    return _template().render(
        language=language(),
        say=say,
        points=points_in_words,
        student=sanitize.line(student.id),
        assignment=assignment,
        verdict=verdict,
        late=late_in_words(verdict),
        waiting=sum(cell.max_points for cell in mark.waiting),
        cells=[_shown(cell, mark) for cell in verdict.cells],
        other_comments=[{"name": sanitize.line(name)} | _comment(c) for name, c in others],
        notes=[sanitize.line(note, 1000) for note in verdict.notes],
        message=sanitize.line(verdict.message, 1000),
    )


@functools.cache
def _template() -> Template:
    """The page; compiling it takes longer than filling in a thousand."""
    environment = Environment(
        loader=PackageLoader("autograder"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("feedback.html")


def _names(cell: CellVerdict) -> list[str]:
    """The cells whose comments are shown with this one: its own, and the one that it tests."""
    return list(dict.fromkeys([cell.tested_key, cell.key]))


def _comment(comment: HandComment) -> dict[str, object]:
    return {"text": sanitize.text(comment.text, LONGEST_COMMENT), "earlier": comment.earlier}


def _shown(cell: CellVerdict, mark: FinalMark) -> dict[str, object]:
    verdict, comments = mark.verdict, mark.by_hand.comments
    name = cell.tested_key
    grade = mark.by_hand.grades.get(cell.key)
    lines = [_line(item) for item in cell.rubric]
    messages = [] if lines else cell.messages
    return {
        "name": name,
        "points": cell.points,
        "max_points": cell.max_points,
        "passed": cell.passed,
        "manual": cell.manual,
        "waits": cell in mark.waiting,
        "by_hand": grade is not None,
        "earlier": grade is not None and grade.earlier,
        "automatic": f"{mark.automatic_points[cell.key]:g}",
        "comments": [_comment(comments[n]) for n in _names(cell) if n in comments],
        "share": max(0, min(100, 100 * cell.points / cell.max_points)) if cell.max_points else 100,
        "lines": lines,
        "messages": [sanitize.line(message, 1000) for message in messages],
        "code": sanitize.text(verdict.code.get(name, verdict.code.get(cell.key, ""))),
        "error": sanitize.line(verdict.errors.get(name, "")),
    }


def _line(item: dict[str, object]) -> dict[str, object]:
    """A line of the rubric; what only hidden tests show is said in no more than points."""
    hidden = bool(item["hidden"])
    points, worth = item["points"], item["max_points"]
    said = {} if hidden else item
    return {
        "title": sanitize.line(item["title"]),
        "verdict": say(HIDDEN, points=points_in_words(points, worth))
        if hidden
        else say("{points} of {most}", points=f"{points:g}", most=f"{worth:g}"),
        "passed": item["passed"],
        "message": sanitize.line(item["message"], 1000),
        "expected": sanitize.line(said.get("expected", ""), 500),
        "found": sanitize.line(said.get("found", ""), 500),
        "line": said.get("line", 0),
        "source": sanitize.line(said.get("source", ""), 200),
    }
