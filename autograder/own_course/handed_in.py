"""What a student handed in for an assignment of the instructor's own: notebooks and files."""

from __future__ import annotations

import fnmatch
import stat
from dataclasses import dataclass, field

from autograder.course.files import NotAFile, as_text, list_untrusted, read_untrusted
from autograder.course.folder import Course, Student, digest
from autograder.course.layout import looks_like
from autograder.kernels.limits import MEBIBYTE, Limits
from autograder.own_course.source import NOT_COPIED, Source
from resnets.language import say

MOST_FILES = 200
MOST_BYTES = 32 * MEBIBYTE
"""Of all files beside the notebooks."""
DEEPEST = 4
TIMESTAMP = "timestamp.txt"


@dataclass
class HandedInWhole:
    """A student's folder, read within bounds.

    Attributes:
        notebooks: by the names of the source's notebooks; None where there is none.
        files: what stands beside them, by its path.
        notes: for the student, one sentence each.
    """

    notebooks: dict[str, bytes | None] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def digest(self) -> str:
        """A hash of all of it."""
        parts: list[str | bytes] = []
        for name, content in sorted(self.notebooks.items()):
            parts += [name, b"-" if content is None else content]
        for name, content in sorted(self.files.items()):
            parts += [name, content]
        return digest(*parts, *self.notes)


def read_whole(course: Course, student: Student, source: Source, limits: Limits) -> HandedInWhole:
    """What a student handed in.

    Raises:
        NotAFile: nothing of it can be read; the message is for the student.
    """
    whole = HandedInWhole()
    folder = ["submitted", student.folder, source.name]
    try:
        entries = list_untrusted(course.root, folder)
    except FileNotFoundError:
        entries = {}
        if len(source.notebooks) == 1:  # It may stand elsewhere, as an LMS or a hand has put it.
            [name] = source.notebooks
            found = course.read_submission(student, source.name, limits.file)
            whole.notebooks[name] = found.content
            whole.notes += filter(None, [found.note])
            return whole
    there = {name for name, kind in entries.items() if kind == stat.S_IFREG}
    notebooks = sorted(name for name in there if name.endswith(".ipynb"))
    for name in source.notebooks:
        file = _file_of(name, notebooks, source)
        if file is None:
            if f"{name}.ipynb" in entries:
                raise NotAFile(say("{name} is not an ordinary file.", name=f"{name}.ipynb"))
            whole.notebooks[name] = None
            continue
        if file != f"{name}.ipynb":
            whole.notes.append(
                say(
                    "You handed in {name}; it was marked as {expected}.",
                    name=as_text(file),
                    expected=f"{name}.ipynb",
                )
            )
        whole.notebooks[name] = read_untrusted(course.root, [*folder, file], limits.file)
    if not any(content is not None for content in whole.notebooks.values()):
        names = ", ".join(f"{name}.ipynb" for name in source.notebooks)
        raise NotAFile(say("{name} was not handed in; the folder is empty.", name=names))
    _Files(course, whole).read(folder, [])
    # What the instructor gave stands as it was given, whatever was handed in.
    kept = {str(name) for name in _kept_by_students(source)}
    given = {name: data for name, data in source.files.items() if name not in kept}
    missing = {name: data for name, data in source.files.items() if name not in whole.files}
    whole.files |= given | missing
    return whole


def _kept_by_students(source: Source) -> list[str]:
    excluded = source.settings.of("Autograde").get("exclude_overwriting", {})
    return list(excluded.get(source.name, [])) if isinstance(excluded, dict) else []


def _file_of(name: str, notebooks: list[str], source: Source) -> str | None:
    """The file that holds a notebook: its own, else the only one that is named like it."""
    if f"{name}.ipynb" in notebooks:
        return f"{name}.ipynb"
    taken = {f"{other}.ipynb" for other in source.notebooks}
    alike = [n for n in notebooks if n not in taken and looks_like(n, name)]
    if len(source.notebooks) == 1 and len(notebooks) == 1:
        return notebooks[0]
    return alike[0] if len(alike) == 1 else None


class _Files:
    """Reads files below a student's folder, within bounds."""

    def __init__(self, course: Course, whole: HandedInWhole) -> None:
        self.course, self.whole, self.size = course, whole, 0

    def read(self, folder: list[str], below: list[str]) -> None:
        """Reads what is in a folder; links and the like are left out."""
        try:
            entries = list_untrusted(self.course.root, [*folder, *below])
        except OSError:
            return
        for name, kind in entries.items():
            if any(fnmatch.fnmatch(name, pattern) for pattern in NOT_COPIED):
                continue
            if not below and name == TIMESTAMP:
                continue
            if kind == stat.S_IFDIR and len(below) < DEEPEST:
                self.read(folder, [*below, name])
            elif kind == stat.S_IFREG:
                self._take(folder, [*below, name])

    def _take(self, folder: list[str], path: list[str]) -> None:
        left = MOST_BYTES - self.size
        try:
            if len(self.whole.files) >= MOST_FILES:
                raise NotAFile
            content = read_untrusted(self.course.root, [*folder, *path], left)
        except OSError:
            self.whole.notes.append(
                say(
                    "{name} was not there when your notebook ran: it cannot be read, or your files "
                    "are more than {most} MB.",
                    name=as_text("/".join(path)),
                    most=MOST_BYTES // MEBIBYTE,
                )
            )
            return
        self.size += len(content)
        self.whole.files["/".join(map(as_text, path))] = content
