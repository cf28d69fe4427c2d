"""Train one architecture from several starting points, quickly, and keep every step's loss.

Networks of many small layers spend their first minute being traced, not computing. So one network
is built and traced once, and gets new starting weights for every seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np
from numpy.typing import ArrayLike

from resnets.language import say
from resnets.progress import Progress

_BETA_1, _BETA_2, _EPSILON = 0.9, 0.99, 1e-7


def training_curves(
    model: keras.Model,
    x: ArrayLike,
    y: ArrayLike,
    seeds: Sequence[int],
    steps: int,
    batch_size: int = 32,
    learning_rate: float = 0.01,
    name: str = "",
) -> np.ndarray:
    """Losses of training a model with Adam, once for each seed.

    Args:
        model: ends in one number a class, without softmax; its weights are overwritten.
        x: pictures, (n, height, width, channels), n at least `batch_size`.
        y: classes, (n,).
        seeds: one run each; they decide the starting weights and the order of the pictures.
        steps: of each run.
        batch_size: pictures a step.
        learning_rate: of Adam.
        name: of the network; with one, a progress bar of that name is shown.

    Returns:
        float64 array (len(seeds), steps): the cross-entropy of each step's batch, in training mode.
    """
    x, y = np.asarray(x, "float32"), np.asarray(y, "int32")
    start, step = _BACKENDS.get(keras.backend.backend(), _any_backend)(model, learning_rate)
    curves = np.empty((len(seeds), steps))
    title, unit = say("training {name}", name=name), say("steps")
    with Progress(len(seeds) * steps, title, unit, shown=bool(name)) as bar:
        for row, seed in enumerate(seeds):
            stream = np.random.default_rng(seed)
            draw_weights(model, stream)
            start()
            order: list[int] = []
            for number in range(steps):
                if len(order) < batch_size:
                    order = list(stream.permutation(len(x)))
                batch, order = order[:batch_size], order[batch_size:]
                curves[row, number] = float(step(x[batch], y[batch], number + 1))
                bar.step()
    return curves


def draw_weights(model: keras.Model, stream: np.random.Generator) -> None:
    """Give a network new starting weights.

    Convolutions get normal numbers of variance 2 / fan-in (He et al. 2015, "Delving deep into
    rectifiers"); dense layers zeros, so that every network, however deep, begins by giving all
    classes the same probability; batch norms their usual ones and zeros.
    """
    for layer in model.layers:
        for variable in layer.variables:
            leaf = variable.path.rsplit("/", 1)[-1]
            filled = np.ones if leaf in ("gamma", "moving_variance") else np.zeros
            values = filled(variable.shape, "float32")
            if leaf == "kernel" and len(variable.shape) == 4:
                deviation = np.sqrt(2 / np.prod(variable.shape[:3]))
                values = stream.normal(0, deviation, variable.shape).astype("float32")
            variable.assign(values)


def _tensorflow(model: keras.Model, learning_rate: float) -> tuple[Callable, Callable]:
    """Adam in one traced function: Keras' own trainer takes four times as long to start."""
    import tensorflow as tf

    variables = [variable.value for variable in model.trainable_variables]
    means = [tf.Variable(tf.zeros_like(variable)) for variable in variables]
    squares = [tf.Variable(tf.zeros_like(variable)) for variable in variables]

    def start() -> None:
        for moment in (*means, *squares):
            moment.assign(tf.zeros_like(moment))

    @tf.function(autograph=False)
    def traced(x: tf.Tensor, y: tf.Tensor, rate: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            logits = model(x, training=True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))
        gradients = tape.gradient(loss, variables)
        for v, g, mean, square in zip(variables, gradients, means, squares, strict=True):
            mean.assign(_BETA_1 * mean + (1 - _BETA_1) * g)
            square.assign(_BETA_2 * square + (1 - _BETA_2) * g**2)
            v.assign_sub(rate * mean / (tf.sqrt(square) + _EPSILON))
        return loss

    def step(x: np.ndarray, y: np.ndarray, number: int) -> tf.Tensor:
        # Both moments begin at zero; the rate makes up for that.
        unbiased = np.sqrt(1 - _BETA_2**number) / (1 - _BETA_1**number)
        rate = tf.constant(learning_rate * unbiased, tf.float32)
        with _WithoutGraphOptimiser():
            return traced(tf.constant(x), tf.constant(y), rate)

    return start, step


class _WithoutGraphOptimiser:
    """TensorFlow's graph optimiser takes as long as the whole training of such a network."""

    def __enter__(self) -> None:
        import tensorflow as tf

        self._before = tf.config.optimizer.get_experimental_options()
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})

    def __exit__(self, *error: object) -> None:
        import tensorflow as tf

        tf.config.optimizer.set_experimental_options(
            {"disable_meta_optimizer": False} | self._before
        )


def _any_backend(model: keras.Model, learning_rate: float) -> tuple[Callable, Callable]:
    """Keras' own trainer."""
    optimizer = keras.optimizers.Adam(learning_rate, _BETA_1, _BETA_2, _EPSILON)
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    optimizer.build(model.trainable_variables)

    def start() -> None:
        for variable in optimizer.variables:
            if variable is not optimizer.learning_rate:
                variable.assign(np.zeros(variable.shape, variable.dtype))

    def step(x: np.ndarray, y: np.ndarray, number: int) -> float:
        model.reset_metrics()
        return model.train_on_batch(x, y)

    return start, step


_BACKENDS = {"tensorflow": _tensorflow}
