"""One training step of a Keras model on each backend, written as Keras' guides write it.

The batch stays on the device, so that the step is timed and not the way there. Momentum, a softmax
at the model's end, cross-entropy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

Step = tuple[Callable[[], Any], Callable[[], None]]


def training_step(model: keras.Model, x: np.ndarray, labels: np.ndarray) -> Step:
    """A function that takes one step and gives its loss, and a wait for what was started.

    Args:
        model: a classifier that ends in a softmax.
        x: pictures (m, height, width, 3).
        labels: digits (m,).
    """
    loss = keras.losses.CategoricalCrossentropy()
    pictures = keras.ops.convert_to_tensor(x)
    targets = keras.ops.one_hot(labels, model.output_shape[-1])
    return _BACKENDS[keras.backend.backend()](model, loss, pictures, targets)


def devices() -> tuple[bool, str]:
    """Whether the backend has a GPU, and what it calls the device."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        cards = tf.config.list_physical_devices("GPU")
        details = tf.config.experimental.get_device_details(cards[0]) if cards else {}
        return bool(cards), details.get("device_name", "CPU")
    if backend == "jax":
        import jax

        device = jax.devices()[0]
        return device.platform == "gpu", device.device_kind
    import torch

    there = torch.cuda.is_available()
    return there, torch.cuda.get_device_name() if there else "CPU"


def set_precision(precision: str) -> None:
    """Ask for "fp32", "tf32" or "bf16" (mixed: weights stay float32) before a model is built."""
    keras.config.set_dtype_policy("mixed_bfloat16" if precision == "bf16" else "float32")
    fast, backend = precision != "fp32", keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_tensor_float_32_execution(fast)
    elif backend == "jax":
        import jax

        jax.config.update("jax_default_matmul_precision", "default" if fast else "highest")
    else:
        import torch

        torch.backends.cudnn.benchmark = True
        torch.set_float32_matmul_precision("high" if fast else "highest")
        torch.backends.cudnn.allow_tf32 = fast


def _jax(model: keras.Model, loss: Any, pictures: Any, targets: Any) -> Step:
    import jax

    optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
    optimizer.build(model.trainable_variables)

    def value(trainable: Any, fixed: Any, x: Any, y: Any) -> Any:
        predictions, fixed = model.stateless_call(trainable, fixed, x, training=True)
        return loss(y, predictions), fixed

    def update(state: Any, x: Any, y: Any) -> Any:
        trainable, fixed, slots = state
        gradient = jax.value_and_grad(value, has_aux=True)
        (number, fixed), gradients = gradient(trainable, fixed, x, y)
        trainable, slots = optimizer.stateless_apply(slots, gradients, trainable)
        return (trainable, fixed, slots), number

    compiled = jax.jit(update, donate_argnums=0)
    variables = (model.trainable_variables, model.non_trainable_variables, optimizer.variables)
    state = tuple([variable.value for variable in part] for part in variables)

    def step() -> Any:
        nonlocal state
        state, number = compiled(state, pictures, targets)
        return number

    return step, lambda: jax.block_until_ready(state)


def _tensorflow(model: keras.Model, loss: Any, pictures: Any, targets: Any) -> Step:
    import tensorflow as tf

    optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
    optimizer.build(model.trainable_variables)

    @tf.function(jit_compile=devices()[0])
    def step() -> Any:
        with tf.GradientTape() as tape:
            number = loss(targets, model(pictures, training=True))
        gradients = tape.gradient(number, [v.value for v in model.trainable_variables])
        optimizer.apply(gradients, model.trainable_variables)
        return number

    return step, tf.test.experimental.sync_devices


def _torch(model: keras.Model, loss: Any, pictures: Any, targets: Any) -> Step:
    import torch

    weights = [variable.value for variable in model.trainable_variables]
    optimizer = torch.optim.SGD(weights, 0.01, momentum=0.9)

    def step() -> Any:
        number = loss(targets, model(pictures, training=True))
        optimizer.zero_grad()
        number.backward()
        optimizer.step()
        return number.detach()

    return step, torch.cuda.synchronize if torch.cuda.is_available() else lambda: None


_BACKENDS = {"jax": _jax, "tensorflow": _tensorflow, "torch": _torch}
