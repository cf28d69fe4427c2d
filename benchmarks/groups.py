"""Claim: on a processor, grouped convolutions train faster when split than by Keras' own layer.

    python benchmarks/groups.py

Steps of a small ResNeXt, the same weights and pictures, in turns; the median of each. Without
groups the two are the same network.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from resnets_utils import prepare_training, with_split_groups

import keras
import numpy as np

from autograder.authoring.solved_namespace import solved_namespace

STEPS, BATCH, SIDE = 5, 32, 16
CARDINALITIES = {"1×64d": (1, 64), "4×24d": (4, 24), "8×14d": (8, 14), "32×4d": (32, 4)}


def main() -> None:
    stream = np.random.default_rng(0)
    x = stream.standard_normal((BATCH, SIDE, SIDE, 64)).astype("float32")
    y = stream.integers(0, 6, BATCH)
    print(f"seconds a step of {BATCH} pictures, two blocks   Keras' layer   split")
    for name, (groups, width) in CARDINALITIES.items():
        models = _models(groups, width, y)
        seconds: list[list[float]] = [[], []]
        for model in models:
            model.train_on_batch(x, y)
        for _ in range(STEPS):
            for model, times in zip(models, seconds, strict=True):
                start = time.perf_counter()
                model.train_on_batch(x, y)
                times.append(time.perf_counter() - start)
        own, split = map(statistics.median, seconds)
        print(f"{name:42} {own:15.3f} {split:7.3f}   {own / split:.1f} times", flush=True)


def _models(groups: int, width: int, y: np.ndarray) -> list[keras.Model]:
    block = solved_namespace("06_resnext")["ResNeXtBlock"]
    inputs = keras.Input((SIDE, SIDE, 64))
    outputs = block(inputs, 32, 1, groups, width, name="a")
    outputs = block(outputs, 32, 1, groups, width, name="b")
    outputs = keras.layers.GlobalAveragePooling2D()(outputs)
    whole = keras.Model(inputs, keras.layers.Dense(6)(outputs))
    models = [whole, with_split_groups(whole)]
    for model in models:
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        prepare_training(model, y)
    return models


if __name__ == "__main__":
    main()
