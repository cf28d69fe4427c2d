"""Gradients of a plain function on arrays, on every Keras backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike


def gradients_of(function: Callable[..., Any], *arrays: ArrayLike) -> list[np.ndarray]:
    """Derivatives of one number made from a function's result, by each of the arrays.

    The number is the sum over the result's elements, each times a fixed weight between -1 and 1, so
    that errors in single elements cannot cancel. Of several results the first one counts.

    Args:
        function: takes the arrays as backend tensors, hands back a tensor or a tuple of tensors.
        arrays: float arrays of any shape.

    Returns:
        One float32 array for each of `arrays`, of its shape; zeros where the result does not depend
        on it, or not in a way that the backend could follow.
    """
    arrays = [np.asarray(array, "float32") for array in arrays]
    found = _BACKENDS[keras.backend.backend()](function, arrays)
    return [
        np.zeros_like(array)
        if gradient is None
        else keras.ops.convert_to_numpy(gradient).astype("float32")
        for array, gradient in zip(arrays, found, strict=True)
    ]


def _weighted_sum(result: Any) -> Any:
    first = keras.tree.flatten(result)[0]
    size = int(np.prod(first.shape))
    weights = np.cos(np.arange(size, dtype="float32")).reshape(first.shape)
    return keras.ops.sum(keras.ops.multiply(first, keras.ops.convert_to_tensor(weights)))


def _tensorflow(function: Callable[..., Any], arrays: list[np.ndarray]) -> list[Any]:
    import tensorflow as tf

    tensors = [tf.convert_to_tensor(array) for array in arrays]
    with tf.GradientTape() as tape:
        for tensor in tensors:
            tape.watch(tensor)
        number = tf.convert_to_tensor(_weighted_sum(function(*tensors)))
    return tape.gradient(number, tensors)


def _jax(function: Callable[..., Any], arrays: list[np.ndarray]) -> list[Any]:
    import jax

    def number(*tensors: Any) -> Any:
        return _weighted_sum(function(*tensors))

    gradients = jax.grad(number, argnums=tuple(range(len(arrays))))
    try:
        # Compiled as a whole. Else XLA compiles every operation for every shape it meets, which
        # takes several times as long.
        return list(jax.jit(gradients)(*arrays))
    except jax.errors.JAXTypeError:  # the function looks at its numbers, so it needs some
        return list(gradients(*arrays))


def _torch(function: Callable[..., Any], arrays: list[np.ndarray]) -> list[Any]:
    import torch

    # Keras puts tensors on the GPU where there is one; copies, since torch shares NumPy's memory.
    tensors = [keras.ops.convert_to_tensor(array.copy()).requires_grad_() for array in arrays]
    number = _weighted_sum(function(*tensors))
    if not number.requires_grad:
        return [None] * len(arrays)
    return list(torch.autograd.grad(number, tensors, allow_unused=True))


_BACKENDS = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
