"""Verdicts of a whole class outside memory: in a temporary file without a name."""

from __future__ import annotations

import pickle
import tempfile
import zlib
from collections.abc import Iterator, MutableMapping
from threading import Lock
from typing import BinaryIO, TypeVar

from autograder.course.verdict import Verdict

Key = TypeVar("Key")


class PackedVerdicts(MutableMapping[Key, Verdict]):
    """Holds verdicts as bytes in a file; each is made anew when it is asked for.

    What is changed in a verdict that was asked for stays changed only where it is put in again.
    The file goes away with this object. Bytes that the disk refuses stay in memory.
    """

    def __init__(self) -> None:
        self._places: dict[Key, tuple[int, int] | bytes] = {}
        self._file: BinaryIO | None = None
        self._lock = Lock()  # Several threads save at a time, and the file has one position.

    def __getitem__(self, key: Key) -> Verdict:
        place = self._places[key]
        return pickle.loads(zlib.decompress(place if isinstance(place, bytes) else self._at(place)))

    def __setitem__(self, key: Key, verdict: Verdict) -> None:
        packed = zlib.compress(pickle.dumps(verdict, pickle.HIGHEST_PROTOCOL), 1)
        try:
            self._places[key] = self._write(packed)
        except OSError:
            self._places[key] = packed

    def __delitem__(self, key: Key) -> None:
        del self._places[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def _write(self, packed: bytes) -> tuple[int, int]:
        """Where in the file the bytes are now."""
        with self._lock:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
            start = self._file.seek(0, 2)
            if self._file.write(packed) != len(packed):
                raise OSError("the disk took a part only")
            return start, len(packed)

    def _at(self, place: tuple[int, int]) -> bytes:
        assert self._file is not None
        start, length = place
        with self._lock:
            self._file.seek(start)
            return self._file.read(length)
