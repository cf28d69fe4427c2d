"""Runs solved notebooks with `FULL = True`, as far as the time allows, and says how far they came.

    python -m tests.notebooks.full [NAME …] [--minutes 120]

Each notebook runs in a kernel of its own, where students' notebooks are. An error ends it, and so
does its time; the exit status is 1 where there was an error. Outputs are not kept or compared:
they are those of another setting.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

from autograder.notebooks.sources import assignments, read_source
from autograder.paths import NOTEBOOKS

SLOW = 10.0
"""Seconds from which a cell is told."""


def main() -> int:
    """Runs them one after the other; 1 where one ends with an error."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="all where none is named")
    parser.add_argument("--minutes", type=float, default=120, help="for each notebook (120)")
    options = parser.parse_args()
    os.environ |= {"RESNETS_FULL": "1", "RESNETS_PROGRESS": ""}
    ended = [run(name, options.minutes * 60) for name in options.names or assignments()]
    return int(not all(ended))


def run(name: str, seconds: float) -> bool:
    """Runs one notebook for at most so many seconds; whether no cell ended with an error."""
    notebook = read_source(name)
    client = NotebookClient(notebook, resources={"metadata": {"path": str(NOTEBOOKS)}})
    cells = [(n, cell) for n, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    started = time.monotonic()
    with client.setup_kernel():
        for done, (position, cell) in enumerate(cells):
            begun = time.monotonic()
            client.timeout = max(1, int(seconds - (begun - started)))
            first = next(iter(cell.source.strip().splitlines()), "")[:70]
            try:
                client.execute_cell(cell, position)
            except CellTimeoutError:
                minutes = (time.monotonic() - started) / 60
                print(
                    f"{name}: {done} of {len(cells)} cells in {minutes:.0f} minutes; then: {first}"
                )
                return True
            except CellExecutionError as error:
                print(f"{name}: cell {done + 1} of {len(cells)} ended with an error:\n{error}")
                return False
            if (took := time.monotonic() - begun) > SLOW:
                print(f"{name}: {took:6.0f} s  {first}", flush=True)
    print(f"{name}: all {len(cells)} cells in {time.monotonic() - started:.0f} s", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
