"""Worlds for notebook 07: folders with a list file, small models with a head, short trainings."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

NOTHING = np.zeros(0, "float32")
"""A fact that cannot be had."""


# --- read_list_file -------------------------------------------------------------------------------


def plain_list(function: Callable[..., Any], stream: np.random.Generator) -> list[Any]:
    """Path, space, label."""
    return _read(function, stream, ["a{}.png", "b{}.jpg", "folder/c{}.png"])


def spaces(function: Callable[..., Any], stream: np.random.Generator) -> list[Any]:
    """Paths with spaces, and spaces around the lines."""
    names = ["left hand/six {} b.png", "two  spaces {}.png", "tab {}.png"]
    between = [" ", "   ", "\t"]
    return _read(function, stream, names, between=between, around="  ")


def left_out(function: Callable[..., Any], stream: np.random.Generator) -> list[Any]:
    """Empty lines, lines of spaces, and comments."""
    extra = ["# a comment", "", "   ", "  # another one with a number 3"]
    return _read(function, stream, ["a{}.png", "# in a name {}.png", "b#{}.png"][::2], extra)


def from_windows(function: Callable[..., Any], stream: np.random.Generator) -> list[Any]:
    """A byte order mark at the beginning, and the line ends of Windows."""
    names = ["{} first.png", "{} ä.png"]
    return _read(function, stream, names, end="\r\n", encoding="utf-8-sig")


def no_label(function: Callable[..., Any], stream: np.random.Generator) -> list[Any]:
    """A line that is only a path."""
    return _named_line(function, stream, "{}.png")


def no_integer(function: Callable[..., Any], stream: np.random.Generator) -> list[Any]:
    """A line whose label is a word, or a number that is no integer."""
    word = ("seven", "1.5", "2b")[int(stream.integers(3))]
    return _named_line(function, stream, "{}.png " + word)


def no_picture(function: Callable[..., Any], stream: np.random.Generator) -> list[Any]:
    """A line whose picture does not exist."""
    return _named_line(function, stream, "nobody has seen {}.png 1", exists=False)


def _read(
    function: Callable[..., Any],
    stream: np.random.Generator,
    names: list[str],
    extra: list[str] | None = None,
    between: list[str] | None = None,
    around: str = "",
    end: str = "\n",
    encoding: str = "utf-8",
) -> list[Any]:
    """Facts: the labels, and the numbers that stand in the files of the paths."""
    with tempfile.TemporaryDirectory() as folder:
        lines = []
        for place, name in enumerate(names):
            number, label = (int(stream.integers(1, high)) for high in (10**6, 40))
            path = Path(folder, name.format(number))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(str(number))
            space = between[place] if between else " "
            lines.append(f"{around}{name.format(number)}{space}{label}{around}")
        for text in extra or []:
            lines.insert(int(stream.integers(len(lines))), text)
        list_file = Path(folder, "list of pictures.txt")
        list_file.write_bytes((end.join(lines) + end).encode(encoding))
        try:
            rows = function(list_file)
        except (ValueError, OSError) as error:
            _leave_out(folder, error)
            raise
        return [_each(rows, 1), _each(rows, 0, _number_in)]


def _leave_out(folder: str, error: ValueError | OSError) -> None:
    """Take the folder's name, which is another one every time, out of an error's words."""
    start = f"{folder}{os.sep}"
    error.args = tuple(a.replace(start, "") if isinstance(a, str) else a for a in error.args)
    if isinstance(error, OSError) and isinstance(error.filename, str):
        error.filename = error.filename.replace(start, "")


def _each(rows: Any, place: int, of: Callable[[Any], Any] = lambda value: value) -> Any:
    """One value of every row; nothing where the rows are something else."""
    try:
        return [of(row[place]) for row in rows]
    except Exception:  # a student's function may return anything
        return NOTHING


def _number_in(path: Any) -> int:
    return int(Path(path).read_text())


LINE = re.compile(r"line (\d{1,4})\b", re.IGNORECASE)


def _named_line(
    function: Callable[..., Any], stream: np.random.Generator, bad: str, exists: bool = True
) -> list[Any]:
    """Fact: a number for the line that a ValueError names, for none, or for no such error.

    It is drawn: the line itself could be guessed.
    """
    number = int(stream.integers(10**5, 10**6))
    with tempfile.TemporaryDirectory() as folder:
        name = bad.format(number)
        if exists:
            Path(folder, f"{number}.png").touch()
        Path(folder, "good.png").touch()
        lines = [("good.png 0", "")[int(n)] for n in stream.integers(0, 2, 9)]
        lines[1:3] = ["", "good.png 3"]
        place = int(stream.integers(4, 10))
        lines.insert(place, name)
        list_file = Path(folder, "list.txt")
        list_file.write_text("\n".join(lines) + "\n")
        numbers = stream.random(10**4 + 1)
        try:
            function(list_file)
        except ValueError as error:
            found = LINE.search(str(error))
            return [numbers[int(found[1]) if found else 0]]
        except Exception:  # another kind of error: that is what is judged
            return [numbers[-1]]
        return [numbers[-1]]


# --- replace_head ---------------------------------------------------------------------------------


def new_head(function: Callable[..., Any], stream: np.random.Generator) -> list[Any]:
    """A small model gets a new head; then it is called, and trained for a step.

    Facts: probabilities with a known head; a drawn number for each layer that is found by name;
    the layers' weights and the moving averages after a step; the sizes of the head's weights that
    learn.
    """
    stages, old, classes = (int(stream.integers(*ends)) for ends in ((1, 4), (6, 9), (2, 5)))
    model = small_model(stream, stages, old)
    before = {layer.name: layer for layer in model.layers[:-1]}
    codes = stream.random(len(before))  # how many layers there are could be guessed
    new = function(model, classes)
    head = _head_of(new)
    if head is None:
        return [NOTHING] * 5
    x, y = _pictures(stream), stream.integers(0, classes, 6)
    known = [stream.normal(0, 0.5, w.shape).astype("float32") for w in head.get_weights()]
    head.set_weights(known)
    probabilities = keras.ops.convert_to_numpy(new(x, training=False))
    there = {layer.name for layer in new.layers}
    found = [drawn if name in there else 0 for name, drawn in zip(before, codes, strict=True)]
    learning = {id(weight) for weight in new.trainable_weights}
    sizes = [weight.shape for weight in head.weights if id(weight) in learning]
    sizes = _flat(sizes) if sizes else NOTHING
    new.compile(keras.optimizers.SGD(0.5), "sparse_categorical_crossentropy", run_eagerly=True)
    if not _stepped(new, x, y):
        return [probabilities, found, NOTHING, NOTHING, sizes]
    return [probabilities, found, *_weights_of(before.values()), sizes]


def _head_of(model: Any) -> Any:
    """The last layer with weights, if it is a dense one; None for what is no such model."""
    if not isinstance(model, keras.Model):
        return None
    layers = [layer for layer in model.layers if layer.weights]
    dense = bool(layers) and isinstance(layers[-1], keras.layers.Dense)
    return layers[-1] if dense else None


# --- fine_tune ------------------------------------------------------------------------------------


def last_stages(function: Callable[..., Any], stream: np.random.Generator) -> list[Any]:
    """A frozen model may learn from one of its layers on; then it is trained for a step.

    Facts: the layers before; how far the convolutions from there on and the head have moved at
    most; gamma, beta and the moving averages; the learning rate.
    """
    first = int(stream.integers(2, 4))
    model = small_model(stream, 4, 3, head=False)
    rate = float(np.round(stream.uniform(0.01, 0.05), 4))
    x, y = _pictures(stream), stream.integers(0, 3, 6)
    # As after the training of the head: who does not compile again changes nothing.
    model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
    model.train_on_batch(x, y)
    function(model, f"conv{first}", rate)
    late = [model.get_layer(f"conv{n}") for n in range(first, 5)]
    then = [layer.get_weights() for layer in (*late, model.layers[-1])]
    model.run_eagerly = True  # a step that is not traced first is faster
    if not _stepped(model, x, y):
        return [NOTHING] * 4
    now = [layer.get_weights() for layer in (*late, model.layers[-1])]
    moved = [
        max(float(np.abs(a - b).max()) for a, b in zip(one, other, strict=True))
        for one, other in zip(now, then, strict=True)
    ]
    early = [model.get_layer(f"conv{n}") for n in range(1, first)]
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    return [
        _flat([weight for layer in early for weight in layer.get_weights()]),
        moved,
        _flat([weight for layer in norms for weight in layer.get_weights()]),
        keras.ops.convert_to_numpy(model.optimizer.learning_rate),
    ]


# --- train_keeping_best ---------------------------------------------------------------------------


def gets_worse(function: Callable[..., Any], stream: np.random.Generator) -> list[Any]:
    """The labels of the later epochs are wrong, so that the accuracy falls."""
    return _train(function, stream, (True, True, False, False))


def gets_no_better(function: Callable[..., Any], stream: np.random.Generator) -> list[Any]:
    """The classes are easy to tell apart, so that several epochs are equally accurate.

    Some validation labels are wrong: an accuracy of 1 could be guessed.
    """
    return _train(function, stream, (True,) * 4, distance=7.0, wrong=0.3)


def _train(
    function: Callable[..., Any],
    stream: np.random.Generator,
    honest: tuple[bool, ...],
    distance: float = 1.2,
    wrong: float = 0.0,
) -> list[Any]:
    """Facts: the losses, the accuracies, the weights in the end.

    Args:
        function: the student's.
        stream: what everything is drawn from.
        honest: for each epoch, whether its labels are right.
        distance: between the classes.
        wrong: the share of validation labels that are wrong.
    """
    centres = distance * np.eye(3, 4)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    model.set_weights([stream.normal(0, 0.3, w.shape) for w in model.get_weights()])
    rate = keras.optimizers.SGD(0.4)
    model.compile(rate, "sparse_categorical_crossentropy", run_eagerly=True)

    def batches(sizes: tuple[int, ...], share: float) -> list[tuple[np.ndarray, np.ndarray]]:
        made = []
        for size in sizes:
            y = stream.integers(0, 3, size)
            x = (centres[y] + stream.normal(0, 1, (size, 4))).astype("float32")
            moved = stream.random(size) < share if 0 < share < 1 else share
            made.append((x, (y + moved).astype(int) % 3))
        return made

    epochs = [batches((8, 3), 0.0 if right else 1.0) for right in honest]
    history = function(model, lambda epoch: epochs[epoch], batches((16, 5), wrong), len(honest))
    parts = [history.get(key) for key in ("loss", "val_accuracy")] if _is_history(history) else []
    return [*(parts or [NOTHING] * 2), _flat(model.get_weights())]


def _is_history(history: Any) -> bool:
    return isinstance(history, dict)


# --- Small models ---------------------------------------------------------------------------------


def small_model(
    stream: np.random.Generator, stages: int, classes: int, head: bool = True
) -> keras.Model:
    """Stages conv1, bn1, …, then a mean over the pixels and a dense layer, all weights drawn.

    Args:
        stream: what the weights are drawn from.
        stages: how many.
        classes: of the dense layer.
        head: whether all layers learn, and one more dense layer stands before the last; else only
            the last layer does.
    """
    filters = int(stream.integers(3, 6))
    X_input = X = keras.Input((6, 6, 3))
    for n in range(1, stages + 1):
        X = keras.layers.Conv2D(filters, 3, padding="same", name=f"conv{n}")(X)
        X = keras.layers.BatchNormalization(name=f"bn{n}")(X)
        X = keras.layers.Activation("relu", name=f"relu{n}")(X)
    X = keras.layers.GlobalAveragePooling2D(name="mean")(X)
    if head:  # so that the layer before the head has weights, which must be frozen, too
        X = keras.layers.Dense(filters, activation="tanh", name="hidden")(X)
    X = keras.layers.Dense(classes, activation="softmax", name="old_head")(X)
    model = keras.Model(X_input, X)
    for weight in model.weights:
        scale = 0.3 if len(weight.shape) > 1 else 0.2
        numbers = stream.normal(0, scale, weight.shape)
        is_size = weight.name in ("gamma", "moving_variance")
        weight.assign(1 + np.abs(numbers) if is_size else numbers)
    if not head:
        for layer in model.layers[:-1]:
            layer.trainable = False
    return model


def _pictures(stream: np.random.Generator) -> np.ndarray:
    return stream.normal(0.5, 1, (6, 6, 6, 3)).astype("float32")


def _stepped(model: keras.Model, x: np.ndarray, y: np.ndarray) -> bool:
    """Train for one step; False where the model does not take it."""
    try:
        model.train_on_batch(x, y)
    except Exception:  # whatever a student has compiled
        return False
    return True


def _weights_of(layers: Any) -> tuple[np.ndarray, np.ndarray]:
    """What is learned from gradients, and what is averaged."""
    learned, averages = [], []
    for layer in layers:
        for weight in layer.weights:
            part = averages if weight.name.startswith("moving_") else learned
            part.append(keras.ops.convert_to_numpy(weight))
    return _flat(learned), _flat(averages)


def _flat(arrays: Any) -> np.ndarray:
    return np.concatenate([np.ravel(array) for array in arrays])
