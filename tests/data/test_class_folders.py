"""Class folders as they are in the world: broken pictures, empty classes, files beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from resnets.data import DatasetError, find_class_folders, save_class_indices


def picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (4, 4), "red").save(path)


@pytest.fixture
def folder(tmp_path) -> Path:
    for name in ("b/2.png", "b/1.jpg", "a/x.JPG"):
        picture(tmp_path / "all" / name)
    return tmp_path / "all"


def test_classes_and_pictures_in_the_order_of_their_names(folder, capsys) -> None:
    found = find_class_folders(folder)
    assert found.names == ["a", "b"] and found.labels == [0, 1, 1]
    assert [Path(path).name for path in found.paths] == ["x.JPG", "1.jpg", "2.png"]
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("b/broken.jpg", b"no picture", "1 cannot be read as a picture (for example broken.jpg)"),
        ("b/empty.png", b"", "1 cannot be read as a picture (for example empty.png)"),
        ("b/notes.txt", b"text", "1 not a picture (for example notes.txt)"),
        ("README.md", b"text", "1 beside the class folders (for example README.md)"),
    ],
)
def test_what_cannot_be_used_is_named_once_and_left_out(folder, capsys, name, content, said):
    (folder / name).write_bytes(content)
    assert len(find_class_folders(folder).paths) == 3
    out = capsys.readouterr().out
    assert said in out and out.count("\n") == 1


def test_half_a_picture_is_left_out(folder, capsys) -> None:
    whole = folder / "b" / "1.jpg"
    Image.effect_noise((64, 64), 90).save(whole)
    (folder / "b" / "half.jpg").write_bytes(whole.read_bytes()[:1000])
    assert len(find_class_folders(folder).paths) == 3
    assert "half.jpg" in capsys.readouterr().out


def test_an_empty_class_is_left_out(folder, capsys) -> None:
    (folder / "c").mkdir()
    assert find_class_folders(folder).names == ["a", "b"]
    assert "The class c has no pictures" in capsys.readouterr().out


def test_one_class_only_is_told_and_goes_on(tmp_path, capsys) -> None:
    picture(tmp_path / "a" / "1.png")
    assert find_class_folders(tmp_path).names == ["a"]
    assert "Only one class, a," in capsys.readouterr().out


def test_validation_has_the_numbers_of_training(folder, tmp_path, capsys) -> None:
    picture(tmp_path / "val" / "b" / "1.png")
    picture(tmp_path / "val" / "z" / "1.png")
    found = find_class_folders(tmp_path / "val", ["a", "b"])
    assert found.names == ["a", "b"] and found.labels == [1]
    out = capsys.readouterr().out
    assert "The class a has no pictures" in out and "z is not one of the given classes" in out


def test_no_folder_and_no_picture_are_errors_in_one_sentence(tmp_path) -> None:
    with pytest.raises(DatasetError, match="There is no folder"):
        find_class_folders(tmp_path / "none")
    with pytest.raises(DatasetError, match=r"No folder in .* has a picture"):
        find_class_folders(tmp_path)


def test_class_indices(tmp_path) -> None:
    save_class_indices(["daisy", "roses"], tmp_path / "class_indices.json")
    read = json.loads((tmp_path / "class_indices.json").read_text())
    assert read == {"0": "daisy", "1": "roses"}
