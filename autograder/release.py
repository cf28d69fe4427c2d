"""`python -m autograder release`: what students get."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from .sources import NOTEBOOKS, ROOT

FILES = ("requirements.txt", "resnets_utils.py", "datasets/README.md")
WELCOME = """\
# Residual networks

    python -m pip install -r requirements.txt
    jupyter lab notebooks

Open a notebook, fill in the cells that say `YOUR CODE HERE`, and run the check below each. Hand in
the notebook itself, under its own name.
"""
PACKAGE = "resnets"
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".ipynb_checkpoints")


class ReleaseError(Exception):
    """There is nothing to hand out, or no place for it; the message is one sentence."""


def release(to: Path) -> list[Path]:
    """Writes the students' folder: notebooks, what they import, how to install it.

    Args:
        to: the folder; it must not exist, or be empty. It appears complete or not at all.

    Returns:
        The notebooks' paths.

    Raises:
        ReleaseError: `to` is in use, or no notebook has been built.
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise ReleaseError(f"{to} is there already and not empty; name a new folder.")
    notebooks = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    if not notebooks:
        raise ReleaseError("No notebook has been built; run `python -m autograder build` first.")
    to.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".release-", dir=to.parent))
    try:
        _write(partial, notebooks)
        partial.chmod(0o755)
        partial.replace(to)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return [to / "notebooks" / path.name for path in notebooks]


def _write(folder: Path, notebooks: list[Path]) -> None:
    for name in FILES:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    (folder / "README.md").write_text(WELCOME, encoding="utf-8")
    shutil.copytree(ROOT / PACKAGE, folder / PACKAGE, ignore=LEFT_OUT)
    (folder / "notebooks").mkdir()
    for path in notebooks:
        shutil.copyfile(path, folder / "notebooks" / path.name)
