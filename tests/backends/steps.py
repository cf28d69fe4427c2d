"""Print the losses of the GPU benchmark's training step, and those of Keras' own, step by step.

KERAS_BACKEND=jax python -m tests.backends.steps
"""

from __future__ import annotations

import json

import keras
import numpy as np

from benchmarks.peers.keras_steps import set_precision, training_step
from resnets.reproducible import set_reproducible

STEPS = 4


def small_model() -> keras.Model:
    """A convolution, batch norm, a classifier; the same weights each time."""
    set_reproducible(0)
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(4, 3, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(5, activation="softmax"),
        ]
    )


def main() -> None:
    set_precision("fp32")
    stream = np.random.default_rng(0)
    x, labels = stream.random((16, 8, 8, 3), np.float32), stream.integers(0, 5, 16)
    step, wait = training_step(small_model(), x, labels)
    ours = [float(step()) for _ in range(STEPS)]
    wait()
    model = small_model()
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), "sparse_categorical_crossentropy")
    theirs = [float(model.train_on_batch(x, labels)) for _ in range(STEPS)]
    print(json.dumps({"ours": ours, "theirs": theirs}))


if __name__ == "__main__":
    main()
