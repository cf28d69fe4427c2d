"""Archives like the pinned one, small and made on the spot, and the pinned one where it is."""

import hashlib
import io
import os
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resnets.data.archive import read_photographs
from resnets.data.files import Signs, digest
from resnets.data.photographs import (
    Pin,
    _decode,
    class_means,
    files_digest,
    split_by_person,
)

SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))


def tar_of(files: dict[str, bytes], mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def jpeg(number: int) -> bytes:
    """A small picture that only this number has."""
    colour = tuple(hashlib.sha256(b"%d" % number).digest()[:3])
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def photographs_of(people: int) -> dict[str, bytes]:
    """The files of an archive in which each person shows 0 to 9 in one go."""
    numbers = ((1000 + 10 * person + d, d) for person in range(people) for d in range(10))
    return {f"Pinned-4b09/Dataset/{d}/IMG_{n}.JPG": jpeg(n) for n, d in numbers}


def pin_of(archive: bytes) -> Pin:
    train, test = split_by_person(read_photographs(archive))
    signs = Signs(*_decode(train), *_decode(test), np.arange(6))
    means = tuple(map(tuple, class_means(signs)))
    return Pin(pictures=digest(signs), files=files_digest(train + test), means=means)


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    return photographs_of(people=201)


@pytest.fixture(scope="session")
def archive(files) -> bytes:
    return tar_of(files)


@pytest.fixture(scope="session")
def pin(archive) -> Pin:
    return pin_of(archive)


@pytest.fixture(scope="session")
def pinned_archive() -> Path:
    path = SHARED / "sign-language-digits.tar.gz"
    if not path.exists():
        pytest.skip("the archive of photographs is not on this machine")
    return path
