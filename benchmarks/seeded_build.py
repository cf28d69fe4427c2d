"""Building notebook 01's ResNet50 with seeded weights, beside Keras' own ResNet50.

    python benchmarks/seeded_build.py [--rounds N]

The two are built in turns in one process, so that both meet the same machine.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

from resnets.quiet import import_keras

import_keras()

import keras

from autograder.authoring.solved_namespace import solved_namespace
from resnets import initializers


def seconds(build: Callable[[], keras.Model]) -> float:
    """Wall-clock seconds of one call, Keras' state cleared before it."""
    keras.utils.clear_session()
    start = time.perf_counter()
    build()
    return time.perf_counter() - start


def ours_first(build: Callable[[], keras.Model]) -> Callable[[], keras.Model]:
    """The same, with no number of the seeded stream drawn yet."""

    def fresh() -> keras.Model:
        initializers._streams = initializers._UniformStreams()
        return build()

    return fresh


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    shape, classes = (64, 64, 3), 6
    our_resnet = solved_namespace("01_residual_networks")["ResNet50"]
    builders = {
        "keras.applications.ResNet50": lambda: keras.applications.ResNet50(
            weights=None, input_shape=shape, classes=classes
        ),
        "notebook 01, first time": ours_first(lambda: our_resnet(shape, classes)),
        "notebook 01, again": lambda: our_resnet(shape, classes),
    }
    for build in builders.values():
        build()
    times = {name: [] for name in builders}
    for _ in range(rounds):
        for name, build in builders.items():
            times[name].append(seconds(build))
    peer = statistics.median(times["keras.applications.ResNet50"])
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:28} {median:6.2f} s   ratio {median / peer:.2f}")


if __name__ == "__main__":
    main()
