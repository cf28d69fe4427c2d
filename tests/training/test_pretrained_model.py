"""The model file that comes with the course is notebook 01's network, small enough, and good."""

import os
from pathlib import Path

import keras
import numpy as np
import pytest

from resnets.data.archive import read_photographs
from resnets.data.photographs import PINNED, verified_signs
from resnets.hands import rendered_hands
from resnets.training import load_pretrained
from resnets.training.pretrained import PRETRAINED

ROOT = Path(__file__).resolve().parents[2]
ARCHIVE = Path(os.environ.get("SHARED_DATA", ROOT / "../shared/data/")) / (
    "sign-language-digits.tar.gz"
)


@pytest.fixture(scope="module")
def trained() -> keras.Model:
    return load_pretrained()


def accuracy(model: keras.Model, x: np.ndarray, y: np.ndarray) -> float:
    predicted = model.predict(x.astype("float32") / 255, verbose=0).argmax(1)
    return float(np.mean(predicted == y))


def test_it_is_notebook_01s_network(trained):
    assert trained.input_shape == (None, 64, 64, 3)
    assert trained.output_shape == (None, 6)
    assert trained.count_params() == 23_600_006
    names = {layer.name for layer in trained.layers}
    assert {"conv1", "bn_conv1", "res5c_branch2c", "bn2a_branch1", "avg_pool", "fc6"} <= names


def test_it_is_small():
    assert PRETRAINED.stat().st_size <= 50e6


def test_it_reads_rendered_hands(trained):
    assert accuracy(trained, *rendered_hands(15, seed=4321, progress=False)) >= 0.96


@pytest.mark.skipif(not ARCHIVE.is_file(), reason="the photographs are not here")
def test_it_reads_photographs_of_people_it_has_not_seen(trained):
    signs = verified_signs(read_photographs(ARCHIVE.read_bytes()), PINNED)
    assert accuracy(trained, signs.test_x, signs.test_y[0]) >= 0.99
