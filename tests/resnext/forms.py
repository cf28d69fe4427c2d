"""Program: the three forms of a block, the grouped convolution and its gradient, on one backend.

    KERAS_BACKEND=jax python -m tests.resnext.forms

Prints the largest difference of each from what it must be equal to, as JSON.
"""

from __future__ import annotations

import json
from typing import Any

import resnets_utils  # noqa: F401  (imports Keras quietly)

import keras
import numpy as np

from resnets.array_gradients import gradients_of
from resnets.groups import with_split_groups
from tests.answers import solved

ASSIGNMENT = "06_resnext"


def normal(*shape: int, seed: int) -> np.ndarray:
    """Return numbers of about the size that a trained layer has."""
    deviation = 1 / np.sqrt(np.prod(shape[:3]))
    return (np.random.default_rng(seed).standard_normal(shape) * deviation).astype("float32")


def apart(one: Any, other: Any) -> float:
    """Return the largest difference."""
    one, other = keras.ops.convert_to_numpy(one), keras.ops.convert_to_numpy(other)
    assert one.shape == other.shape
    return float(np.abs(one - other).max())


def forms(channels: int, inside: int, branches: int) -> dict[str, float]:
    """Forms b and c against form a, after moving its weights."""
    space = solved(ASSIGNMENT)
    tensor = keras.ops.convert_to_tensor
    X = tensor(np.random.default_rng(0).standard_normal((2, 6, 6, channels)).astype("float32"))
    shapes = ((1, 1, channels, inside), (3, 3, inside, inside), (1, 1, inside, channels))
    W1, W2, W3 = (
        [tensor(normal(*shape, seed=9 * n + k)) for n in range(branches)]
        for k, shape in enumerate(shapes)
    )
    w1, w2, w3 = space["to_form_c"](W1, W2, W3)
    a = space["form_a"](X, W1, W2, W3)
    assert apart(a, X) > 0.1  # the branches do something
    return {
        "form b": apart(space["form_b"](X, W1, W2, w3), a),
        "form c": apart(space["form_c"](X, w1, w2, w3, branches), a),
    }


def grouped(groups: int) -> dict[str, float]:
    """The student's grouped convolution against Keras' layer, forwards and backwards."""
    theirs = keras.layers.Conv2D(24, 3, 2, padding="same", groups=groups, use_bias=False)
    X = np.random.default_rng(1).standard_normal((2, 7, 6, 12)).astype("float32")
    W = normal(3, 3, 12 // groups, 24, seed=2)
    theirs.build(X.shape)

    def keras_layer(x: Any, w: Any) -> Any:
        return keras.ops.conv(x, w, strides=2, padding="same")

    def mine(x: Any, w: Any) -> Any:
        return solved(ASSIGNMENT)["grouped_conv2d"](x, w, groups, 2)

    theirs.kernel.assign(W)
    tensors = [keras.ops.convert_to_tensor(array) for array in (X, W)]
    gradients = zip(gradients_of(mine, X, W), gradients_of(keras_layer, X, W), strict=True)
    return {
        "output": apart(mine(*tensors), theirs(tensors[0])),
        "gradient": max(apart(one, other) for one, other in gradients),
    }


def training() -> dict[str, float]:
    """One step of training: with Keras' grouped convolutions, and group by group."""
    block = solved(ASSIGNMENT)["ResNeXtBlock"]
    X_input = keras.Input((6, 6, 8))
    Y = keras.layers.GlobalAveragePooling2D()(block(X_input, 16, 2, 4, 16))
    whole = keras.Model(X_input, keras.layers.Dense(3)(Y))
    split = with_split_groups(whole)
    X = np.random.default_rng(3).standard_normal((4, 6, 6, 8)).astype("float32")
    before = [weight.copy() for weight in whole.get_weights()]
    difference = {"copy": apart(whole(X), split(X))}
    for model in (whole, split):
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.SGD(0.1), loss)
        model.train_on_batch(X, np.array([0, 1, 2, 0]))
    moved = [apart(*pair) for pair in zip(before, whole.get_weights(), strict=True)]
    assert min(moved[0], max(moved)) > 1e-4
    pairs = zip(whole.get_weights(), split.get_weights(), strict=True)
    return difference | {"step": max(apart(*pair) for pair in pairs)}


if __name__ == "__main__":
    found = {f"{n} branches, {key}": v for n in (1, 4, 8) for key, v in forms(16, 4, n).items()}
    found |= {f"{n} groups, {key}": v for n in (1, 3, 12) for key, v in grouped(n).items()}
    print(json.dumps(found | training()))
