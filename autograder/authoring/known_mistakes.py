"""Known mistakes as functions: a solution cell with some of its text exchanged.

What comes out of them is recorded beside what the solution computes, so that the checks of
functions on arrays can say which mistake was made. They stand with the solutions, because a mistake
is nearly an answer.
"""

from __future__ import annotations

import runpy
from typing import Any

from autograder.authoring.solved_namespace import solved_namespace
from autograder.notebooks.sources import SourceError, read_source, solution_cells
from autograder.paths import SOLUTIONS


def mistaken_functions(assignment: str) -> dict[str, dict[str, Any]]:
    """The functions of an assignment with each of their known mistakes: name → mistake → function.

    Raises:
        SourceError: an edit does not fit its solution cell any more, or there is no such cell.
    """
    path = SOLUTIONS / "mistakes" / f"{assignment}.py"
    if not path.is_file():
        return {}
    cells = solution_cells(read_source(assignment))
    solved = solved_namespace(assignment)
    mistakes = runpy.run_path(str(path))["MISTAKES"]
    for name in mistakes:
        if name not in cells:
            raise SourceError(
                f"solutions/mistakes/{assignment}.py is about {name}, for which "
                f"solutions/{assignment}.py has no solution cell."
            )
    return {
        name: {
            mistake: _defined(name, edited(cells[name].source, edits, f"{name}/{mistake}"), solved)
            for mistake, edits in known.items()
        }
        for name, known in mistakes.items()
    }


def edited(source: str, edits: list[tuple[str, str]], what: str) -> str:
    """`source` with every edit's old text replaced by its new text.

    Raises:
        SourceError: an old text does not occur.
    """
    for old, new in edits:
        if old not in source:
            raise SourceError(f"{what}: the solution does not contain {old!r}.")
        source = source.replace(old, new)
    return source


def _defined(name: str, source: str, solved: dict[str, object]) -> Any:
    namespace = dict(solved)
    exec(compile(source, f"<mistake in {name}>", "exec"), namespace)
    return namespace[name]
