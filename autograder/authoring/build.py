"""`python -m autograder build`: source → expected values → executed solution → student notebook."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from autograder.authoring.editions import languages
from autograder.authoring.known_mistakes import mistaken_functions
from autograder.authoring.solved_namespace import solved_namespace
from autograder.authoring.translate import write_editions
from autograder.errors import AutograderError
from autograder.notebooks.release_version import strip
from autograder.notebooks.sources import assignments, read_source
from autograder.paths import NOTEBOOKS, ROOT, SOLUTIONS
from resnets import checks
from resnets.checks.notebook import PUBLIC_SECRET

SECONDS_A_CELL = 600

# A progress bar goes back to the start of its line: only what it wrote last is kept.
_OVERWRITTEN = re.compile(r"[^\n]*[\r\b](?!\n)")


class BuildError(AutograderError):
    """A source does not run; the message says where, and what Python says of it."""


def build(names: list[str] | None = None) -> list[Path]:
    """Executes and strips the sources of `names` (all of them by default).

    For each it writes the values that its checks expect, `solutions/NN_name.ipynb`,
    `notebooks/NN_name.ipynb`, and the notebook in other languages as far as it is translated.

    Returns:
        The files written.

    Raises:
        SourceError: a name that is no assignment's.
        BuildError: a cell of the reference solution fails; nothing of this assignment's notebooks
            is written then.
    """
    written = []
    for name in names or assignments():
        written += record_expected(name)
        try:
            solved = execute(read_source(name), SOLUTIONS)
        except CellExecutionError as error:
            raise BuildError(f"A cell of solutions/{name}.py fails.\n{error}") from None
        for folder, notebook in ((SOLUTIONS, solved), (NOTEBOOKS, strip(solved))):
            folder.mkdir(exist_ok=True)
            path = folder / f"{name}.ipynb"
            partial = path.with_suffix(".partial")
            nbformat.write(notebook, partial)
            partial.replace(path)
            written.append(path)
        for language in languages():
            written += write_editions(language, [name])
    return written


def record_expected(assignment: str) -> list[Path]:
    """Writes what the checks of this assignment expect, taken from its reference solution.

    Raises:
        BuildError: a graded function is not there, or fails.
    """
    exercises = checks.exercises(assignment)
    if not exercises:
        return []
    solved = solved_namespace(assignment)
    for exercise in exercises:
        if exercise.name not in solved:
            raise BuildError(
                f"solutions/{assignment}.py defines no function {exercise.name}, which has an "
                "exercise: give a solution cell this name, or take the exercise away."
            )
    mistakes = mistaken_functions(assignment)
    try:
        evidences = [
            _recorded(exercise.name, solved[exercise.name], mistakes.get(exercise.name))
            for exercise in exercises
        ]
    except RuntimeError as error:  # it says which function fails, on what, and why
        raise BuildError(str(error)) from None
    return [checks.save_expected(assignment, evidences)]


def _recorded(name: str, function: Any, mistakes: dict[str, Any] | None) -> checks.Evidence:
    cases = checks.public_cases(name) + checks.hidden_cases(name, PUBLIC_SECRET)
    return checks.record(name, function, cases, mistakes)


def execute(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Runs every cell in a fresh kernel whose working directory is `folder`.

    `RESNETS_STRICT` makes `resnets.printing.rounded` refuse numbers too near a rounding boundary.
    """
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    client = NotebookClient(
        notebook,
        timeout=SECONDS_A_CELL,
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=False,
        extra_arguments=["--log-level=ERROR"],
    )
    client.execute(
        env=os.environ | {"PYTHONPATH": paths, "RESNETS_STRICT": "1", "RESNETS_PROGRESS": ""}
    )
    return tidy(notebook)


def tidy(notebook: NotebookNode) -> NotebookNode:
    """Leaves out what differs from run to run, and what a terminal would have overwritten."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = _joined(cell.outputs)
    notebook.metadata.pop("language_info", None)
    return notebook


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    joined: list[NotebookNode] = []
    for output in outputs:
        previous = joined[-1] if joined else None
        if (
            previous is not None
            and output.output_type == previous.output_type == "stream"
            and output.name == previous.name
        ):
            previous.text += output.text
        else:
            joined.append(output)
    for output in joined:
        if output.output_type == "stream":
            output.text = _OVERWRITTEN.sub("", output.text)
    return joined
