"""Class folders of drawn flowers: the same pictures for the same seed on every machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from resnets.flowers.blossoms import KINDS, draw_flower
from resnets.hands.chance import Chance
from resnets.language import say
from resnets.progress import Progress

TRAIN, VAL = 40, 17
"""Pictures of each kind."""


def write_flowers(
    folder: str | Path, per_kind: int, *, seed: int, size: int = 64, shown: bool = False
) -> None:
    """Draw flowers of every kind into class folders: `folder/daisy/000.png`, …

    Args:
        folder: it is made where there is none.
        per_kind: pictures of each kind.
        seed: which pictures; two seeds share none.
        size: pixels a side.
        shown: whether a progress bar is shown.
    """
    title, unit = say("drawing flowers"), say("flowers")
    with Progress(per_kind * len(KINDS), title, unit, shown=shown) as progress:
        for number, kind in enumerate(KINDS):
            place = Path(folder) / kind
            place.mkdir(parents=True, exist_ok=True)
            for picture in range(per_kind):
                drawn = draw_flower(kind, Chance(seed, picture, number), size)
                Image.fromarray(drawn).save(place / f"{picture:03}.png")
                progress.step()


def drawn_flowers(folder: str | Path = "datasets") -> Path:
    """Return a folder with train/ and val/, each with the five kinds; drawn where it is not there.

    Args:
        folder: holds `drawn_flowers/`, which may be deleted at any time. Where nothing can be
            written, a temporary folder takes its place.
    """
    place = Path(folder) / "drawn_flowers" / _version()
    if place.is_dir():
        return place
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=place.parent, prefix=".part"))
    except OSError:
        part = Path(tempfile.mkdtemp(prefix="drawn_flowers"))
        place = part / "whole"
    # Where notebooks are built and tested, a progress bar would become part of their output.
    shown = "RESNETS_STRICT" not in os.environ
    write_flowers(part / "flowers" / "train", TRAIN, seed=1, shown=shown)
    write_flowers(part / "flowers" / "val", VAL, seed=2, shown=shown)
    try:
        (part / "flowers").rename(place)
    except OSError:  # another program has drawn them meanwhile
        if not place.is_dir():
            raise
    finally:
        if place.parent != part:
            shutil.rmtree(part, ignore_errors=True)
    return place


def _version() -> str:
    """A name for this drawing code: flowers of other code are never mixed up."""
    sha = hashlib.sha256(f"{TRAIN} {VAL} {np.float32}".encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        sha.update(path.read_bytes())
    return sha.hexdigest()[:12]
