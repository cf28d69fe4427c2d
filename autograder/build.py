"""`python -m autograder build`: source → expected values → executed solution → student notebook."""

from __future__ import annotations

import os
import re
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.mistakes import mistaken_functions
from autograder.sources import (
    NOTEBOOKS,
    ROOT,
    SOLUTIONS,
    assignments,
    read_source,
    solved_namespace,
)
from autograder.strip import strip
from resnets import checks
from resnets.checks.notebook import PUBLIC_SECRET

SECONDS_A_CELL = 600

# A progress bar goes back to the start of its line: only what it wrote last is kept.
_OVERWRITTEN = re.compile(r"[^\n]*[\r\b](?!\n)")


def build(names: list[str] | None = None) -> list[Path]:
    """Executes and strips the sources of `names` (all of them by default).

    For each it writes the values that its checks expect, `solutions/NN_name.ipynb` and
    `notebooks/NN_name.ipynb`.

    Returns:
        The files written.

    Raises:
        SourceError: a name that is no assignment's.
        nbclient.exceptions.CellExecutionError: a cell of the reference solution fails; nothing of
            this assignment's notebooks is written then.
    """
    written = []
    for name in names or assignments():
        written += record_expected(name)
        solved = execute(read_source(name), SOLUTIONS)
        for folder, notebook in ((SOLUTIONS, solved), (NOTEBOOKS, strip(solved))):
            folder.mkdir(exist_ok=True)
            path = folder / f"{name}.ipynb"
            partial = path.with_suffix(".partial")
            nbformat.write(notebook, partial)
            partial.replace(path)
            written.append(path)
    return written


def record_expected(assignment: str) -> list[Path]:
    """Writes what the checks of this assignment expect, taken from its reference solution."""
    exercises = checks.exercises(assignment)
    if not exercises:
        return []
    solved = solved_namespace(assignment)
    mistakes = mistaken_functions(assignment)
    evidences = []
    for exercise in exercises:
        cases = checks.public_cases(exercise.name)
        cases += checks.hidden_cases(exercise.name, PUBLIC_SECRET)
        evidences.append(
            checks.record(exercise.name, solved[exercise.name], cases, mistakes.get(exercise.name))
        )
    return [checks.save_expected(assignment, evidences)]


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
    client.execute(env=os.environ | {"PYTHONPATH": paths, "RESNETS_STRICT": "1"})
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
