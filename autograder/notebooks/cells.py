"""What a cell is for, as nbgrader's metadata (schema 3) say.

nbgrader has the same functions, but importing nbgrader takes a second, and marking starts with
these.
"""

from __future__ import annotations

from nbformat import NotebookNode

STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
"""What students find in the place of an answer."""


def is_grade(cell: NotebookNode) -> bool:
    """Whether the cell earns points."""
    return bool(cell.metadata.get("nbgrader", {}).get("grade", False))


def is_solution(cell: NotebookNode) -> bool:
    """Whether students write in the cell."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution", False))


def tested_function(cell: NotebookNode) -> str | None:
    """The graded function that a test cell is about: its `grade_id` is `test_<name>`."""
    name = grade_id(cell) if is_test(cell) else None
    return name.removeprefix("test_") if name and name.startswith("test_") else None


def is_test(cell: NotebookNode) -> bool:
    """Whether the cell tests what students have written elsewhere."""
    return is_grade(cell) and not is_solution(cell)


def grade_id(cell: NotebookNode) -> str | None:
    """The cell's name, or None where it is not nbgrader's."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def tags(cell: NotebookNode) -> set[str]:
    """The tags of a cell."""
    return set(cell.metadata.get("tags", []))
