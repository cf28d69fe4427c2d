"""Gradients of a loss, on whichever backend Keras runs.

Keras 3 trains on three backends and offers no way of its own to look at a gradient; each backend
has one, and they are gathered here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np
from numpy.typing import ArrayLike


def gradient_norms(
    model: keras.Model,
    x: ArrayLike,
    y: ArrayLike,
    variables: Sequence[keras.Variable] | None = None,
    loss: Callable = keras.losses.categorical_crossentropy,
) -> np.ndarray:
    """Euclidean norm of the gradient that each variable receives from one batch.

    The model runs as in training (batch norm uses the batch's moments); nothing is updated.

    Args:
        model: any built Keras model with one output.
        x: a batch of inputs, (m, …).
        y: its targets, as `loss` wants them; one-hot (m, classes) by default.
        variables: whose gradients; all trainable ones by default.
        loss: function of (targets, predictions) that gives one number an example.

    Returns:
        float64 array, one norm for each of `variables`.
    """
    wanted = list(model.trainable_variables if variables is None else variables)
    x = keras.ops.convert_to_tensor(np.asarray(x, "float32"))
    y = keras.ops.convert_to_tensor(np.asarray(y, "float32"))
    gradients = _BACKENDS[keras.backend.backend()](model, x, y, wanted, loss)
    return np.array([np.linalg.norm(gradient) for gradient in gradients], np.float64)


def _tensorflow(model, x, y, wanted, loss) -> list[np.ndarray]:
    import tensorflow as tf

    with tf.GradientTape() as tape:
        value = keras.ops.mean(loss(y, model(x, training=True)))
    return [g.numpy() for g in tape.gradient(value, [variable.value for variable in wanted])]


def _jax(model, x, y, wanted, loss) -> list[np.ndarray]:
    import jax

    trainable = model.trainable_variables

    def value(values):
        predictions, _ = model.stateless_call(
            values, [v.value for v in model.non_trainable_variables], x, training=True
        )
        return keras.ops.mean(loss(y, predictions))

    gradients = jax.grad(value)([variable.value for variable in trainable])
    by_path = {variable.path: g for variable, g in zip(trainable, gradients, strict=True)}
    return [np.asarray(by_path[variable.path]) for variable in wanted]


def _torch(model, x, y, wanted, loss) -> list[np.ndarray]:
    import torch

    value = keras.ops.mean(loss(y, model(x, training=True)))
    gradients = torch.autograd.grad(value, [variable.value for variable in wanted])
    return [g.detach().cpu().numpy() for g in gradients]


_BACKENDS = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
