"""Drawn flowers: the same for the same seed, different from each other, in class folders."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from resnets.flowers import KINDS, dataset, draw_flower, drawn_flowers, write_flowers
from resnets.hands.chance import Chance


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_chance_draws_the_same_flower(kind: str) -> None:
    one, same, other = (draw_flower(kind, Chance(key), 32) for key in (1, 1, 2))
    assert one.shape == (32, 32, 3) and one.dtype == np.uint8
    assert np.array_equal(one, same)
    assert np.abs(one.astype(int) - other).mean() > 5
    assert one.std() > 20  # something is there


def test_kinds_are_told_apart_by_their_colours_and_shapes_alone() -> None:
    """The nearest mean of other flowers is right for most of them."""
    seen = {kind: _small(kind, range(12)) for kind in KINDS}
    means = {kind: pictures.mean(0) for kind, pictures in seen.items()}
    right = [
        min(means, key=lambda name: np.square(picture - means[name]).sum()) == kind
        for kind in KINDS
        for picture in _small(kind, range(100, 106))
    ]
    assert np.mean(right) > 0.6


def _small(kind: str, keys: range) -> np.ndarray:
    return np.stack([draw_flower(kind, Chance(key), 16).astype(float) for key in keys])


def test_class_folders_of_flowers(tmp_path) -> None:
    write_flowers(tmp_path, 2, seed=3, size=16)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(KINDS)
    files = sorted(tmp_path.glob("*/*.png"))
    assert len(files) == 2 * len(KINDS)
    assert Image.open(files[0]).size == (16, 16)


def test_flowers_are_drawn_once_and_kept(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(dataset, "TRAIN", 1)
    monkeypatch.setattr(dataset, "VAL", 1)
    place = drawn_flowers(tmp_path)
    assert {path.name for path in place.iterdir()} == {"train", "val"}
    monkeypatch.setattr(dataset, "draw_flower", None)  # it is not asked again
    assert drawn_flowers(tmp_path) == place
    assert [path.name for path in (tmp_path / "drawn_flowers").iterdir()] == [place.name]


def test_a_folder_that_cannot_be_written_costs_only_the_drawing(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(dataset, "TRAIN", 1)
    monkeypatch.setattr(dataset, "VAL", 1)
    (tmp_path / "file").write_text("no folder")
    assert (drawn_flowers(tmp_path / "file") / "train" / "tulips" / "000.png").is_file()
