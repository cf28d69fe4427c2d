"""ResNet-152 with weights from ImageNet: Keras' own network, its weights from the network."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from resnets.data.download import PAUSES, Wanted, download
from resnets.data.errors import DatasetError
from resnets.data.load import find_folder

CAFFE_MEAN = np.array([103.939, 116.779, 123.68], "float32")
"""Blue, green, red, from 0 to 255: what these weights' training subtracted (Keras'
`keras.applications.resnet.preprocess_input`)."""


@dataclass(frozen=True)
class Published:
    """A file of weights on a server.

    Attributes:
        url: where it is.
        md5: its checksum, as its publisher gives it.
        name: of the file on this computer.
    """

    url: str
    md5: str
    name: str


RESNET152 = Published(
    url="https://storage.googleapis.com/tensorflow/keras-applications/resnet/"
    "resnet152_weights_tf_dim_ordering_tf_kernels.h5",
    md5="100835be76be38e30d865e96f2aaae62",  # keras/src/applications/resnet.py, WEIGHTS_HASHES
    name="resnet152_imagenet.h5",
)


def load_resnet152(
    weights: str | Path | None = "imagenet", side: int = 224, folder: str | Path = "datasets"
) -> keras.Model:
    """ResNet-152 with its head of 1,000 classes.

    Args:
        weights: "imagenet": weights that are downloaded once, 242 MB; the path of such a file; or
            None for random weights.
        side: pixels of the pictures' sides; 224 in its training.
        folder: where the downloaded file is kept.

    Returns:
        A model from pictures (m, side, side, 3), red, green and blue from 0 to 1, to probabilities
        (m, 1000). What its weights need (blue first, a mean subtracted) happens inside.

    Raises:
        DatasetError: the file cannot be had, or it is not the published one.
    """
    path = weights
    if weights == "imagenet":
        path = published_weights(RESNET152, find_folder(folder))
    pictures = keras.Input((side, side, 3))
    blue_first = keras.ops.flip(pictures * 255.0, axis=-1) - CAFFE_MEAN
    model = keras.applications.ResNet152(weights=None, input_tensor=blue_first)
    if path is not None:
        _read_weights(model, Path(path))
    return model


def published_weights(
    published: Published, folder: Path, *, pauses: tuple[float, ...] = PAUSES, progress: bool = True
) -> Path:
    """Return a verified copy of the file, downloaded where it is not there yet.

    A download that ends early goes on with the next call.

    Raises:
        DatasetError: it cannot be had, it is another file, or the folder cannot be written.
    """
    path = folder / published.name
    if path.is_file() and _md5(path.read_bytes()) == published.md5:
        return path
    kept = folder / f"{published.name}.part"
    wanted = Wanted(
        "weights", "the file of weights", 512 << 20, f"copy the file to {folder.name}/{path.name}"
    )
    content = download(published.url, wanted=wanted, kept=kept, pauses=pauses, progress=progress)
    if (found := _md5(content)) != published.md5:
        raise DatasetError(
            f"{published.url} is not the published file: expected the MD5 checksum "
            f"{published.md5}, found {found}; try again later"
        )
    _write(path, content)
    return path


def _write(path: Path, content: bytes) -> None:
    """Put the file there whole or not at all."""
    new = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(content)
        shutil.move(new, path)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise DatasetError(
            f"the folder {path.parent} cannot be written ({error.strerror}): name another one with "
            "folder="
        ) from error


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _read_weights(model: keras.Model, path: Path) -> None:
    try:
        model.load_weights(path)
    except (OSError, ValueError, KeyError) as error:
        raise DatasetError(
            f"{path.name} does not hold the weights of ResNet-152 ({type(error).__name__}): get "
            'the file again with weights="imagenet"'
        ) from error
