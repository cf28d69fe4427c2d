"""The course's secret, and files that strangers have a hand in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.course import secret
from autograder.course.files import NotAFile, read_untrusted, write_atomically
from autograder.course.secret import SecretError, find_secret, keep_in_course


@pytest.fixture(autouse=True)
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of the repository, which holds no secret yet."""
    path = tmp_path / "clone" / secret.NAME
    path.parent.mkdir()
    monkeypatch.setattr(secret, "OF_THIS_CLONE", path)
    return path


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "course").mkdir()
    return tmp_path / "course"


def test_a_secret_is_made_once_for_its_owner_only_and_stays_with_the_course(course: Path) -> None:
    first = find_secret(course)
    assert first.made and first.is_private()
    assert first.path == course / ".course-secret"
    assert first.path.stat().st_mode & 0o777 == 0o600
    again = find_secret(course)
    assert not again.made
    assert again.of_cases("01") == first.of_cases("01")
    (course.parent / "other").mkdir()
    assert find_secret(course.parent / "other").of_cases("01") != first.of_cases("01")


def test_each_assignment_has_cases_of_its_own(course: Path) -> None:
    found = find_secret(course)
    one, other = found.of_cases("01"), found.of_cases("02")
    assert one != other
    assert found.path.read_text().strip() not in (one, other)
    assert len(bytes.fromhex(one)) == 32


def test_what_is_said_comes_first_then_the_course_then_the_clone(
    course: Path, clone: Path, tmp_path: Path
) -> None:
    clone.write_text("of the clone")
    assert find_secret(course).path == clone
    (course / secret.NAME).write_text("of the course")
    assert find_secret(course).path == course / secret.NAME
    assert find_secret(course, tmp_path / "said").path == tmp_path / "said"


def test_a_course_that_is_handed_on_keeps_its_cases(course: Path, clone: Path) -> None:
    clone.write_text("of the clone\n")
    before = find_secret(course).of_cases("01")
    kept = keep_in_course(course)
    assert kept.made and kept.is_private()
    clone.write_text("of a colleague's clone\n")
    assert find_secret(course).of_cases("01") == before
    assert not keep_in_course(course).made


def test_another_secret_than_the_class_was_marked_with_is_noticed(course: Path) -> None:
    first = find_secret(course)
    assert not first.has_changed(course)
    first.note_use(course)
    assert not first.has_changed(course)
    noted = b"".join(path.read_bytes() for path in (course / ".autograder").iterdir())
    assert first.path.read_bytes().strip() not in noted
    first.path.unlink()
    assert find_secret(course).has_changed(course)


def test_a_secret_that_others_can_read_is_noticed(course: Path) -> None:
    (course / secret.NAME).write_text("long and random")
    (course / secret.NAME).chmod(0o644)
    assert not find_secret(course).is_private()


def test_a_secret_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="--secret"):
        find_secret(tmp_path / "nowhere")


@pytest.mark.parametrize("content", [None, b"", b"  \n", b"\xff"])
def test_a_bad_secret_is_told(course: Path, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SecretError, match="secret"):
        find_secret(course, path).of_cases("01")


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
