"""Where a student's notebook is: nbgrader's layout, or what is left of it by an LMS or by hand.

The layout is submitted/<student>/<assignment>/<assignment>.ipynb. These are taken too, where there
is exactly one candidate:

- another notebook in submitted/<student>/<assignment>/, as `01_residual_networks (1).ipynb`;
- a notebook named like the assignment in submitted/<student>/;
- submitted/<student>.ipynb.

What only looks like a submission is not taken but named. No link is followed.
"""

from __future__ import annotations

import difflib
import os
import re
import stat
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.files import NotAFile, as_text, list_untrusted
from resnets.language import listed, say

SUBMITTED = "submitted"
NOTEBOOK = ".ipynb"
ALIKE = 0.85
"""Of `difflib`'s ratio between two names, from which one is taken for a slip of the other."""
SHORTEST_PART = 4
"""Letters of an assignment's name that must be there to be looked for within a longer name."""


@dataclass(frozen=True)
class Located:
    """Where a notebook is.

    Attributes:
        parts: its path below the course folder.
        note: for the student where it is not where it should be, else empty.
    """

    parts: tuple[str, ...]
    note: str = ""

    @property
    def flat(self) -> bool:
        """Whether only what is in it tells which assignment's it is."""
        return len(self.parts) == 2


@dataclass
class Survey:
    """What is in `submitted`.

    Attributes:
        folders: names of the students who handed in something for the assignment, sorted.
        strays: what looks like a submission of it but is not marked, one sentence each.
    """

    folders: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)


def expected(assignment: str) -> str:
    """The layout, in words."""
    return f"{SUBMITTED}/<student>/{assignment}/{assignment}{NOTEBOOK}"


def survey(root: Path, assignment: str) -> Survey:
    """Looks through `submitted`.

    Args:
        root: the course folder.
        assignment: its name.

    Raises:
        FileNotFoundError: there is no `submitted`.
        OSError: it cannot be listed.
    """
    found = Survey()
    with os.scandir(root / SUBMITTED) as listed:
        entries = {entry.name: _is_folder(entry) for entry in listed if entry.name[0] != "."}
    for name, is_folder in sorted(entries.items()):
        if is_folder:
            flat = entries.get(f"{name}{NOTEBOOK}") is False
            _survey_folder(root, name, assignment, flat, found)
        else:
            _survey_file(root, name, assignment, found)
    found.folders = sorted(set(found.folders))
    return found


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is one, or may be: what cannot be looked at gets a verdict that says so."""
    try:
        return entry.is_dir()
    except OSError:
        return True


def _survey_folder(root: Path, student: str, assignment: str, flat: bool, found: Survey) -> None:
    """Adds what is in a student's folder."""
    has_folder = has_submission(root, student, assignment)
    try:
        entries = list_untrusted(root, [SUBMITTED, student])
    except OSError:
        entries = {}
    own = [] if has_folder else _notebooks(entries, assignment)
    if has_folder or own:
        found.folders.append(student)
    marked = {assignment} if has_folder else set(own)
    unmarked = [name for name in entries if name not in marked]
    strays = [name for name in unmarked if looks_like(name, assignment)]
    if not (has_folder or own or strays or flat):
        others = [name for name in unmarked if not _has_another_number(name, assignment)]
        strays = _notebooks({name: entries[name] for name in others})
    for name in strays:
        found.strays.append(_stray(f"{SUBMITTED}/{student}/{name}", entries[name], assignment))
    if has_folder and flat:
        found.strays.append(_stray(f"{SUBMITTED}/{student}{NOTEBOOK}", stat.S_IFREG, assignment))


def _survey_file(root: Path, name: str, assignment: str, found: Survey) -> None:
    """Adds a file that is in `submitted` itself."""
    student = name.removesuffix(NOTEBOOK)
    try:
        kind = stat.S_IFMT((root / SUBMITTED / name).lstat().st_mode)
    except OSError:
        kind = stat.S_IFREG
    is_notebook = kind == stat.S_IFREG and student != name and student != ""
    if is_notebook and not looks_like(student, assignment):
        found.folders.append(student)
    elif is_notebook or looks_like(name, assignment):
        found.strays.append(_stray(f"{SUBMITTED}/{name}", kind, assignment))


def _stray(where: str, kind: int, assignment: str) -> str:
    path = as_text(where)
    if kind == stat.S_IFDIR:
        return (
            f"{path} looks like a submission of {assignment} but was not marked: rename the folder "
            f"to {assignment}."
        )
    return f"{path} was not marked: the place of a notebook is {expected(assignment)}."


def has_submission(root: Path, student: str, assignment: str) -> bool:
    """Whether somebody handed something in, or may have: a locked folder gets a verdict, too."""
    try:
        return stat.S_ISDIR((root / SUBMITTED / student / assignment).stat().st_mode)
    except FileNotFoundError:
        return False
    except OSError:
        return True


def locate(root: Path, student: str, assignment: str) -> Located:
    """Finds a student's notebook.

    Args:
        root: the course folder.
        student: the name of the student's folder, or of the file without `.ipynb`.
        assignment: its name.

    Raises:
        NotAFile: there is none that is unmistakable; the message is for the student.
    """
    folder = (SUBMITTED, student, assignment)
    try:
        entries = list_untrusted(root, folder)
    except FileNotFoundError:
        return _locate_outside(root, student, assignment)
    if f"{assignment}{NOTEBOOK}" in entries:
        return Located((*folder, f"{assignment}{NOTEBOOK}"))
    notebooks = _notebooks(entries)
    alike = [name for name in notebooks if looks_like(name, assignment)]
    candidates = notebooks if len(notebooks) == 1 else alike
    if len(candidates) != 1:
        raise NotAFile(_nothing_sure(assignment, notebooks or list(entries)))
    return Located((*folder, candidates[0]), _taken(candidates[0], assignment))


def _locate_outside(root: Path, student: str, assignment: str) -> Located:
    """The notebook of a student who has no folder for the assignment."""
    try:
        own = _notebooks(list_untrusted(root, [SUBMITTED, student]), assignment)
    except OSError:  # It is not there, or not a folder.
        own = []
    candidates = [(SUBMITTED, student, name) for name in own]
    flat = (SUBMITTED, f"{student}{NOTEBOOK}")
    if _is_file(root.joinpath(*flat)):
        candidates.append(flat)
    if len(candidates) != 1:
        raise NotAFile(_nothing_sure(assignment, ["/".join(parts[1:]) for parts in candidates]))
    return Located(candidates[0], _taken("/".join(candidates[0]), assignment))


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _notebooks(entries: dict[str, int], assignment: str | None = None) -> list[str]:
    """The ordinary files among `entries` that are notebooks, and named like `assignment`."""
    return [
        name
        for name, kind in entries.items()
        if kind == stat.S_IFREG
        and name.endswith(NOTEBOOK)
        and (assignment is None or looks_like(name, assignment))
    ]


def _taken(name: str, assignment: str) -> str:
    return say(
        "You handed in {name}; it was marked as {expected}.",
        name=as_text(name),
        expected=f"{assignment}{NOTEBOOK}",
    )


def _nothing_sure(assignment: str, found: list[str]) -> str:
    if not found:
        return say("{name} was not handed in; the folder is empty.", name=f"{assignment}{NOTEBOOK}")
    named = listed(map(as_text, found[:5]))
    if len(found) > 5:
        named += say(" and {count} more", count=len(found) - 5)
    return say(
        "{name} was not handed in; found {found}: leave one notebook, named {name}.",
        name=f"{assignment}{NOTEBOOK}",
        found=named,
    )


def looks_like(name: str, assignment: str) -> bool:
    """Whether a file's or folder's name is likely to be meant for an assignment.

    Capitals, blanks, hyphens and underscores do not count, nor does what stands before or after;
    another number before the name does.
    """
    number, bare = _split(assignment)
    if len(bare) < SHORTEST_PART:
        return _split(name) == (number, bare)
    within = re.search(rf"(?:<(\d+)>)?{re.escape(bare)}", _squeezed(name))
    if within:
        return not (within[1] and number) or int(within[1]) == int(number)
    _, own = _split(name)
    if _has_another_number(name, assignment):
        return False
    return difflib.SequenceMatcher(None, own, bare).ratio() >= ALIKE


def _has_another_number(name: str, assignment: str) -> bool:
    """Whether both begin with a number, and not with the same one."""
    (one, _), (other, _) = _split(name), _split(assignment)
    return bool(one and other) and int(one) != int(other)


def _split(name: str) -> tuple[str, str]:
    """The number at a name's beginning, and the rest; see `_squeezed`."""
    number, bare = re.fullmatch(r"(?:<(\d+)>)?(.*)", _squeezed(name)).groups()
    return number or "", bare


def _squeezed(name: str) -> str:
    """A name's letters, and its numbers, each between < and >; nothing else."""
    plain = unicodedata.normalize("NFKC", name.removesuffix(NOTEBOOK)).casefold()
    parts = re.findall(r"\d+|[^\W\d_]+", plain)
    return "".join(f"<{part}>" if part.isdecimal() else part for part in parts)
