"""From the solved notebook to the one that students open.

nbgrader's own preprocessors do it, so that the result is an nbgrader release notebook: solution
regions become a stub, hidden tests go, what is not the student's is locked and gets its checksum.
"""

from __future__ import annotations

import copy

from nbformat import NotebookNode
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)
from traitlets.config import Config

from .cells import STUB, is_grade, is_solution

HIDDEN_VERDICT = "hidden test:"
"""How the output of a hidden check begins: see `resnets.checks.notebook`."""


def strip(solved: NotebookNode) -> NotebookNode:
    """A copy of `solved` with the answers and the hidden tests taken out.

    The outputs of given cells and of public checks stay: they are the expected outputs that
    students compare theirs with.
    """
    config = Config()
    config.ClearSolutions.code_stub = {"python": STUB}
    notebook = copy.deepcopy(solved)
    for preprocessor in (LockCells, ClearSolutions, ClearHiddenTests, ComputeChecksums):
        notebook, _ = preprocessor(config=config).preprocess(notebook, {})
    CheckCellMetadata(config=config).preprocess(notebook, {})
    for cell in notebook.cells:
        if is_solution(cell):
            cell.outputs, cell.execution_count = [], None
        elif is_grade(cell):
            cell.outputs = [output for output in cell.outputs if not _of_hidden_test(output)]
    return notebook


def _of_hidden_test(output: NotebookNode) -> bool:
    return output.get("data", {}).get("text/plain", "").startswith(HIDDEN_VERDICT)
