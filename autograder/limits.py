"""What one submission may use of the machine."""

from __future__ import annotations

from dataclasses import asdict, dataclass

MEBIBYTE = 2**20


@dataclass(frozen=True)
class Limits:
    """Bounds on one submission; a submission that crosses one is stopped and told so.

    Memory and processors are watched four times a second. Between two looks, and in buffers of
    Linux's own, more may be taken: only a control group could bound that.

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
