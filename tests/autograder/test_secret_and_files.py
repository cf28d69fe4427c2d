"""The course's secret, and files that strangers have a hand in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.files import NotAFile, read_untrusted, write_atomically
from autograder.secret import SecretError, case_secret, make_secret


def test_a_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = make_secret(tmp_path / "secret")
    first = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert make_secret(path).read_text() == first
    assert make_secret(tmp_path / "other").read_text() != first


def test_each_assignment_has_cases_of_its_own(tmp_path: Path) -> None:
    path = make_secret(tmp_path / "secret")
    one, other = case_secret("01", path), case_secret("02", path)
    assert one != other
    assert case_secret("01", path) == one
    assert path.read_text().strip() not in (one, other)
    assert len(bytes.fromhex(one)) == 32


@pytest.mark.parametrize("content", [None, b"", b"  \n", b"\xff"])
def test_a_bad_secret_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SecretError, match="secret"):
        case_secret("01", path)


def test_an_ordinary_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"content")
    assert read_untrusted(tmp_path, ["a", "b"], 100) == b"content"


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "secret").write_text("secret")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "folder").symlink_to(tmp_path / "real")
    for parts in (["link"], ["folder", "secret"]):
        with pytest.raises(NotAFile):
            read_untrusted(tmp_path, parts, 100)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotAFile, match="not an ordinary file"):
        read_untrusted(tmp_path, ["pipe"], 100)


def test_no_more_than_the_limit_is_read(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(3 * 2**20))
    with pytest.raises(NotAFile, match="3 MB, and at most 2 MB"):
        read_untrusted(tmp_path, ["large"], 2 * 2**20)


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("/etc/passwd")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for name in ("folder", "link", "nothing"):
        with pytest.raises(OSError):
            read_untrusted(tmp_path, [name], 100)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_failed_write_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new" / "file"
    write_atomically(path, "old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]
