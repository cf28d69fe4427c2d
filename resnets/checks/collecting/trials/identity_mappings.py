"""The worlds of notebook 05: a tiny network, small batches, a folder for checkpoints."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np

from resnets.training.by_hand import Training

_SIZE, _CLASSES = 6, 4
_METRICS = [(part, kind) for part in ("train", "val") for kind in ("loss", "accuracy")]
_PAUSE = 0.01
"""Seconds that a step takes in which nothing is learned."""

Function = Callable[..., Any]


# --- train_step and test_step ---------------------------------------------------------------------


def train_one_step(function: Function, stream: np.random.Generator, size: int) -> list[Any]:
    """One step: the weights, the moving averages, and the metrics of validation."""
    training = _training(stream)
    validation = _measured_before(training.val_loss, training.val_accuracy, stream)
    _step(function, training, _batch(stream, size))
    return [_weights(training.model), _averages(training.model), _results(validation)]


def train_two_steps(function: Function, stream: np.random.Generator, sizes: list[int]) -> list[Any]:
    """Two steps of an optimizer with a memory; training and inference mode are the same here."""
    training = _training(stream, batch_norm=False)
    for size in sizes:
        _step(function, training, _batch(stream, size))
    return [_weights(training.model)]


def train_metrics(function: Function, stream: np.random.Generator, sizes: list[int]) -> list[Any]:
    """What the metrics say of all pictures, where no step changes a weight."""
    training = _training(stream, batch_norm=False, rate=0.0)
    for size in sizes:
        _step(function, training, _batch(stream, size))
    return _marked([training.train_loss, training.train_accuracy], stream)


def train_compiled(function: Function, stream: np.random.Generator, sizes: list[int]) -> list[Any]:
    """Whether two steps do the same when TensorFlow compiles them."""
    return _compiled_as_well(function, stream, sizes)


def test_mode(function: Function, stream: np.random.Generator, size: int) -> list[Any]:
    """One batch: what shows the mode, and what must not have changed."""
    training = _training(stream)
    trained = _measured_before(training.train_loss, training.train_accuracy, stream)
    _step(function, training, _batch(stream, size))
    model = training.model
    accuracy = _marked([training.val_accuracy], stream)
    return [*accuracy, _averages(model), _weights(model), _results(trained)]


def test_metrics(function: Function, stream: np.random.Generator, sizes: list[int]) -> list[Any]:
    """What the metrics say of all pictures; training and inference mode are the same here."""
    training = _training(stream, batch_norm=False)
    for size in sizes:
        _step(function, training, _batch(stream, size))
    return _marked([training.val_loss, training.val_accuracy], stream)


def test_compiled(function: Function, stream: np.random.Generator, sizes: list[int]) -> list[Any]:
    """Whether two steps do the same when TensorFlow compiles them."""
    return _compiled_as_well(function, stream, sizes)


def _step(function: Function, training: Training, batch: tuple[Any, Any]) -> None:
    with _quietly():
        function(training, *batch)


def _training(
    stream: np.random.Generator, *, batch_norm: bool = True, rate: float = 0.2
) -> Training:
    """A tiny network, its weights from the stream, and an optimizer with a memory.

    Not Adam: its first step divides gradients by their own size, so rounding errors of small ones
    would show.
    """
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((_SIZE, _SIZE, 3)),
            layers.Conv2D(5, 3, use_bias=False),
            *([layers.BatchNormalization(momentum=0.9)] if batch_norm else []),
            layers.ReLU(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(_CLASSES, activation="softmax"),
        ]
    )
    model.set_weights([_drawn(weight, stream) for weight in model.weights])
    return Training(model, keras.optimizers.SGD(rate, momentum=0.9))


def _compiled_as_well(
    function: Function, stream: np.random.Generator, sizes: list[int]
) -> list[Any]:
    """Numbers of the stream, plus how far compiled steps differ from those that are not."""
    seed = int(stream.integers(2**30))
    eager, compiled = (
        _after_steps(one, np.random.default_rng(seed), sizes)
        for one in (function, _compiled(function))
    )
    untouched = _after_steps(lambda *_: None, np.random.default_rng(seed), sizes)
    if np.array_equal(eager, untouched):
        return [np.zeros_like(eager)]  # what does nothing is not compiled to something
    return [np.random.default_rng(seed).random(eager.shape) + compiled - eager]


def _after_steps(function: Function, stream: np.random.Generator, sizes: list[int]) -> np.ndarray:
    """All that a step can change."""
    training = _training(stream)
    for size in sizes:
        _step(function, training, _batch(stream, size))
    metrics = [getattr(training, f"{part}_{kind}") for part, kind in _METRICS]
    model = training.model
    return np.concatenate([_weights(model), _averages(model), _results(metrics)])


def _drawn(weight: Any, stream: np.random.Generator) -> np.ndarray:
    if weight.name == "moving_variance":
        return stream.uniform(0.5, 2.0, weight.shape)
    spread = 0.8 if len(weight.shape) == 2 else 0.6  # no probability near 0, which Keras clips
    return stream.normal(1.0 if weight.name == "gamma" else 0.0, spread, weight.shape)


def _batch(stream: np.random.Generator, size: int) -> tuple[Any, Any]:
    images = stream.normal(0.3, 1.0, (size, _SIZE, _SIZE, 3)).astype("float32")
    labels = np.eye(_CLASSES, dtype="float32")[stream.integers(0, _CLASSES, size)]
    return keras.ops.convert_to_tensor(images), keras.ops.convert_to_tensor(labels)


def _measured_before(loss: Any, accuracy: Any, stream: np.random.Generator) -> list[Any]:
    """Give two metrics something to lose."""
    loss.update_state(stream.uniform(1, 3))
    _, labels = _batch(stream, 7)
    guesses = keras.ops.convert_to_tensor(stream.random((7, _CLASSES)).astype("float32"))
    accuracy.update_state(labels, guesses)
    return [loss, accuracy]


def _marked(metrics: list[Any], stream: np.random.Generator) -> list[np.ndarray]:
    """Each metric's result with a number of the stream: of few pictures many have one accuracy."""
    return [np.array([float(metric.result()), stream.random()]) for metric in metrics]


def _results(metrics: list[Any]) -> np.ndarray:
    return np.array([float(metric.result()) for metric in metrics])


def _weights(model: keras.Model) -> np.ndarray:
    return _flat(model.trainable_variables)


def _averages(model: keras.Model) -> np.ndarray:
    return _flat(model.non_trainable_variables)


def _flat(variables: list[Any]) -> np.ndarray:
    return np.concatenate([keras.ops.convert_to_numpy(one).ravel() for one in variables])


def _compiled(function: Function) -> Function:
    """The function as TensorFlow compiles it, where that is the backend."""
    if keras.backend.backend() != "tensorflow":
        return function
    import tensorflow as tf

    compiled, as_written = (tf.function(function, autograph=one) for one in (True, False))

    def call(*arguments: Any) -> Any:
        try:
            return compiled(*arguments)
        except Exception:
            as_written(*arguments)  # its error names the student's line, not one that was generated
            raise

    return call


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Keep back TensorFlow's warnings of functions that are compiled once and never again."""
    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    logger = tf.get_logger()
    level = logger.level
    logger.setLevel("ERROR")
    try:
        yield
    finally:
        logger.setLevel(level)


# --- run_epoch ------------------------------------------------------------------------------------


def first_epoch(
    function: Function, stream: np.random.Generator, train: list[int], val: list[int]
) -> list[Any]:
    """One epoch: which pictures were stepped on, in which order, and the log."""
    marks = stream.random(6)  # so that "right" is another number in each case
    world = _Epochs(stream, train, val)
    log = world.run(function)
    return [
        np.array(world.trained),
        np.array(world.validated),
        marks[:2] + _logged(log, "loss", "accuracy") - world.measured("train"),
        marks[2:4] + _logged(log, "val_loss", "val_accuracy") - world.measured("val"),
        marks[4] * world.is_time_of_training(log),
        marks[5] * world.is_validated_last(),
    ]


def second_epoch(
    function: Function, stream: np.random.Generator, train: list[int], val: list[int]
) -> list[Any]:
    """How far the log of a second epoch is from what was measured in this epoch."""
    marks = stream.random(4)
    world = _Epochs(stream, train, val)
    world.run(function)
    log = world.run(function)
    return [
        marks[:2] + _logged(log, "loss", "accuracy") - world.measured("train"),
        marks[2:] + _logged(log, "val_loss", "val_accuracy") - world.measured("val"),
    ]


class _Epochs:
    """Batches, and steps that write down which pictures they got.

    Attributes:
        trained, validated: a number of each picture that was stepped on in this epoch.
    """

    def __init__(self, stream: np.random.Generator, train: list[int], val: list[int]) -> None:
        self.training = _training(stream)
        self.trained: list[float] = []
        self.validated: list[float] = []
        self._stream = stream
        self._batches = [[_batch(stream, size) for size in sizes] for sizes in (train, val)]

    def run(self, function: Function) -> Any:
        """Run one epoch, and return its log."""
        self.trained, self.validated, self._calls = [], [], ""
        self._numbers: dict[str, list[tuple[float, ...]]] = {"train": [], "val": []}
        self._start, self._first_val, self._within = time.perf_counter(), None, 0.0
        log = function(self.training, self._train_step, self._test_step, *self._batches)
        self._end = time.perf_counter()
        return log

    def _train_step(self, training: Training, images: Any, labels: Any) -> None:
        start = time.perf_counter()
        self._calls += "t"
        self.trained += _marks(images)
        self._measure("train", labels)
        time.sleep(_PAUSE)
        self._within += time.perf_counter() - start

    def _test_step(self, training: Training, images: Any, labels: Any) -> None:
        self._first_val = self._first_val or time.perf_counter()
        self._calls += "v"
        self.validated += _marks(images)
        self._measure("val", labels)
        time.sleep(2 * _PAUSE)

    def _measure(self, part: str, labels: Any) -> None:
        """Give the metrics other numbers in each step, as a training does."""
        count, loss = len(labels), float(self._stream.uniform(0.1, 3))
        guesses = self._stream.random((count, _CLASSES)).astype("float32")
        right = guesses.argmax(1) == keras.ops.convert_to_numpy(labels).argmax(1)
        self._numbers[part].append((count, loss * count, float(right.sum())))
        getattr(self.training, f"{part}_loss").update_state(loss, sample_weight=count)
        accuracy = getattr(self.training, f"{part}_accuracy")
        accuracy.update_state(labels, keras.ops.convert_to_tensor(guesses))

    def measured(self, part: str) -> np.ndarray:
        """Loss and accuracy of this epoch's steps; zeros where there were none."""
        if not self._numbers[part]:
            return np.zeros(2)
        count, *sums = np.sum(self._numbers[part], axis=0)
        return np.array(sums) / count

    def is_validated_last(self) -> bool:
        """Whether all training came first, and validation after it."""
        return "tv" in self._calls and "vt" not in self._calls

    def is_time_of_training(self, log: Any) -> bool:
        """Whether the log's seconds are those of the training steps alone."""
        seconds = float(_logged(log, "seconds").sum())
        first = self._first_val or self._end
        # The clocks of different functions differ a little; validation takes far longer than that.
        return self._within - _PAUSE / 2 <= seconds <= first - self._start + _PAUSE / 2


def _marks(images: Any) -> list[float]:
    """What tells pictures apart."""
    return [float(image[0, 0, 0]) for image in keras.ops.convert_to_numpy(images)]


def _logged(log: Any, *names: str) -> np.ndarray:
    """Numbers out of what should be a dictionary; NaN where one is not there."""
    return np.array([_number(log, name) for name in names])


def _number(log: Any, name: str) -> float:
    try:
        return float(log[name])
    except (TypeError, KeyError, IndexError, ValueError):
        return float("nan")


# --- keep_best ------------------------------------------------------------------------------------


def one_training(function: Function, stream: np.random.Generator, losses: list[float]) -> list[Any]:
    """A sequence of validation losses: the file after each epoch, and what is returned."""
    with tempfile.TemporaryDirectory() as folder:
        kept, returned = _kept(function, stream, losses, folder)
    marks = stream.random(len(losses))  # so that "yes" is another number in each case
    return [kept[0], kept[1:], marks * returned]


def after_a_restart(
    function: Function, stream: np.random.Generator, before: list[float], after: list[float]
) -> list[Any]:
    """Numbers of the stream, plus what a restart between two epochs changes in the file.

    Nothing but the folder's files is left of the epochs before. They are elsewhere, too: what a
    running function remembers of the first folder does not help.
    """
    seed = int(stream.integers(2**30))
    with tempfile.TemporaryDirectory() as folder:
        whole, _ = _kept(function, np.random.default_rng(seed), [*before, *after], folder)
    drawn = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        _kept(function, drawn, before, folder)
        shutil.copytree(folder, other, dirs_exist_ok=True)
        kept, _ = _kept(function, drawn, after, other)
    return [_difference(kept, whole[len(before) :], stream)]


def two_trainings(
    function: Function, stream: np.random.Generator, one: list[float], other: list[float]
) -> list[Any]:
    """Numbers of the stream, plus what a training in another folder changes in the file."""
    seed = int(stream.integers(2**30))
    kept = []
    for losses in (other, one, other):
        with tempfile.TemporaryDirectory() as folder:
            kept.append(_kept(function, np.random.default_rng(seed), losses, folder)[0])
    return [_difference(kept[2], kept[0], stream)]


def _difference(kept: np.ndarray, expected: np.ndarray, stream: np.random.Generator) -> np.ndarray:
    """How far files are from what they would be; zeros where there are none in any case."""
    if not expected.any():
        return np.zeros_like(kept)
    return stream.random(kept.shape) + kept - expected


def _kept(
    function: Function, stream: np.random.Generator, losses: list[float], folder: str
) -> tuple[np.ndarray, np.ndarray]:
    """The weights in the file after each epoch, (epochs, weights), and what was returned."""
    model, reader = _model_of_one_layer(), _model_of_one_layer()
    kept, returned = [], []
    for loss in losses:
        model.set_weights([stream.standard_normal(weight.shape) for weight in model.weights])
        returned.append(_answer(function(model, loss, folder)))
        kept.append(_in_the_file(Path(folder) / "best.weights.h5", reader))
    return np.array(kept), np.array(returned)


def _answer(returned: Any) -> int:
    """1 for True, -1 for False, 0 for nothing, 2 for anything else."""
    if returned is None:
        return 0
    is_answer = isinstance(returned, bool | np.bool_)
    return (1 if returned else -1) if is_answer else 2


def _in_the_file(file: Path, model: keras.Model) -> np.ndarray:
    """The weights that a file holds; zeros where there is none that fits."""
    model.set_weights([np.zeros(weight.shape) for weight in model.weights])
    if file.is_file():
        with contextlib.suppress(ValueError, OSError, KeyError):  # no file of such weights
            model.load_weights(file)
    return _flat(model.weights)


def _model_of_one_layer() -> keras.Model:
    return keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(2, name="dense")])
