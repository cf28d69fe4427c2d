"""The block of 2016 against Keras' own ResNet50V2, after moving the weights."""

from __future__ import annotations

import re

import keras
import numpy as np

from tests.answers import solved

SHAPE, CLASSES = (64, 64, 3), 7
STACKS = {2: 3, 3: 4, 4: 6, 5: 3}
"""Blocks of each stack; but for the last, the last block of a stack leaves out pixels."""


def _ours() -> keras.Model:
    """ResNet50V2 from our blocks.

    A stride in Keras' last block of a stack is on its 3×3 convolution and on the identity, which
    then leaves out pixels. All that follows in this block looks at single pixels, so the pixels may
    as well be left out after the block.
    """
    block = solved("05_identity_mappings")["pre_activation_bottleneck"]
    layers = keras.layers
    inputs = x = keras.Input(SHAPE)
    x = layers.ZeroPadding2D(3)(x)
    x = layers.Conv2D(64, 7, strides=2, use_bias=False, name="conv1_conv")(x)
    x = layers.ZeroPadding2D(1)(x)
    x = layers.MaxPooling2D(3, strides=2)(x)
    for stack, count in STACKS.items():
        for number in range(1, count + 1):
            x = block(x, 16 * 2**stack, name=f"conv{stack}_block{number}")
        if stack < 5:
            x = x[:, ::2, ::2]
    x = layers.ReLU()(layers.BatchNormalization(name="post_bn")(x))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(CLASSES, name="predictions")(x))


def test_equals_resnet50_v2_after_moving_the_weights() -> None:
    """Their biases begin at 0 and stay there: our convolutions have none."""
    theirs = keras.applications.ResNet50V2(
        weights=None, input_shape=SHAPE, classes=CLASSES, classifier_activation=None
    )
    _make_alive(theirs)
    ours = _ours()
    for layer in ours.layers:
        if layer.weights:
            there = theirs.get_layer(_their_name(layer.name))
            layer.set_weights(there.get_weights()[: len(layer.weights)])
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.epsilon = there.epsilon
    pictures = np.random.default_rng(1).standard_normal((2, *SHAPE)).astype("float32")
    expected, found = (keras.ops.convert_to_numpy(model(pictures)) for model in (theirs, ours))
    assert np.abs(expected).max() > 0.01
    np.testing.assert_allclose(found, expected, atol=1e-4)


def _make_alive(model: keras.Model) -> None:
    """Give batch norms numbers of their own, so that a mistake in them would show."""
    stream = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            ranges = ((0.8, 1.2), (-0.1, 0.1), (-0.1, 0.1), (0.8, 1.2))
            shape = layer.gamma.shape
            layer.set_weights([stream.uniform(low, high, shape) for low, high in ranges])


def _their_name(name: str) -> str:
    """`conv3_block1_bn2` is `conv3_block1_1_bn` there, since their first one is called preact."""
    name = re.sub(r"_bn1$", "_preact_bn", name)
    name = re.sub(r"_bn([23])$", lambda found: f"_{int(found[1]) - 1}_bn", name)
    name = re.sub(r"_shortcut_conv$", "_0_conv", name)
    return re.sub(r"_conv([123])$", r"_\1_conv", name)


def test_without_its_main_path_only_the_block_of_2016_returns_its_input() -> None:
    notebook = solved("05_identity_mappings")
    x = np.random.default_rng(0).standard_normal((2, 4, 4, 8)).astype("float32")
    for name, same in (("pre_activation_bottleneck", True), ("post_activation_bottleneck", False)):
        inputs = keras.Input((4, 4, 8))
        model = keras.Model(inputs, notebook[name](inputs, 2))
        last = next(layer for layer in model.layers if layer.name.endswith("_conv3"))
        last.kernel.assign(np.zeros(last.kernel.shape))
        assert np.allclose(keras.ops.convert_to_numpy(model(x)), x, atol=1e-6) == same
