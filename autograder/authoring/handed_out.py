"""A notebook as students get it, made from its source: never from what stands in `notebooks`.

Anybody may solve a notebook in `notebooks`, where `make lab` opens it, and save it.
"""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode

from autograder.errors import AutograderError
from autograder.notebooks.release_version import strip
from autograder.notebooks.sources import read_source
from autograder.paths import SOLUTIONS


class StaleSolution(AutograderError):
    """The executed solution is missing, or not its source's; the message is one sentence."""


def executed_solution(assignment: str) -> NotebookNode:
    """The executed solution, which says what its source says.

    Raises:
        SourceError: no such assignment.
        StaleSolution: it has not been built since the source was changed.
    """
    source, path = read_source(assignment), SOLUTIONS / f"{assignment}.ipynb"
    again = f"run `python -m autograder build {assignment}` first"
    if not path.is_file():
        raise StaleSolution(f"There is no executed solution {path.name}: {again}.")
    executed = nbformat.read(path, as_version=4)
    if [*map(_written, source.cells)] != [*map(_written, executed.cells)]:
        raise StaleSolution(
            f"{path.name} in solutions/ is not what its source {assignment}.py says now: {again}."
        )
    return executed


def handed_out(assignment: str) -> NotebookNode:
    """The notebook without answers and hidden tests; raises as `executed_solution` does."""
    return strip(executed_solution(assignment))


def _written(cell: NotebookNode) -> tuple[str, str, str, NotebookNode]:
    """What a source says of a cell."""
    return cell.id, cell.cell_type, cell.source, cell.metadata
