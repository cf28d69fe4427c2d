"""The solution computes what Keras' layers and PyTorch's functions compute, gradients included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers, ops

from resnets.array_gradients import gradients_of

CLOSE = 1e-5
sizes, windows, strides = st.integers(3, 9), st.integers(1, 5), st.integers(1, 4)
paddings, seeds = st.sampled_from(["same", "valid"]), st.integers(0, 2**20)
some = settings(max_examples=25, deadline=None)


def normal(stream: np.random.Generator, *shape: int) -> np.ndarray:
    return stream.standard_normal(shape).astype("float32")


def assert_same(mine: Callable, theirs: Callable, *arrays: np.ndarray) -> None:
    np.testing.assert_allclose(mine(*arrays), theirs(*arrays), rtol=CLOSE, atol=CLOSE)
    pairs = zip(gradients_of(mine, *arrays), gradients_of(theirs, *arrays), strict=True)
    for one, other in pairs:
        np.testing.assert_allclose(one, other, rtol=CLOSE, atol=CLOSE)


@some
@given(sizes, windows, strides, paddings)
def test_sizes_are_those_of_keras(
    solved: Any, size: int, kernel: int, stride: int, padding
) -> None:
    kernel = min(kernel, size)
    shape = layers.MaxPooling2D(kernel, stride, padding).compute_output_shape((1, size, size, 1))
    assert solved["conv_output_size"](size, kernel, stride, padding) == shape[1]


@some
@given(sizes, sizes, windows, windows, strides, paddings, seeds)
def test_conv2d_is_keras(solved: Any, height, width, rows, columns, stride, padding, seed) -> None:
    rows, columns = min(rows, height), min(columns, width)
    stream = np.random.default_rng(seed)
    X, W = normal(stream, 2, height, width, 3), 0.2 * normal(stream, rows, columns, 3, 4)
    assert_same(
        lambda X, W: solved["conv2d"](X, W, stride, padding),
        lambda X, W: ops.conv(X, W, stride, padding),
        X,
        W,
    )


@some
@given(st.sampled_from([(7, 4), (5, 3, 4), (3, 4, 5, 4)]), st.booleans(), seeds)
def test_batch_norm_is_keras(solved: Any, shape, training: bool, seed: int) -> None:
    stream = np.random.default_rng(seed)
    X, gamma, beta = 2 * normal(stream, *shape) + 1, normal(stream, 4), normal(stream, 4)
    averages = [normal(stream, 4), np.abs(normal(stream, 4)) + 0.5]
    layer = layers.BatchNormalization()
    layer.build(shape)

    def theirs(X: Any, gamma: Any, beta: Any) -> Any:
        return layer.stateless_call([gamma, beta], averages, X, training=training)[0]

    batch_norm = solved["batch_norm"]
    assert_same(lambda X, g, b: batch_norm(X, g, b, *averages, training)[0], theirs, X, gamma, beta)
    _, kept = layer.stateless_call([gamma, beta], averages, X, training=training)
    for mine, expected in zip(
        batch_norm(X, gamma, beta, *averages, training)[1:], kept, strict=True
    ):
        np.testing.assert_allclose(mine, expected, rtol=CLOSE, atol=CLOSE)


@pytest.mark.parametrize("name", ["max_pool", "avg_pool"])
@some
@given(sizes, sizes, st.integers(1, 3), strides, paddings, seeds)
def test_pooling_is_keras(solved: Any, name, height, width, size, stride, padding, seed) -> None:
    theirs = {"max_pool": ops.max_pool, "avg_pool": ops.average_pool}[name]
    X = normal(np.random.default_rng(seed), 2, height, width, 3) - 1
    assert_same(
        lambda X: solved[name](X, size, stride, padding),
        lambda X: theirs(X, size, stride, padding),
        X,
    )


def test_fully_connected_is_flatten_and_dense(solved: Any) -> None:
    stream = np.random.default_rng(1)
    X, W, b = normal(stream, 3, 2, 4, 3), normal(stream, 24, 5), normal(stream, 5)
    dense = layers.Dense(5)
    dense.build((None, 24))

    def theirs(X: Any, W: Any, b: Any) -> Any:
        return dense.stateless_call([W, b], [], layers.Flatten()(X))[0]

    assert_same(solved["fully_connected"], theirs, X, W, b)


def block_weights(stream: np.random.Generator, channels: int, F: tuple[int, int, int]) -> dict:
    shapes = {"1": (1, 1, channels, F[0]), "2": (3, 3, F[0], F[1]), "3": (1, 1, F[1], F[2])}
    shapes["_shortcut"] = (1, 1, channels, F[2])
    params = {}
    for name, shape in shapes.items():
        params["W" + name] = 0.4 * normal(stream, *shape)
        vectors = [normal(stream, shape[-1]) for _ in range(4)]
        params["bn" + name] = (*vectors[:3], np.abs(vectors[3]) + 0.5)
    return params


def keras_block(params: dict, channels: int, stride: int) -> keras.Model:
    """The block made of Keras' layers, which hold the weights."""

    def step(x: Any, name: str, stride: int = 1) -> Any:
        W = params["W" + name]
        convolution = layers.Conv2D(W.shape[-1], W.shape[:2], stride, "same", use_bias=False)
        norm = layers.BatchNormalization()
        x = norm(convolution(x))
        convolution.set_weights([W])
        norm.set_weights(list(params["bn" + name]))
        return x

    inputs = keras.Input((None, None, channels))
    x = layers.ReLU()(step(inputs, "1", stride))
    x = step(layers.ReLU()(step(x, "2")), "3")
    fits = stride == 1 and channels == params["W3"].shape[-1]
    shortcut = inputs if fits else step(inputs, "_shortcut", stride)
    return keras.Model(inputs, layers.ReLU()(layers.Add()([x, shortcut])))


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize(("width", "stride"), [(4, 1), (6, 1), (6, 2), (4, 2), (4, 3)])
def test_bottleneck_is_keras(solved: Any, width: int, stride: int, training: bool) -> None:
    stream = np.random.default_rng(width + stride)
    params = block_weights(stream, 4, (3, 2, width))
    model = keras_block(params, 4, stride)
    averages = [variable.value for variable in model.non_trainable_variables]
    weights = [variable.value for variable in model.trainable_variables]

    def theirs(X: Any) -> Any:
        return model.stateless_call(weights, averages, X, training=training)[0]

    X = normal(stream, 3, 6, 7, 4)
    assert_same(lambda X: solved["bottleneck"](X, params, stride, training), theirs, X)
