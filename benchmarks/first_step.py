"""The first Adam step of notebook 01's ResNet50: as Keras takes it, and after `prepare_training`.

Prints seconds for the first step and the median of the later ones, both ways in one run, after a
small model has warmed up the backend. Processor seconds are printed too: they hold on a busy
machine.
"""

import argparse
import statistics
import time

import keras
import numpy as np

from autograder.authoring.solved_namespace import solved_namespace
from resnets.training import prepare_training


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--later", type=int, default=5, help="how many later steps")
    options = parser.parse_args()
    build = solved_namespace("01_residual_networks")["ResNet50"]
    x = np.random.default_rng(0).random((32, 64, 64, 3), np.float32)
    y = keras.utils.to_categorical(np.arange(32) % 6, 6)
    _steps(_small_model(), x, y, prepared=False, later=1)
    rows = {
        name: _steps(build(), x, y, prepared=prepared, later=options.later)
        for name, prepared in (("Keras", False), ("prepare_training", True))
    }
    print(f"{keras.backend.backend()}: first step (processor), later steps, loss after them")
    for name, (first, processor, later, loss) in rows.items():
        print(f"{name:17} {first:6.2f} s ({processor:6.2f} s) {later:6.3f} s   {loss:.4f}")
    (plain, plain_cpu, plain_later, _), (quick, quick_cpu, quick_later, _) = rows.values()
    print(
        f"ratio             {plain / quick:6.2f}   ({plain_cpu / quick_cpu:6.2f})   "
        f"{plain_later / quick_later:6.2f}"
    )


def _steps(
    model: keras.Model, x: np.ndarray, y: np.ndarray, *, prepared: bool, later: int
) -> tuple[float, float, float, float]:
    """Seconds of the first step, wall clock and processor, median of the later ones, last loss."""
    model.compile(keras.optimizers.Adam(1e-3), "categorical_crossentropy", metrics=["accuracy"])
    start, processor_start = time.perf_counter(), time.process_time()
    if prepared:
        prepare_training(model, y)
    model.train_on_batch(x, y)
    first, processor = time.perf_counter() - start, time.process_time() - processor_start
    seconds = []
    for _ in range(later):
        start = time.perf_counter()
        loss, _ = model.train_on_batch(x, y)
        seconds.append(time.perf_counter() - start)
    return first, processor, statistics.median(seconds), loss


def _small_model() -> keras.Model:
    inputs = keras.Input((64, 64, 3))
    x = keras.layers.Conv2D(4, 3, strides=8)(inputs)
    x = keras.layers.BatchNormalization()(x)
    return keras.Model(
        inputs, keras.layers.Dense(6, activation="softmax")(keras.layers.Flatten()(x))
    )


if __name__ == "__main__":
    main()
