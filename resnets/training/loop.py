"""Train a model as a recipe says, and watch the clock."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras
import numpy as np

from resnets.training.averaging import WeightAverage
from resnets.training.batch_norm import batch_norm_layers, recalibrate_batch_norm
from resnets.training.first_step import prepare_training
from resnets.training.recipe import Recipe

STEPS_A_CHECKPOINT = 8
"""Steps from one averaged checkpoint to the next: nearer ones hardly differ."""


@dataclass(frozen=True)
class Pictures:
    """Pictures (m, height, width, 3) from 0 to 1, and digits (m,)."""

    train_x: np.ndarray
    train_y: np.ndarray
    test_x: np.ndarray
    test_y: np.ndarray


@dataclass(frozen=True)
class Epoch:
    """How far training had come.

    Attributes:
        number: From 1.
        seconds: Since before the first step, tracing and recalibration included, tests not.
        loss: Mean over the epoch's batches.
        accuracy: On the test pictures.
    """

    number: int
    seconds: float
    loss: float
    accuracy: float


def train(
    model: keras.Model,
    pictures: Pictures,
    recipe: Recipe,
    *,
    seed: int = 0,
    after_epoch: Callable[[Epoch], bool | None] = lambda epoch: None,
) -> list[Epoch]:
    """Train a model, in place, as the recipe says.

    Args:
        model: Built, with a softmax at its end; it need not be compiled.
        pictures: What to train and to test on.
        recipe: How.
        seed: Of the order of the pictures and how they are moved.
        after_epoch: Called with each epoch; True ends the training.
    """
    random = np.random.default_rng(seed)
    seconds = -time.perf_counter()
    trained = _trained_form(model, recipe)
    train_x = resized(pictures.train_x, recipe.side)
    labels = keras.utils.to_categorical(pictures.train_y, model.output_shape[-1])
    _compile(trained, recipe, len(train_x), labels)
    steps = recipe.epochs * -(-len(train_x) // recipe.batch_size)
    average = WeightAverage()
    history: list[Epoch] = []
    step = 0
    for number in range(1, recipe.epochs + 1):
        losses = []
        for batch_x, batch_y in _batches(train_x, labels, recipe, random):
            losses.append(trained.train_on_batch(batch_x, batch_y))
            step += 1
            if _is_averaged(step, steps, recipe):
                average.add(trained.get_weights())
        now = trained.get_weights()
        if average.count or trained is not model:
            model.set_weights(average.weights or now)
        if recipe.recalibrate:
            chosen = random.choice(len(train_x), min(recipe.recalibrate, len(train_x)), False)
            recalibrate_batch_norm(model, pictures.train_x[chosen])
        seconds += time.perf_counter()
        accuracy = _accuracy(model, pictures.test_x, pictures.test_y)
        history.append(Epoch(number, seconds, float(np.mean(losses)), accuracy))
        if after_epoch(history[-1]):
            break
        seconds -= time.perf_counter()
        if average.count and trained is model and number < recipe.epochs:
            model.set_weights(now)
    return history


def _is_averaged(step: int, steps: int, recipe: Recipe) -> bool:
    """Whether the weights after a step, counted from 1, are a checkpoint of the average."""
    return step > (1 - recipe.average) * steps and (steps - step) % STEPS_A_CHECKPOINT == 0


def resized(pictures: np.ndarray, side: int | None) -> np.ndarray:
    """The pictures with `side` pixels a side, antialiased; as they are where side is None."""
    if side is None or side == pictures.shape[1]:
        return pictures
    small = keras.ops.image.resize(pictures, (side, side), antialias=True)
    return keras.ops.convert_to_numpy(small)


def _trained_form(model: keras.Model, recipe: Recipe) -> keras.Model:
    """The model itself, or its twin for other pictures or another precision, with its weights."""
    for layer in batch_norm_layers(model):
        if recipe.batch_norm_momentum is not None:
            layer.momentum = recipe.batch_norm_momentum
        if recipe.zero_branches and layer.name.endswith("_branch2c"):
            layer.gamma.assign(np.zeros(layer.gamma.shape))
    if recipe.side is None and recipe.precision is None:
        return model
    config = model.get_config()
    for layer in config["layers"]:
        settings = layer["config"]
        if layer["class_name"] == "InputLayer":
            batch, height, width, channels = settings["batch_shape"]
            side = recipe.side
            settings["batch_shape"] = (batch, side or height, side or width, channels)
        elif recipe.precision is not None and layer["class_name"] != "Dense":
            settings["dtype"] = recipe.precision
    twin = type(model).from_config(config)
    twin.set_weights(model.get_weights())
    return twin


def _compile(model: keras.Model, recipe: Recipe, pictures: int, labels: np.ndarray) -> None:
    steps = recipe.epochs * -(-pictures // recipe.batch_size)
    model.compile(
        recipe.make_optimizer(steps),
        keras.losses.CategoricalCrossentropy(label_smoothing=recipe.smoothing),
    )
    if recipe.quick_start:
        prepare_training(model, labels)


def _batches(
    x: np.ndarray, y: np.ndarray, recipe: Recipe, random: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """One epoch in a new order. The last batch may be smaller, as in Keras' fit."""
    order = random.permutation(len(x))
    for start in range(0, len(x), recipe.batch_size):
        which = order[start : start + recipe.batch_size]
        yield moved(x[which], recipe, random), y[which]


def moved(x: np.ndarray, recipe: Recipe, random: np.random.Generator) -> np.ndarray:
    """Pictures mirrored and shifted at random; what comes in from outside repeats the border."""
    if recipe.mirror:
        x = np.where(random.random(len(x))[:, None, None, None] < 0.5, x[:, :, ::-1], x)
    if recipe.shift:
        by, (height, width) = recipe.shift, x.shape[1:3]
        wide = np.pad(x, ((0, 0), (by, by), (by, by), (0, 0)), mode="edge")
        corners = random.integers(0, 2 * by + 1, (len(x), 2))
        x = np.stack(
            [
                picture[top : top + height, left : left + width]
                for picture, (top, left) in zip(wide, corners, strict=True)
            ]
        )
    return x


def _accuracy(model: keras.Model, x: np.ndarray, y: np.ndarray) -> float:
    predicted = np.concatenate(
        [
            np.argmax(model.predict_on_batch(x[start : start + 120]), axis=1)
            for start in range(0, len(x), 120)
        ]
    )
    return float(np.mean(predicted == y))
