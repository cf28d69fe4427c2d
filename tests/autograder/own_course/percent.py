"""Courses of an instructor's own, written down as percent files and made into folders."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

HERE = Path(__file__).parent
CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "own"\n'
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def notebook(text: str) -> NotebookNode:
    """A solved notebook.

    Args:
        text: a percent file. `# %% solution NAME`, `# %% test NAME POINTS`, `# %% answer NAME
            POINTS` (graded by people; in Markdown with `[markdown]` behind it) and `# %% locked
            NAME` are nbgrader's kinds of cells.
    """
    read = jupytext.reads(text, fmt="py:percent")
    read.metadata = nbformat.from_dict({"kernelspec": KERNEL})
    for cell in read.cells:
        words = cell.metadata.pop("title", "").split()
        cell.metadata.clear()
        if words[:1] in (["solution"], ["test"], ["answer"], ["locked"]):
            cell.metadata["nbgrader"] = _metadata(*words)
        cell.id = cell.metadata.get("nbgrader", {}).get("grade_id", cell.id)
    return read


def _metadata(kind: str, name: str, points: str = "") -> dict[str, object]:
    plain = {"grade_id": name, "schema_version": 3, "locked": kind in ("test", "locked")}
    plain |= {"grade": kind in ("test", "answer"), "solution": kind in ("solution", "answer")}
    return plain | ({"points": float(points)} if points else {}) | {"task": False}


def edited(solved: NotebookNode, **code: str) -> NotebookNode:
    """The notebook with other code in some cells, by `grade_id`."""
    other = copy.deepcopy(solved)
    for cell in other.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in code:
            cell.source = code[name]
    return other


def write_course(
    root: Path,
    assignment: str,
    notebooks: Mapping[str, NotebookNode],
    files: Mapping[str, bytes] | None = None,
    config: str = CONFIG,
) -> Path:
    """Writes a course folder with the source of one assignment."""
    folder = root / "source" / assignment
    folder.mkdir(parents=True, exist_ok=True)
    (root / "nbgrader_config.py").write_text(config)
    for name, one in notebooks.items():
        nbformat.write(one, folder / f"{name}.ipynb")
    for name, content in (files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return root


def hand_in(
    root: Path,
    student: str,
    assignment: str,
    notebooks: Mapping[str, NotebookNode | str],
    files: Mapping[str, bytes] | None = None,
) -> Path:
    """Puts notebooks where a student's are."""
    folder = root / "submitted" / student / assignment
    folder.mkdir(parents=True, exist_ok=True)
    for name, one in notebooks.items():
        text = one if isinstance(one, str) else nbformat.writes(one)
        (folder / f"{name}.ipynb").write_text(text)
    for name, content in (files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def grades(root: Path) -> dict[str, dict]:
    """What grades.json says, by student."""
    return json.loads((root / "grades.json").read_text())["students"]
