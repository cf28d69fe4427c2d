"""Pictures in class folders: one folder a class, the folder's name is the class's name."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from resnets.data.errors import DatasetError
from resnets.language import say

PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".gif")
"""Endings of what TensorFlow can decode."""
_MOST_PIXELS = 100_000_000
_FORMATS = ("JPEG", "PNG", "BMP", "GIF")


class ClassFolders(NamedTuple):
    """Which pictures there are.

    Attributes:
        paths: of all pictures, class by class, in the order of their names.
        labels: number of each picture's class.
        names: of the classes, in alphabetical order.
    """

    paths: list[str]
    labels: list[int]
    names: list[str]


def find_class_folders(folder: str | Path, names: Sequence[str] | None = None) -> ClassFolders:
    """Find the pictures below a folder that has one folder a class.

    What cannot be used is named in one printed line and left out: pictures that no program can
    read, empty classes, files beside the class folders and other files in them.

    Args:
        folder: holds the class folders.
        names: the classes there have to be, in this order: those of the training pictures, where
            the folder holds validation pictures. All that are found, where nothing is given.

    Raises:
        DatasetError: There is no such folder, or no class in it has a picture.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DatasetError(say("There is no folder {folder}.", folder=folder))
    inside = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    _tell_files_beside([path.name for path in inside if not path.is_dir()], folder)
    there = {path.name: _pictures_of(path) for path in inside if path.is_dir()}
    found = {name: paths for name, paths in there.items() if paths}
    if not found:
        raise DatasetError(
            say(
                "No folder in {folder} has a picture. Expected one folder for each class, with "
                "files that end in {endings}.",
                folder=folder,
                endings=", ".join(PICTURES),
            )
        )
    classes = _classes(found, names, folder)
    paths = [(path, n) for n, name in enumerate(classes) for path in found.get(name, [])]
    return ClassFolders([str(path) for path, _ in paths], [n for _, n in paths], classes)


def save_class_indices(names: Sequence[str], file: str | Path) -> None:
    """Write which number is which class, as `{"0": "daisy", …}`, so that a program can tell."""
    indices = {str(number): name for number, name in enumerate(names)}
    Path(file).write_text(json.dumps(indices, indent=4) + "\n", encoding="utf-8")


def _classes(found: dict[str, list[Path]], names: Sequence[str] | None, folder: Path) -> list[str]:
    if names is None:
        if len(found) == 1:
            only = next(iter(found))
            print(
                say(
                    "Only one class, {name}, has pictures in {folder}. Expected at least two.",
                    name=only,
                    folder=folder,
                )
            )
        return list(found)
    for name in names:
        if name not in found:
            print(say("The class {name} has no pictures in {folder}.", name=name, folder=folder))
    for name in found:
        if name not in names:
            print(
                say(
                    "{folder}: {name} is not one of the given classes; left out.",
                    folder=folder,
                    name=name,
                )
            )
    return list(names)


def _pictures_of(folder: Path) -> list[Path]:
    """The pictures of one class; what is none is told and left out."""
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    pictures = [path for path in files if path.suffix.lower() in PICTURES and path.is_file()]
    stray = [path.name for path in files if path not in pictures]
    if stray:
        print(
            say(
                "{folder}: {count} not a picture (for example {name}); left out.",
                folder=folder,
                count=len(stray),
                name=stray[0],
            )
        )
    broken = [path for path in pictures if not _is_readable(path)]
    if broken:
        print(
            say(
                "{folder}: {count} cannot be read as a picture (for example {name}); left out.",
                folder=folder,
                count=len(broken),
                name=broken[0].name,
            )
        )
    readable = [path for path in pictures if path not in set(broken)]
    if not readable:
        print(
            say(
                "The class {name} has no pictures in {folder}; left out.",
                name=folder.name,
                folder=folder.parent,
            )
        )
    return readable


def _is_readable(path: Path) -> bool:
    """Whether a file is a whole picture of a format that TensorFlow decodes, too."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=_FORMATS) as image:
                if image.width * image.height > _MOST_PIXELS:
                    return False
                image.load()
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, Image.DecompressionBombError):
        return False
    return True


def _tell_files_beside(names: list[str], folder: Path) -> None:
    if names:
        print(
            say(
                "{folder}: {count} beside the class folders (for example {name}); left out.",
                folder=folder,
                count=len(names),
                name=names[0],
            )
        )
