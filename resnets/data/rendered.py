"""Rendered hands as a data set, kept in the folder after the first time where that is possible."""

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path

import numpy as np

from resnets.data.errors import DatasetError
from resnets.data.files import (
    CLASSES,
    TEST_PER_CLASS,
    TRAIN_PER_CLASS,
    Signs,
    read_signs,
    write_signs,
)

SEED = 1


def rendered_signs(folder: Path) -> Signs:
    """Draw the hands, or take those drawn before by the same code from `folder/rendered/`.

    A folder that is missing or cannot be written only costs the drawing time again.
    """
    import resnets.hands

    kept = folder / "rendered" / _version(Path(resnets.hands.__file__).parent)
    with suppress(DatasetError):
        return read_signs(kept)[0]
    # Where notebooks are built and tested, a progress bar would become part of their output.
    x, y = resnets.hands.rendered_hands(
        TRAIN_PER_CLASS + TEST_PER_CLASS,
        seed=SEED,
        classes=CLASSES,
        progress="RESNETS_STRICT" not in os.environ,
    )
    signs = split_per_class(x, y)
    if folder.is_dir():
        with suppress(DatasetError):
            shutil.rmtree(kept.parent, ignore_errors=True)  # hands of earlier drawing code
            write_signs(kept, signs, "rendered")
    return signs


def split_per_class(x: np.ndarray, y: np.ndarray) -> Signs:
    """The first 180 pictures of each class for training, the other 20 for testing.

    Both in an order without runs or turns of the classes, the same for ever.
    """
    order = sorted(range(len(y)), key=lambda i: hashlib.sha256(b"%d" % i).digest())
    rank = np.zeros(len(y), int)
    for label in range(CLASSES):
        rank[y == label] = np.arange((y == label).sum())
    x, y, train = x[order], y[order].astype(np.int64), (rank < TRAIN_PER_CLASS)[order]
    classes = np.arange(CLASSES, dtype=np.int64)
    return Signs(x[train], y[np.newaxis, train], x[~train], y[np.newaxis, ~train], classes)


def _version(package: Path) -> str:
    """A name for this drawing code and seed: hands drawn by other code are never mixed up."""
    sha = hashlib.sha256(str(SEED).encode())
    for path in sorted(package.rglob("*.py")):
        sha.update(path.read_bytes())
    return sha.hexdigest()[:12]
