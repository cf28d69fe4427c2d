"""The rows of one assignment in nbgrader's database: read once, changed in memory, written in bulk.

nbgrader's own methods ask the database several times for each cell of each student: a class of
10,000 took minutes. What is written is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from autograder.course.verdict import Verdict, key_of, place_of
from autograder.results.by_hand import ByHand

Row = dict[str, Any]
TABLES = (Student, SubmittedAssignment, SubmittedNotebook, Grade, Comment)
"""In the order in which their rows need each other."""
GRADED, COMMENTED = ("GradeCell", "TaskCell"), ("SolutionCell", "TaskCell")


class AssignmentRows:
    """The submissions of an assignment, with their grades and comments.

    Args:
        session: of the database.
        assignment: its name, which is its notebook's too where it has a single one.
        students: whose submissions, by id: so many that their rows fit into memory.

    Attributes:
        submissions: the rows of submissions, by the student's id.

    Raises:
        MissingEntry: the database knows no such assignment.
    """

    def __init__(self, session: Session, assignment: str, students: Collection[str]) -> None:
        self._session, self._name, self._students = session, assignment, students
        self._changed: dict[type, dict[int, tuple[Row, set[str]]]] = {t: {} for t in TABLES}
        self._new: dict[type, list[Row]] = {table: [] for table in TABLES}
        self._unmarked: set[str] = set()
        self._id = session.scalar(select(Assignment.id).where(Assignment.name == assignment))
        if self._id is None:
            raise MissingEntry(f"No such assignment: {assignment}")
        notebooks = select(Notebook.name, Notebook.id).where(Notebook.assignment_id == self._id)
        self._notebooks: dict[str, str] = dict(map(tuple, session.execute(notebooks)))
        self._read_cells()
        self._read_submissions()

    def _read_cells(self) -> None:
        """Of each notebook the cells with grades and with comments: their ids by name."""
        self._graded: dict[str, dict[str, str]] = {name: {} for name in self._notebooks}
        self._commented: dict[str, dict[str, str]] = {name: {} for name in self._notebooks}
        cells = (
            select(Notebook.name, BaseCell.name, BaseCell.id, BaseCell.type)
            .join(Notebook, BaseCell.notebook_id == Notebook.id)
            .where(Notebook.assignment_id == self._id)
        )
        for notebook, name, identity, kind in self._session.execute(cells):
            if kind in GRADED:
                self._graded[notebook][name] = identity
            if kind in COMMENTED:
                self._commented[notebook][name] = identity

    def _read_submissions(self) -> None:
        """Rows of what students handed in, of their grades and of their comments."""
        names = {identity: name for name, identity in self._notebooks.items()}
        mine = SubmittedAssignment.assignment_id == self._id
        asked = SubmittedAssignment.student_id.in_(self._students)
        submissions = self._all(SubmittedAssignment, mine & asked)
        self.submissions = {row["student_id"]: row for row in submissions}
        students = {row["id"]: student for student, row in self.submissions.items()}
        self._handed_in: dict[tuple[str, str], Row] = {}
        of: dict[str, tuple[str, str]] = {}
        mine = SubmittedNotebook.notebook_id.in_(list(names))
        mine &= SubmittedNotebook.assignment_id.in_(list(students))
        for row in self._all(SubmittedNotebook, mine) if students else ():
            if row["assignment_id"] in students:
                place = (students[row["assignment_id"]], names[row["notebook_id"]])
                self._handed_in[place] = row
                of[row["id"]] = place
        cells = [self._graded, self._commented]
        self._rows: dict[type, dict[tuple[str, str, str], Row]] = {}
        for table, known in zip((Grade, Comment), cells, strict=True):
            ids = {identity: name for one in known.values() for name, identity in one.items()}
            mine = table.cell_id.in_(list(ids)) & table.notebook_id.in_(list(of))
            self._rows[table] = {
                (*of[row["notebook_id"]], ids[row["cell_id"]]): row
                for row in (self._all(table, mine) if of else ())
            }

    def _all(self, table: type, condition: object) -> list[Row]:
        found = self._session.execute(select(*table.__table__.columns).where(condition))
        return [dict(row) for row in found.mappings()]

    def add_submissions(self, students: Iterable[str]) -> None:
        """Adds students who are not there, and their submissions, ready to be filled in."""
        known = set(self._session.scalars(select(Student.id).where(Student.id.in_(self._students))))
        for student in students:
            if student not in known:
                self._add(Student, id=student)
            if student not in self.submissions:
                submission = {"id": new_uuid(), "assignment_id": self._id, "student_id": student}
                submission |= {"timestamp": None, "extension": None}
                self.submissions[student] = self._add(SubmittedAssignment, **submission)
                self._unmarked.add(student)
            for notebook in self._notebooks:
                self._complete(student, notebook)

    def _complete(self, student: str, notebook: str) -> None:
        """Adds what a submission lacks: its notebook, and rows for grades and comments."""
        place = (student, notebook)
        if place not in self._handed_in:
            self._handed_in[place] = self._add(
                SubmittedNotebook,
                id=new_uuid(),
                assignment_id=self.submissions[student]["id"],
                notebook_id=self._notebooks[notebook],
                flagged=False,
                late_submission_penalty=None,
            )
        of = self._handed_in[place]["id"]
        for name, identity in self._graded[notebook].items():
            if (*place, name) not in self._rows[Grade]:
                row = {"id": new_uuid(), "cell_id": identity, "notebook_id": of}
                row |= {"auto_score": None, "manual_score": None, "extra_credit": None}
                self._rows[Grade][*place, name] = self._add(Grade, **row, needs_manual_grade=True)
        for name, identity in self._commented[notebook].items():
            if (*place, name) not in self._rows[Comment]:
                row = {"id": new_uuid(), "cell_id": identity, "notebook_id": of}
                row |= {"auto_comment": None, "manual_comment": None}
                self._rows[Comment][*place, name] = self._add(Comment, **row)

    def enter(self, student: str, verdict: Verdict) -> None:
        """Enters the automatic points, where they are not there already, and the late penalty."""
        notebooks = sorted({cell.notebook or self._name for cell in verdict.cells})
        for notebook in notebooks:
            if notebook not in self._notebooks:
                raise MissingEntry(f"No such notebook: {self._name}/{notebook}")
            self._complete(student, notebook)
        scores = {cell.key: None if cell.manual else cell.points for cell in verdict.cells}
        if scores != self._entered(student, notebooks) or student in self._unmarked:
            for cell in verdict.cells:
                row = self._grade(student, cell.key)
                manual = cell.manual or row["manual_score"] is not None
                self._change(Grade, row, auto_score=scores[cell.key], needs_manual_grade=manual)
        for notebook in notebooks[:1]:  # nbgrader adds up the penalties of all notebooks.
            row = self._handed_in[student, notebook]
            if (row["late_submission_penalty"] or 0.0) != verdict.late_penalty:
                self._change(SubmittedNotebook, row, late_submission_penalty=verdict.late_penalty)

    def _entered(self, student: str, notebooks: Iterable[str]) -> dict[str, float | None]:
        """The automatic points that are there, by the cells' keys."""
        return {
            key_of(notebook, name, self._name): self._rows[Grade][student, notebook, name][
                "auto_score"
            ]
            for notebook in notebooks
            for name in self._graded[notebook]
        }

    def look_again(self, student: str, cells: Iterable[str]) -> None:
        """Marks grades as ones that people should look at."""
        for cell in cells:
            self._change(Grade, self._grade(student, cell), needs_manual_grade=True)

    def enter_by_hand(self, student: str, given: ByHand) -> None:
        """Enters what a person gave, except on cells that the notebook has lost."""
        for cell, grade in given.grades.items():
            if row := self._rows[Grade].get((student, *place_of(cell, self._name))):
                told = {"manual_score": grade.score, "extra_credit": grade.extra}
                self._change(Grade, row, needs_manual_grade=False, **told)
        for cell, comment in given.comments.items():
            if row := self._rows[Comment].get((student, *place_of(cell, self._name))):
                self._change(Comment, row, manual_comment=comment.text)

    def enter_times(
        self, times: Mapping[str, datetime], extensions: Mapping[str, float | None] | None
    ) -> None:
        """Enters when notebooks were handed in, and how much later they might be (None: not)."""
        for student, time in times.items():
            row = self.submissions.get(student)
            if row is not None and row["timestamp"] != time:
                self._change(SubmittedAssignment, row, timestamp=time)
        for student, seconds in (extensions or {}).items():
            length = None if seconds is None else timedelta(seconds=seconds)
            row = self.submissions.get(student)
            if row is not None and row["extension"] != length:
                self._change(SubmittedAssignment, row, extension=length)

    def write(self) -> None:
        """Writes what is new and what was changed, with a statement for each kind of change."""
        for table in TABLES:
            if self._new[table]:
                self._session.execute(insert(table), self._new[table])
            alike: dict[frozenset[str], list[Row]] = {}
            new = set(map(id, self._new[table]))
            for row, names in self._changed[table].values():
                if id(row) not in new:
                    change = {"id": row["id"]} | {name: row[name] for name in names}
                    alike.setdefault(frozenset(names), []).append(change)
            for changes in alike.values():
                self._session.execute(update(table), changes)
            self._new[table], self._changed[table] = [], {}
        self._unmarked.clear()

    def _grade(self, student: str, cell: str) -> Row:
        row = self._rows[Grade].get((student, *place_of(cell, self._name)))
        if row is None:
            raise MissingEntry(f"No such grade: {self._name}/{cell} for {student}")
        return row

    def _add(self, table: type, **row: Any) -> Row:
        self._new[table].append(row)
        return row

    def _change(self, table: type, row: Row, **values: Any) -> None:
        row |= values
        self._changed[table].setdefault(id(row), (row, set()))[1].update(values)
