"""He's seeded initializer against TensorFlow 1's normal generator and PyTorch's scale."""

from __future__ import annotations

import json
import math

import keras
import numpy as np
import pytest

from resnets.initializers import KaimingNormal, kaiming_normal
from tests.backends.running import BACKENDS, output_of

SHAPES = [(7, 7, 3, 64), (1, 1, 64, 256), (3, 3, 64, 8), (5, 3), (3,), (1, 1, 1, 1)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", [0, 3, 2**31 + 5])
def test_the_stream_is_tensorflow_1s_random_normal(shape: tuple[int, ...], seed: int) -> None:
    tf = pytest.importorskip("tensorflow", reason="the reference is TensorFlow's own v1 generator")
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        normal = session.run(tf.compat.v1.random_normal(shape, seed=seed))
    fan_out = math.prod(shape[:-2]) * shape[-1]
    ours = kaiming_normal(seed=seed).numpy(shape)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, normal * np.sqrt(2 / fan_out), rtol=2e-5, atol=1e-6)


def test_the_deviation_is_that_of_pytorchs_kaiming_normal() -> None:
    torch = pytest.importorskip("torch")
    theirs = torch.empty(256, 64, 3, 3)  # PyTorch's order: filters first
    torch.nn.init.kaiming_normal_(theirs, mode="fan_out", nonlinearity="relu")
    ours = kaiming_normal(seed=1).numpy((3, 3, 64, 256))
    assert ours.std() == pytest.approx(theirs.std().item(), rel=0.02)
    assert abs(ours.mean()) < 0.01 * ours.std()


def test_saved_with_the_model(tmp_path) -> None:
    inputs = keras.Input((8,))
    outputs = keras.layers.Dense(3, kernel_initializer=kaiming_normal(seed=5))(inputs)
    keras.Model(inputs, outputs).save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", compile=False)
    assert isinstance(loaded.layers[-1].kernel_initializer, KaimingNormal)
    assert loaded.layers[-1].kernel_initializer.seed == 5


@pytest.mark.parametrize("seed", [1.5, "0", True])
def test_a_seed_that_is_no_integer_is_named(seed: object) -> None:
    with pytest.raises(TypeError, match="kaiming_normal: seed must be an integer or None, found"):
        kaiming_normal(seed=seed)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_same_numbers_on_every_backend(backend: str) -> None:
    code = (
        "import json, keras; from resnets.initializers import kaiming_normal; "
        "print(json.dumps(keras.ops.convert_to_numpy("
        "kaiming_normal(seed=0)((3, 3, 2, 4))).ravel().tolist()))"
    )
    found = np.array(json.loads(output_of(backend, ["-c", code])[-1]), "float32")
    np.testing.assert_array_equal(found, kaiming_normal(seed=0).numpy((3, 3, 2, 4)).ravel())
