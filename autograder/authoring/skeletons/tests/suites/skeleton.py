"""Answers to notebook 00: wrong ones, with what they must lose and be told, and right ones.

An answer is a whole text, as a student would write it (`answer`), or edits of the solution:
`Edit(old, new)` replaces the first place, `Edit(old, new, 2)` the second, `Edit(old, new, 0)` all,
as the edits in solutions/mistakes do.
"""

from __future__ import annotations

from tests.answers import Answer, Edit, answer

_MEAN = "def skeleton_example_mean(X):\n"

WRONG = [
    Answer(
        "skeleton_example_block",
        "no padding",
        (Edit('padding="same"', 'padding="valid"'),),
        ("runs", "conv"),
        "padding 'valid'",
    ),
    answer(
        "skeleton_example_mean",
        "a sum",
        _MEAN,
        """
        return ops.sum(X, axis=(1, 2))
        """,
        "square oblong",
        "not divided by the number",
    ),
]

RIGHT = [
    Answer("skeleton_example_block", "plus", (Edit("Add()([X, shortcut])", "X + shortcut"),)),
    answer(
        "skeleton_example_mean",
        "by hand",
        _MEAN,
        """
        total = ops.sum(ops.sum(X, axis=1), axis=1)
        return total / (X.shape[1] * X.shape[2])
        """,
    ),
]
