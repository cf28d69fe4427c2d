"""A sign of life wherever something takes longer than a few seconds.

In a notebook the line that is left at the end is the same on every machine (no times, no rates), so
that it can stay in the stored output and be compared there.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from tqdm import tqdm

from resnets.language import N_, say

_LINE = N_("{desc:32} {bar:24} {n_fmt:>5} of {total_fmt}{unit}")
_WIDTH = 100


class Progress:
    """A bar that fills: in a notebook below the cell, in a terminal on standard error.

    Where nobody looks on (a script whose output goes to a file), nothing is written.

        with Progress(len(batches), "recalibrating", "batches") as progress:
            for batch in batches:
                …
                progress.step()

    Args:
        total: how many steps there are.
        title: what is going on.
        unit: what is counted, in the plural.
        shown: False for no bar at all.
    """

    def __init__(self, total: int, title: str, unit: str, *, shown: bool = True) -> None:
        file = sys.stdout if in_notebook() else sys.stderr
        self._bar = tqdm(
            total=total,
            desc=title,
            unit=f" {unit}",
            bar_format=say(_LINE),
            ncols=_WIDTH,
            file=file,
            disable=not (shown and (in_notebook() or file.isatty())),
        )

    def step(self, count: int = 1) -> None:
        """Say that `count` steps more are done."""
        self._bar.update(count)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.close()


def in_notebook() -> bool:
    """Whether this is a notebook's kernel: one has a shell, and the shell a kernel."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None
