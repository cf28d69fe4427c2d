"""The numbers that stand for a block's result. No Keras here: marking computes them, too."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np


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
    value = arguments.get("s", 1)
    value = value[0] if isinstance(value, list | tuple) and value else value
    try:
        return max(int(value), 1)
    except (TypeError, ValueError):
        return 1


def channels_of(arguments: dict[str, Any]) -> int:
    """Return how many channels a block hands back: the last of its filters.

    Raises:
        ValueError: when filters are not numbers.
    """
    filters = arguments.get("filters")
    try:
        return max(int(list(filters)[-1]), 1)
    except (TypeError, ValueError, IndexError) as error:
        raise ValueError(f"filters must be a list of three numbers; found {filters!r}.") from error


def _essential(arguments: dict[str, Any]) -> dict[str, str]:
    return {
        key: str(list(value) if isinstance(value, tuple) else value)
        for key, value in arguments.items()
        if key not in ("stage", "block")
    }
