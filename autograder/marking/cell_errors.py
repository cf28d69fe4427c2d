"""The error that running a cell ended with: its class, its words, and the cell's line."""

from __future__ import annotations

import builtins
import re
from dataclasses import dataclass
from typing import Any

from autograder.notebooks import sanitize
from resnets.language import N_, say

_CELL_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")
_NO_MAGIC = re.compile(r"magic function `(%+\w+)`")
_MISPLACED = N_(
    "the cell did not run, because {magic} must be the first line of its cell, above all comments"
)
_UNKNOWN = N_("the cell did not run, because Jupyter has no {magic} (only some websites have it)")
_IN_PLAIN_WORDS = {
    "StdinNotImplementedError": N_(
        "input() waits for somebody to type, but in marking nobody does"
    ),
    "NotImplementedError": N_("it is not written yet (raise NotImplementedError)"),
}


@dataclass(frozen=True)
class CellError:
    """An error as the kernel told it; what it says may be the submission's own words.

    Attributes:
        kind: class of the exception.
        words: the exception's text.
        line: of the cell, counted from 1; 0 where it is not known.
        source: the text of that line.
    """

    kind: str
    words: str
    line: int = 0
    source: str = ""

    def __str__(self) -> str:
        if self.kind in _IN_PLAIN_WORDS:
            return say(_IN_PLAIN_WORDS[self.kind])
        if self.kind == "UsageError" and (magic := _NO_MAGIC.search(self.words)):
            template = _MISPLACED if magic[1][:2] == "%%" else _UNKNOWN
            return say(template, magic=magic[1])
        return f"{self.kind}: {self.words}" if self.words else self.kind

    def known_kind(self) -> str:
        """The class where Python has it; a submission may call one of its own what it likes."""
        known = getattr(builtins, self.kind, None)
        is_error = isinstance(known, type) and issubclass(known, BaseException)
        return self.kind if is_error else say("an error")


def cell_error(reply: Any, source: str) -> CellError | None:
    """Reads the error from the content of a kernel's reply; None where there is none.

    Args:
        reply: from the submission's kernel, so anything may be in it.
        source: the cell's.
    """
    if not isinstance(reply, dict) or reply.get("status") != "error":
        return None
    kind = sanitize.line(reply.get("ename"), 100) or say("an error")
    trace = reply.get("traceback")
    told = "\n".join(map(str, trace[:50])) if isinstance(trace, list) else ""
    found = _CELL_LINE.search(sanitize.text(told))
    lines = source.splitlines()
    skipped = next((n for n, line in enumerate(lines) if line.strip()), 0)  # IPython drops them.
    line = int(found[1]) + skipped if found else 0
    line = line if line <= len(lines) else 0
    words = re.sub(r" ?\([^()]*, line \d+\)$", "", sanitize.line(reply.get("evalue")))
    return CellError(kind, words, line, lines[line - 1].strip()[:300] if line else "")
