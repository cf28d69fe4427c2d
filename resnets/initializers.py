"""Seeded weights that never change: TensorFlow 1's `glorot_uniform(seed)`, bit for bit.

The values that the course prints under its exercises were computed years ago with TensorFlow 1.
Every framework has changed its random numbers since, so we draw the old stream ourselves:

- the counter-based generator Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random
  numbers: as easy as 1, 2, 3", SC 2011, section 3.3),
- keyed as a TensorFlow 1 graph without a graph seed keyed it: key 87654321, the operation's seed
  in the upper half of the counter,
- scaled as in Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
  networks", AISTATS 2010, equation 16.
"""

from __future__ import annotations

import math
import random
from collections import OrderedDict
from collections.abc import Sequence

import keras
import numpy as np

GRAPH_SEED = 87654321
"""The key that TensorFlow uses where an operation has a seed and its graph has none."""

_LARGEST_SEED = 2**31 - 1
_ROUND_MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_KEY_INCREMENTS = 0x9E3779B9, 0xBB67AE85
_ROUNDS = 10
_LOW_WORD = np.uint64(0xFFFFFFFF)
_WORD_BITS = np.uint64(32)

# A block's sixteen or so temporaries stay in the processor's second-level cache: measured four
# times faster than one pass over all the counters.
_COUNTERS_A_BLOCK = 1 << 13


def philox(first_counter: int, count: int, counter_high: int, key: int) -> np.ndarray:
    """Philox 4x32-10 over `count` consecutive counters.

    Args:
        first_counter: lower 64 bits of the first 128-bit counter; they must not overflow.
        count: how many counters, each of which gives four words.
        counter_high: upper 64 bits of every counter.
        key: the 64-bit key.

    Returns:
        uint32 array of shape (count, 4).
    """
    low = np.uint64(first_counter) + np.arange(count, dtype=np.uint64)
    x0, x1 = low & _LOW_WORD, low >> _WORD_BITS
    x2 = np.full(count, counter_high & 0xFFFFFFFF, np.uint64)
    x3 = np.full(count, counter_high >> 32, np.uint64)
    key0, key1 = key & 0xFFFFFFFF, key >> 32
    for _ in range(_ROUNDS):
        product0, product1 = x0 * _ROUND_MULTIPLIERS[0], x2 * _ROUND_MULTIPLIERS[1]
        x0 = (product1 >> _WORD_BITS) ^ x1 ^ np.uint64(key0)
        x2 = (product0 >> _WORD_BITS) ^ x3 ^ np.uint64(key1)
        x1, x3 = product1 & _LOW_WORD, product0 & _LOW_WORD
        key0 = (key0 + _KEY_INCREMENTS[0]) & 0xFFFFFFFF
        key1 = (key1 + _KEY_INCREMENTS[1]) & 0xFFFFFFFF
    return np.stack([x0, x1, x2, x3], axis=1).astype(np.uint32)


def words_to_floats(words: np.ndarray) -> np.ndarray:
    """Uniform float32 numbers in [0, 1), one a word: its lower 23 bits, as in TensorFlow."""
    mantissa_with_exponent_zero = (words & np.uint32(0x7FFFFF)) | np.uint32(0x3F800000)
    return mantissa_with_exponent_zero.view(np.float32) - np.float32(1.0)


class _UniformStreams:
    """The first numbers of the streams used last.

    All tensors drawn with one seed begin with the same numbers, so a network's largest tensor
    pays for all the others.
    """

    def __init__(self, most_seeds: int = 4) -> None:
        self._streams: OrderedDict[int, np.ndarray] = OrderedDict()
        self._most_seeds = most_seeds

    def first(self, seed: int, count: int) -> np.ndarray:
        """The first `count` numbers of `seed`'s stream, float32 in [0, 1); not to be written to."""
        known = self._streams.pop(seed, np.empty(0, np.float32))
        if len(known) < count:
            known = np.concatenate([known, self._draw(seed, len(known) // 4, -(-count // 4))])
            known.flags.writeable = False
        self._streams[seed] = known
        if len(self._streams) > self._most_seeds:
            self._streams.popitem(last=False)
        return known[:count]

    @staticmethod
    def _draw(seed: int, start: int, stop: int) -> np.ndarray:
        blocks = [
            words_to_floats(philox(at, min(_COUNTERS_A_BLOCK, stop - at), seed, GRAPH_SEED))
            for at in range(start, stop, _COUNTERS_A_BLOCK)
        ]
        return np.concatenate(blocks).reshape(-1)


_streams = _UniformStreams()


def fans(shape: Sequence[int]) -> tuple[int, int]:
    """Inputs and outputs of one unit of a weight of this shape, the receptive field counted in.

    A convolution's kernel has the shape (height, width, channels in, channels out), a dense
    layer's (units in, units out); a vector counts as its own fan in and fan out, a scalar as 1.
    """
    if len(shape) == 0:
        return 1, 1
    if len(shape) == 1:
        return shape[0], shape[0]
    receptive_field = math.prod(shape[:-2])
    return receptive_field * shape[-2], receptive_field * shape[-1]


@keras.saving.register_keras_serializable(package="resnets")
class GlorotUniform(keras.initializers.Initializer):
    """Uniform in ±sqrt(6 / (fan in + fan out)), the numbers that TensorFlow 1 drew for this seed.

    The numbers are float32 and the same on the tensorflow, jax and torch backends, on CPU and GPU.
    Where another data type is asked for they are rounded to it.

    Args:
        seed: the operation's seed, taken modulo 2³¹ - 1 as TensorFlow does. `None` picks a seed
            with Python's `random`, which `keras.utils.set_random_seed` fixes.

    Raises:
        TypeError: `seed` is neither an integer nor `None`.
    """

    def __init__(self, seed: int | None = None) -> None:
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int | np.integer)):
            raise TypeError(
                f"glorot_uniform: seed must be an integer or None, found {seed!r}; "
                "write glorot_uniform(seed=0)."
            )
        self.seed = None if seed is None else int(seed)

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> object:
        """A tensor of the backend in use with this shape and data type (float32 unless told)."""
        values = self.numpy(tuple(int(size) for size in shape))
        return keras.ops.convert_to_tensor(values, dtype=dtype or "float32")

    def numpy(self, shape: tuple[int, ...]) -> np.ndarray:
        """The same numbers as a float32 NumPy array of this shape."""
        seed = random.randrange(_LARGEST_SEED) if self.seed is None else self.seed % _LARGEST_SEED
        # TensorFlow computes the scale before its root, and rounds to float32 only then.
        limit = np.float32(math.sqrt(3.0 / max(1.0, sum(fans(shape)) / 2.0)))
        unit = _streams.first(seed, math.prod(shape))
        return (unit * (limit + limit) - limit).reshape(shape)

    def get_config(self) -> dict[str, int | None]:
        """What a saved model needs to make this initializer again."""
        return {"seed": self.seed}


def glorot_uniform(seed: int | None = None) -> GlorotUniform:
    """Glorot's uniform initializer under the name that the course uses: see `GlorotUniform`."""
    return GlorotUniform(seed=seed)
