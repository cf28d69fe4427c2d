"""Writes files while the next ones are made.

To be safe against a power cut, each file is waited for until the disk has it, which takes
milliseconds. Many wait at a time, since a disk takes several at once in the time of one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

MOST_WAITING = 32
"""Calls that wait for the disk; the next one then waits, too, so that memory stays bounded."""


class Writers:
    """A context in which calls write; at its end all of them have, or say why not."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(MOST_WAITING, "writes files")
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Writers:
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        self._threads.shutdown(wait=True)
        while self._waiting:
            with suppress(*([Exception] if kind else [])):  # The first error is the one to tell.
                self._waiting.popleft().result()

    def submit(self, write: Callable[..., None], *arguments: object) -> None:
        """Begins a call.

        Raises:
            Exception: whatever an earlier one raised.
        """
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft().result()
        self._waiting.append(self._threads.submit(write, *arguments))
