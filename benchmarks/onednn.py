"""How much faster a training step is with oneDNN's kernels than with TensorFlow's own.

The course asks for oneDNN's before it imports TensorFlow (resnets/quiet.py). On processors with
AVX-512 TensorFlow does so by itself; set to 0, it shows there, too, what it brings.

    python benchmarks/onednn.py [--steps 5]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STEPS = """
import sys, time
import resnets_utils
import keras, numpy as np

network = keras.applications.ResNet50(weights=None, input_shape=(64, 64, 3), classes=6)
network.compile("sgd", "categorical_crossentropy")
pictures = np.random.default_rng(0).random((32, 64, 64, 3), "float32")
labels = np.eye(6)[np.arange(32) % 6]
network.train_on_batch(pictures, labels)
for _ in range(int(sys.argv[1])):
    started = time.perf_counter()
    network.train_on_batch(pictures, labels)
    print(time.perf_counter() - started)
"""


def main() -> None:
    """Trains ResNet-50 on 32 pictures of 64×64, both ways, and prints the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=5)
    steps = parser.parse_args().steps
    theirs, ours = (seconds_a_step(switch, steps) for switch in ("0", "1"))
    print("A step of ResNet-50, 32 pictures of 64×64, median seconds")
    print(f"  TensorFlow's kernels   {theirs:6.2f}")
    print(f"  oneDNN's kernels       {ours:6.2f}")
    print(f"  ratio                  {theirs / ours:6.1f}")


def seconds_a_step(switch: str, steps: int) -> float:
    """The median seconds of a step in a process of its own; the first step is not counted."""
    environment = os.environ | {"TF_ENABLE_ONEDNN_OPTS": switch, "KERAS_BACKEND": "tensorflow"}
    command = [sys.executable, "-c", STEPS, str(steps)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return statistics.median(map(float, done.stdout.split()))


if __name__ == "__main__":
    main()
