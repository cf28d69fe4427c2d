"""The solved sources, `solutions/NN_name.py`, read as notebooks and as Python.

A source is a jupytext percent file. Cells carry nbgrader's metadata and these tags:

- `setup`: imports and given definitions that a graded cell needs;
- `heavy`: training and the like, which no graded cell needs and marking leaves out;
- nbval's own (`nbval-ignore-output`, …).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import jupytext
from nbformat import NotebookNode

from autograder.errors import AutograderError
from autograder.notebooks.cells import grade_id, is_grade, is_solution
from autograder.paths import SOLUTIONS

KERNELSPEC = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}


class SourceError(AutograderError):
    """A source that is not there, or that breaks the rules its cells must keep."""


def assignments() -> list[str]:
    """The names of all assignments that have a source, in their order."""
    return sorted(path.stem for path in SOLUTIONS.glob("[0-9][0-9]_*.py"))


def module_name(assignment: str) -> str:
    """What the assignment is called where Python needs a name that can be imported.

    `04_resnet_family` → `resnet_family`: its exercises, its stand-ins and its suite of answers.
    """
    return assignment.partition("_")[2]


def source_path(assignment: str) -> Path:
    """Where the source of `assignment` is.

    Raises:
        SourceError: there is no such assignment.
    """
    path = SOLUTIONS / f"{assignment}.py"
    if not path.is_file():
        raise SourceError(
            f"No assignment is named {assignment!r}; there are: {', '.join(assignments())}."
        )
    return path


def read_source(assignment: str) -> NotebookNode:
    """The source as a notebook without outputs, its cell ids derived from what the cells say.

    Raises:
        SourceError: no such assignment, or two cells with one `grade_id`.
    """
    notebook = jupytext.read(source_path(assignment), fmt="py:percent")
    notebook.metadata = NotebookNode(kernelspec=NotebookNode(KERNELSPEC))
    for cell, cell_id in zip(notebook.cells, _cell_ids(notebook), strict=True):
        cell.id = cell_id
    graded = [grade_id(cell) for cell in notebook.cells if grade_id(cell)]
    if twice := [name for name, count in Counter(graded).items() if count > 1]:
        raise SourceError(f"{assignment}: more than one cell has the grade_id {twice[0]!r}.")
    return notebook


def _cell_ids(notebook: NotebookNode) -> list[str]:
    """Ids that stay as they are while a cell does, so that a rebuilt notebook's diff is small."""
    seen: Counter[str] = Counter()
    ids = []
    for cell in notebook.cells:
        name = grade_id(cell) or hashlib.sha256(cell.source.encode()).hexdigest()[:12]
        seen[name] += 1
        ids.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return ids


def solution_cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """The cells that students write, by `grade_id`, in their order."""
    return {grade_id(cell): cell for cell in notebook.cells if is_solution(cell)}


def test_points(notebook: NotebookNode) -> dict[str, float]:
    """The points of every graded cell, by its `grade_id`."""
    return {
        grade_id(cell): cell.metadata.nbgrader.points for cell in notebook.cells if is_grade(cell)
    }
