"""Print numbers that are the same everywhere: seeded weights, blocks and a whole network.

    KERAS_BACKEND=jax python -m tests.backends.seeded

One JSON object: whether a GPU computed, the first weights, the corner of each block's output that
the course has always printed, and the features and probabilities of ResNet50 for two pictures.
"""

from __future__ import annotations

import json

import keras
import numpy as np

from autograder.authoring.solved_namespace import solved_namespace
from benchmarks.peers.keras_steps import devices
from resnets.reproducible import set_reproducible

BLOCKS = ("identity_block", "convolutional_block")


def main() -> None:
    set_reproducible(0)
    solved = solved_namespace("01_residual_networks")
    gpu, device = devices()
    found = {"gpu": gpu, "device": device, "backend": keras.backend.backend()}
    weights = solved["glorot_uniform"](seed=0)((3, 3, 2, 4))
    found["glorot_uniform"] = keras.ops.convert_to_numpy(weights).ravel().tolist()
    np.random.seed(1)
    X = np.random.randn(3, 4, 4, 6)
    for name in BLOCKS:
        inputs = keras.Input((4, 4, 6))
        block = keras.Model(
            inputs, solved[name](inputs, f=2, filters=[2, 4, 6], stage=1, block="a")
        )
        found[name] = np.asarray(block.predict(X, verbose=0))[1][1][0].tolist()
    model = solved["ResNet50"]()
    features = keras.Model(model.input, [model.get_layer("avg_pool").output, model.output])
    pictures = np.random.default_rng(2).random((2, 64, 64, 3), np.float32)
    pooled, probabilities = features.predict(pictures, verbose=0)
    found["features"] = (pooled.ravel() / np.abs(pooled).max()).tolist()
    found["probabilities"] = probabilities.tolist()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
