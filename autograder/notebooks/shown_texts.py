"""Which texts of a code cell its reader reads in the output."""

from __future__ import annotations

import ast

SHOWS = ("print", "Progress")


def is_showing(call: ast.Call) -> bool:
    """Whether a call shows its texts to the reader."""
    return isinstance(call.func, ast.Name) and call.func.id in SHOWS


def is_text(node: ast.expr | None) -> bool:
    """Whether a text is written there, with placeholders or without."""
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
