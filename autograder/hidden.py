"""Hidden tests: taken out of what leaves the instructor's hands."""

from __future__ import annotations

import copy

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests


def without_hidden_tests(notebook: NotebookNode) -> NotebookNode:
    """A copy of `notebook` without the text of its hidden tests."""
    cleared, _ = ClearHiddenTests().preprocess(copy.deepcopy(notebook), {})
    return cleared
