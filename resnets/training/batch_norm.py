"""Batch normalisation's moving averages, computed afresh.

While a network trains, batch normalisation uses the mean and variance of the batch at hand; when it
predicts, it uses moving averages of them. With Keras' momentum of 0.99 a moving average still holds
0.99**34 = 71 % of its value of one epoch ago (34 steps of 32 pictures), so after a short training
it describes a network that no longer exists, and predictions are little better than guesses.
"""

import contextlib
import functools

import keras
import numpy as np

from resnets.language import say
from resnets.progress import Progress

Statistic = tuple[int, np.ndarray, np.ndarray]
"""How many pictures, their mean and their variance in each channel."""


def batch_norm_layers(model: keras.Model) -> list[keras.layers.BatchNormalization]:
    """The trainable BatchNormalization layers of a model, nested models' included.

    A frozen layer is left out: Keras runs it with its moving averages also while training.
    """
    found = []
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found += batch_norm_layers(layer)
        elif isinstance(layer, keras.layers.BatchNormalization) and layer.trainable:
            found.append(layer)
    return found


def recalibrate_batch_norm(
    model: keras.Model, pictures: np.ndarray, batch_size: int = 120, progress: bool = False
) -> None:
    """Set the moving averages of every BatchNormalization layer to those of `pictures`.

    The pictures run through the network once in training mode, so each layer sees its inputs as it
    saw them while training. Its moving mean and variance become the mean and variance of these
    inputs over all batches, whatever their sizes ("precise batch norm", Wu and Johnson 2021,
    "Rethinking 'Batch' in BatchNorm", section 3).
    Nothing else in the model changes: no weight, no optimiser state.

    Args:
        model: a built model; changed in place.
        pictures: what it was trained on, (m, ...) as the model takes them (so already scaled).
        batch_size: pictures at a time; more is closer to the whole set's statistics but takes more
            memory. The last batch may be smaller.
        progress: show a progress bar.

    Raises:
        ValueError: the model has no trainable BatchNormalization layer, there are no pictures, or
            the batch size is not positive. The model is then unchanged, as it is after any error
            on the way.
    """
    statistics, sizes = batch_statistics(model, pictures, batch_size, progress)
    of_all = [functools.reduce(_joined, zip(sizes, *pair, strict=True)) for pair in statistics]
    set_statistics(model, [(mean, variance) for _, mean, variance in of_all])


def batch_statistics(
    model: keras.Model, pictures: np.ndarray, batch_size: int = 120, progress: bool = False
) -> tuple[list[tuple[np.ndarray, np.ndarray]], np.ndarray]:
    """What every BatchNormalization layer sees of every batch, in training mode.

    Args and errors are those of `recalibrate_batch_norm`; the model is left as it was.

    Returns:
        A pair (means, variances) for each layer, of shape (batches, channels), float64; and the
        sizes of the batches, shape (batches,).
    """
    layers = batch_norm_layers(model)
    if not layers:
        raise ValueError("Expected a model with BatchNormalization layers to recalibrate: none.")
    if len(pictures) == 0:
        raise ValueError("Expected at least one picture to recalibrate on, found none.")
    if batch_size < 1:
        raise ValueError(f"Expected a batch_size of 1 or more, found {batch_size}.")

    before = [_averages(layer) for layer in layers]
    momenta = [layer.momentum for layer in layers]
    starts = range(0, len(pictures), batch_size)
    seen: list[list[tuple[np.ndarray, np.ndarray]]] = [[] for _ in layers]
    try:
        for layer in layers:
            layer.momentum = 0.0  # a "moving average" is then the last batch's own statistic
        with Progress(
            len(starts), say("recalibrating batch norm"), say("batches"), shown=progress
        ) as bar:
            for start in starts:
                with _without_gradients():
                    model(pictures[start : start + batch_size], training=True)
                for of_layer, layer in zip(seen, layers, strict=True):
                    of_layer.append(_averages(layer))
                bar.step()
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
        set_statistics(model, before)
    sizes = np.array([min(batch_size, len(pictures) - start) for start in starts])
    return [tuple(map(np.stack, zip(*of_layer, strict=True))) for of_layer in seen], sizes


def set_statistics(model: keras.Model, statistics: list[tuple[np.ndarray, np.ndarray]]) -> None:
    """Give every BatchNormalization layer, in their order, a moving mean and variance.

    Args:
        model: changed in place.
        statistics: (mean, variance) for each layer, of shape (channels,).

    Raises:
        ValueError: there are not as many pairs as layers.
    """
    layers = batch_norm_layers(model)
    if len(statistics) != len(layers):
        raise ValueError(
            f"Expected statistics for {len(layers)} BatchNormalization layers, found "
            f"{len(statistics)}."
        )
    for layer, (mean, variance) in zip(layers, statistics, strict=True):
        layer.moving_mean.assign(mean)
        layer.moving_variance.assign(variance)


def _averages(layer: keras.layers.BatchNormalization) -> tuple[np.ndarray, np.ndarray]:
    """Moving mean and variance in double precision, so that nothing is lost in joining them."""
    return tuple(
        keras.ops.convert_to_numpy(average.value).astype(np.float64)
        for average in (layer.moving_mean, layer.moving_variance)
    )


def _joined(one: Statistic, other: Statistic) -> Statistic:
    """Size, mean and variance of two sets together, without the difference of large numbers.

    Chan, Golub and LeVeque 1979, "Updating Formulae and a Pairwise Algorithm for Computing Sample
    Variances".
    """
    (size, mean, variance), (more, other_mean, other_variance) = one, other
    share, apart = more / (size + more), other_mean - mean
    within = (1 - share) * variance + share * other_variance
    return size + more, mean + share * apart, within + share * (1 - share) * apart**2


def _without_gradients() -> contextlib.AbstractContextManager:
    """PyTorch alone records every forward pass for a backward one; that would only cost memory."""
    if keras.backend.backend() != "torch":
        return contextlib.nullcontext()
    import torch

    return torch.no_grad()
