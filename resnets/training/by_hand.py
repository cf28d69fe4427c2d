"""What a training loop written by hand holds in its hands, and Keras' own step in its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras

LEARNING_RATE = 0.0005


class Training:
    """A model, what it is trained with, and what is measured meanwhile.

    Attributes:
        model: ends in a softmax.
        loss: categorical cross-entropy, the mean over a batch; labels are one-hot.
        optimizer: Adam with a rate of 0.0005, where nothing else is given. It is built already:
            TensorFlow makes no new variables in a compiled step.
        train_loss, train_accuracy: metrics over the training pictures of an epoch.
        val_loss, val_accuracy: metrics over the validation pictures.
    """

    def __init__(
        self, model: keras.Model, optimizer: keras.optimizers.Optimizer | None = None
    ) -> None:
        self.model = model
        self.loss = keras.losses.CategoricalCrossentropy()
        self.optimizer = optimizer or keras.optimizers.Adam(LEARNING_RATE)
        self.optimizer.build(model.trainable_variables)
        self.train_loss = keras.metrics.Mean("train_loss")
        self.train_accuracy = keras.metrics.CategoricalAccuracy("train_accuracy")
        self.val_loss = keras.metrics.Mean("val_loss")
        self.val_accuracy = keras.metrics.CategoricalAccuracy("val_accuracy")
        self._jax_step: Callable[..., Any] | None = None

    def save(self, folder: str | Path, log: list[dict[str, float]]) -> None:
        """Keep everything that a later kernel needs to go on: weights, optimizer and log.

        Args:
            folder: it is made where there is none.
            log: what was measured, one dictionary an epoch.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        # Written aside and moved in one go: a kernel that dies meanwhile leaves the older state.
        part = folder / "state.part.keras"
        state = keras.Model(self.model.inputs, self.model.outputs)
        state.compile(self.optimizer, self.loss)
        state.save(part)
        part.replace(folder / "state.keras")
        part = folder / "log.json.part"
        part.write_text(json.dumps(log), encoding="utf-8")
        part.replace(folder / "log.json")

    def restore(self, folder: str | Path) -> list[dict[str, float]]:
        """Go on from what `save` kept; without a file everything stays as it is.

        Returns:
            The log, one dictionary an epoch; empty where nothing was kept.
        """
        state, log = Path(folder) / "state.keras", Path(folder) / "log.json"
        if not (state.is_file() and log.is_file()):
            return []
        kept = keras.models.load_model(state)
        self.model.set_weights(kept.get_weights())
        for mine, theirs in zip(self.optimizer.variables, kept.optimizer.variables, strict=True):
            mine.assign(theirs)
        return json.loads(log.read_text(encoding="utf-8"))


def keras_step(training: Training, images: Any, labels: Any) -> None:
    """One training step where there is no GradientTape: what `train_step` does on JAX and PyTorch.

    Args:
        training: what is trained.
        images: a batch, (m, height, width, 3).
        labels: one-hot, (m, classes).
    """
    images, labels = keras.ops.convert_to_tensor(images), keras.ops.convert_to_tensor(labels)
    step = {"jax": _jax_step, "torch": _torch_step}[keras.backend.backend()]
    loss, probabilities = step(training, images, labels)
    training.train_loss.update_state(loss, sample_weight=len(images))
    training.train_accuracy.update_state(labels, probabilities)


def _jax_step(training: Training, images: Any, labels: Any) -> tuple[Any, Any]:
    """Stateless: weights go in as arguments and come out as results (Keras' guide to JAX)."""
    model, optimizer = training.model, training.optimizer
    if training._jax_step is None:
        training._jax_step = _compiled_for_jax(model, optimizer, training.loss)
    parts = (model.trainable_variables, model.non_trainable_variables, optimizer.variables)
    before = [[variable.value for variable in part] for part in parts]
    after, loss, probabilities = training._jax_step(*before, images, labels)
    for part, values in zip(parts, after, strict=True):
        for variable, value in zip(part, values, strict=True):
            variable.assign(value)
    return loss, probabilities


def _compiled_for_jax(model: keras.Model, optimizer: Any, loss_function: Any) -> Callable[..., Any]:
    import jax

    def loss_of(trainable: Any, fixed: Any, images: Any, labels: Any) -> Any:
        outputs, fixed = model.stateless_call(trainable, fixed, images, training=True)
        return loss_function(labels, outputs), (outputs, fixed)

    def step(trainable: Any, fixed: Any, slots: Any, images: Any, labels: Any) -> Any:
        with_gradient = jax.value_and_grad(loss_of, has_aux=True)
        (loss, (outputs, fixed)), gradients = with_gradient(trainable, fixed, images, labels)
        trainable, slots = optimizer.stateless_apply(slots, gradients, trainable)
        return (trainable, fixed, slots), loss, outputs

    return jax.jit(step)


def _torch_step(training: Training, images: Any, labels: Any) -> tuple[Any, Any]:
    """Backward, then the optimizer (Keras' guide to PyTorch)."""
    import torch

    model = training.model
    model.zero_grad()
    outputs = model(images, training=True)
    loss = training.loss(labels, outputs)
    loss.backward()
    variables = model.trainable_variables
    with torch.no_grad():
        training.optimizer.apply([variable.value.grad for variable in variables], variables)
    return loss.detach(), outputs.detach()


class NumpyBatches:
    """Batches of tf.data as NumPy arrays, for the backends that do not take TensorFlow's tensors.

    Args:
        data: a tf.data.Dataset of pairs.
    """

    def __init__(self, data: Any) -> None:
        self._data = data

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        yield from self._data.as_numpy_iterator()
