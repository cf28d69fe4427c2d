"""What each operation of a graph that evidence describes does by itself, in NumPy.

`resnets.checks.collecting.graph_execution.trace` tells the same beside the student's code, by
running Keras. Here Keras is not asked: marks are given outside the sandbox, and what is read may be
forged. So only operations written out here are computed, and only up to a size.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from resnets.checks.evidence.facts import UNREADABLE, Graph, Node
from resnets.checks.evidence.seeded import input_of_step, sizes_of_step, weight_of_step
from resnets.checks.evidence.settings import (
    BLOCKS,
    RANDOM_LAYERS,
    activation_kind,
    chance,
    constants,
    is_over_the_last_axis,
)
from resnets.checks.evidence.stand_in_numbers import channels_of, stand_in_numbers

_MOST_AT_ONCE, _MOST_NUMBERS, _MOST_PRODUCTS = 100_000_000, 400_000_000, 30_000_000_000
_PRODUCTS_IN_THE_TIME_OF_A_DRAW = 300


class NotComputed(ValueError):
    """The operation, or this setting of it, is not written out here."""


class DoesNotRun(ValueError):
    """The operation cannot be run by anybody: its shapes do not fit."""


class TooLarge(ValueError):
    """The graph is larger than any that a function of the course builds."""


class Steps:
    """The operations of a graph, each on inputs and weights that belong to a seed.

    Args:
        graph: as `Tape.graph` describes it.
        seed: of the case.
    """

    def __init__(self, graph: Graph, seed: int) -> None:
        self._graph, self._seed = graph, seed
        self._first: dict[int, int] = {}
        for position, node in enumerate(graph.nodes):
            if node.inputs:
                self._first.setdefault(node.layer, position)
        self._at_once = self._numbers = self._products = 0

    def result(self, position: int) -> np.ndarray:
        """Return an operation's output.

        Raises:
            NotComputed: when this module cannot say.
            DoesNotRun: when nobody can.
            TooLarge: when it would take too long.
            ValueError, TypeError, LookupError, ArithmeticError, AttributeError: for settings and
                shapes that no operation of Keras has.
        """
        node = self._graph.nodes[position]
        if node.own or node.config.get(UNREADABLE):
            raise NotComputed(node.op)
        self._at_once = 0
        with np.errstate(all="ignore"):
            inputs = [self._input(position, parent) for parent in node.inputs]
            return _Call(node, inputs, position, self).result()

    def _input(self, position: int, parent: int) -> np.ndarray:
        shape = self._graph.nodes[parent].shape or []
        if 0 in shape:
            raise ValueError("There is nothing in it.")
        self.afford(math.prod(sizes_of_step(shape)))
        return input_of_step(shape, self._seed, position, parent)

    def weight(self, node: Node, leaf: str, *shape: int) -> np.ndarray:
        """A layer's weight; a layer that is called again has those of its first call."""
        numbers = math.prod(shape)
        self.afford(numbers, _PRODUCTS_IN_THE_TIME_OF_A_DRAW * numbers)
        return weight_of_step(leaf, shape, self._seed, self._first[node.layer])

    def afford(self, numbers: int, products: int = 0) -> None:
        """Count what is about to be held and multiplied, before it is."""
        self._at_once += numbers
        self._numbers += numbers
        self._products += products
        if (
            self._at_once > _MOST_AT_ONCE
            or self._numbers > _MOST_NUMBERS
            or self._products > _MOST_PRODUCTS
        ):
            raise TooLarge


class _Call:
    """One call of an operation."""

    def __init__(self, node: Node, inputs: list[np.ndarray], position: int, steps: Steps) -> None:
        self._node, self._inputs, self._position, self._steps = node, inputs, position, steps
        self._config = node.config

    def result(self) -> np.ndarray:
        node = self._node
        if node.op in BLOCKS:
            pictures, channels = self._inputs[0], channels_of(self._config)
            self._steps.afford(2 * pictures.size // pictures.shape[-1] * channels)
            return stand_in_numbers(node.op, self._config, pictures)
        operation = _OPERATIONS.get(node.op)
        if operation is None:
            raise NotComputed(node.op)
        return operation(self)

    def _weight(self, leaf: str, *shape: int) -> np.ndarray:
        return self._steps.weight(self._node, leaf, *shape)

    def _channels_last(self) -> None:
        if self._config.get("data_format") != "channels_last":
            raise NotComputed("channels first")

    def conv(self) -> np.ndarray:
        (pictures,), config = self._inputs, self._config
        self._channels_last()
        size, filters = _pair(config["kernel_size"]), int(config["filters"])
        channels, groups = pictures.shape[-1], int(config.get("groups", 1))
        if groups < 1 or channels % groups or filters % groups:
            raise DoesNotRun("The groups do not divide channels and filters.")
        kernel = self._weight("kernel", *size, channels // groups, filters)
        spread = _pair(config.get("dilation_rate", 1))
        reach = [(n - 1) * d + 1 for n, d in zip(size, spread, strict=True)]
        windows = self._windows(pictures, reach, 0.0)[..., :: spread[0], :: spread[1]]
        self._steps.afford(windows.size, windows.size * filters // groups)
        parts = zip(np.split(windows, groups, 3), np.split(kernel, groups, 3), strict=True)
        results = [np.tensordot(*part, axes=((4, 5, 3), (0, 1, 2))) for part in parts]
        result = np.concatenate(results, axis=-1)
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
            raise NotComputed("padding")
        self._steps.afford(_size_padded(pictures, padding))
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
        self._steps.afford(windows.size * factor, 20 * windows.size * factor)
        apart = np.einsum("mhwcij,ijcf->mhwcf", windows, depthwise)
        self._steps.afford(apart.size // channels * filters, apart.size * filters)
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
        self._steps.afford(m * math.prod(full) * filters, math.prod(size) * each)
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
        self._steps.afford(rows.size // rows.shape[-1] * units, rows.size * units)
        result = (rows.reshape(-1, rows.shape[-1]) @ kernel).reshape(*rows.shape[:-1], units)
        return self._activated(self._with_bias(result))

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
        if axis != values.ndim - 1:
            raise NotComputed("axis")
        channels = values.shape[-1]
        mean, variance = (self._weight(f"moving_{it}", channels) for it in ("mean", "variance"))
        if self._node.constants.get("training") and config.get("trainable") is not False:
            mean, variance = (f(values, axis=tuple(range(axis))) for f in (np.mean, np.var))
        return self._scaled((values - mean) / np.sqrt(variance + config["epsilon"]))

    def layer_norm(self) -> np.ndarray:
        (values,), config = self._inputs, self._config
        if [n % values.ndim for n in np.atleast_1d(config["axis"])] != [values.ndim - 1]:
            raise NotComputed("axis")
        mean, variance = (f(values, axis=-1, keepdims=True) for f in (np.mean, np.var))
        return self._scaled((values - mean) / np.sqrt(variance + config["epsilon"]))

    def _scaled(self, result: np.ndarray) -> np.ndarray:
        if self._config.get("scale") is not False:
            result = result * self._weight("gamma", result.shape[-1])
        if self._config.get("center") is not False:
            result = result + self._weight("beta", result.shape[-1])
        return result

    def max_pool(self) -> np.ndarray:
        return self._pooled(-np.inf, np.max)

    def average_pool(self) -> np.ndarray:
        if self._config.get("padding") != "valid":
            raise NotComputed("what counts at the border depends on the backend")
        return self._pooled(0.0, np.mean)

    def _pooled(self, border: float, summary: Callable[..., np.ndarray]) -> np.ndarray:
        self._channels_last()
        (pictures,) = self._inputs
        windows = self._windows(pictures, _pair(self._config["pool_size"]), border)
        self._steps.afford(windows.size)
        return summary(windows, axis=(-2, -1))

    def pad(self) -> np.ndarray:
        self._channels_last()
        (pictures,), sides = self._inputs, self._config["padding"]
        padding = [(0, 0), *map(tuple, sides), (0, 0)]
        self._steps.afford(_size_padded(pictures, padding))
        return np.pad(pictures, padding)

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
        if self._node.constants.get("training") and chance(self._config) != 0:
            raise NotComputed("chance")
        return self._inputs[0]

    def activation(self) -> np.ndarray:
        return self._activated(self._inputs[0])

    def relu(self) -> np.ndarray:
        return _relu(self._config)(self._inputs[0])

    def softmax(self) -> np.ndarray:
        if not is_over_the_last_axis(self._node):
            raise NotComputed("axis")
        return _softmax(self._inputs[0])

    def joined(self, how: Callable[..., np.ndarray]) -> np.ndarray:
        """Two or more tensors element by element, or tensors and numbers."""
        operands: list[Any] = list(self._inputs)
        for place, constant in sorted(constants(self._node).items()):
            if place < 0 or not isinstance(constant, int | float):
                raise NotComputed("constants")
            operands.insert(place, np.float32(constant))
        try:
            size = math.prod(np.broadcast_shapes(*map(np.shape, operands)))
        except ValueError as error:
            if self._node.op != "Add":
                raise
            raise DoesNotRun("Tensors of different shapes are added.") from error
        self._steps.afford(size)
        self._steps.afford(0, 100 * len(operands) * size)
        return how(*operands)

    def chained(self) -> np.ndarray:
        return np.concatenate(self._inputs, axis=self._config.get("axis", -1))


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
    "MaxPooling2D": _Call.max_pool,
    "AveragePooling2D": _Call.average_pool,
    "GlobalAveragePooling2D": _Call.mean_of_pictures,
    "ZeroPadding2D": _Call.pad,
    "Flatten": _Call.flat,
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
        raise ValueError("Sizes and strides are at least 1.")
    return [first, second]


def _size_padded(array: np.ndarray, padding: list[tuple[int, int]]) -> int:
    return math.prod(n + sum(sides) for n, sides in zip(array.shape, padding, strict=True))


def _softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-values))


_ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "": lambda x: x,
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
    """The function by the name that it has for the judge."""
    name = activation_kind(setting).removeprefix("act:")
    if name not in _ACTIVATIONS:
        raise NotComputed("activation")
    return _ACTIVATIONS[name]


def _relu(config: dict[str, Any]) -> Callable[[np.ndarray], np.ndarray]:
    threshold, most = config.get("threshold") or 0, config.get("max_value")
    slope = config.get("negative_slope") or 0

    def relu(values: np.ndarray) -> np.ndarray:
        leak = np.float32(slope) * (values - np.float32(threshold))
        result = np.where(values > threshold, values, leak)
        return result if most is None else np.minimum(result, np.float32(most))

    return relu
