"""Real photographs as the SIGNS data: from the pinned archive to the two HDF5 files.

The photographs are the Sign Language Digits Dataset (Arda Mavi and Zeynep Dikle, a high school in
Ankara, Apache-2.0; datasets/README.md). Nothing is written before every picture has been verified.

The split keeps people apart. Each student showed the digits 0 to 9 in one go, so in order of file
number a new person begins where the digit falls by five or more. Of the people who show all of 0
to 5, the first and then every tenth are tested, until there are 20, with their first picture of
each digit; training takes the first 180 pictures of each digit by everybody else.
"""

import hashlib
import io
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from resnets.data.archive import Photograph, read_photographs
from resnets.data.download import download
from resnets.data.errors import DatasetError
from resnets.data.files import (
    CLASSES,
    SIDE,
    TEST_FILE,
    TEST_PER_CLASS,
    TRAIN_FILE,
    TRAIN_PER_CLASS,
    Signs,
    digest,
    existing,
    read_signs,
    source_of,
    write_signs,
)

COMMIT = "4b09433ef9d5c60602e8805bb54b8aa2428527f8"
URL = f"https://github.com/ardamavi/Sign-Language-Digits-Dataset/archive/{COMMIT}.tar.gz"

_MAX_SIDE = 8192  # pixels; the largest photograph has 3024
_TEST_EVERY = 10


@dataclass(frozen=True)
class Pin:
    """What the photographs must be.

    Attributes:
        pictures: `files.digest` of the decoded 64×64 pictures and their labels. Whoever has these
            has the right data, whatever the archive looked like.
        files: SHA-256 over the JPEG files used. JPEG decoders may round differently by a grey
            level or two; where the decoded digest differs, these very files and `means` decide.
        means: Mean of red, green and blue of each training class, (6, 3), as this project's
            decoder gives them.
    """

    pictures: str
    files: str
    means: tuple[tuple[float, float, float], ...]


PINNED = Pin(
    pictures="c5d81dbf1c228b7af016536eae92d0671de3376aea63a0498c3b3ff73c1ac890",
    files="dd3393cd543ef903c09ade06a261635b73c362efc96b6bcdd79f3f78d3657962",
    means=(
        (171.79, 165.18, 157.50),
        (172.20, 165.93, 159.28),
        (171.63, 165.05, 158.48),
        (171.94, 164.07, 156.17),
        (172.37, 164.37, 156.52),
        (171.77, 162.97, 154.26),
    ),
)


def build_photos(
    folder: Path, *, archive: Path | None = None, url: str = URL, pin: Pin = PINNED
) -> str:
    """Build `train_signs.h5` and `test_signs.h5` from the photographs.

    Args:
        folder: Where the files go.
        archive: A copy of the archive (.tar.gz, .tar or .zip) to use instead of the network.
        url: Where to download it from otherwise.
        pin: What the photographs must be.

    Returns:
        One sentence on what was done.

    Raises:
        DatasetError: The folder holds the student's own files or cannot be written, the archive
            cannot be had, or its pictures are not the pinned ones. Nothing is left behind.
    """
    if _already_built(folder):
        return f"{folder}/ already holds the photographs; nothing to do."
    _check_writable(folder)
    content = _read_archive(archive) if archive else download(url)
    signs = verified_signs(read_photographs(content), pin)
    _refuse_course_files(folder)
    write_signs(folder, signs, "photos")
    return (
        f"{folder}/{TRAIN_FILE} ({len(signs.train_x)} photographs) and {TEST_FILE} "
        f"({len(signs.test_x)}) are ready."
    )


def verified_signs(photographs: list[Photograph], pin: Pin) -> Signs:
    """Split, decode and verify the photographs.

    Raises:
        DatasetError: They are not the pinned ones.
    """
    train, test = split_by_person(photographs)
    signs = Signs(*_decode(train), *_decode(test), np.arange(CLASSES, dtype=np.int64))
    if digest(signs) == pin.pictures:
        return signs
    same_files = files_digest(train + test) == pin.files
    if not same_files or np.abs(class_means(signs) - pin.means).max() > 1:
        raise DatasetError(
            "the pictures in the archive are not the pinned photographs (the digest of the decoded "
            f"pictures is {digest(signs)[:12]}…, expected {pin.pictures[:12]}…): get the archive "
            f"of commit {COMMIT[:7]} again"
        )
    return signs


def split_by_person(
    photographs: list[Photograph],
) -> tuple[list[Photograph], list[Photograph]]:
    """Training and test photographs by the rule at the top of this file, in a fixed mixed order.

    Args:
        photographs: All of the archive, the digits 6 to 9 included: they tell people apart.

    Raises:
        DatasetError: There are too few photographs or people.
    """
    people = group_by_person(photographs)
    tested = tested_people(people)
    test = [next(p for p in person if p.digit == d) for person in tested for d in range(CLASSES)]
    others = [p for person in people if person not in tested for p in person]
    train = []
    for d in range(CLASSES):
        train += [p for p in others if p.digit == d][:TRAIN_PER_CLASS]
    if len(test) != CLASSES * TEST_PER_CLASS or len(train) != CLASSES * TRAIN_PER_CLASS:
        raise DatasetError(
            f"the archive holds {_counted(photographs)}, too few for {TRAIN_PER_CLASS} training "
            f"and {TEST_PER_CLASS} test photographs of each digit by different people: get it again"
        )
    return _mixed(train), _mixed(test)


def tested_people(people: list[list[Photograph]]) -> list[list[Photograph]]:
    """The people whom no network is trained on, with all their photographs.

    Args:
        people: all of the archive, as `group_by_person` gives them.
    """
    digits = set(range(CLASSES))
    complete = [person for person in people if digits <= {p.digit for p in person}]
    return complete[::_TEST_EVERY][:TEST_PER_CLASS]


def group_by_person(photographs: list[Photograph]) -> list[list[Photograph]]:
    """The photographs of each person, told apart by the digits' order (see the top)."""
    people: list[list[Photograph]] = []
    last = 9
    for photograph in sorted(photographs):
        if not people or photograph.digit <= last - 5:
            people.append([])
        people[-1].append(photograph)
        last = photograph.digit
    return people


def files_digest(photographs: list[Photograph]) -> str:
    """SHA-256 over the JPEG files, in hexadecimal."""
    sha = hashlib.sha256()
    for photograph in photographs:
        sha.update(hashlib.sha256(photograph.content).digest())
    return sha.hexdigest()


def class_means(signs: Signs) -> np.ndarray:
    """Mean red, green and blue of each training class, (6, 3), from 0 to 255."""
    labels = signs.train_y[0]
    return np.stack([signs.train_x[labels == d].mean((0, 1, 2)) for d in range(CLASSES)])


def _mixed(photographs: list[Photograph]) -> list[Photograph]:
    """An order without runs of one class, the same for ever: by the digest of the file number."""
    return sorted(photographs, key=lambda p: hashlib.sha256(b"%d" % p.number).digest())


def _decode(photographs: list[Photograph]) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (m, 64, 64, 3) uint8 and labels (1, m) int64."""
    x = np.stack([_picture(p) for p in photographs])
    return x, np.array([[p.digit for p in photographs]], np.int64)


def _picture(photograph: Photograph) -> np.ndarray:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # broken EXIF is no broken picture
            with Image.open(io.BytesIO(photograph.content), formats=["JPEG"]) as image:
                if max(image.size) > _MAX_SIDE:
                    raise ValueError(f"{image.size} pixels")
                upright = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, SyntaxError) as error:
        raise DatasetError(
            f"Dataset/{photograph.digit}/IMG_{photograph.number}.JPG in the archive is no whole "
            "picture: get the archive again"
        ) from error
    return np.asarray(ImageOps.fit(upright, (SIDE, SIDE), Image.Resampling.LANCZOS))


def _read_archive(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DatasetError(
            f"the archive {path} cannot be read ({error.strerror}): check its name"
        ) from error


def _already_built(folder: Path) -> bool:
    """Whether a whole pair of ours is there; a damaged one of ours will be built again."""
    _refuse_course_files(folder)
    if not existing(folder):
        return False
    try:
        return read_signs(folder)[1] == "photos"
    except DatasetError:
        return False


def _refuse_course_files(folder: Path) -> None:
    for name in existing(folder):
        if source_of(folder / name) == "course":
            raise DatasetError(
                f"{folder}/{name} was not built by this command and may be your own course file, "
                "so it stays as it is: move it away, or choose another folder with --folder"
            )


def _check_writable(folder: Path) -> None:
    """Fail before the download rather than after it."""
    place = next((p for p in (folder, *folder.absolute().parents) if p.exists()), folder)
    probe = place / ".writable.part"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise DatasetError(
            f"the folder {folder} cannot be written ({error.strerror}): choose another one with "
            "--folder"
        ) from error


def _counted(photographs: list[Photograph]) -> str:
    counts = Counter(p.digit for p in photographs if p.digit < CLASSES)
    listed = ", ".join(f"{counts[d]} of {d}" for d in range(CLASSES))
    return f"{sum(counts.values())} photographs ({listed})"
