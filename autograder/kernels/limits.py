"""What one submission may use of the machine."""

from __future__ import annotations

from dataclasses import asdict, dataclass

MEBIBYTE = 2**20
READ_HERE = 4 * MEBIBYTE
"""Bytes of a notebook file that this process reads itself, since JSON of that size can hold at most
some ten times as much memory. A larger one is read by a process of its own, within these bounds:"""
READING_MEMORY = 2048 * MEBIBYTE
"""Bytes of address space: a file of 200 MB with one emoji in it is 1 GB of text in Python."""
READING_SECONDS = 10
"""Processor seconds: a file of 200 MB that is mostly pictures takes two."""


@dataclass(frozen=True)
class Limits:
    """Bounds on one submission; a submission that crosses one is stopped and told so.

    Where Linux lets us make control groups (see `control_groups`), it bounds memory at every
    moment, buffers of its own and written files included, and processors to a core and a half. In
    any case both are watched four times a second; where that is all, more may be taken between two
    looks and in buffers, and a submission that keeps several cores busy slows others until it is
    stopped.

    Attributes:
        cell_seconds: wall-clock time of one cell.
        seconds: wall-clock time of the whole submission.
        memory: bytes that all its processes may hold together.
        processes: processes and threads at once.
        file_size: bytes of one file that it writes.
        disk: bytes of all files that it writes; they live in memory.
        cores: processor cores that it may keep busy for long.
        burst: processor seconds that it may use beyond that.
        output: bytes that its cells may send, evidence included.
        notebook: bytes of the notebook handed in, without its outputs: code, texts and metadata.
        file: bytes of the file handed in, outputs included. Training logs and pictures make a
            notebook large, and nothing of them is needed: they are taken out before marking.
    """

    cell_seconds: float = 60.0
    seconds: float = 300.0
    memory: int = 4096 * MEBIBYTE
    processes: int = 128
    file_size: int = 64 * MEBIBYTE
    disk: int = 256 * MEBIBYTE
    cores: float = 1.5
    burst: float = 10.0
    output: int = 32 * MEBIBYTE
    notebook: int = 20 * MEBIBYTE
    file: int = 200 * MEBIBYTE

    def to_plain(self) -> dict[str, float]:
        """A dictionary for JSON."""
        return asdict(self)
