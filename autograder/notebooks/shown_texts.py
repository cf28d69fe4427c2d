"""Which texts of a code cell its reader reads in the output."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

SHOWS = ("print", "Progress")
DRAWS = "plot_"
"""How the functions of `resnets_utils` that draw a figure with words of the notebook begin."""
WITHOUT_WORDS = ("plot_padding", "plot_model", "plot_architecture")


def is_showing(call: ast.Call) -> bool:
    """Whether a call shows its texts to the reader."""
    return isinstance(call.func, ast.Name) and call.func.id in SHOWS


def figure_words(source: str) -> list[str]:
    """What a cell has written into its figures: titles, names of curves, what there is to see.

    The pictures themselves stay as they are in every language. These words stand in the figure's
    text alternative, too, where they are translated.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _draws(node)]
    places = [part for call in calls for part in [*call.args, *call.keywords]]
    nodes = [node for place in places for node in ast.walk(place)]
    named = {node.id for node in nodes if isinstance(node, ast.Name)}
    nodes += [node for value in _values_of(tree, named) for node in ast.walk(value)]
    # Pieces of a text with placeholders are no texts.
    pieces = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    texts = [n for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return [text.value for text in texts if id(text) not in pieces and _reads(text.value)]


def _draws(call: ast.Call) -> bool:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    return name.startswith(DRAWS) and name not in WITHOUT_WORDS


def _values_of(tree: ast.Module, names: set[str]) -> Iterator[ast.expr]:
    """What a cell assigns to some names, and to their items: `curves["plain"] = …`."""
    for node in ast.walk(tree):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            match target:
                case ast.Name(id=name) if name in names:
                    yield node.value
                case ast.Subscript(value=ast.Name(id=name)) if name in names:
                    yield target.slice


def _reads(text: str) -> bool:
    """Whether a text is words, and no name of a file, a type or a variable."""
    return bool(re.search(r"[a-z]{3}", text)) and not re.search(r"[_/$]|\.\w|^\w*\d+\w*$", text)


def is_text(node: ast.expr | None) -> bool:
    """Whether a text is written there, with placeholders or without."""
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
