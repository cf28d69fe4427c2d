"""What one submission may use of the machine."""

from __future__ import annotations

from dataclasses import asdict, dataclass

MEBIBYTE = 2**20


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
        output: bytes that its cells may send, evidence included.
        notebook: bytes of the notebook handed in.
    """

    cell_seconds: float = 60.0
    seconds: float = 300.0
    memory: int = 4096 * MEBIBYTE
    processes: int = 128
    file_size: int = 64 * MEBIBYTE
    disk: int = 256 * MEBIBYTE
    output: int = 32 * MEBIBYTE
    notebook: int = 20 * MEBIBYTE

    def to_plain(self) -> dict[str, float]:
        """A dictionary for JSON."""
        return asdict(self)
