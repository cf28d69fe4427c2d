"""Random numbers that are the same on every machine: one stream a picture."""

import numpy as np


class Chance:
    """The random choices behind one picture.

    Only uniform numbers are drawn: they are scaled integers, whereas normal variates pass through
    logarithms whose last digit differs between machines.

    Args:
        key: integers that name the stream, such as (seed, number of the picture).
    """

    def __init__(self, *key: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(key))

    def between(self, low: float, high: float) -> float:
        """Draw one number, evenly from [low, high)."""
        return low + (high - low) * float(self._generator.random())

    def happens(self, probability: float) -> bool:
        """Toss a coin that says yes with the given probability."""
        return float(self._generator.random()) < probability

    def field(self, *shape: int) -> np.ndarray:
        """Draw a float32 array, evenly from [-1, 1)."""
        return self._generator.random(shape, dtype=np.float32) * 2 - 1

    def bell(self, *shape: int) -> np.ndarray:
        """Draw a float32 array, bell-shaped with standard deviation 1: a sum of three uniforms."""
        first, second, third = self.field(3, *shape)
        return first + second + third
