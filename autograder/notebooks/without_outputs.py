"""A notebook file without what marking never looks at: outputs, attached pictures, widgets' state.

As a program it reads a notebook from its standard input and writes it without these to its standard
output, within bounds of memory and time: `without_outputs.py BYTES SECONDS`. It imports nothing but
the standard library, so that it starts at once.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

NOT_A_NOTEBOOK = 3
"""Exit status of the program where `without_outputs` raises a ValueError or RecursionError."""
TOO_LARGE = 4
"""Exit status of the program where the notebook does not fit into its memory."""


def without_outputs(notebook: bytes) -> bytes:
    """The same notebook, smaller; whatever else is odd about it stays as it is.

    Args:
        notebook: the file, of any version of the format.

    Raises:
        ValueError: it is not UTF-8 or not JSON.
        RecursionError: it is nested too deep.
    """
    content = json.loads(notebook.decode("utf-8-sig"))
    if isinstance(content, dict):
        _drop(content.get("metadata"), "widgets")
        _clear(content.get("cells"))
        sheets = content.get("worksheets")  # Of versions 2 and 3.
        for sheet in sheets if isinstance(sheets, list) else []:
            _clear(sheet.get("cells") if isinstance(sheet, dict) else None)
    return json.dumps(content).encode()


def _clear(cells: Any) -> None:
    for cell in cells if isinstance(cells, list) else []:
        _drop(cell, "attachments")
        if isinstance(cell, dict) and "outputs" in cell:
            cell["outputs"] = []


def _drop(part: Any, key: str) -> None:
    if isinstance(part, dict):
        part.pop(key, None)


def main(memory: int, seconds: int) -> int:
    """The program. Arguments: bytes of address space, processor seconds."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sys.stdout.buffer.write(without_outputs(sys.stdin.buffer.read()))
    except (ValueError, RecursionError):
        return NOT_A_NOTEBOOK
    except MemoryError:
        return TOO_LARGE
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
