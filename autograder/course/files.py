"""Reading what strangers wrote and writing so that nothing half-written stays behind."""

from __future__ import annotations

import errno
import hashlib
import json
import math
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from resnets.language import say

LONGEST_NAME = 255
"""Bytes of a file's name, on nearly every file system."""


class NotAFile(OSError):
    """What is there cannot be read, is not an ordinary file, or is too large."""


def parse_kept(text: str) -> Any:
    """What the autograder wrote as JSON, read again; no number is infinite, or none.

    Raises:
        ValueError: it is not JSON, or a number in it is not finite.
    """
    return json.loads(text, parse_constant=_refuse, parse_float=_finite)


def as_number(value: Any) -> float:
    """A number that was kept, as it is.

    Raises:
        TypeError: it is none; a text that says one is a text.
    """
    if type(value) not in (int, float):
        raise TypeError(f"{value!r:.40} is no number")
    return float(value)


def _refuse(word: str) -> float:
    raise ValueError(f"{word} is no finite number")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _refuse(digits)


def read_untrusted(folder: Path, parts: Sequence[str], largest: int) -> bytes:
    """Reads a file below `folder` without following a link or waiting on a pipe.

    Args:
        folder: where to start; trusted.
        parts: the names of the directories below it, then of the file.
        largest: in bytes.

    Raises:
        FileNotFoundError: it is not there.
        NotAFile: something on the way is a link or cannot be read, the end is not an ordinary file,
            or it is larger than `largest`; the message is for the student.
    """
    *directories, name = parts
    with _below(folder, directories) as at, _told(name):
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
    try:
        with _told(name):
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise NotAFile(say("{name} is not an ordinary file.", name=as_text(name)))
            if found.st_size > largest:
                raise NotAFile(
                    say(
                        "The file has {size} MB, and at most {most} MB are read: clear the "
                        "notebook's outputs and save it again.",
                        size=f"{found.st_size / 2**20:.0f}",
                        most=f"{largest / 2**20:.0f}",
                    )
                )
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                return file.read(largest)
    finally:
        os.close(descriptor)


def list_untrusted(folder: Path, parts: Sequence[str]) -> dict[str, int]:
    """What is in a directory below `folder`, found without following a link.

    Args:
        folder: where to start; trusted.
        parts: the names of the directories below it.

    Returns:
        By name, what it is: one of the constants S_IFREG, S_IFDIR, … of `stat`; 0 where that cannot
        be told. Names that begin with a dot are left out.

    Raises:
        FileNotFoundError: it is not there.
        NotAFile: something on the way is a link, not a directory, or cannot be read.
    """
    name = parts[-1] if parts else folder.name
    with _below(folder, parts) as at, _told(name):
        names = sorted(os.listdir(at))  # noqa: PTH208 (a descriptor has no path)
        return {entry: _kind(entry, at) for entry in names if not entry.startswith(".")}


def _kind(name: str, at: int) -> int:
    try:
        return stat.S_IFMT(os.stat(name, dir_fd=at, follow_symlinks=False).st_mode)
    except OSError:
        return 0


@contextmanager
def _below(folder: Path, directories: Sequence[str]) -> Iterator[int]:
    """A descriptor of the directory that is reached from `folder` without following a link."""
    with _told(folder.name):
        at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for directory in directories:
            with _told(directory):
                flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY
                below = os.open(directory, flags, dir_fd=at)
            os.close(at)
            at = below
        yield at
    finally:
        os.close(at)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Turns every error but a missing file into a NotAFile that says what to do."""
    try:
        yield
    except (FileNotFoundError, NotAFile):
        raise
    except OSError as error:
        raise NotAFile(_why(name, error)) from error


def _why(file_name: str, error: OSError) -> str:
    name = as_text(file_name)
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return f"{name} is a link or not a folder: put the folder or file itself in its place."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"{name} may not be read: look at its permissions and those of its folder."
    return f"{name} could not be read ({reason(error)}); the next run tries again."


def reason(error: OSError) -> str:
    """The system's words for an error, without a path."""
    return error.strerror or type(error).__name__


def as_text(name: str) -> str:
    r"""A file's name as text that any file or program takes; different names, different texts.

    Bytes that are not UTF-8 are written out as \xe9, and a backslash that could be taken for the
    beginning of one as \x5c.
    """
    data = re.sub(rb"\\(?=x[0-9a-f]{2})", rb"\\x5c", os.fsencode(name))
    return data.decode("utf-8", "backslashreplace")


def write_atomically(path: Path, content: str | bytes | Iterable[str], mode: int = 0o644) -> None:
    """Writes a file that is either complete or not there, whenever the power goes.

    Several texts are written one after the other, so that not all need to be in memory at once.
    What an interrupted write leaves behind, the next one of the same file takes away.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = [content] if isinstance(content, str | bytes) else content
    partial = path.with_name(_partial(path.name))
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(partial, flags, mode), "wb") as file:
            for part in parts:
                data = part.encode("utf-8", "backslashreplace") if isinstance(part, str) else part
                file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        with suppress(OSError):  # The first error is the one to tell.
            partial.unlink(missing_ok=True)
        raise


def _partial(name: str) -> str:
    """The name of a file while it is being written; it is never too long where `name` is not."""
    partial = f".{name}.partial"
    if len(os.fsencode(partial)) <= LONGEST_NAME:
        return partial
    return f".{hashlib.sha256(os.fsencode(name)).hexdigest()}.partial"
