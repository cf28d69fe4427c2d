"""One-hot labels and batches, equal to the original course's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnets.data import DatasetError, convert_to_one_hot, predict, random_mini_batches


@given(labels=st.lists(st.integers(0, 9), max_size=50))
def test_one_hot_has_one_column_an_example(labels):
    result = convert_to_one_hot(np.array([labels], int), 10)
    assert result.shape == (10, len(labels)) and result.dtype == np.float64
    assert np.array_equal(result.sum(0), np.ones(len(labels)))
    assert result.argmax(0).tolist() == labels


@pytest.mark.parametrize("labels", [[0, 6], [-1], [2**63 - 1]])
def test_label_outside_the_classes(labels):
    with pytest.raises(DatasetError, match=f"from 0 to 5, but {labels[-1]} is among them"):
        convert_to_one_hot(np.array(labels), 6)


@pytest.mark.parametrize("labels", [[0.5], ["a"], [None], [float("nan")]])
def test_labels_that_are_no_whole_numbers(labels):
    with pytest.raises(DatasetError, match="whole numbers"):
        convert_to_one_hot(np.array(labels), 6)


def original_mini_batches(X, Y, size, seed):
    """What the course's helper does, step by step, global random state included."""
    np.random.seed(seed)
    order = list(np.random.permutation(X.shape[0]))
    X, Y = X[order], Y[order]
    whole = X.shape[0] // size
    batches = [(X[k * size : (k + 1) * size], Y[k * size : (k + 1) * size]) for k in range(whole)]
    if X.shape[0] % size:
        batches.append((X[whole * size :], Y[whole * size :]))
    return batches


@given(m=st.integers(1, 70), size=st.integers(1, 80), seed=st.integers(0, 2**32 - 1))
def test_batches_are_the_originals(m, size, seed):
    X, Y = np.arange(m * 12).reshape(m, 2, 2, 3), np.arange(m * 6).reshape(m, 6)
    ours, theirs = random_mini_batches(X, Y, size, seed), original_mini_batches(X, Y, size, seed)
    assert len(ours) == len(theirs)
    for mine, original in zip(ours, theirs, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(mine, original, strict=True))


def test_batches_leave_the_global_random_state_alone():
    before = np.random.get_state()[1].copy()
    random_mini_batches(np.zeros((9, 1)), np.zeros((9, 1)), 4)
    assert np.array_equal(np.random.get_state()[1], before)


def test_batches_of_unequal_length_are_refused():
    with pytest.raises(DatasetError, match=r"shape \(1, 8\): transpose Y"):
        random_mini_batches(np.zeros((8, 2)), np.zeros((1, 8)))


@pytest.mark.parametrize("size", [0, -1])
def test_batches_of_no_size_are_refused(size):
    with pytest.raises(DatasetError, match="1 or more"):
        random_mini_batches(np.zeros((8, 2)), np.zeros((8, 2)), size)


def test_predict_is_the_three_layer_network():
    parameters = {f"b{i}": np.zeros((2, 1)) for i in (1, 2, 3)}
    parameters |= {"W1": np.eye(2), "W2": np.eye(2), "W3": np.array([[1, 0], [0, -1]])}
    # after two ReLUs (-3, 2) is (0, 2), and W3 makes it (0, -2)
    assert predict(np.array([[-3.0, 1.0], [2.0, 0.0]]), parameters).tolist() == [0, 0]
    parameters["W3"] = np.eye(2)
    assert predict(np.array([[-3.0, 1.0], [2.0, 0.0]]), parameters).tolist() == [1, 0]
