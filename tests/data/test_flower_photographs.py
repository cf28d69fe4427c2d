"""Photographs of flowers: verified first, then whole or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from resnets.data import DatasetError, find_class_folders, find_flowers
from resnets.data import __main__ as command
from resnets.data import flowers as module
from resnets.data.download import download
from resnets.data.flowers import build_flowers
from resnets.flowers import KINDS

from .conftest import jpeg, tar_of
from .server import serving

FILES = {
    f"flower_photos/{kind}/{number}_{kind}.jpg": jpeg(10 * n + number)
    for n, kind in enumerate(KINDS)
    for number in range(6)
}


def sha(archive: bytes) -> str:
    return hashlib.sha256(archive).hexdigest()


@pytest.fixture(scope="module")
def archive() -> bytes:
    return tar_of(FILES | {"flower_photos/LICENSE.txt": b"CC-BY"})


def counts(place: Path) -> dict[str, int]:
    return {use: len(list((place / use).glob("*/*.jpg"))) for use in ("train", "val")}


def test_over_http_and_broken_off_once(tmp_path, archive, monkeypatch, capsys) -> None:
    def quick(url: str, **rest):
        return download(url, pauses=(0,), progress=False, **rest)

    monkeypatch.setattr(module, "download", quick)
    with serving(archive) as server:
        server.cuts = [len(archive) // 2]
        said = build_flowers(tmp_path, url=server.url, sha256=sha(archive))
        assert len(server.requested) == 2
    assert "20 photographs for training, 10 for validation" in said
    assert counts(tmp_path / "flowers") == {"train": 20, "val": 10}
    assert find_class_folders(tmp_path / "flowers" / "train").names == list(KINDS)
    assert find_flowers(tmp_path) == tmp_path / "flowers"
    assert "photographs of flowers" in capsys.readouterr().out


def test_a_second_run_does_nothing(tmp_path, archive) -> None:
    (tmp_path / "a.tgz").write_bytes(archive)
    build_flowers(tmp_path, archive=tmp_path / "a.tgz", sha256=sha(archive))
    said = build_flowers(tmp_path, url="http://127.0.0.1:1/", sha256=sha(archive))
    assert "nothing to do" in said


@pytest.mark.parametrize(
    ("content", "pinned", "said"),
    [
        (tar_of(FILES), False, "not the pinned one"),
        (tar_of(FILES)[:500], True, "damaged"),
        (b"no archive", True, "damaged"),
        (tar_of({"flower_photos/daisy/1.jpg": b"x"}), True, "no pictures of dandelion"),
        (tar_of({"../../evil.jpg": b"x", "flower_photos/daisy/../../x.jpg": b""}), True, "no pic"),
    ],
)
def test_other_archives_are_refused_and_nothing_is_left(tmp_path, content, pinned, said) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(DatasetError, match=said):
        build_flowers(
            tmp_path / "data", archive=tmp_path / "a", sha256=sha(content) if pinned else "0" * 64
        )
    assert not (tmp_path / "data").exists() or not list((tmp_path / "data").iterdir())


def test_an_archive_that_is_not_there(tmp_path) -> None:
    with pytest.raises(DatasetError, match="cannot be read"):
        build_flowers(tmp_path, archive=tmp_path / "none")


def test_a_folder_that_cannot_be_written(tmp_path, archive) -> None:
    (tmp_path / "a").write_bytes(archive)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(DatasetError, match="cannot be written"):
        build_flowers(tmp_path / "file", archive=tmp_path / "a", sha256=sha(archive))


def test_command_fails_with_one_sentence(tmp_path, capsys) -> None:
    arguments = ["flowers", "--archive", str(tmp_path / "none"), "--folder", str(tmp_path)]
    assert command.main(arguments) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ") and error.count("\n") == 1
