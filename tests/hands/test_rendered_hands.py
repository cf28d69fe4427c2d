"""The embedded data set: complete, balanced, varied, and the same on every machine."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnets.hands import rendered_hands

# A change of the drawing changes this on purpose; a change of machine must not.
DIGEST = "f80182be274eacece883318fc8bdddf88b4011f4e28eb6001fa7851b2f776580"
DIGEST_CODE = """
import hashlib
from resnets.hands import rendered_hands
x, _ = rendered_hands(3, seed=2015, progress=False)
print(hashlib.sha256(x.tobytes()).hexdigest())
"""


@pytest.fixture(scope="module")
def hands() -> tuple[np.ndarray, np.ndarray]:
    return rendered_hands(12, seed=1, progress=False)


def test_shapes_types_and_labels(hands):
    x, y = hands
    assert x.shape == (72, 64, 64, 3) and x.dtype == np.uint8
    assert y.shape == (72,) and y.dtype == np.int64
    assert np.bincount(y).tolist() == [12] * 6


def test_pictures_are_the_published_ones():
    x, _ = rendered_hands(3, seed=2015, progress=False)
    assert hashlib.sha256(x.tobytes()).hexdigest() == DIGEST


def test_pictures_do_not_depend_on_the_processors_vector_instructions():
    found = np.show_config(mode="dicts").get("SIMD Extensions", {}).get("found", [])
    environment = os.environ | {"NPY_DISABLE_CPU_FEATURES": " ".join(found)}
    run = subprocess.run(
        [sys.executable, "-c", DIGEST_CODE],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == DIGEST


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**63 - 1), classes=st.integers(1, 6))
def test_same_seed_same_pictures_and_a_smaller_set_is_the_beginning_of_a_larger(seed, classes):
    x, y = rendered_hands(2, seed, classes, progress=False)
    again, labels = rendered_hands(1, seed, classes, progress=False)
    assert np.array_equal(x[:classes], again)
    assert np.array_equal(y[:classes], labels)


def test_no_picture_occurs_twice_nor_in_two_seeds(hands):
    x, _ = hands
    other, _ = rendered_hands(12, seed=2, progress=False)
    both = np.concatenate([x, other])
    assert len({picture.tobytes() for picture in both}) == len(both)


def test_pictures_vary_in_light_and_in_colour(hands):
    x, _ = hands
    brightness = x.mean(axis=(1, 2, 3))
    assert brightness.std() > 15
    corners = x[:, :4, :4].mean(axis=(1, 2))
    assert (corners.std(axis=0) > 15).all()
    assert (x.std(axis=(1, 2)).min(axis=1) > 3).all(), "a picture shows nothing"


def test_labels_and_drawings_agree():
    """Five spread fingers cover more of the picture than one."""
    x, y = rendered_hands(40, seed=3, progress=False)
    background = np.median(x[:, :3].reshape(len(x), -1, 3), axis=1)[:, None, None]
    cover = (np.abs(x - background).sum(3) > 60)[:, 4:40].mean(axis=(1, 2))
    assert np.median(cover[y == 5]) > 1.2 * np.median(cover[y == 1])


def test_progress_bar_on_request(capfd):
    rendered_hands(1, seed=0, progress=True)
    assert "drawing hands" in capfd.readouterr().err
    rendered_hands(1, seed=0, progress=False)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"per_class": 0}, ValueError, "per_class must lie between 1 and"),
        ({"per_class": 2.5}, TypeError, "per_class must be a whole number"),
        ({"per_class": True}, TypeError, "per_class must be a whole number"),
        ({"seed": -1}, ValueError, "seed must lie between 0 and"),
        ({"seed": "1"}, TypeError, "seed must be a whole number"),
        ({"classes": 11}, ValueError, "classes must lie between 1 and 10, but is 11"),
        ({"first": 6, "classes": 5}, ValueError, "classes must lie between 1 and 4, but is 5"),
        ({"first": 10}, ValueError, "first must lie between 0 and 9, but is 10"),
    ],
)
def test_bad_arguments_get_a_sentence(arguments, error, words):
    with pytest.raises(error, match=words) as caught:
        rendered_hands(**({"per_class": 1, "seed": 0, "progress": False} | arguments))
    assert "\n" not in str(caught.value)


def test_digits_6_to_9_are_drawn_too_and_are_the_same_whichever_is_first():
    x, y = rendered_hands(3, seed=5, classes=4, progress=False, first=6)
    assert x.shape == (12, 64, 64, 3) and y.tolist() == [6, 7, 8, 9] * 3
    all_x, all_y = rendered_hands(3, seed=5, classes=10, progress=False)
    assert np.array_equal(x, all_x[all_y >= 6])


def test_numpy_integers_are_welcome():
    x, _ = rendered_hands(np.int64(1), np.uint8(3), np.int32(2), progress=False)
    assert x.shape == (2, 64, 64, 3)
