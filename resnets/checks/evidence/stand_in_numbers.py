"""Results of stand-ins for blocks, in NumPy. No Keras here: marking computes them, too."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

_EXPANSION = {"Bottleneck": 4, "bottleneck_from_memory": 4, "ResNeXtBlock": 4}
"""How many times as many channels as filters a kind of block hands back; 1 where not told."""


def stand_in_numbers(name: str, arguments: dict[str, Any], pictures: np.ndarray) -> np.ndarray:
    """Return what stands for a block's result: numbers that tell all its arguments but names.

    Args:
        name: of the block's function.
        arguments: its arguments but the first, by the course's names.
        pictures: (m, height, width, channels).

    Returns:
        (m, ceil(height / s), ceil(width / s), filters[-1])
    """
    stride = stride_of(arguments)
    words = f"{name}:{sorted(_essential(arguments).items())}"
    stream = np.random.default_rng(zlib.crc32(words.encode()))
    channels = channels_of(arguments)
    picked = stream.integers(0, pictures.shape[-1], channels)
    scale = stream.choice([-1.2, 1.2], channels).astype("float32")
    shift = stream.uniform(-0.5, 0.5, channels).astype("float32")
    # A border more or less must show, as it would in a real block. And the sine neither
    # forgets its input over sixteen blocks, as tanh would, nor magnifies rounding much.
    strided = pictures[:, ::stride, ::stride, :]
    mixed = (strided - 0.5 * pictures.mean(axis=(1, 2), keepdims=True))[..., picked]
    return np.sin(mixed * scale + shift)


def stride_of(arguments: dict[str, Any]) -> int:
    """Return a block's stride; 1 where it has none, or none that could be one."""
    value = arguments.get("s", arguments.get("stride", 1))
    value = value[0] if isinstance(value, list | tuple) and value else value
    try:
        return max(int(value), 1)
    except (TypeError, ValueError):
        return 1


def channels_of(arguments: dict[str, Any]) -> int:
    """Return how many channels a block hands back: the last of its filters, or what follows from
    their one number and the kind of block.

    Raises:
        ValueError: when filters are not numbers.
    """
    filters = arguments.get("filters")
    try:
        if isinstance(filters, int) and not isinstance(filters, bool):
            return max(filters * _EXPANSION.get(arguments.get("kind"), 1), 1)
        return max(int(list(filters)[-1]), 1)
    except (TypeError, ValueError, IndexError) as error:
        expected = "a whole number" if "kind" in arguments else "a list of three numbers"
        raise ValueError(f"filters must be {expected}; found {filters!r}.") from error


def _essential(arguments: dict[str, Any]) -> dict[str, str]:
    return {
        key: str(list(value) if isinstance(value, tuple) else value)
        for key, value in arguments.items()
        if key not in ("stage", "block", "name")
    }
