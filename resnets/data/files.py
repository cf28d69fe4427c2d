"""The two HDF5 files of the SIGNS data: read with care, written whole or not at all.

The keys are those of the original course (`train_set_x`, `train_set_y`, `test_set_x`,
`test_set_y`, `list_classes`). Files that we build carry two attributes more, `source` and
`digest`; files without them are the student's own and are only ever read.
"""

import hashlib
import io
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np

from resnets.data.errors import DatasetError

TRAIN_FILE = "train_signs.h5"
TEST_FILE = "test_signs.h5"
CLASSES = 6
SIDE = 64
TRAIN_PER_CLASS = 180
TEST_PER_CLASS = 20

_ABANDONED_AFTER = 600  # seconds; an unfinished file this old belongs to no running process


class Signs(NamedTuple):
    """The data as `load_dataset` returns them.

    Attributes:
        train_x: (1080, 64, 64, 3) uint8.
        train_y: (1, 1080) int64, labels 0 to 5.
        test_x: (120, 64, 64, 3) uint8.
        test_y: (1, 120) int64.
        classes: (6,) int64, the labels themselves.
    """

    train_x: np.ndarray
    train_y: np.ndarray
    test_x: np.ndarray
    test_y: np.ndarray
    classes: np.ndarray


def digest(signs: Signs) -> str:
    """SHA-256 over pictures and labels, in hexadecimal."""
    sha = hashlib.sha256()
    for array in signs:
        sha.update(repr((array.shape, array.dtype.str)).encode())
        sha.update(np.ascontiguousarray(array).data)
    return sha.hexdigest()


def existing(folder: Path) -> list[str]:
    """Which of the two files are in the folder."""
    try:
        return [name for name in (TRAIN_FILE, TEST_FILE) if (folder / name).exists()]
    except OSError as error:
        raise DatasetError(
            f"the folder {folder} cannot be read ({error.strerror}): choose one that is yours"
        ) from error


def source_of(path: Path) -> str:
    """Who made the file: our own attribute, or "course" for a file that is not ours."""
    try:
        with h5py.File(path, "r", locking=False) as file:
            return _text(file.attrs.get("source", "course"))
    except OSError:  # unreadable: not known to be ours, so treated as the student's
        return "course"


def read_signs(folder: Path) -> tuple[Signs, str]:
    """Read and check both files.

    Returns:
        The data, and the source of the files ("course" for files that are not ours).

    Raises:
        DatasetError: A file is missing, damaged, of another shape, or was changed after we
            built it.
    """
    missing = {TRAIN_FILE, TEST_FILE}.difference(existing(folder))
    if missing:
        name = min(missing)
        other = TEST_FILE if name == TRAIN_FILE else TRAIN_FILE
        raise DatasetError(
            f"{folder.name}/{name} is missing beside {other}: copy it there from your course, "
            f"or move {other} away and run: python -m resnets.data photos"
        )
    train = _read(folder / TRAIN_FILE, "train", CLASSES * TRAIN_PER_CLASS)
    test = _read(folder / TEST_FILE, "test", CLASSES * TEST_PER_CLASS)
    signs = Signs(train[0], train[1], test[0], test[1], train[2])
    attributes = train[3], test[3]
    if attributes == ({}, {}):
        return signs, "course"
    if attributes[0] != attributes[1] or attributes[0].get("digest") != digest(signs):
        raise DatasetError(
            f"{folder.name}/{TRAIN_FILE} and {TEST_FILE} are no longer as they were built: "
            "build them again with: python -m resnets.data photos"
        )
    return signs, attributes[0]["source"]


def write_signs(folder: Path, signs: Signs, source: str) -> None:
    """Write both files so that at every moment each is either whole or absent.

    Raises:
        DatasetError: The folder cannot be written or the disk is full; nothing is left behind.
    """
    marks = {"source": source, "digest": digest(signs)}
    contents = {
        TRAIN_FILE: _hdf5(signs.train_x, signs.train_y, signs.classes, "train", marks),
        TEST_FILE: _hdf5(signs.test_x, signs.test_y, signs.classes, "test", marks),
    }
    write_whole(folder, contents)


def write_whole(folder: Path, contents: dict[str, bytes]) -> None:
    """Write the files beside their places first, then move all of them there.

    Raises:
        DatasetError: Writing failed; neither the new files nor unfinished ones are left behind.
    """
    unfinished = {name: folder / f".{name}.{os.getpid()}.part" for name in contents}
    new_folders = [path for path in (folder, *folder.parents) if not path.exists()]
    all_written = False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        for name, content in contents.items():
            with unfinished[name].open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        all_written = True
        for name, path in unfinished.items():
            path.replace(folder / name)
    except BaseException as error:
        for name, path in unfinished.items():
            moved = all_written and not path.exists()  # half a pair is worse than none
            with suppress(OSError):
                (folder / name if moved else path).unlink()
        for path in new_folders:
            with suppress(OSError):
                path.rmdir()
        if isinstance(error, OSError):
            raise DatasetError(
                f"the folder {folder} cannot be written ({error.strerror or error}): free some "
                "space or choose a folder that is yours; nothing was left there"
            ) from error
        raise


def _sweep(folder: Path) -> None:
    """Remove what a killed process left unfinished."""
    for path in folder.glob(".*.part"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _ABANDONED_AFTER:
                path.unlink()


def _hdf5(
    x: np.ndarray, y: np.ndarray, classes: np.ndarray, part: str, marks: dict[str, str]
) -> bytes:
    """One file in memory: a disk that fills up meets finished bytes, never a half-open HDF5."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs.update(marks)
        file[f"{part}_set_x"] = x
        file[f"{part}_set_y"] = y.reshape(-1)
        file["list_classes"] = classes
    return buffer.getvalue()


def _read(
    path: Path, part: str, count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, str]]:
    """One file: pictures (count, 64, 64, 3), labels (1, count), classes (6,), our attributes."""
    try:
        with h5py.File(path, "r", locking=False) as file:
            arrays = []
            for key in (f"{part}_set_x", f"{part}_set_y", "list_classes"):
                if not isinstance(file.get(key), h5py.Dataset):
                    raise DatasetError(
                        f"{_short(path)} has no array {key!r} (it has {_listed(file)}): put the "
                        "original course's file there or move this one away"
                    )
                arrays.append(np.asarray(_checked_size(file[key], path, key)))
            marks = {
                key: _text(file.attrs[key]) for key in ("source", "digest") if key in file.attrs
            }
    except PermissionError as error:
        raise DatasetError(
            f"{_short(path)} may not be read by you: change its permissions (chmod u+r)"
        ) from error
    except (OSError, KeyError, RuntimeError, TypeError) as error:
        raise DatasetError(
            f"{_short(path)} is damaged or no HDF5 file: copy it again from your course, or delete "
            "it and run: python -m resnets.data photos"
        ) from error
    x, y, classes = arrays
    _expect(x, path, f"{part}_set_x", [(count, SIDE, SIDE, 3)], np.uint8)
    _expect(y, path, f"{part}_set_y", [(count,), (1, count)], np.integer)
    _expect(classes, path, "list_classes", [(CLASSES,)], np.integer)
    check_labels(y, CLASSES, f"{part}_set_y of {_short(path)}")
    return x, y.reshape(1, count).astype(np.int64), classes.astype(np.int64), marks


def check_labels(labels: np.ndarray, classes: int, name: str) -> None:
    """Refuse labels outside 0 to classes - 1."""
    outside = (labels < 0) | (labels >= classes)
    if outside.any():
        raise DatasetError(
            f"{name} should hold labels from 0 to {classes - 1}, "
            f"but {labels[outside].flat[0]} is among them: correct or leave out those examples"
        )


def _checked_size(data: h5py.Dataset, path: Path, key: str) -> h5py.Dataset:
    """Refuse an array of absurd size before it is read into memory."""
    if data.size is None or data.size > 10 * CLASSES * TRAIN_PER_CLASS * SIDE * SIDE * 3:
        raise DatasetError(
            f"{key} in {_short(path)} has the shape {data.shape}, which is no set of "
            f"{SIDE}×{SIDE} pictures: put the original course's file there"
        )
    return data


def _expect(
    array: np.ndarray, path: Path, key: str, shapes: list[tuple[int, ...]], kind: type
) -> None:
    if array.shape not in shapes or not np.issubdtype(array.dtype, kind):
        wanted = "integers" if kind is np.integer else kind.__name__
        raise DatasetError(
            f"{key} in {_short(path)} should be {shapes[0]} {wanted}, "
            f"but it is {array.shape} {array.dtype}: put the original course's file there "
            "or move this one away"
        )


def _listed(file: h5py.File) -> str:
    return ", ".join(sorted(map(str, file))[:6]) or "nothing"


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
