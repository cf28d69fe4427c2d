"""Claim: on a GPU, notebook 01's blocks train no slower than a PyTorch ResNet-50.

    KERAS_BACKEND=jax python benchmarks/gpu.py

Training pictures a second of three networks on one GPU in one run, each in a process of its own so
that one framework at a time holds the GPU's memory: notebook 01's ResNet50 and keras.applications'
ResNet50 on the Keras backend chosen, and a ResNet-50 in PyTorch (channels last, torch.compile). At
64 pixels there are 6 classes; at 224 there are 1,000, and notebook 01's network ends in a global
average pooling as the others do. fp32 is full precision, tf32 lets products be rounded to TF32,
bf16 is mixed precision. A figure is the median of several windows, each ended by waiting for the
device; compiling is over before the first.

Without a GPU it runs in a small form that shows that it works and measures nothing.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OURS, APPLICATIONS, TORCH = "notebook 01", "keras.applications", "torch"
CLASSES = {64: 6, 224: 1000}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[64, 224], choices=list(CLASSES))
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 128, 256])
    parser.add_argument("--precisions", nargs="+", default=["fp32", "tf32", "bf16"])
    parser.add_argument("--windows", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="of a window, about")
    parser.add_argument("--peer", choices=[OURS, APPLICATIONS, TORCH], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not any(Path("/dev").glob("nvidia[0-9]*")):
        options.sizes, options.batches, options.precisions = [64], [8], ["fp32"]
        options.windows, options.seconds = 1, 0.0
    if options.peer:
        measure_all(options)
    else:
        compare(options)


def compare(options: argparse.Namespace) -> None:
    """Run every peer in a process of its own and print the table."""
    if options.seconds == 0:
        print("no GPU: small form (64 pixels, batches of 8, 2 steps), figures mean nothing")
    peers = [OURS, APPLICATIONS, TORCH]
    if importlib.util.find_spec("torch") is None:
        peers.remove(TORCH)
        print("torch is not installed, so its ResNet-50 is left out: pip install torch")
    found: dict[str, dict[tuple, dict[str, Any]]] = {}
    for peer in peers:
        found[peer] = run(peer)
    print()
    print_table(found, options)


def run(peer: str) -> dict[tuple, dict[str, Any]]:
    """A peer's measurements by (size, batch, precision)."""
    child = subprocess.run(
        [sys.executable, __file__, *sys.argv[1:], "--peer", peer],
        env=os.environ | {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
    )
    lines = [json.loads(line) for line in child.stdout.splitlines() if line.startswith("{")]
    if child.returncode:
        print(f"{peer} stopped early: {(child.stderr.strip().splitlines() or ['?'])[-1][:300]}")
    if lines and "device" in lines[0]:
        print(f"{peer:18} {lines.pop(0)['device']}", flush=True)
    return {(line["size"], line["batch"], line["precision"]): line for line in lines}


def print_table(found: dict[str, dict[tuple, dict[str, Any]]], options: Any) -> None:
    """Pictures a second, and ratios to PyTorch's."""
    columns = ["pixels", "batch", "precision", *found, "ours / torch", "applications / torch"]
    print("| " + " | ".join(columns) + " |")
    print("| " + " | ".join("---" for _ in columns) + " |")
    ratios = []
    for size in options.sizes:
        for precision in options.precisions:
            for batch in options.batches:
                place = size, batch, precision
                speeds = {peer: found[peer].get(place, {}).get("speed") for peer in found}
                cells = [str(size), str(batch), precision]
                cells += [
                    shown(found[peer].get(place, {"trouble": "not measured"})) for peer in found
                ]
                cells += [ratio(speeds, OURS), ratio(speeds, APPLICATIONS)]
                print("| " + " | ".join(cells) + " |")
                if speeds.get(OURS) and speeds.get(TORCH):
                    ratios.append(speeds[OURS] / speeds[TORCH])
    print("\npictures a second, median of the windows (smallest to largest)")
    if ratios and options.seconds:
        slower = sum(value < 1 for value in ratios)
        print(
            f"goal, no slower than torch: {len(ratios) - slower} of {len(ratios)} rows reach it; "
            f"ratios {min(ratios):.2f} to {max(ratios):.2f}, median {statistics.median(ratios):.2f}"
        )


def shown(line: dict[str, Any]) -> str:
    """One measurement as text."""
    if "trouble" in line:
        return line["trouble"]
    low, high = line["range"]
    return f"{line['speed']:,.0f} ({low:,.0f} to {high:,.0f})"


def ratio(speeds: dict[str, float | None], peer: str) -> str:
    mine, theirs = speeds.get(peer), speeds.get(TORCH)
    return f"{mine / theirs:.2f}" if mine and theirs else "–"


def measure_all(options: argparse.Namespace) -> None:
    """In the peer's own process: print one JSON object a measurement."""
    print(json.dumps({"device": described(options.peer, expect_gpu=options.seconds > 0)}))
    for size in options.sizes:
        for precision in options.precisions:
            for batch in options.batches:
                place = {"size": size, "batch": batch, "precision": precision}
                try:
                    step, wait = prepared(options.peer, size, batch, precision)
                    measured = measure(step, wait, batch, options)
                except Exception as error:
                    if "memory" not in str(error).lower() and "RESOURCE" not in str(error):
                        raise
                    measured = {"trouble": "out of memory"}
                print(json.dumps(place | measured), flush=True)
                step = wait = None
                clean_up(options.peer)


def described(peer: str, *, expect_gpu: bool) -> str:
    """What the peer runs on; ends the process where it should be a GPU and is none."""
    if peer == TORCH:
        import torch

        gpu = torch.cuda.is_available()
        device = torch.cuda.get_device_name() if gpu else "CPU"
        software = f"torch {torch.__version__}"
    else:
        import keras

        from benchmarks.peers.keras_steps import devices

        backend = keras.backend.backend()
        gpu, device = devices()
        software = f"keras {keras.__version__}, {backend} {sys.modules[backend].__version__}"
    if expect_gpu and not gpu:
        sys.exit(f"{software} sees no GPU: install it with CUDA (make gpu-test does).")
    return f"{software}, {device}"


def prepared(peer: str, size: int, batch: int, precision: str) -> tuple[Callable, Callable]:
    """A training step, not yet compiled, and a wait for the device."""
    import numpy as np

    classes = CLASSES[size]
    stream = np.random.default_rng(0)
    x = stream.random((batch, size, size, 3), np.float32)
    labels = stream.integers(0, classes, batch)
    if peer == TORCH:
        from benchmarks.peers import torch_resnet50

        return torch_resnet50.training_step(x, labels, classes, precision)
    from benchmarks.peers import keras_steps

    keras_steps.set_precision(precision)
    return keras_steps.training_step(network(peer, size, classes), x, labels)


def network(peer: str, size: int, classes: int) -> Any:
    """A Keras ResNet-50."""
    import keras

    shape = (size, size, 3)
    if peer == APPLICATIONS:
        return keras.applications.ResNet50(weights=None, input_shape=shape, classes=classes)
    from autograder.authoring.solved_namespace import solved_namespace

    model = solved_namespace("01_residual_networks")["ResNet50"](shape, classes)
    if size == 64:
        return model
    x = keras.layers.GlobalAveragePooling2D()(model.get_layer("avg_pool").input)
    return keras.Model(model.input, keras.layers.Dense(classes, activation="softmax")(x))


def measure(
    step: Callable, wait: Callable, batch: int, options: argparse.Namespace
) -> dict[str, Any]:
    """Pictures a second: median, smallest and largest of the windows."""
    seconds(step, wait, 1)  # compiles
    steps = 2
    if options.seconds:
        seconds(step, wait, 3)
        steps = max(5, math.ceil(options.seconds / (seconds(step, wait, 5) / 5)))
    speeds = [batch * steps / seconds(step, wait, steps) for _ in range(options.windows)]
    return {"speed": statistics.median(speeds), "range": [min(speeds), max(speeds)]}


def seconds(step: Callable, wait: Callable, steps: int) -> float:
    """Seconds of some steps, until the device has done them all."""
    wait()
    start = time.perf_counter()
    for _ in range(steps):
        loss = step()
    wait()
    loss = float(loss)
    elapsed = time.perf_counter() - start
    if not math.isfinite(loss):
        raise ArithmeticError(f"The loss became {loss}: the measurement means nothing.")
    return elapsed


def clean_up(peer: str) -> None:
    """Give the memory of one measurement back before the next."""
    if peer == TORCH:
        import torch

        torch.compiler.reset()
    else:
        import keras

        keras.utils.clear_session()
    gc.collect()
    if "torch" in sys.modules and sys.modules["torch"].cuda.is_available():
        sys.modules["torch"].cuda.empty_cache()


if __name__ == "__main__":
    main()
