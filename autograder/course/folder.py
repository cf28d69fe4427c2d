"""The course folder: nbgrader's layout, and what the autograder remembers beside it.

submitted/<student>/<assignment>/<assignment>.ipynb     what students handed in, see `layout`
submitted/<student>/<assignment>/timestamp.txt          when, as nbgrader writes it
autograded/<student>/<assignment>/<assignment>.ipynb    the same, marked
feedback/<student>/<assignment>/<assignment>.html       what students get back
gradebook.db, grades.csv, grades.json
extensions.csv, exports/                                see `results.lateness`, `results.lms`
source/, nbgrader_config.py                             what formgrader needs; marking reads neither
.course-secret                                          see `secret`
.autograder/<assignment>/<student>.json                 verdicts, so that marking can go on
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.course import layout
from autograder.course.files import (
    LONGEST_NAME,
    NotAFile,
    as_text,
    parse_kept,
    read_untrusted,
    reason,
    write_atomically,
)
from autograder.course.packed import PackedVerdicts
from autograder.course.verdict import Verdict
from autograder.errors import AutograderError
from autograder.notebooks.assemble import OWN

LARGEST_TIMESTAMP = 1000
"""Bytes of timestamp.txt."""
NOT_KEPT = "Marked, but {what} could not be written ({why}); the next run marks it again."


class CourseError(AutograderError):
    """The course folder is not as it must be; the message is one sentence."""


@dataclass(frozen=True)
class Student:
    """A student.

    Attributes:
        folder: the name of the student's directory.
        id: the same as text that any file or program takes.
    """

    folder: str

    @property
    def id(self) -> str:
        """The directory's name; bytes that are not UTF-8 are written out, see `as_text`."""
        return as_text(self.folder)


@dataclass(frozen=True)
class HandedIn:
    """What a student handed in.

    Attributes:
        content: the file's bytes.
        note: for the student where it was not where it should be, else empty.
        flat: whether only what is in it tells which assignment's it is.
    """

    content: bytes
    note: str = ""
    flat: bool = False


@dataclass(frozen=True)
class Course:
    """A course folder.

    Attributes:
        root: where it is.
    """

    root: Path
    _verdicts: PackedVerdicts[str] = field(
        default_factory=PackedVerdicts, compare=False, repr=False
    )

    @property
    def gradebook(self) -> Path:
        """nbgrader's database."""
        return self.root / "gradebook.db"

    def students(self, assignment: str, only: list[str] | None = None) -> list[Student]:
        """Who handed in something for this assignment, sorted.

        Raises:
            CourseError: nobody did, one of `only` did not, or it cannot be told.
        """
        survey = self._survey(assignment)
        by_id = {student.id: student for student in map(Student, survey.folders)}
        if only:
            if missing := sorted(set(only) - by_id.keys()):
                raise CourseError(f"Student {missing[0]!r} has handed in nothing for {assignment}.")
            return [by_id[name] for name in sorted(set(only))]
        if not by_id:
            nobody = f"Nobody has handed in anything for {assignment} in {self.root / 'submitted'}."
            raise CourseError(" ".join([nobody, *survey.strays[:1]]))
        return [by_id[name] for name in sorted(by_id)]

    def strays(self, assignment: str) -> list[str]:
        """What looks like a submission of the assignment but is not marked, a sentence each."""
        return self._survey(assignment).strays

    def _survey(self, assignment: str) -> layout.Survey:
        try:
            return layout.survey(self.root, assignment)
        except (FileNotFoundError, NotADirectoryError):
            raise CourseError(
                f"{self.root / 'submitted'} is not there; put the notebooks at "
                f"{layout.expected(assignment)} in the course folder."
            ) from None
        except OSError as error:
            raise CourseError(
                f"{self.root / 'submitted'} cannot be listed ({reason(error)}); mend that and run "
                "the same command again."
            ) from error

    def read_submission(self, student: Student, assignment: str, largest: int) -> HandedIn:
        """The notebook as it was handed in.

        Args:
            student, assignment: whose, of what.
            largest: bytes of the file.

        Raises:
            NotAFile: there is none that can be read; the message is for the student.
        """
        try:
            located = layout.locate(self.root, student.folder, assignment)
            content = read_untrusted(self.root, located.parts, largest)
        except FileNotFoundError:
            raise NotAFile(f"{assignment}.ipynb was taken away while it was read.") from None
        return HandedIn(content, located.note, located.flat)

    def is_in_its_folder(self, student: Student, assignment: str) -> bool:
        """Whether a submission's place tells which assignment's it is."""
        return layout.has_submission(self.root, student.folder, assignment)

    def timestamp(self, student: Student, assignment: str) -> str | None:
        """What stands in the timestamp.txt beside the student's notebook, or None without one.

        Raises:
            NotAFile: it cannot be read.
        """
        folder = ["submitted", student.folder, assignment]
        if not layout.has_submission(self.root, student.folder, assignment):
            folder.pop()
        try:
            content = read_untrusted(self.root, [*folder, "timestamp.txt"], LARGEST_TIMESTAMP)
        except FileNotFoundError:
            return None
        return content.decode("utf-8-sig", "replace").strip() or None

    def autograded(self, student: Student, assignment: str) -> Path:
        """Where the marked notebook is."""
        return self.root / "autograded" / student.folder / assignment / f"{assignment}.ipynb"

    def feedback(self, student: Student, assignment: str) -> Path:
        """Where the student's feedback is."""
        return self.root / "feedback" / student.folder / assignment / f"{assignment}.html"

    def _verdict_file(self, student: Student, assignment: str) -> Path:
        folder = self.root / ".autograder" / assignment
        if len(os.fsencode(f"{student.folder}.json")) <= LONGEST_NAME:
            return folder / f"{student.folder}.json"
        return folder / "long-names" / f"{digest(os.fsencode(student.folder))}.json"

    def save(self, student: Student, assignment: str, key: str, verdict: Verdict) -> None:
        """Keeps a verdict, and the marked notebook with it.

        What the disk refuses is the trouble of this student alone: the marks stand. The verdict's
        message says what could not be written, and the next call tries again. Every verdict is
        kept in memory, too, for as long as this object lives: whole where the disk may not have it,
        else `without_words`.
        """
        path = self._verdict_file(student, assignment)
        try:
            folder = self.autograded(student, assignment).parent
            for name, notebook in verdict.notebooks.items():
                self._save_notebook(folder / f"{name}.ipynb", notebook)
            if not verdict.notebooks:
                self._save_notebook(self.autograded(student, assignment), verdict.notebook)
        except OSError as error:
            _not_kept(verdict, "the marked notebook", error)
        names = dict.fromkeys(verdict.notebooks)
        plain = verdict.to_plain() | {"notebook": None, "notebooks": names, "evidence": {}}
        stored = json.dumps({"key": "" if verdict.again else key, "verdict": plain})
        try:
            write_atomically(path, stored, mode=0o600)
        except OSError as error:
            _not_kept(verdict, "the verdict", error)
            with suppress(OSError):  # An older verdict would be taken for this one.
                path.unlink(missing_ok=True)
        kept = replace(verdict, notebook=None, notebooks=names, evidence={})
        self._verdicts[str(path)] = kept if verdict.again else without_words(kept)

    def _save_notebook(self, path: Path, notebook: str | None) -> None:
        if notebook is None:
            path.unlink(missing_ok=True)
        else:
            write_atomically(path, notebook)

    def saved(self, student: Student, assignment: str, key: str | None = None) -> Verdict | None:
        """The verdict kept for a student, as it is on the disk; None where none is whole.

        Args:
            student, assignment: whose, on what.
            key: only a verdict that was saved with it counts, whose marked notebook is there too.
        """
        path = self._verdict_file(student, assignment)
        try:
            stored = parse_kept(path.read_text())
            verdict = Verdict.from_plain(stored["verdict"])
            if key is not None and stored["key"] != key:
                return None
            marked = verdict.status == "unreadable" or self._is_marked(student, assignment, verdict)
            if key is not None and not marked:
                return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        self._verdicts[str(path)] = without_words(verdict)
        return verdict

    def may_be_saved(self, student: Student, assignment: str) -> bool:
        """Whether it is worth looking for a verdict that is kept for a student."""
        try:
            return self._verdict_file(student, assignment).exists()
        except OSError:
            return True

    def _is_marked(self, student: Student, assignment: str, verdict: Verdict) -> bool:
        path = self.autograded(student, assignment)
        names = verdict.notebooks or [assignment]
        return all(path.with_name(f"{name}.ipynb").is_file() for name in names)

    def verdicts(self, assignment: str) -> PackedVerdicts[Student]:
        """All verdicts kept for an assignment, of those who handed it in, `without_words`.

        Raises:
            CourseError: it cannot be told who did.
        """
        found: PackedVerdicts[Student] = PackedVerdicts()
        for student, verdict in self.each_verdict(assignment, whole=False):
            found[student] = verdict
        return found

    def each_verdict(
        self, assignment: str, whole: bool = True
    ) -> Iterator[tuple[Student, Verdict]]:
        """The verdicts one after the other, so that not all of them are in memory at once.

        Args:
            assignment: on what.
            whole: whether with their words; else as `without_words` leaves them.

        Raises:
            CourseError: it cannot be told who handed something in.
        """
        students = sorted(map(Student, self._survey(assignment).folders), key=lambda s: s.id)
        for student in students:
            verdict = self._kept(student, assignment, whole)
            if verdict is not None:
                yield student, verdict

    def _kept(self, student: Student, assignment: str, whole: bool) -> Verdict | None:
        """A student's verdict, or one that says why it cannot be read; None where there is none."""
        path = self._verdict_file(student, assignment)
        in_memory = self._verdicts.get(str(path))
        if in_memory is not None and (in_memory.has_words or not whole):
            return in_memory
        try:
            verdict = Verdict.from_plain(parse_kept(path.read_text())["verdict"])
            return verdict if whole else without_words(verdict)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            message = f"The verdict on {assignment} cannot be read; `grade {assignment}` mends it."
            return Verdict("crashed", message)

    def assignments(self) -> list[str]:
        """The assignments of which there are verdicts."""
        remembered = self.root / ".autograder"
        if not remembered.is_dir():
            return []
        return sorted(entry.name for entry in remembered.iterdir() if entry.is_dir())


def _not_kept(verdict: Verdict, what: str, error: OSError) -> None:
    """Says in a verdict that something could not be written, so that the next call tries again."""
    said = NOT_KEPT.format(what=what, why=reason(error))
    verdict.message = f"{verdict.message} {said}".strip()
    verdict.again = True


def without_words(verdict: Verdict) -> Verdict:
    """What marks need of a verdict: a class of 10,000 fits into memory.

    Rubrics and code are left out; hashes tell whether code has changed: of each piece together
    with all of the student's own that it may need.
    """
    if not verdict.has_words:
        return verdict
    own = verdict.code.get(OWN, "")
    hashes = {name: digest(source, own) for name, source in verdict.code.items()}
    return replace(
        verdict,
        cells=[replace(cell, rubric=[]) for cell in verdict.cells],
        code={},
        has_words=False,
        code_hashes=hashes,
        errors={},
        error_lines={},
        own_errors={},
        split={},
        notebook=None,
        evidence={},
    )


def digest(*parts: str | bytes) -> str:
    """A hash of all parts, each apart from the next."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "backslashreplace") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()
