"""Photographs out of an archive, without unpacking it: nothing it names ever becomes a path."""

import gzip
import io
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from resnets.data.errors import DatasetError

MAX_UNPACKED = 256 << 20  # bytes; the pinned archive holds 15 MB
MAX_PICTURE = 8 << 20  # bytes of one JPEG file

_PICTURE = re.compile(r"(?:[^/]+/)?Dataset/(?P<digit>\d)/IMG_(?P<number>\d{1,9})\.JPG")


class Photograph(NamedTuple):
    """One JPEG file of the archive; photographs sort in the order in which they were taken."""

    number: int
    digit: int
    content: bytes


def read_photographs(archive: bytes) -> list[Photograph]:
    """All files `Dataset/<digit>/IMG_<number>.JPG` of a .tar, .tar.gz or .zip, in order of number.

    Only regular files count; links, devices and every other name are passed over. A leading
    folder, as GitHub's archives have it, is allowed.

    Raises:
        DatasetError: It is no archive, it is damaged, or it unpacks to an absurd size.
    """
    found: dict[tuple[int, int], bytes] = {}
    try:
        for name, content in _files(archive):
            match = _PICTURE.fullmatch(name)
            if match:
                found[int(match["number"]), int(match["digit"])] = content
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, OSError, EOFError) as error:
        raise DatasetError(_damaged(error)) from error
    except (NotImplementedError, RuntimeError, ValueError, OverflowError) as error:
        if isinstance(error, DatasetError):
            raise
        raise DatasetError(_damaged(error)) from error
    return [Photograph(*key, content) for key, content in sorted(found.items())]


def _damaged(error: Exception) -> str:
    return (
        f"the archive is damaged or no archive of photographs ({error or type(error).__name__}): "
        "expected a .tar.gz or .zip; get it again"
    )


def _files(archive: bytes) -> Iterator[tuple[str, bytes]]:
    if archive[:4] == b"PK\x03\x04":
        yield from _zip_files(archive)
        return
    stream: io.BufferedIOBase = io.BytesIO(archive)
    if archive[:2] == b"\x1f\x8b":
        stream = gzip.GzipFile(fileobj=stream)
    with tarfile.open(fileobj=_Limited(stream), mode="r|") as tar:
        for member in tar:
            if member.isreg() and _wanted(member.name, member.size):
                content = tar.extractfile(member).read()
                if len(content) != member.size:
                    raise EOFError("it ends in the middle of a picture")
                yield member.name, content


def _zip_files(archive: bytes) -> Iterator[tuple[str, bytes]]:
    unpacked = 0
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        for info in packed.infolist():
            if _wanted(info.filename, info.file_size):
                unpacked += info.file_size
                if unpacked > MAX_UNPACKED:
                    raise DatasetError(_too_large())
                yield info.filename, packed.read(info)


def _wanted(name: str, size: int) -> bool:
    if not _PICTURE.fullmatch(name):
        return False
    if size > MAX_PICTURE:
        raise DatasetError(_too_large())
    return True


def _too_large() -> str:
    return (
        f"the archive unpacks to more than {MAX_UNPACKED >> 20} MB, or one of its pictures to more "
        f"than {MAX_PICTURE >> 20} MB: this is not the archive of photographs"
    )


class _Limited(io.RawIOBase):
    """A stream that stops after MAX_UNPACKED bytes: a small archive may unpack to terabytes."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self._left = MAX_UNPACKED

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > self._left:
            size = self._left + 1
        content = self._stream.read(size)
        self._left -= len(content)
        if self._left < 0:
            raise DatasetError(_too_large())
        return content
