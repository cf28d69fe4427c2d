"""Stand-ins for the functions of notebook 02."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras


def stand_in(name: str, theirs: Any) -> Callable[..., Any]:
    """Keras' own function in place of a student's earlier one, whose mistakes are charged there."""

    def conv2d(X: Any, W: Any, stride: int = 1, padding: str = "same") -> Any:
        return _convolution(X, W, stride, padding)

    def batch_norm(
        X: Any,
        gamma: Any,
        beta: Any,
        moving_mean: Any,
        moving_variance: Any,
        training: bool,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
    ) -> Any:
        mean, variance = moving_mean, moving_variance
        if training:
            mean, variance = keras.ops.moments(X, axes=tuple(range(len(X.shape) - 1)))
        Y = _normalisation(X, mean, variance, -1, beta, gamma, epsilon)
        return Y, moving_mean, moving_variance

    return {"conv2d": conv2d, "batch_norm": batch_norm}[name]


_convolution = keras.ops.conv


_normalisation = keras.ops.batch_normalization
