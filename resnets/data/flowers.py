"""Flowers in class folders: photographs from the pinned archive, or drawn by our own code.

The archive is the one of TensorFlow's tutorials: 3,670 photographs of five kinds from Flickr, under
the Creative Commons licences that its LICENSE.txt names for each (CC-BY). Of each kind, every fifth
photograph in the order of the names is for validation.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from resnets.data.download import Wanted, download
from resnets.data.errors import DatasetError
from resnets.data.load import find_folder
from resnets.flowers import KINDS, drawn_flowers
from resnets.language import say

URL = "https://storage.googleapis.com/download.tensorflow.org/example_images/flower_photos.tgz"
SHA256 = "4c54ace7911aaffe13a365c34f650e71dd5bf1be0a58b464e5a7183e3e595d9c"
"""Of the archive, 228,813,984 bytes, as TensorFlow Datasets records it (tf_flowers)."""
FOLDER = "flowers"
VAL_EVERY = 5

_MOST_BYTES = 300 << 20
_MOST_OF_A_PICTURE = 8 << 20
_PICTURE = re.compile(rf"flower_photos/(?P<kind>{'|'.join(KINDS)})/(?P<name>[\w-]{{1,80}}\.jpg)")
_GET = "python -m resnets.data flowers"
_WANTED = Wanted(
    "flowers",
    "the archive of flowers",
    _MOST_BYTES,
    "give a copy of the archive with --archive FILE",
)


def find_flowers(folder: str | Path = "datasets") -> Path:
    """Return a folder that holds train/ and val/, each with one folder a kind; print which it is.

    Photographs where they have been downloaded, else flowers that our own code draws.

    Args:
        folder: where photographs would be, and where drawn ones are kept.
    """
    place = find_folder(folder)
    photographs = place / FOLDER
    if (photographs / "train").is_dir() and (photographs / "val").is_dir():
        there = f"{place.name}/{FOLDER}/"
        print(say("Data: photographs of flowers in {place}.", place=there))
        return photographs
    drawn = drawn_flowers(place)
    print(say("Data: flowers drawn by our own code. For photographs: {command}", command=_GET))
    return drawn


def build_flowers(
    folder: Path, *, archive: Path | None = None, url: str = URL, sha256: str = SHA256
) -> str:
    """Put the photographs into `folder/flowers/train/<kind>/` and `…/val/<kind>/`.

    Args:
        folder: where they go.
        archive: a copy of the archive to use instead of the network.
        url: where to download it from otherwise.
        sha256: what the archive must be.

    Returns:
        One sentence on what was done.

    Raises:
        DatasetError: The archive cannot be had or is another one, or nothing can be written.
            Nothing is left behind.
    """
    place = folder / FOLDER
    if place.exists():
        return f"{place}/ is already there; nothing to do."
    content = _read(archive) if archive else download(url, wanted=_WANTED)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DatasetError(
            "the archive is not the pinned one: its SHA-256 is "
            f"{hashlib.sha256(content).hexdigest()[:12]}…, expected {sha256[:12]}…: get it again. "
            "(Other pictures of your own need no command: put them into class folders.)"
        )
    part = folder / f".{FOLDER}.part"
    try:
        counts = _unpack(content, part)
        part.rename(place)
    except OSError as error:
        raise DatasetError(
            f"{place}/ cannot be written ({error.strerror}): choose another folder with --folder"
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return f"{place}/ ({counts['train']} photographs for training, {counts['val']} for validation)."


def _read(archive: Path) -> bytes:
    try:
        return archive.read_bytes()
    except OSError as error:
        raise DatasetError(
            f"the archive {archive} cannot be read ({error.strerror}): check its name"
        ) from error


def _unpack(content: bytes, part: Path) -> dict[str, int]:
    """Write the pictures; how many are for training and for validation."""
    shutil.rmtree(part, ignore_errors=True)  # of a run that was killed
    counts = {"train": 0, "val": 0}
    for kind, pictures in _sorted_pictures(content).items():
        for number, (name, picture) in enumerate(pictures):
            use = "val" if number % VAL_EVERY == 0 else "train"
            (part / use / kind).mkdir(parents=True, exist_ok=True)
            (part / use / kind / name).write_bytes(picture)
            counts[use] += 1
    return counts


def _sorted_pictures(content: bytes) -> dict[str, list[tuple[str, bytes]]]:
    """The photographs of each kind in the order of their names."""
    found: dict[str, dict[str, bytes]] = {kind: {} for kind in KINDS}
    try:
        for kind, name, picture in _pictures(content):
            found[kind][name] = picture
    except (tarfile.TarError, zlib.error, EOFError) as error:
        raise DatasetError(f"the archive is damaged ({error}): get it again") from error
    if missing := [kind for kind, pictures in found.items() if not pictures]:
        raise DatasetError(f"the archive has no pictures of {', '.join(missing)}: get it again")
    return {kind: sorted(pictures.items()) for kind, pictures in found.items()}


def _pictures(content: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Regular files of the right names only: nothing else in the archive becomes a path."""
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:*") as tar:
        for member in tar:
            match = _PICTURE.fullmatch(member.name)
            if match and member.isreg() and member.size <= _MOST_OF_A_PICTURE:
                yield match["kind"], match["name"], tar.extractfile(member).read()
