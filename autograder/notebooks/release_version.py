"""From the solved notebook to the one that students open.

nbgrader's own preprocessors do it, so that the result is an nbgrader release notebook: solution
regions become a stub, hidden tests go, what is not the student's is locked and gets its checksum.
"""

from __future__ import annotations

import copy

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)
from traitlets.config import Config

from autograder.notebooks.cells import STUB, is_grade, is_solution
from autograder.notebooks.drafts import with_drafts
from resnets.language import N_, say

HIDDEN_VERDICT = "hidden test:"
"""How the output of a hidden check begins: see `resnets.checks.notebook`."""


TOTAL = "total()"
"""The cell that adds up the points: in a notebook that nobody has solved there are none."""
EXAMPLE = N_("Example: what the solved notebook shows. Run this cell to see your own result.")
"""What stands above the output of a check that the student has not run yet."""


def strip(solved: NotebookNode) -> NotebookNode:
    """A copy of `solved` with the answers and the hidden tests taken out.

    The outputs of given cells and of public checks stay: they are the expected outputs that
    students compare theirs with. Those of checks are marked as an example, so that nobody takes
    their points for his or her own.
    """
    config = Config()
    config.ClearSolutions.code_stub = {"python": STUB}
    notebook = copy.deepcopy(solved)
    for preprocessor in (LockCells, ClearSolutions, ClearHiddenTests):
        notebook, _ = preprocessor(config=config).preprocess(notebook, {})
    for cell in notebook.cells:
        if is_solution(cell):
            cell.source = with_drafts(cell.source)
    notebook, _ = ComputeChecksums(config=config).preprocess(notebook, {})
    CheckCellMetadata(config=config).preprocess(notebook, {})
    for cell in notebook.cells:
        if is_solution(cell):
            cell.outputs, cell.execution_count = [], None
        elif is_grade(cell):
            shown = [output for output in cell.outputs if not _is_left_out(output)]
            cell.outputs = [_example_heading(), *shown] if shown else []
        elif cell.source.strip() == TOTAL:
            cell.outputs, cell.execution_count = [], None
    return notebook


def _example_heading() -> NotebookNode:
    style = "border-left: 4px solid #B07A00; padding: 4px 8px"
    example = say(EXAMPLE)
    html = f'<p style="{style}"><strong>{example}</strong></p>'
    return new_output("display_data", {"text/plain": example, "text/html": html})


def _is_left_out(output: NotebookNode) -> bool:
    """Whether it is a hidden test's verdict, or the number that a check returned."""
    if output.output_type == "execute_result":
        return True
    return output.get("data", {}).get("text/plain", "").startswith(HIDDEN_VERDICT)
