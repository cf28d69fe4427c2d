"""What the reference solution of a notebook defines, executed in this process."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.notebooks.cells import is_solution, tags
from autograder.notebooks.sources import read_source


def definitions(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells that define what is graded: those tagged `setup`, and the solution cells."""
    return [cell for cell in notebook.cells if "setup" in tags(cell) or is_solution(cell)]


def solved_namespace(assignment: str) -> dict[str, object]:
    """What the reference solution defines, executed in this process.

    Only the `setup` and the solution cells run. Later cells find the names of earlier ones.
    """
    namespace: dict[str, object] = {"__name__": assignment}
    for cell in definitions(read_source(assignment)):
        # A file name of its own lets tracebacks and the checks speak of this cell's lines.
        code = compile(cell.source, f"<{assignment}: {cell.id}>", "exec")
        exec(code, namespace)
    return namespace
