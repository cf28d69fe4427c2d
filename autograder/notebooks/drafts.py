"""Drafts: code with mistakes that students get in a solution cell, in place of a stub.

In the source the draft stands as comments below the solution, between its two marks. It may not
even be Python, since finding that can be a student's task.
"""

from __future__ import annotations

import re

from autograder.notebooks.cells import STUB

BEGIN, END = "### BEGIN DRAFT", "### END DRAFT"
_DRAFT = re.compile(rf"^([ \t]*){BEGIN}\n(.*?)^[ \t]*{END}[ \t]*\n?", re.MULTILINE | re.DOTALL)
_STUB = re.compile(r"\n".join(rf"[ \t]*{re.escape(line)}" for line in STUB.splitlines()) + r"\n+")


def with_drafts(source: str) -> str:
    """Return a cell, whose solution has become a stub, with its draft in the stub's place.

    Args:
        source: of the cell; one without a draft is returned as it is.

    Raises:
        ValueError: a line of the draft is not a comment, or a mark has no counterpart.
    """
    if BEGIN not in source and END not in source:
        return source
    found = _DRAFT.search(source)
    if found is None:
        raise ValueError(f"A draft needs both marks, {BEGIN!r} and {END!r}, each on its own line.")
    draft = "\n".join(_uncommented(line, found[1]) for line in found[2].splitlines())
    before = _STUB.sub("", source[: found.start()])
    return f"{before}{draft}\n{source[found.end() :]}".rstrip("\n")


def _uncommented(line: str, indent: str) -> str:
    text = line.strip()
    if not text.startswith("#"):
        raise ValueError(f"Every line of a draft is a comment; found {line!r}.")
    return f"{indent}{text[1:].removeprefix(' ')}".rstrip()
