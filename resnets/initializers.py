"""Seeded weights that never change: TensorFlow 1's `glorot_uniform(seed)`, bit for bit; He's too.

The values that the course prints under its exercises were computed years ago with TensorFlow 1.
Every framework has changed its random numbers since, so we draw the old stream ourselves:

- the counter-based generator Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random
  numbers: as easy as 1, 2, 3", SC 2011, section 3.3),
- keyed as a TensorFlow 1 graph without a graph seed keyed it: key 87654321, the operation's seed
  in the upper half of the counter,
- scaled as in Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
  networks", AISTATS 2010, equation 16.

`kaiming_normal` draws from the same stream. Pairs of its numbers become normal ones by Box and
Muller's transform ("A Note on the Generation of Random Normal Deviates", 1958), in the order in
which TensorFlow's `random_normal` does it. They are scaled as in He et al., "Delving Deep into
Rectifiers", ICCV 2015, equation 14 (fan out).
"""

from __future__ import annotations

import math
import random
from collections import OrderedDict
from collections.abc import Callable, Sequence

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


def normal_from_uniform(unit: np.ndarray) -> np.ndarray:
    """Standard normal float32 numbers from pairs of uniform ones: Box and Muller's transform.

    Args:
        unit: float32 in [0, 1), an even number of them.

    Returns:
        float32 array of the same length; each pair gives a sine and a cosine.
    """
    first, second = np.maximum(unit[0::2], np.float32(1e-7)), unit[1::2]
    # In float64, so that machines whose libraries round differently agree on the float32.
    radius = np.sqrt(-2.0 * np.log(first.astype(np.float64)))
    angle = 2.0 * np.pi * second.astype(np.float64)
    return np.stack([np.sin(angle) * radius, np.cos(angle) * radius], 1).astype("float32").ravel()


class _Streams:
    """The first numbers of the streams used last.

    All tensors drawn with one seed begin with the same numbers, so a network's largest tensor
    pays for all the others.

    Args:
        made_from: what turns the generator's uniform numbers into those of the stream.
        most_seeds: how many streams are kept.
    """

    def __init__(
        self,
        made_from: Callable[[np.ndarray], np.ndarray] = lambda unit: unit,
        most_seeds: int = 4,
    ) -> None:
        self._made_from = made_from
        self._streams: OrderedDict[int, np.ndarray] = OrderedDict()
        self._most_seeds = most_seeds

    def first(self, seed: int, count: int) -> np.ndarray:
        """The first `count` numbers of `seed`'s stream, float32; not to be written to."""
        known = self._streams.pop(seed, np.empty(0, np.float32))
        if len(known) < count:
            known = np.concatenate([known, self._draw(seed, len(known) // 4, -(-count // 4))])
            known.flags.writeable = False
        self._streams[seed] = known
        if len(self._streams) > self._most_seeds:
            self._streams.popitem(last=False)
        return known[:count]

    def _draw(self, seed: int, start: int, stop: int) -> np.ndarray:
        blocks = [
            philox(at, min(_COUNTERS_A_BLOCK, stop - at), seed, GRAPH_SEED)
            for at in range(start, stop, _COUNTERS_A_BLOCK)
        ]
        return np.concatenate(
            [self._made_from(words_to_floats(block).reshape(-1)) for block in blocks]
        )


_uniform = _Streams()
_normal = _Streams(normal_from_uniform)


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


class _Seeded(keras.initializers.Initializer):
    """An initializer whose numbers belong to a seed, on every backend and device.

    The numbers are float32 and the same on the tensorflow, jax and torch backends, on CPU and GPU.
    Where another data type is asked for they are rounded to it.

    Args:
        seed: the operation's seed, taken modulo 2³¹ - 1 as TensorFlow does. `None` picks a seed
            with Python's `random`, which `keras.utils.set_random_seed` fixes.

    Raises:
        TypeError: `seed` is neither an integer nor `None`.
    """

    function = ""
    """What the course calls to make one."""

    def __init__(self, seed: int | None = None) -> None:
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int | np.integer)):
            raise TypeError(
                f"{self.function}: seed must be an integer or None, found {seed!r}; "
                f"write {self.function}(seed=0)."
            )
        self.seed = None if seed is None else int(seed)

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> object:
        """A tensor of the backend in use with this shape and data type (float32 unless told)."""
        values = self.numpy(tuple(int(size) for size in shape))
        return keras.ops.convert_to_tensor(values, dtype=dtype or "float32")

    def numpy(self, shape: tuple[int, ...]) -> np.ndarray:
        """The same numbers as a float32 NumPy array of this shape."""
        raise NotImplementedError

    def _stream(self) -> int:
        """The number of the stream that the seed stands for."""
        return random.randrange(_LARGEST_SEED) if self.seed is None else self.seed % _LARGEST_SEED

    def get_config(self) -> dict[str, int | None]:
        """What a saved model needs to make this initializer again."""
        return {"seed": self.seed}


@keras.saving.register_keras_serializable(package="resnets")
class GlorotUniform(_Seeded):
    """Uniform in ±sqrt(6 / (fan in + fan out)), the numbers that TensorFlow 1 drew for this seed.

    Args and errors are those of every seeded initializer: `seed`, an integer or None.
    """

    function = "glorot_uniform"

    def numpy(self, shape: tuple[int, ...]) -> np.ndarray:
        """The same numbers as a float32 NumPy array of this shape."""
        # TensorFlow computes the scale before its root, and rounds to float32 only then.
        limit = np.float32(math.sqrt(3.0 / max(1.0, sum(fans(shape)) / 2.0)))
        unit = _uniform.first(self._stream(), math.prod(shape))
        return (unit * (limit + limit) - limit).reshape(shape)


@keras.saving.register_keras_serializable(package="resnets")
class KaimingNormal(_Seeded):
    """Normal with the standard deviation sqrt(2 / fan out), as PyTorch's ResNets begin.

    PyTorch calls it `kaiming_normal_(mode="fan_out", nonlinearity="relu")`. A kernel's fan out is
    height × width × filters, so a gradient keeps its size on its way back through a ReLU (He et
    al., ICCV 2015, section 2.2, equation 14). No number is cut off, however large.

    Args and errors are those of every seeded initializer: `seed`, an integer or None.
    """

    function = "kaiming_normal"

    def numpy(self, shape: tuple[int, ...]) -> np.ndarray:
        """The same numbers as a float32 NumPy array of this shape."""
        deviation = np.float32(math.sqrt(2.0 / max(1, fans(shape)[1])))
        return (_normal.first(self._stream(), math.prod(shape)) * deviation).reshape(shape)


def glorot_uniform(seed: int | None = None) -> GlorotUniform:
    """Glorot's uniform initializer under the name that the course uses: see `GlorotUniform`."""
    return GlorotUniform(seed=seed)


def kaiming_normal(seed: int | None = None) -> KaimingNormal:
    """He's normal initializer with fan out, under PyTorch's name for it: see `KaimingNormal`."""
    return KaimingNormal(seed=seed)
