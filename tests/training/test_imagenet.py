"""ResNet-152's weights: downloaded once, resumed, verified; the network takes pictures as ours."""

from __future__ import annotations

import hashlib
from pathlib import Path

import keras
import numpy as np
import pytest

from resnets.data import DatasetError
from resnets.training.imagenet import (
    CAFFE_MEAN,
    RESNET152,
    Published,
    load_resnet152,
    published_weights,
)
from tests.data.server import serving


def _small_model() -> keras.Model:
    return keras.Sequential([keras.Input((400,)), keras.layers.Dense(400)])


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file of weights of our own, as Keras' legacy format has it."""
    path = tmp_path_factory.mktemp("weights") / "small.weights.h5"
    model = _small_model()
    model.set_weights([np.random.default_rng(0).normal(size=w.shape) for w in model.weights])
    model.save_weights(path)
    return path.read_bytes()


def _published(url: str, content: bytes) -> Published:
    return Published(url, hashlib.md5(content).hexdigest(), "small.weights.h5")


def _fetch(published: Published, folder: Path) -> Path:
    return published_weights(published, folder, pauses=(0,), progress=False)


def test_the_file_is_downloaded_once_and_can_be_read(tmp_path: Path, content: bytes) -> None:
    with serving(content) as server:
        published = _published(server.url, content)
        path = _fetch(published, tmp_path / "new folder")
        assert _fetch(published, tmp_path / "new folder") == path
        assert server.requested == [None]
    model = _small_model()
    model.load_weights(path)
    assert np.any(model.get_weights()[0])
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_broken_download_goes_on_with_the_next_call(tmp_path: Path, content: bytes) -> None:
    with serving(content) as server:
        published = _published(server.url, content)
        server.cuts = [100_000, 10]
        with pytest.raises(DatasetError, match="broke off again and again"):
            _fetch(published, tmp_path)
        server.cuts = []
        assert _fetch(published, tmp_path).read_bytes() == content
    assert server.requested[0] is None
    starts = [int(wanted.removeprefix("bytes=").rstrip("-")) for wanted in server.requested[1:]]
    assert len(starts) == 2 and min(starts) > 50_000
    assert [p.name for p in tmp_path.iterdir()] == [published.name]


def test_what_was_kept_of_another_version_is_not_pieced_together(
    tmp_path: Path, content: bytes
) -> None:
    with serving(content[::-1]) as server:
        server.cuts, server.etag = [100_000, 10], '"old"'
        with pytest.raises(DatasetError):
            _fetch(_published(server.url, content), tmp_path)
        server.content, server.etag = content, '"new"'
        assert _fetch(_published(server.url, content), tmp_path).read_bytes() == content


def test_a_file_with_another_checksum_is_refused(tmp_path: Path, content: bytes) -> None:
    expected = pytest.raises(DatasetError, match="expected the MD5 checksum")
    with serving(content[:-1]) as server, expected:
        _fetch(_published(server.url, content), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_damaged_copy_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "small.weights.h5").write_bytes(b"half")
    with serving(content) as server:
        assert _fetch(_published(server.url, content), tmp_path).read_bytes() == content


def test_no_network_says_where_to_put_a_copy(tmp_path: Path) -> None:
    published = Published("http://127.0.0.1:9/resnet", "0" * 32, "small.weights.h5")
    with pytest.raises(DatasetError, match=r"copy the file to .*small\.weights\.h5"):
        _fetch(published, tmp_path)


def test_the_checksum_is_the_one_that_keras_publishes() -> None:
    from keras.src.applications.resnet import BASE_WEIGHTS_PATH, WEIGHTS_HASHES

    assert RESNET152.md5 == WEIGHTS_HASHES["resnet152"][0]
    assert RESNET152.url.startswith(BASE_WEIGHTS_PATH)


def test_the_network_takes_pictures_from_0_to_1(tmp_path: Path) -> None:
    model = load_resnet152(weights=None, side=32)
    keras_own = keras.applications.ResNet152(weights=None, input_shape=(32, 32, 3))
    path = tmp_path / "mine.weights.h5"
    keras_own.save_weights(path)
    model.set_weights(keras_own.get_weights())
    x = np.random.default_rng(1).random((1, 32, 32, 3)).astype("float32")
    prepared = keras.applications.resnet.preprocess_input(255 * x)
    assert np.allclose(prepared, 255 * x[..., ::-1] - CAFFE_MEAN, atol=1e-4)
    expected, found = keras_own.predict_on_batch(prepared), model.predict_on_batch(x)
    assert np.allclose(found, expected, rtol=1e-3, atol=1e-6)
    path.write_bytes(b"no weights")
    with pytest.raises(DatasetError, match="does not hold the weights"):
        load_resnet152(weights=path, side=32)
