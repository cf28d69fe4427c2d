"""A Sphinx extension that shows a function's several results as a list.

Napoleon reads one result a function. Our docstrings give each result a line of its own:

    Returns:
        x: (n, 64, 64, 3) uint8, the pictures.
        y: (n,) int64, the digits.
"""

from __future__ import annotations

import re
from itertools import takewhile

from sphinx.application import Sphinx

_RESULT = re.compile(r"(?P<indent> +)(?P<name>\w+): (?P<words>.+)")


def as_list(app: object, what: str, name: str, found: object, options: object, lines: list) -> None:
    """Rewrites the results of a docstring, if there are several."""
    if "Returns:" not in lines:
        return
    first = lines.index("Returns:") + 1
    section = list(takewhile(lambda line: line.startswith(" "), lines[first:]))
    results = [_RESULT.fullmatch(line) for line in section]
    indent = len(section[0]) - len(section[0].lstrip()) if section else 0
    named = [result for result in results if result and len(result["indent"]) == indent]
    if len(named) < 2:
        return
    for number, (line, result) in enumerate(zip(section, results, strict=True), first):
        if result in named:
            lines[number] = f"{' ' * indent}- **{result['name']}** – {result['words']}"
        else:
            lines[number] = f"{' ' * indent}  {line.strip()}"


def setup(app: Sphinx) -> dict[str, bool]:
    """Comes before napoleon, which has the usual priority of 500."""
    app.connect("autodoc-process-docstring", as_list, priority=400)
    return {"parallel_read_safe": True}
