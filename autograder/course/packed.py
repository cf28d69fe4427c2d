"""Verdicts of a whole class in little memory: about a kilobyte each instead of fifteen."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterator, MutableMapping
from typing import TypeVar

from autograder.course.verdict import Verdict

Key = TypeVar("Key")


class PackedVerdicts(MutableMapping[Key, Verdict]):
    """Holds verdicts as bytes; each is made anew when it is asked for.

    What is changed in a verdict that was asked for stays changed only where it is put in again.
    """

    def __init__(self) -> None:
        self._packed: dict[Key, bytes] = {}

    def __getitem__(self, key: Key) -> Verdict:
        return pickle.loads(zlib.decompress(self._packed[key]))

    def __setitem__(self, key: Key, verdict: Verdict) -> None:
        self._packed[key] = zlib.compress(pickle.dumps(verdict, pickle.HIGHEST_PROTOCOL), 1)

    def __delitem__(self, key: Key) -> None:
        del self._packed[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def __contains__(self, key: object) -> bool:
        return key in self._packed
