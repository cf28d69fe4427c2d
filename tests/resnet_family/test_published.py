"""The family against what is published, and against Keras' own implementation."""

from __future__ import annotations

import re

import keras
import numpy as np
import pytest

from resnets.flops import multiply_adds
from resnets.strides import with_stride_on_first
from tests.answers import solved

PARAMETERS = {
    18: 11_689_512,
    34: 21_797_672,
    50: 25_557_032,
    101: 44_549_160,
    152: 60_192_808,
}
"""PyTorch's documentation of `torchvision.models.resnet18` to `resnet152`."""
BILLIONS = {18: 1.8, 34: 3.6, 50: 3.8, 101: 7.6, 152: 11.3}
"""He et al. 2015, table 1. For 34 and 50 layers, the second digit is rounded down."""
THEIRS = {
    50: keras.applications.ResNet50,
    101: keras.applications.ResNet101,
    152: keras.applications.ResNet152,
}


def _resnet(depth: int, **rest: object) -> keras.Model:
    return solved("04_resnet_family")["resnet"](depth, **rest)


@pytest.mark.parametrize("depth", PARAMETERS)
def test_parameters_and_work_are_the_published_ones(depth: int) -> None:
    with keras.StatelessScope(initialize_variables=False):
        model = _resnet(depth)
        learned = sum(int(np.prod(weight.shape)) for weight in model.trainable_variables)
        counts = multiply_adds(model)
    assert learned == PARAMETERS[depth]
    halving = [f"layer{number}_0_conv1" for number in (2, 3, 4)]
    saved = sum(counts[name] for name in halving) * 3 // 4 if depth >= 50 else 0
    assert (sum(counts.values()) - saved) / 1e9 == pytest.approx(BILLIONS[depth], abs=0.07)


@pytest.mark.parametrize("depth", THEIRS)
def test_equals_keras_applications_after_moving_the_weights(depth: int) -> None:
    """Keras has the stride on the first 1×1, biases, and another epsilon: all three are undone."""
    shape = (40, 40, 3)
    theirs = THEIRS[depth](
        weights=None, include_top=True, input_shape=shape, classes=7, classifier_activation=None
    )
    _make_alive(theirs)
    ours = with_stride_on_first(_resnet(depth, classes=7, input_shape=shape))
    for layer in ours.layers:
        if layer.weights:
            _move(theirs, layer)
    pictures = np.random.default_rng(1).standard_normal((2, *shape)).astype("float32")
    expected, found = (keras.ops.convert_to_numpy(model(pictures)) for model in (theirs, ours))
    assert np.abs(expected).max() > 0.01
    np.testing.assert_allclose(found, expected, atol=1e-4)


def _make_alive(model: keras.Model) -> None:
    """Give biases and batch norms numbers of their own, so that a mistake in them would show."""
    stream = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma = layer.get_weights()[0]
            small = 0.3 if layer.name.endswith("_3_bn") else 1.0
            numbers = [stream.uniform(low, high, gamma.shape) for low, high in _RANGES]
            layer.set_weights([numbers[0] * small, *numbers[1:]])
        elif isinstance(layer, keras.layers.Conv2D):
            kernel, bias = layer.get_weights()
            layer.set_weights([kernel, stream.uniform(-0.1, 0.1, bias.shape)])


_RANGES = ((0.8, 1.2), (-0.1, 0.1), (-0.1, 0.1), (0.8, 1.2))
"""Of gamma, beta, moving mean and moving variance."""


def _move(theirs: keras.Model, layer: keras.Layer) -> None:
    """Fill a layer; a bias before batch norm is the same as a smaller moving mean."""
    if isinstance(layer, keras.layers.Dense):
        layer.set_weights(theirs.get_layer("predictions").get_weights())
        return
    there = theirs.get_layer(_their_name(layer.name))
    if isinstance(layer, keras.layers.Conv2D):
        layer.set_weights(there.get_weights()[:1])
        return
    gamma, beta, mean, variance = there.get_weights()
    bias = theirs.get_layer(re.sub("_bn$", "_conv", there.name)).get_weights()[1]
    layer.set_weights([gamma, beta, mean - bias, variance])
    layer.epsilon = there.epsilon


def _their_name(name: str) -> str:
    """`layer2_0_bn3` is `conv3_block1_3_bn` there, and a projection is number 0."""
    if name in ("conv1", "bn1"):
        return {"conv1": "conv1_conv", "bn1": "conv1_bn"}[name]
    layer, block, rest = name.removeprefix("layer").split("_", 2)
    kind = "bn" if "bn" in rest else "conv"
    number = 0 if rest.startswith("shortcut") else rest[-1]
    return f"conv{int(layer) + 1}_block{int(block) + 1}_{number}_{kind}"


def test_work_of_a_free_size_is_refused() -> None:
    inputs = keras.Input((None, None, 3))
    model = keras.Model(inputs, keras.layers.Conv2D(2, 3)(inputs))
    with pytest.raises(ValueError, match="Build the model for pictures of a fixed size"):
        multiply_adds(model)


def test_work_counts_each_weight_at_each_place() -> None:
    inputs = keras.Input((9, 8, 4))
    x = keras.layers.Conv2D(6, (3, 1), strides=2, groups=2, name="conv")(inputs)
    x = keras.layers.Dense(5, name="fc")(keras.layers.Flatten()(x))
    counts = multiply_adds(keras.Model(inputs, x))
    assert counts == {"conv": 4 * 4 * 6 * (3 * 1 * 2), "fc": 4 * 4 * 6 * 5}
