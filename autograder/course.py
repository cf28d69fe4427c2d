"""The course folder: nbgrader's layout, and what the autograder remembers beside it.

submitted/<student>/<assignment>/<assignment>.ipynb     what students handed in
autograded/<student>/<assignment>/<assignment>.ipynb    the same, marked
feedback/<student>/<assignment>/<assignment>.html       what students get back
gradebook.db, grades.csv, grades.json
.autograder/<assignment>/<student>.json                 verdicts, so that marking can go on
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from .files import NotAFile, read_untrusted, write_atomically
from .verdict import Verdict


class CourseError(Exception):
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
        """The directory's name; bytes that are not UTF-8 are written out."""
        return self.folder.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


@dataclass(frozen=True)
class Course:
    """A course folder.

    Attributes:
        root: where it is.
    """

    root: Path

    @property
    def gradebook(self) -> Path:
        """nbgrader's database."""
        return self.root / "gradebook.db"

    def students(self, assignment: str, only: list[str] | None = None) -> list[Student]:
        """Who handed in something for this assignment, sorted.

        Raises:
            CourseError: nobody did, or one of `only` did not.
        """
        submitted = self.root / "submitted"
        if not submitted.is_dir():
            raise CourseError(
                f"{submitted} is not there; put the notebooks at "
                f"submitted/<student>/{assignment}/{assignment}.ipynb in the course folder."
            )
        found = self._submitters(assignment)
        by_id = {student.id: student for student in found}
        if only:
            if missing := sorted(set(only) - by_id.keys()):
                raise CourseError(f"Student {missing[0]!r} has handed in nothing for {assignment}.")
            return [by_id[name] for name in sorted(set(only))]
        if not found:
            raise CourseError(f"Nobody has handed in anything for {assignment} in {submitted}.")
        return found

    def _submitters(self, assignment: str) -> list[Student]:
        found = [
            Student(entry.name)
            for entry in (self.root / "submitted").iterdir()
            if not entry.name.startswith(".") and _has_folder(entry, assignment)
        ]
        return sorted(found, key=lambda student: student.id)

    def read_submission(self, student: Student, assignment: str, largest: int) -> bytes:
        """The notebook as it was handed in.

        Raises:
            NotAFile: there is none that can be read; the message is for the student.
        """
        parts = ["submitted", student.folder, assignment, f"{assignment}.ipynb"]
        try:
            try:
                return read_untrusted(self.root, parts, largest)
            except FileNotFoundError:
                there = sorted(entry.name for entry in self.root.joinpath(*parts[:-1]).iterdir())
        except PermissionError:
            message = f"{assignment}.ipynb may not be read: look at the permissions of its folder."
            raise NotAFile(message) from None
        found = f"found {', '.join(there[:5])}" if there else "the folder is empty"
        raise NotAFile(f"{assignment}.ipynb was not handed in; {found}.")

    def autograded(self, student: Student, assignment: str) -> Path:
        """Where the marked notebook is."""
        return self.root / "autograded" / student.folder / assignment / f"{assignment}.ipynb"

    def feedback(self, student: Student, assignment: str) -> Path:
        """Where the student's feedback is."""
        return self.root / "feedback" / student.folder / assignment / f"{assignment}.html"

    def _verdict_file(self, student: Student, assignment: str) -> Path:
        return self.root / ".autograder" / assignment / f"{student.folder}.json"

    def save(self, student: Student, assignment: str, key: str, verdict: Verdict) -> None:
        """Keeps a verdict, and the marked notebook with it."""
        path = self.autograded(student, assignment)
        if verdict.notebook is None:
            path.unlink(missing_ok=True)
        else:
            write_atomically(path, verdict.notebook)
        plain = verdict.to_plain() | {"notebook": None, "evidence": {}}
        stored = json.dumps({"key": key, "verdict": plain})
        write_atomically(self._verdict_file(student, assignment), stored, mode=0o600)

    def saved(self, student: Student, assignment: str, key: str | None = None) -> Verdict | None:
        """The verdict kept for a student.

        Args:
            student, assignment: whose, on what.
            key: only a verdict that was saved with it counts, whose marked notebook is there too.
        """
        try:
            stored = json.loads(self._verdict_file(student, assignment).read_text())
            verdict = Verdict.from_plain(stored["verdict"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        marked = verdict.status == "unreadable" or self.autograded(student, assignment).is_file()
        return verdict if key is None or (stored["key"] == key and marked) else None

    def verdicts(self, assignment: str) -> dict[Student, Verdict]:
        """All verdicts kept for an assignment, of those who handed it in."""
        kept = {s: self.saved(s, assignment) for s in self._submitters(assignment)}
        return {student: verdict for student, verdict in kept.items() if verdict is not None}

    def assignments(self) -> list[str]:
        """The assignments of which there are verdicts."""
        remembered = self.root / ".autograder"
        if not remembered.is_dir():
            return []
        return sorted(entry.name for entry in remembered.iterdir() if entry.is_dir())


def _has_folder(entry: Path, assignment: str) -> bool:
    """Whether somebody handed something in, or may have: a locked folder gets a verdict, too."""
    try:
        return (entry / assignment).is_dir()
    except PermissionError:
        return True


def digest(*parts: str | bytes) -> str:
    """A hash of all parts, each apart from the next."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "backslashreplace") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()
