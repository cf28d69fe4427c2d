"""Training one architecture from several starting points."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from resnets import training_curves as module
from resnets.training_curves import draw_weights, training_curves


@pytest.fixture
def model() -> keras.Model:
    inputs = keras.Input((4, 4, 1))
    x = keras.layers.Conv2D(3, 3, use_bias=False)(inputs)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.ReLU()(x))
    return keras.Model(inputs, keras.layers.Dense(3)(x))


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    stream = np.random.default_rng(0)
    y = np.tile(np.arange(3), 8)
    return stream.standard_normal((24, 4, 4, 1)) + y[:, None, None, None], y


def test_every_run_begins_by_guessing_and_learns(model, data) -> None:
    curves = training_curves(model, *data, seeds=[1, 2], steps=60, batch_size=8, learning_rate=0.03)
    assert curves.shape == (2, 60)
    np.testing.assert_allclose(curves[:, 0], np.log(3), rtol=1e-5)
    assert (curves[:, -6:].mean(axis=1) < 0.9).all()


def test_a_run_depends_on_its_seed_and_on_no_other_run(model, data) -> None:
    both = training_curves(model, *data, seeds=[1, 2], steps=6, batch_size=8)
    alone = training_curves(model, *data, seeds=[2], steps=6, batch_size=8)
    np.testing.assert_allclose(both[1], alone[0], rtol=1e-4)
    assert not np.allclose(both[0], both[1], rtol=1e-3)


def test_the_quick_way_computes_what_keras_trainer_computes(model, data, monkeypatch) -> None:
    quick = training_curves(model, *data, seeds=[3, 4], steps=5, batch_size=8)
    monkeypatch.setattr(module, "_BACKENDS", {})
    keras_own = training_curves(model, *data, seeds=[3, 4], steps=5, batch_size=8)
    np.testing.assert_allclose(quick, keras_own, rtol=1e-3)


def test_weights_are_drawn_as_he_does(model) -> None:
    inputs = keras.Input((8, 8, 32))
    wide = keras.Model(inputs, keras.layers.Conv2D(64, 3, use_bias=False)(inputs))
    draw_weights(wide, np.random.default_rng(5))
    (kernel,) = wide.get_weights()
    assert kernel.std() == pytest.approx(np.sqrt(2 / (9 * 32)), rel=0.02)
    draw_weights(model, np.random.default_rng(5))
    _, gamma, beta, mean, variance, dense, bias = model.get_weights()
    assert (gamma == 1).all() and (variance == 1).all()
    assert not any(array.any() for array in (beta, mean, dense, bias))
