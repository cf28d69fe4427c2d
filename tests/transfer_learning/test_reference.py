"""Notebook 07's solution beside Pillow's and Keras' own, and what its benchmark is built from."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from PIL import Image, ImageEnhance

from benchmarks import transfer
from resnets.data.archive import Photograph
from tests.answers import solved

ASSIGNMENT = "07_transfer_learning"


def solution(name: str) -> Any:
    return solved(ASSIGNMENT)[name]


@pytest.fixture
def pictures() -> np.ndarray:
    """Three soft pictures of 21×21 pixels in whole steps of 1/255, from 0 to 1."""
    small = np.random.default_rng(0).integers(0, 256, (3, 4, 4, 3)).astype("uint8")
    large = [Image.fromarray(s).resize((21, 21), Image.Resampling.BILINEAR) for s in small]
    return np.stack([np.asarray(picture) for picture in large]).astype("float32") / 255


def _as_image(picture: np.ndarray) -> Image.Image:
    return Image.fromarray(np.rint(255 * picture).astype("uint8"))


@pytest.mark.parametrize("degrees", [-45.0, 20.0, 33.0, 90.0])
def test_rotate_is_pillows_rotation_where_pillow_is_not_black(pictures, degrees) -> None:
    turned = solution("rotate")(pictures, np.full(3, degrees))
    for picture, found in zip(pictures, turned, strict=True):
        expected = np.asarray(_as_image(picture).rotate(degrees)) / 255
        inside = np.asarray(Image.new("L", (21, 21), 255).rotate(degrees)) > 0
        same = np.isclose(found, expected, atol=1e-6).all(axis=-1)
        assert (same | ~inside).mean() > 0.97  # a place between two pixels may be rounded otherwise
        assert found.min() >= picture.min()  # and no corner is black


def test_rotate_shows_a_mirror_image_as_numpy_pads_it(pictures) -> None:
    wide = np.pad(pictures, [(0, 0), (20, 20), (20, 20), (0, 0)], mode="symmetric")
    turned = solution("rotate")(wide, np.full(3, 30.0))[:, 20:41, 20:41]
    assert np.array_equal(solution("rotate")(pictures, np.full(3, 30.0)), turned)


def test_colours_change_as_in_pillow(pictures) -> None:
    factors = (0.8, 0.6, 1.3)
    found = solution("colour_jitter")(pictures, *(np.full(3, factor) for factor in factors))
    for picture, changed in zip(pictures, found, strict=True):
        image = _as_image(picture)
        for kind, factor in zip(("Brightness", "Contrast", "Color"), factors, strict=True):
            image = getattr(ImageEnhance, kind)(image).enhance(factor)
        assert np.abs(np.asarray(image) / 255 - changed).max() < 4 / 255  # Pillow rounds each step


def test_grey_is_pillows_grey(pictures) -> None:
    found = solution("greyscale")(pictures, np.array([True, False, True]))
    for index in (0, 2):
        expected = np.asarray(_as_image(pictures[index]).convert("L")) / 255
        assert np.abs(found[index] - expected[..., None]).max() < 1 / 255
    assert np.array_equal(found[1], pictures[1])


def test_normalise_is_what_both_kinds_of_imagenet_weights_need(pictures) -> None:
    mean, deviation = solution("IMAGENET_MEAN"), solution("IMAGENET_DEVIATION")
    prepare = keras.applications.imagenet_utils.preprocess_input
    found = solution("normalise")(pictures, mean, deviation)
    assert np.allclose(found, prepare(255 * pictures, mode="torch"), atol=1e-5)
    found = solution("normalise")(pictures, mean, np.float32(1 / 255))[..., ::-1]
    assert np.allclose(found, prepare(255 * pictures, mode="caffe"), atol=0.6)  # of 255


def test_hands_are_told_apart_by_people_and_test_people_are_in_no_training() -> None:
    def photograph(number: int, digit: int) -> Photograph:
        content = bytes([number % 256, digit])
        return Photograph(number, digit, content)

    everybody = [
        photograph(10 * person + digit, digit) for person in range(30) for digit in range(10)
    ]
    people = transfer.group_by_person(everybody)
    tested = transfer.tested_people(people)
    assert len(people) == 30 and [person[0].number for person in tested] == [0, 100, 200]


def test_training_pictures_are_as_many_of_each_class_and_others_for_another_seed() -> None:
    x = np.arange(40.0).reshape(40, 1, 1, 1)
    y = np.arange(40) % 4
    few, labels, steps = transfer.chosen((x, y), 5, seed=0)
    assert np.bincount(labels).tolist() == [5] * 4 and steps == transfer.STEPS[5]
    assert np.array_equal(few.ravel() % 4, labels)
    assert not np.array_equal(few, transfer.chosen((x, y), 5, seed=1)[0])
    assert len(transfer.chosen((x, y), None, seed=0)[0]) == 40


def test_a_measurement_that_was_cut_off_is_made_again(tmp_path) -> None:
    path = tmp_path / "results.jsonl"
    key = transfer.key_of("frozen", 5, 0)
    path.write_text(f'{{"key": "{key}", "accuracy": 0.5}}\n{{"key": "pla')
    assert transfer.read_results(path) == {key: 0.5}
    lines: list[str] = []
    transfer.print_table({key: 0.5, transfer.key_of("frozen", 5, 1): 0.7}, lines.append)
    assert "| frozen | 0.60 (0.50 to 0.70) | – | – |" in lines
