"""`python -m autograder new`: the files that a new notebook begins with.

They are copies of those under `skeletons/`, which lie there as they will in the repository.
"""

from __future__ import annotations

import importlib.util
import keyword
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from autograder.errors import AutograderError
from autograder.notebooks.sources import assignments, module_name
from autograder.paths import ROOT

SKELETONS = Path(__file__).with_name("skeletons")
_NAME = re.compile(r"(?!00)[0-9]{2}(_[a-z][a-z0-9]*)(_[a-z0-9]+)*")


class NewError(AutograderError):
    """No notebook can be begun under this name; the message is one sentence."""


def new(assignment: str) -> list[Path]:
    """Writes the files of a new notebook: two small exercises that pass, to be replaced.

    Args:
        assignment: its name, e.g. "09_wide_networks".

    Returns:
        The files written: all of them, or none.

    Raises:
        NewError: the name is no assignment's, or it, its number or one of its files is taken.
    """
    _refuse(assignment)
    renamed = _renaming(assignment)
    texts = {
        ROOT / renamed(str(path.relative_to(SKELETONS))): renamed(path.read_text(encoding="utf-8"))
        for path in sorted(SKELETONS.rglob("*.py"))
    }
    for path in texts:
        if path.exists():
            raise NewError(f"{path.relative_to(ROOT)} is there already; choose another name.")
    written: list[Path] = []
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:  # never over somebody's file
                written.append(path)
                file.write(text)
        _format(written)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return written


def _format(files: list[Path]) -> None:
    """Breaks lines anew, where ruff is installed: how long they are depends on the name."""
    if importlib.util.find_spec("ruff") is not None:
        command = [
            sys.executable,
            "-m",
            "ruff",
            "format",
            "--quiet",
            "--no-cache",
            *map(str, files),
        ]
        subprocess.run(command, cwd=ROOT, check=False)


def _refuse(assignment: str) -> None:
    name = module_name(assignment)
    if not _NAME.fullmatch(assignment) or keyword.iskeyword(name):
        raise NewError(
            "A notebook is named by a number from 01 to 99 and by words in lower case, e.g. "
            f"09_wide_networks; found {assignment!r}."
        )
    for other in assignments():
        if other[:2] == assignment[:2]:
            raise NewError(f"The number {assignment[:2]} is taken by {other}; choose another.")
        if module_name(other) == name:
            raise NewError(f"The name {name} is taken by {other}; choose another.")


def _renaming(assignment: str) -> Callable[[str], str]:
    """What puts an assignment's name into a skeleton's path or text."""
    number, name = assignment[:2], module_name(assignment)
    title = name.replace("_", " ").capitalize()
    places = {
        "00_skeleton": assignment,
        "0 · Skeleton": f"{int(number)} · {title}",
        "otebook 00": f"otebook {number}",
        "skeleton": name,
        "SKELETON": name.upper(),
    }
    # All at once: a name may hold the word that stands for it.
    any_place = re.compile("|".join(map(re.escape, places)))
    return lambda text: any_place.sub(lambda found: places[found[0]], text)
