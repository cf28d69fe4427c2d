"""Reading what strangers wrote and writing so that nothing half-written stays behind."""

from __future__ import annotations

import os
import stat
from pathlib import Path


class NotAFile(OSError):
    """What is there is not an ordinary file, or too large."""


def read_untrusted(folder: Path, parts: list[str], largest: int) -> bytes:
    """Reads a file below `folder` without following a link or waiting on a pipe.

    Args:
        folder: where to start; trusted.
        parts: the names of the directories below it, then of the file.
        largest: in bytes.

    Raises:
        FileNotFoundError: it is not there.
        NotAFile: something on the way is a link, the end is not an ordinary file, or it is larger
            than `largest`; the message is for the student.
    """
    *directories, name = parts
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for directory in directories:
            below = _open(directory, os.O_DIRECTORY, at)
            os.close(at)
            at = below
        descriptor = _open(name, os.O_NONBLOCK, at)
    finally:
        os.close(at)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise NotAFile(f"{name} is not an ordinary file.")
    with os.fdopen(descriptor, "rb") as file:
        if found.st_size > largest:
            raise NotAFile(
                f"The notebook is {found.st_size / 2**20:.0f} MB, and at most "
                f"{largest / 2**20:.0f} MB are read: clear its outputs and save it again."
            )
        return file.read(largest)


def _open(name: str, flags: int, at: int) -> int:
    try:
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | flags, dir_fd=at)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise NotAFile(f"{name} is a link or cannot be read.") from error


def write_atomically(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Writes a file that is either complete or not there, whenever the power goes.

    What an interrupted write leaves behind, the next one of the same file takes away.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    partial = path.with_name(f".{path.name}.partial")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(partial, flags, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
