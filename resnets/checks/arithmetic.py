"""What the graph that evidence describes computes, in NumPy: the numbers a run of it must show.

Keras is not asked: this runs where marks are given, outside the sandbox, on graphs that may be
forged. So only operations written out here are computed, and only up to a size.
"""

from __future__ import annotations

import functools
import math
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from resnets.checks.canonical import BLOCKS, RANDOM_LAYERS
from resnets.checks.evidence import Graph, Node
from resnets.checks.seeded import BATCH, place_of_weight, seeded_inputs, seeded_weight

_MOST_NUMBERS = 100_000_000
_MOST_PRODUCTS = 30_000_000_000


class NotComputed(ValueError):
    """The graph holds what is not written out here, or is far too large; the message names it."""


class DoesNotRun(ValueError):
    """The graph cannot be run by anybody: its shapes do not fit, or an input has no numbers."""


def compute(graph: Graph, seed: int, *, training: bool) -> np.ndarray:
    """Compute a graph's first output, with the inputs and weights that belong to a seed.

    Args:
        graph: as `Tape.graph` describes it.
        seed: of the case.
        training: whether layers run as in training.

    Returns:
        float32; what `Tape.run` gives for the same graph, but for rounding.

    Raises:
        NotComputed: when this module cannot say.
        DoesNotRun: when nobody can.
    """
    return _guarded(lambda: _Computation(graph, seed, training).value())


def trace(graph: Graph, seed: int) -> np.ndarray:
    """Compute what can be computed of a graph that does not run as a whole, in inference mode.

    Returns:
        float32; what `Tape.trace` gives for the same graph: a number for each step that leads to an
        output, NaN where it cannot be computed.

    Raises:
        NotComputed: when this module cannot say.
    """
    return _guarded(lambda: _Computation(graph, seed, training=False).trace())


def _guarded(work: Callable[[], np.ndarray]) -> np.ndarray:
    try:
        with np.errstate(all="ignore"):
            return work()
    except (NotComputed, DoesNotRun):
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # A setting of a kind that no layer has, which a forger may write.
        raise NotComputed("settings that no layer has") from error


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


class _Computation:
    """One pass through a graph: the values and the depths of its nodes, and the layers' weights."""

    def __init__(self, graph: Graph, seed: int, training: bool) -> None:
        self._graph, self._seed, self.training = graph, seed, training
        self._values: dict[int, np.ndarray] = {}
        self._depths: dict[int, int] = {}
        self._layers: dict[int, dict[str, np.ndarray]] = {}
        self._numbers = self._products = 0

    def value(self) -> np.ndarray:
        self._feed(self._graph.inputs)
        for position in self._live():
            self._follow(position)
        return self._values[self._graph.outputs[0]]

    def trace(self) -> np.ndarray:
        live, given = self._live(), self._graph.inputs
        own = [n for n in live if not self._graph.nodes[n].inputs and n not in given]
        self._feed(given + own)
        sizes = []
        for position in live:
            try:
                self._follow(position)
                sizes.append(np.abs(self._values[position]).mean())
            except DoesNotRun:
                sizes.append(np.nan)
        return np.array(sizes, "float32")

    def _feed(self, inputs: list[int]) -> None:
        shapes = [self._graph.nodes[n].shape or [] for n in inputs]
        for shape in shapes:
            self.afford(math.prod(n or BATCH for n in shape))
        self._values.update(zip(inputs, seeded_inputs(shapes, self._seed), strict=True))
        self._depths.update(dict.fromkeys(inputs, 0))

    def _live(self) -> list[int]:
        """All that leads to an output, in order."""
        needed, pending = set(), list(self._graph.outputs)
        while pending:
            position = pending.pop()
            if position not in needed:
                needed.add(position)
                pending.extend(self._graph.nodes[position].inputs)
        return sorted(needed)

    def _follow(self, position: int) -> None:
        node = self._graph.nodes[position]
        if position in self._values:
            return
        if not node.inputs or any(n not in self._values for n in node.inputs):
            raise DoesNotRun("The result depends on an input that has no numbers.")
        if node.own or node.config.get("dtype_policy"):
            raise NotComputed(f"{node.op}, which is not one of Keras' layers in single precision")
        depth = max(self._depths[n] for n in node.inputs)
        call = _Call(node, [self._values[n] for n in node.inputs], depth, self)
        self._values[position] = call.result()
        self._depths[position] = depth + any("kernel" in leaf for leaf in self.weights_of(node))

    def runs_training(self, node: Node) -> bool:
        asked = node.constants.get("training")
        return self.training if asked is None else asked is True

    def weights_of(self, node: Node) -> dict[str, np.ndarray]:
        return self._layers.setdefault(node.layer, {})

    def weight(self, node: Node, depth: int, leaf: str, *shape: int) -> np.ndarray:
        """A layer's weight: drawn where the layer is first called, kept for its other calls."""
        weights = self.weights_of(node)
        if leaf not in weights:
            self.afford(math.prod(shape))
            place = place_of_weight(node.op, depth, shape, leaf)
            weights[leaf] = seeded_weight(leaf, shape, self._seed, place)
        if weights[leaf].shape != shape:
            raise DoesNotRun("A layer is called on inputs of different sizes.")
        return weights[leaf]

    def afford(self, numbers: int, products: int = 0) -> None:
        """Count what is about to be held and multiplied, before it is."""
        self._numbers += numbers
        self._products += products
        if self._numbers > _MOST_NUMBERS or self._products > _MOST_PRODUCTS:
            raise NotComputed("a graph that is too large")


class _Call:
    """One call of an operation."""

    def __init__(
        self, node: Node, inputs: list[np.ndarray], depth: int, whole: _Computation
    ) -> None:
        self._node, self._inputs, self._depth, self._whole = node, inputs, depth, whole
        self._config = node.config

    def result(self) -> np.ndarray:
        node = self._node
        if node.op in BLOCKS:
            pictures, channels = self._inputs[0], channels_of(self._config)
            self._whole.afford(pictures.size // pictures.shape[-1] * channels)
            return stand_in_numbers(node.op, self._config, pictures)
        operation = _OPERATIONS.get(node.op)
        if operation is None:
            raise NotComputed(f"the layer {node.op}")
        result = operation(self)
        self._whole.afford(result.size)
        return result.astype("float32", copy=False)

    def _weight(self, leaf: str, *shape: int) -> np.ndarray:
        return self._whole.weight(self._node, self._depth, leaf, *shape)

    def conv(self) -> np.ndarray:
        (pictures,), config = self._inputs, self._config
        if config.get("data_format") != "channels_last" or config.get("groups", 1) != 1:
            raise NotComputed("this convolution")
        size, filters = _pair(config["kernel_size"]), int(config["filters"])
        kernel = self._weight("kernel", *size, pictures.shape[-1], filters)
        spread = _pair(config.get("dilation_rate", 1))
        reach = [(n - 1) * d + 1 for n, d in zip(size, spread, strict=True)]
        windows = self._windows(pictures, reach, 0.0)[..., :: spread[0], :: spread[1]]
        self._whole.afford(windows.size, windows.size * filters)
        result = np.tensordot(windows, kernel, axes=((4, 5, 3), (0, 1, 2)))
        return self._activated(self._with_bias(result))

    def _windows(self, pictures: np.ndarray, size: list[int], border: float) -> np.ndarray:
        """Return (m, height, width, channels, *size) views of the padded, strided pictures."""
        strides = _pair(self._config.get("strides") or size)
        padding = [(0, 0)] * 4
        if self._config.get("padding") == "same":
            sides = zip(pictures.shape[1:3], size, strides, strict=True)
            for axis, (side, window, stride) in enumerate(sides, start=1):
                missing = max((-(-side // stride) - 1) * stride + window - side, 0)
                padding[axis] = missing // 2, missing - missing // 2
        elif self._config.get("padding") != "valid":
            raise NotComputed("this padding")
        self._whole.afford(_size_padded(pictures, padding))
        padded = np.pad(pictures, padding, constant_values=border)
        if padded.shape[1] < size[0] or padded.shape[2] < size[1]:
            raise DoesNotRun("A window is larger than its picture.")
        windows = sliding_window_view(padded, size, axis=(1, 2))
        return windows[:, :: strides[0], :: strides[1]]

    def separable_conv(self) -> np.ndarray:
        (pictures,), config = self._inputs, self._config
        size, factor = _pair(config["kernel_size"]), int(config.get("depth_multiplier", 1))
        channels, filters = pictures.shape[-1], int(config["filters"])
        depthwise = self._weight("depthwise_kernel", *size, channels, factor)
        pointwise = self._weight("pointwise_kernel", 1, 1, channels * factor, filters)
        windows = self._windows(pictures, size, 0.0)
        self._whole.afford(windows.size * factor, 20 * windows.size * factor)
        apart = np.einsum("mhwcij,ijcf->mhwcf", windows, depthwise)
        self._whole.afford(apart.size // channels * filters, apart.size * filters)
        joined = apart.reshape(*apart.shape[:3], -1) @ pointwise[0, 0]
        return self._activated(self._with_bias(joined))

    def transposed_conv(self) -> np.ndarray:
        """Every pixel adds its kernel to the result; 'same' cuts off what hangs over."""
        (pictures,), config = self._inputs, self._config
        size, strides = _pair(config["kernel_size"]), _pair(config.get("strides", 1))
        m, *sides, channels = pictures.shape
        filters = int(config["filters"])
        kernel = self._weight("kernel", *size, filters, channels)
        full = [n * s + max(k - s, 0) for n, s, k in zip(sides, strides, size, strict=True)]
        each = pictures.size * filters + 100_000  # even a small step takes its time
        self._whole.afford(m * math.prod(full) * filters, math.prod(size) * each)
        result = np.zeros((m, *full, filters), "float32")
        for i in range(size[0]):
            for j in range(size[1]):
                rows, columns = (
                    slice(start, start + (n - 1) * s + 1, s)
                    for start, n, s in zip((i, j), sides, strides, strict=True)
                )
                result[:, rows, columns] += pictures @ kernel[i, j].T
        if config.get("padding") == "same":
            cut = [max(k - s, 0) // 2 for k, s in zip(size, strides, strict=True)]
            ends = [c + n * s for c, n, s in zip(cut, sides, strides, strict=True)]
            result = result[:, cut[0] : ends[0], cut[1] : ends[1]]
        return self._activated(self._with_bias(result))

    def dense(self) -> np.ndarray:
        (rows,) = self._inputs
        units = int(self._config["units"])
        kernel = self._weight("kernel", rows.shape[-1], units)
        self._whole.afford(rows.size // rows.shape[-1] * units, rows.size * units)
        return self._activated(self._with_bias(rows @ kernel))

    def _with_bias(self, result: np.ndarray) -> np.ndarray:
        if self._config.get("use_bias") is False:
            return result
        return result + self._weight("bias", result.shape[-1])

    def _activated(self, result: np.ndarray) -> np.ndarray:
        return _activation(self._config.get("activation"))(result)

    def norm(self) -> np.ndarray:
        (values,), config = self._inputs, self._config
        axis = config["axis"]
        axis = (axis[0] if isinstance(axis, list) else axis) % values.ndim
        channels = values.shape[axis]
        shape = [channels if n == axis else 1 for n in range(values.ndim)]
        mean = self._weight("moving_mean", channels).reshape(shape)
        variance = self._weight("moving_variance", channels).reshape(shape)
        if self._whole.runs_training(self._node) and config.get("trainable") is not False:
            others = tuple(n for n in range(values.ndim) if n != axis)
            mean, variance = (f(values, axis=others, keepdims=True) for f in (np.mean, np.var))
        result = (values - mean) / np.sqrt(variance + config["epsilon"])
        if config.get("scale") is not False:
            result = result * self._weight("gamma", channels).reshape(shape)
        if config.get("center") is not False:
            result = result + self._weight("beta", channels).reshape(shape)
        return result

    def layer_norm(self) -> np.ndarray:
        (values,), config = self._inputs, self._config
        axes = [n % values.ndim for n in np.atleast_1d(config["axis"])]
        if axes != [values.ndim - 1]:
            raise NotComputed("this layer norm")
        mean, variance = (f(values, axis=-1, keepdims=True) for f in (np.mean, np.var))
        result = (values - mean) / np.sqrt(variance + config["epsilon"])
        if config.get("scale") is not False:
            result = result * self._weight("gamma", values.shape[-1])
        if config.get("center") is not False:
            result = result + self._weight("beta", values.shape[-1])
        return result

    def pool(self, border: float, summary: Callable[..., np.ndarray]) -> np.ndarray:
        if self._config.get("data_format") != "channels_last":
            raise NotComputed("this pooling")
        (pictures,) = self._inputs
        windows = self._windows(pictures, _pair(self._config["pool_size"]), border)
        self._whole.afford(windows.size)
        return summary(windows, axis=(-2, -1))

    def pad(self) -> np.ndarray:
        (pictures,), sides = self._inputs, self._config["padding"]
        padding = [(0, 0), *map(tuple, sides), (0, 0)]
        self._whole.afford(_size_padded(pictures, padding))
        return np.pad(pictures, padding)

    def reshape(self) -> np.ndarray:
        (values,) = self._inputs
        target = self._config.get("target_shape")
        whole = self._config.get("newshape")
        shape = (len(values), *target) if target is not None else whole
        try:
            return values.reshape(shape)
        except ValueError as error:
            raise DoesNotRun(str(error)) from error

    def flat(self) -> np.ndarray:
        (values,) = self._inputs
        return values.reshape(len(values), -1)

    def mean_of_pictures(self) -> np.ndarray:
        (pictures,) = self._inputs
        return pictures.mean(axis=(1, 2), keepdims=self._config.get("keepdims") is True)

    def same(self) -> np.ndarray:
        return self._inputs[0]

    def by_chance(self) -> np.ndarray:
        """Dropout or noise: nothing in inference; in training nobody can say."""
        if self._whole.training:
            raise NotComputed(f"what {self._node.op} does in training")
        return self._inputs[0]

    def activation(self) -> np.ndarray:
        return self._activated(self._inputs[0])

    def relu(self) -> np.ndarray:
        (values,), config = self._inputs, self._config
        threshold, most = config.get("threshold") or 0, config.get("max_value")
        leak = np.float32(config.get("negative_slope") or 0) * (values - np.float32(threshold))
        result = np.where(values > threshold, values, leak)
        return result if most is None else np.minimum(result, np.float32(most))

    def softmax(self) -> np.ndarray:
        if self._config.get("axis", -1) not in (-1, self._inputs[0].ndim - 1):
            raise NotComputed("this softmax")
        return _softmax(self._inputs[0])

    def joined(self, how: Callable[..., np.ndarray]) -> np.ndarray:
        """Two or more tensors element by element, or tensors and numbers."""
        operands: list[Any] = list(self._inputs)
        for place, constant in sorted(self._node.constants.items()):
            if place == "model":
                continue  # a model's name, noted at its output
            if not place.isdecimal() or not isinstance(constant, int | float):
                raise NotComputed(f"this {self._node.op}")
            operands.insert(int(place), np.float32(constant))
        try:
            self._whole.afford(math.prod(np.broadcast_shapes(*map(np.shape, operands))))
        except ValueError as error:
            if isinstance(error, NotComputed):
                raise
            raise DoesNotRun("Tensors of different shapes are joined.") from error
        return how(*operands)

    def chained(self) -> np.ndarray:
        try:
            return np.concatenate(self._inputs, axis=self._config.get("axis", -1))
        except ValueError as error:
            raise DoesNotRun("Tensors of different shapes are chained.") from error


def _chain(how: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    return lambda *operands: functools.reduce(how, operands)


_ELEMENTWISE: dict[str, Callable[..., np.ndarray]] = {
    "Add": _chain(np.add),
    "Multiply": _chain(np.multiply),
    "Maximum": _chain(np.maximum),
    "Minimum": _chain(np.minimum),
    "Average": lambda *operands: functools.reduce(np.add, operands) / np.float32(len(operands)),
    "Subtract": np.subtract,
    "Divide": np.divide,
    "TrueDivide": np.divide,
    "Negative": np.negative,
    "Absolute": np.abs,
    "Greater": np.greater,
    "Less": np.less,
    "Where": lambda condition, one, other: np.where(condition != 0, one, other),
}


def _elementwise(how: Callable[..., np.ndarray]) -> Callable[[_Call], np.ndarray]:
    return lambda call: call.joined(how)


_OPERATIONS: dict[str, Callable[[_Call], np.ndarray]] = {
    "Conv2D": _Call.conv,
    "SeparableConv2D": _Call.separable_conv,
    "Conv2DTranspose": _Call.transposed_conv,
    "Dense": _Call.dense,
    "BatchNormalization": _Call.norm,
    "LayerNormalization": _Call.layer_norm,
    "MaxPooling2D": lambda call: call.pool(-np.inf, np.max),
    "AveragePooling2D": lambda call: call.pool(np.nan, np.nanmean),
    "GlobalAveragePooling2D": _Call.mean_of_pictures,
    "ZeroPadding2D": _Call.pad,
    "Flatten": _Call.flat,
    "Reshape": _Call.reshape,
    "Identity": _Call.same,
    "Copy": _Call.same,
    **dict.fromkeys(RANDOM_LAYERS, _Call.by_chance),
    "Activation": _Call.activation,
    "ReLU": _Call.relu,
    "LeakyReLU": _Call.relu,
    "Relu": _Call.relu,
    "Softmax": _Call.softmax,
    **{name: _elementwise(how) for name, how in _ELEMENTWISE.items()},
    "Concatenate": _Call.chained,
}


def _pair(value: Any) -> list[int]:
    both = value if isinstance(value, list) else [value, value]
    first, second = (int(n) for n in both)
    if min(first, second) < 1:
        raise NotComputed("sizes and strides below 1")
    return [first, second]


def _size_padded(array: np.ndarray, padding: list[tuple[int, int]]) -> int:
    return math.prod(n + sum(sides) for n, sides in zip(array.shape, padding, strict=True))


def _softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-values))


_ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "softmax": _softmax,
    "sigmoid": _sigmoid,
    "tanh": np.tanh,
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "silu": lambda x: x * _sigmoid(x),
    "softplus": lambda x: np.logaddexp(x, 0),
}


def _activation(setting: Any) -> Callable[[np.ndarray], np.ndarray]:
    if isinstance(setting, dict):
        inner = setting.get("config")
        setting = inner if isinstance(inner, str) else None
        if setting is None:
            raise NotComputed("this activation")
    name = str(setting or "linear").strip("<>")
    if name not in _ACTIVATIONS:
        raise NotComputed(f"the activation {name[:40]}")
    return _ACTIVATIONS[name]
