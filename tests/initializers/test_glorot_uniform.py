"""The seeded initializer against TensorFlow 1's graph generator, and in saved models."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from resnets.initializers import GlorotUniform, fans, glorot_uniform, philox

tf = pytest.importorskip("tensorflow", reason="the reference is TensorFlow's own v1 generator")

shapes = st.one_of(
    st.tuples(st.integers(1, 40)),
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.tuples(st.integers(1, 7), st.integers(1, 7), st.integers(1, 24), st.integers(1, 24)),
    st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 9)),
)


def tensorflow_1(shape: tuple[int, ...], seed: int) -> np.ndarray:
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        initializer = tf.compat.v1.glorot_uniform_initializer(seed=seed)
        return session.run(initializer(shape))


@given(shape=shapes, seed=st.integers(-(2**31), 2**33))
@example(shape=(1, 1, 1, 1), seed=0)  # fan in + fan out = 2: the scale's lower bound
@example(shape=(1,), seed=0)
@example(shape=(3, 3, 512, 512), seed=0)  # the largest kernel of ResNet-50
@settings(max_examples=60, deadline=None)
def test_the_same_bits_as_tensorflow_1(shape: tuple[int, ...], seed: int) -> None:
    ours = glorot_uniform(seed=seed).numpy(shape)
    assert ours.dtype == np.float32
    np.testing.assert_array_equal(ours, tensorflow_1(shape, seed))


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0), 0, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        (
            (0x85A308D3243F6A88, 0x0370734413198A2E),
            0x299F31D0A4093822,
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)
def test_philox_gives_its_authors_known_answers(
    counter: tuple[int, int], key: int, words: str
) -> None:
    """The known-answer file of Random123 (Salmon et al. 2011), lines `philox4x32 10`."""
    low, high = counter
    assert " ".join(f"{word:08x}" for word in philox(low, 1, high, key)[0]) == words


@given(st.lists(st.integers(1, 40_000), min_size=1, max_size=4), st.integers(0, 9))
@settings(max_examples=20, deadline=None)
def test_what_was_drawn_before_does_not_matter(sizes: list[int], seed: int) -> None:
    """A seed's numbers are kept and drawn further by pieces, which never shows."""
    for size in sizes:
        ours = glorot_uniform(seed=seed).numpy((size,))
        np.testing.assert_array_equal(ours, tensorflow_1((size,), seed))


def test_a_tensor_handed_out_can_be_changed_without_harm() -> None:
    first = glorot_uniform(seed=3).numpy((4, 4))
    first[:] = 0
    assert np.abs(glorot_uniform(seed=3).numpy((4, 4))).min() > 0


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((), (1, 1)), ((5,), (5, 5)), ((4, 6), (4, 6)), ((3, 3, 4, 6), (36, 54))],
)
def test_fans(shape: tuple[int, ...], expected: tuple[int, int]) -> None:
    assert fans(shape) == expected


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_saved_with_the_model(tmp_path, suffix: str) -> None:
    inputs = keras.Input((8,))
    outputs = keras.layers.Dense(3, kernel_initializer=glorot_uniform(seed=5))(inputs)
    path = tmp_path / f"model{suffix}"
    keras.Model(inputs, outputs).save(path)
    loaded = keras.saving.load_model(path, compile=False)
    assert isinstance(loaded.layers[-1].kernel_initializer, GlorotUniform)
    assert loaded.layers[-1].kernel_initializer.seed == 5
    np.testing.assert_array_equal(
        loaded.layers[-1].kernel.numpy(), glorot_uniform(seed=5).numpy((8, 3))
    )


def test_without_a_seed_keras_own_seed_decides() -> None:
    draws = []
    for seed in (1, 1, 2):
        keras.utils.set_random_seed(seed)
        draws.append(glorot_uniform().numpy((3, 3)))
    np.testing.assert_array_equal(draws[0], draws[1])
    assert not np.array_equal(draws[0], draws[2])


@pytest.mark.parametrize("seed", [1.5, "0", True])
def test_a_seed_that_is_no_integer_is_named(seed: object) -> None:
    with pytest.raises(TypeError, match="seed must be an integer or None, found"):
        glorot_uniform(seed=seed)
