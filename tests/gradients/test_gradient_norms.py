"""Gradient norms against central differences of the loss, which need no gradient at all."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from resnets.gradients import gradient_norms
from resnets.initializers import glorot_uniform


@pytest.fixture
def network() -> keras.Model:
    inputs = keras.Input((6,))
    x = layers.Dense(5, activation="tanh", kernel_initializer=glorot_uniform(seed=1))(inputs)
    x = layers.BatchNormalization()(x)
    outputs = layers.Dense(3, activation="softmax", kernel_initializer=glorot_uniform(seed=2))(x)
    return keras.Model(inputs, outputs)


@pytest.fixture
def batch() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(16, 6)), np.eye(3)[rng.integers(0, 3, 16)]


def loss_of(network: keras.Model, x: np.ndarray, y: np.ndarray) -> float:
    predictions = keras.ops.convert_to_numpy(network(x.astype("float32"), training=True))
    return float(-np.mean(np.sum(y * np.log(predictions.astype("float64")), axis=1)))


def test_norms_are_those_of_central_differences(network, batch) -> None:
    x, y = batch
    norms = gradient_norms(network, x, y)
    for variable, norm in zip(network.trainable_variables, norms, strict=True):
        start, slopes = keras.ops.convert_to_numpy(variable).copy(), []
        for index in np.ndindex(*start.shape):
            losses = []
            for step in (1e-2, -1e-2):
                moved = start.copy()
                moved[index] += step
                variable.assign(moved)
                losses.append(loss_of(network, x, y))
            slopes.append((losses[0] - losses[1]) / 2e-2)
        variable.assign(start)
        assert norm == pytest.approx(np.linalg.norm(slopes), rel=5e-3, abs=1e-5)


def test_only_the_variables_asked_for_in_their_order(network, batch) -> None:
    x, y = batch
    first, *_, last = network.trainable_variables
    everything = gradient_norms(network, x, y)
    np.testing.assert_allclose(
        gradient_norms(network, x, y, [last, first]), everything[[-1, 0]], rtol=1e-5
    )


def test_nothing_is_updated(network, batch) -> None:
    before = [keras.ops.convert_to_numpy(v).copy() for v in network.trainable_variables]
    gradient_norms(network, *batch)
    for old, variable in zip(before, network.trainable_variables, strict=True):
        np.testing.assert_array_equal(old, keras.ops.convert_to_numpy(variable))
