"""Hidden tests: taken out of what leaves the instructor's hands."""

from __future__ import annotations

import copy

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests

from autograder.notebooks.cells import is_test


def without_hidden_tests(notebook: NotebookNode) -> NotebookNode:
    """A copy of `notebook` without the text of its hidden tests.

    Only tests have any: what students write may look like one, whole or half.
    """
    cleared = copy.deepcopy(notebook)
    preprocessor = ClearHiddenTests()
    for index, cell in enumerate(cleared.cells):
        if is_test(cell):
            preprocessor.preprocess_cell(cell, {}, index)
    return cleared
