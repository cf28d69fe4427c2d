"""Drafts with mistakes: what students get in a cell in place of a stub."""

from __future__ import annotations

import pytest

from autograder.notebooks.cells import STUB
from autograder.notebooks.drafts import with_drafts

INDENTED = "\n".join("    " + line for line in STUB.splitlines())


def test_the_draft_takes_the_place_of_the_stub() -> None:
    cell = (
        f'def f(x):\n    """Doc."""\n{INDENTED}\n    ### BEGIN DRAFT\n    # if x\n'
        "    #     y = 1\n    #\n    # return y\n    ### END DRAFT"
    )
    assert with_drafts(cell) == (
        'def f(x):\n    """Doc."""\n    if x\n        y = 1\n\n    return y'
    )


def test_a_cell_without_a_draft_stays() -> None:
    cell = f"def f(x):\n{INDENTED}"
    assert with_drafts(cell) == cell


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("### BEGIN DRAFT\n# x", "needs both marks"),
        ("### BEGIN DRAFT\nx = 1\n### END DRAFT", "Every line of a draft is a comment"),
    ],
)
def test_a_draft_that_is_none_is_refused(cell: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        with_drafts(cell)
