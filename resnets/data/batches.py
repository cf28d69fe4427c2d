"""Labels and batches: the small helpers of the original course, with its shapes and its order."""

import numpy as np

from resnets.data.errors import DatasetError
from resnets.data.files import check_labels


def convert_to_one_hot(Y: np.ndarray, C: int) -> np.ndarray:
    """One column per example, with a 1 in the row of its class.

    Args:
        Y: Integer labels from 0 to C - 1, of any shape with m elements, such as (1, m).
        C: Number of classes.

    Returns:
        (C, m) float64. Keras wants examples first: use the transpose.

    Raises:
        DatasetError: A label is no integer from 0 to C - 1.
    """
    labels = np.asarray(Y).reshape(-1)
    if labels.dtype.kind not in "uifb" or not np.array_equal(labels, np.rint(labels)):
        raise DatasetError(
            "convert_to_one_hot expects whole numbers as labels, but Y holds others, of type "
            f"{labels.dtype}: pass the labels as load_dataset returns them"
        )
    check_labels(labels, C, "Y")
    return np.eye(C)[labels.astype(np.int64)].T


def random_mini_batches(
    X: np.ndarray, Y: np.ndarray, mini_batch_size: int = 64, seed: int = 0
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Shuffle the examples and cut them into batches, the last of which may be smaller.

    The order is that of the original course's helper for the same seed, but NumPy's global
    random state stays as it was.

    Args:
        X: Examples, (m, ...).
        Y: Labels, one row an example, (m, ...).
        mini_batch_size: Examples in a batch.
        seed: Seed of the shuffle.

    Returns:
        Pairs (X batch, Y batch).

    Raises:
        DatasetError: X and Y hold different numbers of examples, or the size is below 1.
    """
    m = len(X)
    if len(Y) != m:
        raise DatasetError(
            f"random_mini_batches expects one row of Y for each of the {m} examples in X, but Y "
            f"has the shape {np.shape(Y)}: transpose Y if its examples are in columns"
        )
    if mini_batch_size < 1:
        raise DatasetError(f"mini_batch_size should be 1 or more, but it is {mini_batch_size}")
    order = np.random.RandomState(seed).permutation(m)
    starts = range(0, m, mini_batch_size)
    return [(X[o], Y[o]) for o in (order[i : i + mini_batch_size] for i in starts)]


def forward_propagation_for_predict(X: np.ndarray, parameters: dict[str, np.ndarray]) -> np.ndarray:
    """The original helper's three dense layers: LINEAR, RELU, LINEAR, RELU, LINEAR.

    Args:
        X: Examples in columns, (features, m).
        parameters: "W1", "b1" … "W3", "b3"; W of shape (outputs, inputs), b of (outputs, 1).

    Returns:
        (classes, m), the last linear values, before any softmax.
    """
    hidden = X
    for layer in (1, 2):
        hidden = np.maximum(parameters[f"W{layer}"] @ hidden + parameters[f"b{layer}"], 0)
    return parameters["W3"] @ hidden + parameters["b3"]


def predict(X: np.ndarray, parameters: dict[str, np.ndarray]) -> np.ndarray:
    """The class of each column of X, (m,), by `forward_propagation_for_predict`."""
    return forward_propagation_for_predict(X, parameters).argmax(axis=0)
