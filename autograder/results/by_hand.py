"""Grades and comments that people gave in formgrader: they count wherever marks are told.

nbgrader keeps them in gradebook.db. They are read from there, remembered in the course folder with
a hash of the code that they were given for, and joined with the verdicts. Where the student's code
has changed since, that is said, and formgrader is told to show the grade as one to be looked at;
what is saved or resolved there again, counts for the new code.

What is remembered outlives the gradebook: where that was moved away or made anew, grades and
comments are entered again.
"""

from __future__ import annotations

import copy
import functools
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.course.files import as_number, parse_kept, reason, write_atomically
from autograder.course.folder import Course, Student, without_words
from autograder.course.verdict import CellVerdict, Verdict, key_of
from autograder.notebooks import sanitize
from autograder.results import lateness
from autograder.results.lateness import Lateness

LONGEST_COMMENT = 5_000
EARLIER = ", given for an earlier version of the code"
LOCKED_SECONDS = 5.0
"""How long a gradebook that another program holds is waited for."""

_TABLES = """
    FROM {table} JOIN base_cell ON {table}.cell_id = base_cell.id
    JOIN submitted_notebook ON {table}.notebook_id = submitted_notebook.id
    JOIN notebook ON submitted_notebook.notebook_id = notebook.id
    JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
    JOIN assignment ON submitted_assignment.assignment_id = assignment.id
    WHERE assignment.name = ?
"""
_STUDENTS = "SELECT DISTINCT student_id" + _TABLES.format(table="grade")
_GRADES = (
    "SELECT student_id, notebook.name, base_cell.name, manual_score, extra_credit, "
    "needs_manual_grade"
    + _TABLES.format(table="grade")
    + "AND (manual_score IS NOT NULL OR extra_credit IS NOT NULL)"
)
_COMMENTS = (
    "SELECT student_id, notebook.name, base_cell.name, manual_comment"
    + _TABLES.format(table="comment")
    + "AND manual_comment IS NOT NULL"
)


@dataclass(frozen=True)
class HandGrade:
    """A grade that a person gave for a cell.

    Attributes:
        score: in the place of the automatic points; None where these stand.
        extra: points on top, or None.
        code: a hash of the code that it was given for; None where that is not known.
        told: whether formgrader shows it as one to be looked at, since the code has changed.
        earlier: whether the code has changed since; of a FinalMark only.
    """

    score: float | None
    extra: float | None
    code: str | None = None
    told: bool = False
    earlier: bool = False

    def points(self, automatic: float) -> float:
        """What counts, by nbgrader's rule."""
        return (automatic if self.score is None else self.score) + (self.extra or 0)


@dataclass(frozen=True)
class HandComment:
    """A comment that a person gave on a cell; `code` and `earlier` as in HandGrade."""

    text: str
    code: str | None = None
    earlier: bool = False


@dataclass
class ByHand:
    """What people gave one student: grades by test, comments by solution cell."""

    grades: dict[str, HandGrade] = field(default_factory=dict)
    comments: dict[str, HandComment] = field(default_factory=dict)


@dataclass(frozen=True)
class FinalMark:
    """A student's mark as it is told everywhere.

    Attributes:
        verdict: with the points that count.
        automatic: the same as marking gave it.
        by_hand: what people gave.
    """

    verdict: Verdict
    automatic: Verdict
    by_hand: ByHand = field(default_factory=ByHand)

    @property
    def automatic_points(self) -> dict[str, float]:
        """What marking gave, by the cell's key."""
        return {cell.key: cell.points for cell in self.automatic.cells}

    @property
    def waiting(self) -> list[CellVerdict]:
        """The answers that still wait for a person's points."""
        given = {key for key, grade in self.by_hand.grades.items() if grade.score is not None}
        return [c for c in self.verdict.cells if c.manual and c.key not in given]

    @property
    def late_and_automatic(self) -> Verdict:
        """The automatic verdict with what being late costs, as the gradebook holds both."""
        late = {name: getattr(self.verdict, name) for name in ("late_seconds", "late_penalty")}
        return replace(self.automatic, **late)

    def in_words(self) -> str:
        """What people gave, in one line; empty where they gave nothing."""
        said = []
        for cell in self.verdict.cells:
            if grade := self.by_hand.grades.get(cell.key):
                automatic = self.automatic_points[cell.key]
                of = "" if cell.manual else f" (the checks gave {automatic:g})"
                earlier = EARLIER if grade.earlier else ""
                said.append(f"{cell.key} {cell.points:g}{of}{earlier}")
        for name, comment in self.by_hand.comments.items():
            earlier = EARLIER if comment.earlier else ""
            text = sanitize.line(comment.text, LONGEST_COMMENT)
            said.append(f"comment on {name}{earlier}: {text}")
        return f"by hand: {'; '.join(said)}" if said else ""


def remember(course: Course, assignment: str) -> str:
    """Takes over what people gave since the last call.

    Returns:
        Why that failed, in a sentence; then what was remembered before stands. Empty where all
        went well.
    """
    kept = load(course, assignment)
    try:
        present, rows, comments = _read(course.gradebook, assignment)
    except (sqlite3.Error, OSError) as error:
        return (
            f"Grades given by hand could not be read from {course.gradebook} ({error}); those that "
            "were read before count."
        )
    codes = _Codes(course, assignment)
    now = {name: by_hand for name, by_hand in kept.items() if name not in present}
    for student, cell, score, extra, needs_look in rows:
        if score is not None or extra:
            grade = kept.get(student, ByHand()).grades.get(cell)
            if (
                grade is None
                or grade.code is None
                or (grade.score, grade.extra) != (score, extra)
                or (grade.told and not needs_look)
            ):
                grade = HandGrade(score, extra, codes.of(student, cell))
            now.setdefault(student, ByHand()).grades[cell] = grade
    for student, cell, text in comments:
        if text and text.strip():
            comment = kept.get(student, ByHand()).comments.get(cell)
            if comment is None or comment.code is None or comment.text != text:
                comment = HandComment(text, codes.of(student, cell))
            now.setdefault(student, ByHand()).comments[cell] = comment
    try:
        if now != kept:
            _save(course, assignment, now)
    except OSError as error:
        return (
            f"Grades given by hand could not be kept ({reason(error)}): mend that, make room on "
            "the disk for example, and run the same command again; the gradebook holds them."
        )
    return ""


def load(course: Course, assignment: str) -> dict[str, ByHand]:
    """What is remembered, by the student's id."""
    try:
        kept = parse_kept(_memory(course, assignment).read_text())
        return {
            student: ByHand(
                {cell: _grade_of(grade) for cell, grade in given["grades"].items()},
                {cell: HandComment(**comment) for cell, comment in given["comments"].items()},
            )
            for student, given in kept.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _grade_of(plain: dict[str, Any]) -> HandGrade:
    """A grade as it was kept.

    Raises:
        TypeError: it is none.
    """
    grade = HandGrade(**plain)
    for points in (grade.score, grade.extra):
        if points is not None:
            as_number(points)
    return grade


def outdated(marks: Mapping[Student, FinalMark]) -> dict[str, set[str]]:
    """By student, the cells whose grades were given for an earlier version of the code."""
    found = {
        student.id: {cell for cell, grade in mark.by_hand.grades.items() if grade.earlier}
        for student, mark in marks.items()
        if mark.by_hand.grades
    }
    return {student: cells for student, cells in found.items() if cells}


def note_told(course: Course, assignment: str, told: dict[str, set[str]]) -> None:
    """Remembers that formgrader shows these grades as ones to be looked at."""
    kept = load(course, assignment)
    for student, cells in told.items():
        grades = kept[student].grades if student in kept else {}
        for cell in cells & grades.keys():
            grades[cell] = replace(grades[cell], told=True)
    with suppress(OSError):  # The next call tells it again.
        if told:
            _save(course, assignment, kept)


def final_marks(
    course: Course, assignment: str, verdicts: Mapping[Student, Verdict] | None = None
) -> FinalMarks:
    """The marks of all who have a verdict, with what people gave and what being late costs.

    Of the verdicts' words only the messages are there; see `each_final_mark`.

    Args:
        course, assignment: of what.
        verdicts: the automatic ones, where they have been read already.
    """
    verdicts = course.verdicts(assignment) if verdicts is None else verdicts
    given, late = load(course, assignment), lateness.load(course, assignment)
    return FinalMarks(verdicts, given, late)


def each_final_mark(course: Course, assignment: str) -> Iterator[tuple[Student, FinalMark]]:
    """The same one after the other, with all words: not all are in memory at once."""
    marks = final_marks(course, assignment, {})
    for student, verdict in course.each_verdict(assignment):
        yield student, marks.of(student, verdict)


class FinalMarks(Mapping[Student, FinalMark]):
    """The marks of a class; each is made when it is asked for, so that not all are in memory.

    Args:
        verdicts: the automatic ones.
        given: by the student's id, what people gave.
        late: who was late.
    """

    def __init__(
        self, verdicts: Mapping[Student, Verdict], given: Mapping[str, ByHand], late: Lateness
    ) -> None:
        self._verdicts, self._given, self._late = verdicts, given, late

    def __getitem__(self, student: Student) -> FinalMark:
        return self.of(student, self._verdicts[student])

    def __iter__(self) -> Iterator[Student]:
        return iter(self._verdicts)

    def __len__(self) -> int:
        return len(self._verdicts)

    def of(self, student: Student, verdict: Verdict) -> FinalMark:
        """A student's mark, by an automatic verdict."""
        mark = final_mark(verdict, self._given.get(student.id, ByHand()))
        lateness.apply(mark.verdict, student.id, self._late)
        return mark


def final_mark(verdict: Verdict, by_hand: ByHand) -> FinalMark:
    """One student's mark, without what being late costs; `verdict` stays as it is."""
    cells = {cell.key for cell in verdict.cells}
    final = copy.copy(verdict)
    final.cells = [_counting(cell, by_hand.grades.get(cell.key)) for cell in verdict.cells]
    counting = ByHand(
        {
            cell: replace(grade, earlier=_is_earlier(grade, verdict, cell))
            for cell, grade in by_hand.grades.items()
            if cell in cells
        },
        {
            cell: replace(comment, earlier=_is_earlier(comment, verdict, cell))
            for cell, comment in by_hand.comments.items()
        },
    )
    return FinalMark(final, verdict, counting)


def _counting(cell: CellVerdict, grade: HandGrade | None) -> CellVerdict:
    if grade is None:
        return cell
    counting = copy.copy(cell)
    counting.points = grade.points(cell.points)
    counting.passed = counting.points >= counting.max_points
    return counting


def _is_earlier(given: HandGrade | HandComment, verdict: Verdict, cell: str) -> bool:
    code = _code(verdict, cell)
    return given.code is not None and code is not None and code != given.code


class _Codes:
    """Hashes of the code that was marked last; verdicts are read when one is asked for."""

    def __init__(self, course: Course, assignment: str) -> None:
        self._course, self._assignment = course, assignment

    @functools.cached_property
    def _verdicts(self) -> dict[str, Verdict]:
        marked = self._course.verdicts(self._assignment)
        return {student.id: verdict for student, verdict in marked.items()}

    def of(self, student: str, cell: str) -> str | None:
        """Of the code under a cell; None where it is not known."""
        verdict = self._verdicts.get(student)
        return None if verdict is None else _code(verdict, cell)


def _code(verdict: Verdict, cell: str) -> str | None:
    """A hash of the code under a cell and of the student's own that it may need, or None."""
    if verdict.status == "unreadable":
        return "unreadable"
    notebook, _, own = cell.rpartition("/")
    name = cell if notebook else own.removeprefix("test_")
    hashes = without_words(verdict).code_hashes
    return hashes.get(name, hashes.get(cell))


def _read(path: Path, assignment: str) -> tuple[set[str], list[Any], list[Any]]:
    """Of an assignment in the gradebook: its students, and what people gave: grades, comments."""
    if not path.exists():
        return set(), [], []
    uri = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=LOCKED_SECONDS)) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        if "grade" not in tables:
            return set(), [], []
        students = {name for (name,) in database.execute(_STUDENTS, [assignment])}
        rows = database.execute(_GRADES, [assignment]).fetchall()
        comments = database.execute(_COMMENTS, [assignment]).fetchall()

    def keyed(found: list[Any]) -> list[Any]:
        return [(who, key_of(nb, cell, assignment), *rest) for who, nb, cell, *rest in found]

    return students, keyed(rows), keyed(comments)


def _memory(course: Course, assignment: str) -> Path:
    return course.root / ".autograder" / f"by-hand-{assignment}.json"


def _save(course: Course, assignment: str, kept: dict[str, ByHand]) -> None:
    plain = json.dumps({student: asdict(by_hand) for student, by_hand in kept.items()})
    write_atomically(_memory(course, assignment), plain, mode=0o600)
