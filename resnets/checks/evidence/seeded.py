"""Seeded random inputs and weights: they depend on a case's seed and on their place alone.

No Keras here: those for single operations are drawn twice, beside the student's code, where the
operation runs, and where marks are given, which computes it anew.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Sequence

import numpy as np

BATCH = 2
"""Pictures in a batch, where a graph leaves that open."""
PICTURE = (9, 10)
"""Height and width of pictures, where an operation is looked at by itself."""


def seeded_inputs(shapes: Sequence[Sequence[int | None]], seed: int) -> list[np.ndarray]:
    """Return normal numbers in float32 for inputs of these shapes, drawn one after the other."""
    stream = np.random.default_rng(seed)
    whole = ([BATCH if n is None else n for n in shape] for shape in shapes)
    return [stream.standard_normal(shape).astype("float32") for shape in whole]


def place_of_weight(layer: str, depth: int, shape: Sequence[int], leaf: str) -> str:
    """Name a weight by where it stands, so that the order of a student's lines does not matter.

    Args:
        layer: class of the layer.
        depth: how many layers with kernels lie before it.
        shape: of the weight.
        leaf: its own name: "kernel", "gamma", …
    """
    return f"{layer}:{depth}:{'x'.join(map(str, shape))}:{leaf}"


def seeded_weight(leaf: str, shape: Sequence[int], seed: int, place: str) -> np.ndarray:
    """Return a weight in float32 for its place."""
    stream = np.random.default_rng(zlib.crc32(f"{seed}:{place}".encode()))
    if "variance" in leaf:
        # Small, so that another epsilon shows.
        return stream.uniform(0.01, 0.6, shape).astype("float32")
    if leaf == "gamma":
        return stream.uniform(0.5, 1.5, shape).astype("float32")
    fan_in = int(np.prod(shape[:-1])) if len(shape) > 1 else 4
    return (stream.standard_normal(shape) / np.sqrt(max(fan_in, 1))).astype("float32")


def input_of_step(shape: Sequence[int | None], seed: int, position: int, parent: int) -> np.ndarray:
    """Return normal numbers in float32 for one input of one operation, looked at by itself.

    Args:
        shape: of the input.
        seed: of the case.
        position: of the operation in its graph.
        parent: position of the operation that the input comes from.
    """
    numbers = _pool(seed)
    start = zlib.crc32(f"{position}:{parent}".encode()) % len(numbers)
    turned = np.concatenate([numbers[start:], numbers[:start]])
    return np.resize(turned, sizes_of_step(shape))


def sizes_of_step(shape: Sequence[int | None]) -> list[int]:
    """Return the sizes of an operation's input when it is looked at by itself.

    Pictures have one size, whatever the graph says: none can be declared so small that nothing is
    left to compute.
    """
    if len(shape) == 4:
        return [BATCH, *PICTURE, PICTURE[0] if shape[3] is None else shape[3]]
    return [BATCH if n is None else n for n in shape]


@functools.lru_cache(maxsize=8)
def _pool(seed: int) -> np.ndarray:
    """Enough numbers to repeat: drawing each anew would take longer than all the operations."""
    return np.random.default_rng(seed).standard_normal(10_007).astype("float32")


def weight_of_step(leaf: str, shape: Sequence[int], seed: int, position: int) -> np.ndarray:
    """Return a weight in float32 of a layer that is first called at a position of its graph."""
    return seeded_weight(leaf, shape, seed, f"step {position}:{'x'.join(map(str, shape))}:{leaf}")
