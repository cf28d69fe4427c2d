"""Mutants of notebook 02 that change nothing, and answers that are wrong in hidden cases only."""

from __future__ import annotations

_BEHIND = "pad adds rows behind the picture that are never looked at: the slices end before them"
EQUIVALENT = {
    "conv2d": {
        "without strict in zip(*": "both have two elements: strict only guards against a slip",
        "True → False": "both have two elements: strict only guards against a slip",
        "without constant_values in ops.pad(*": (
            "0 is the default of ops.pad, and what conv2d needs; max_pool's check shows a pad that "
            "ignores its value"
        ),
        "arguments swapped in max(*": "the larger of two numbers has no order",
        "0 → 1 (3)": _BEHIND,
        "operator in total - total // 2": _BEHIND,
        "2 → 3 (4)": _BEHIND,
    },
}
ONLY_WHEN_MARKED: dict[str, str] = {}
