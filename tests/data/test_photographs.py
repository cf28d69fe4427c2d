"""From the archive to the two files: verified first, then whole or not at all."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnets.data import DatasetError, load_dataset
from resnets.data import __main__ as command
from resnets.data import photographs as module
from resnets.data.archive import Photograph, read_photographs
from resnets.data.download import download
from resnets.data.photographs import PINNED, build_photos, group_by_person, split_by_person

from .conftest import jpeg, photographs_of, tar_of
from .server import serving

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "resnets.data", "photos")


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()} if folder.exists() else set()


BOTH = {"train_signs.h5", "test_signs.h5"}


@pytest.fixture
def local(tmp_path, archive) -> Path:
    path = tmp_path / "archive.tar.gz"
    path.write_bytes(archive)
    return path


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "datasets"


# What is built


def test_built_files_load_as_photos(folder, local, pin, capsys):
    assert "ready" in build_photos(folder, archive=local, pin=pin)
    signs = load_dataset(folder=folder)
    assert names(folder) == BOTH
    assert signs.train_x.shape == (1080, 64, 64, 3) and signs.test_x.shape == (120, 64, 64, 3)
    assert np.bincount(signs.train_y[0]).tolist() == [180] * 6
    assert np.bincount(signs.test_y[0]).tolist() == [20] * 6
    assert "photographs" in capsys.readouterr().out


def test_course_keys_in_the_files(folder, local, pin):
    build_photos(folder, archive=local, pin=pin)
    with h5py.File(folder / "train_signs.h5") as file:
        assert set(file) == {"train_set_x", "train_set_y", "list_classes"}
        assert file["train_set_y"].shape == (1080,)


def test_second_run_does_nothing(folder, local, pin):
    build_photos(folder, archive=local, pin=pin)
    before = (folder / "train_signs.h5").stat().st_mtime_ns
    assert "nothing to do" in build_photos(folder, url="http://127.0.0.1:1/", pin=pin)
    assert (folder / "train_signs.h5").stat().st_mtime_ns == before


def test_over_http_and_broken_off_once(folder, archive, pin, monkeypatch):
    monkeypatch.setattr(module, "download", lambda url: download(url, pauses=(0,), progress=False))
    with serving(archive) as server:
        server.cuts = [70_000]
        build_photos(folder, url=server.url, pin=pin)
    assert names(folder) == BOTH


def test_the_pinned_archive(folder, pinned_archive, tmp_path):
    build_photos(folder, archive=pinned_archive)
    signs = load_dataset("photos", folder)
    assert np.abs(module.class_means(signs) - PINNED.means).max() < 1
    pictures = np.concatenate([signs.train_x, signs.test_x])
    assert len({p.tobytes() for p in pictures}) == 1200


def test_people_of_the_pinned_archive_are_kept_apart(pinned_archive):
    photographs = read_photographs(pinned_archive.read_bytes())
    people = group_by_person(photographs)
    person_of = {p: i for i, person in enumerate(people) for p in person}
    train, test = ({person_of[p] for p in part} for part in split_by_person(photographs))
    assert len(people) == 205 and len(test) == 20
    assert not train & test


@given(
    gaps=st.lists(st.integers(1, 3000), min_size=200, max_size=200),
    missing=st.sets(st.integers(0, 2039), max_size=10),
)
@settings(max_examples=30, deadline=None)
def test_split_keeps_people_apart_and_does_not_depend_on_file_order(gaps, missing):
    # 214 people, so that 200 of each digit are left whichever ten pictures are missing.
    starts = np.cumsum([10 + g for g in gaps + [1] * 14])
    everyone = [Photograph(int(s) + d, d, b"") for s in starts for d in range(10)]
    owner = {p.number: i // 10 for i, p in enumerate(everyone)}
    photographs = [p for i, p in enumerate(everyone) if i not in missing]
    train, test = split_by_person(photographs)
    assert (train, test) == split_by_person(photographs[::-1])
    assert not {owner[p.number] for p in train} & {owner[p.number] for p in test}
    for part, count in ((train, 180), (test, 20)):
        assert np.bincount([p.digit for p in part]).tolist() == [count] * 6
        assert len(set(part)) == len(part)


# What is refused


@pytest.mark.parametrize("name", sorted(BOTH))
@pytest.mark.parametrize("content", [b"the student's own", None])
def test_course_files_are_never_overwritten(folder, local, pin, name, content):
    folder.mkdir()
    if content is None:
        with h5py.File(folder / name, "w") as file:
            file["anything"] = 1
    else:
        (folder / name).write_bytes(content)
    before = (folder / name).read_bytes()
    with pytest.raises(DatasetError, match="stays as it is"):
        build_photos(folder, archive=local, pin=pin)
    assert (folder / name).read_bytes() == before and names(folder) == {name}


def test_tampered_picture_is_refused(folder, tmp_path, files, pin):
    first = next(iter(files))
    (tmp_path / "a").write_bytes(tar_of({**files, first: jpeg(1)}))
    with pytest.raises(DatasetError, match="not the pinned photographs"):
        build_photos(folder, archive=tmp_path / "a", pin=pin)
    assert not folder.exists()


def test_broken_picture_is_refused(folder, tmp_path, files, pin):
    first = next(iter(files))
    (tmp_path / "a").write_bytes(tar_of({**files, first: files[first][:200]}))
    with pytest.raises(DatasetError, match=r"IMG_\d+\.JPG in the archive is no whole picture"):
        build_photos(folder, archive=tmp_path / "a", pin=pin)
    assert not folder.exists()


def test_too_few_pictures_are_refused(folder, tmp_path, pin):
    (tmp_path / "a").write_bytes(tar_of(photographs_of(people=12)))
    with pytest.raises(DatasetError, match="12 of 0, 12 of 1"):
        build_photos(folder, archive=tmp_path / "a", pin=pin)
    assert not folder.exists()


def test_other_archive_of_the_right_size_is_refused(folder, local):
    with pytest.raises(DatasetError, match="not the pinned photographs"):
        build_photos(folder, archive=local)
    assert not folder.exists()


def test_decoder_that_rounds_differently_is_accepted(archive, pin):
    """Same files, other decoded digest: the means decide."""
    photographs = read_photographs(archive)
    rounded = replace(pin, pictures="0" * 64)
    assert module.verified_signs(photographs, rounded).train_x.shape == (1080, 64, 64, 3)
    brighter = replace(rounded, means=tuple((r + 2, g, b) for r, g, b in pin.means))
    with pytest.raises(DatasetError, match="not the pinned photographs"):
        module.verified_signs(photographs, brighter)


def test_repacked_archive_is_accepted(folder, tmp_path, files, pin):
    bare = {name.partition("/")[2]: content for name, content in reversed(files.items())}
    (tmp_path / "a").write_bytes(tar_of(bare, "w:"))
    build_photos(folder, archive=tmp_path / "a", pin=pin)
    assert names(folder) == BOTH


def test_archive_that_is_not_there(folder, tmp_path, pin):
    with pytest.raises(DatasetError, match="cannot be read"):
        build_photos(folder, archive=tmp_path / "none.tar.gz", pin=pin)


# What goes wrong while writing


@pytest.mark.parametrize("failing", [1, 2])
@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()]
)
def test_disk_full_or_interrupted_while_writing(folder, local, pin, monkeypatch, failing, error):
    calls = iter(range(1, 9))

    def fsync(_):
        if next(calls) == failing:
            raise error

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises((DatasetError, KeyboardInterrupt)) as raised:
        build_photos(folder, archive=local, pin=pin)
    assert not folder.exists()
    if isinstance(error, OSError):
        assert "No space left" in str(raised.value)
    monkeypatch.undo()
    build_photos(folder, archive=local, pin=pin)
    assert names(folder) == BOTH


def test_half_a_pair_is_taken_back(folder, local, pin, monkeypatch):
    real = Path.replace

    def stops_at_the_second(self, target):
        if Path(target).name == "test_signs.h5":
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", stops_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        build_photos(folder, archive=local, pin=pin)
    assert not folder.exists()


def test_real_write_error(folder, local):
    """The kernel itself refuses to write more than 1 MB: the command says so and cleans up."""
    resource = pytest.importorskip("resource")
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from resnets.data.files import Signs, write_signs; import numpy as np\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, {resource.RLIM_INFINITY}))\n"
        "s = Signs(np.zeros((1080, 64, 64, 3), np.uint8), *[np.zeros(6, int)] * 4)\n"
        f"write_signs(Path({str(folder)!r}), s, 'photos')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert "DatasetError" in done.stderr and "cannot be written" in done.stderr
    assert not folder.exists()


def test_folder_that_cannot_be_written_is_noticed_before_the_download(tmp_path, monkeypatch):
    (tmp_path / "datasets").write_text("a file, not a folder")
    monkeypatch.setattr(module, "download", lambda url: pytest.fail("downloaded"))
    with pytest.raises(DatasetError, match="cannot be written"):
        build_photos(tmp_path / "datasets")


def test_damaged_pair_of_ours_is_built_again(folder, local, pin):
    build_photos(folder, archive=local, pin=pin)
    (folder / "test_signs.h5").unlink()
    build_photos(folder, archive=local, pin=pin)
    assert names(folder) == BOTH


def test_leftovers_of_a_killed_run_are_swept(folder, local, pin):
    folder.mkdir()
    old = folder / ".train_signs.h5.1.part"
    old.write_bytes(b"half")
    os.utime(old, (time.time() - 3600,) * 2)
    build_photos(folder, archive=local, pin=pin)
    assert names(folder) == BOTH


# The command


def run(*arguments: str | Path) -> int:
    return command.main(["photos", *map(str, arguments)])


def test_command_succeeds(folder, local, pin, monkeypatch, capsys):
    monkeypatch.setattr(command, "build_photos", lambda *a, **k: build_photos(*a, **k, pin=pin))
    assert run("--archive", local, "--folder", folder) == 0
    assert "1080 photographs" in capsys.readouterr().out


def test_command_fails_with_one_sentence(folder, tmp_path, capsys):
    assert run("--archive", tmp_path / "none", "--folder", folder) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ") and error.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX systems")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_interrupted_during_the_download(folder, number):
    """A server that stalls; the command is stopped; nothing is there afterwards."""
    with socket.socket() as stalled:
        stalled.bind(("127.0.0.1", 0))
        stalled.listen()
        port = stalled.getsockname()[1]
        process = subprocess.Popen(
            [*COMMAND, "--folder", folder, "--url", f"http://127.0.0.1:{port}/x"],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        stalled.settimeout(60)
        connection, _ = stalled.accept()
        process.send_signal(number)
        _, error = process.communicate(timeout=60)
        connection.close()
    assert process.returncode == 130
    assert error == "interrupted: nothing was left behind; start again any time\n"
    assert not folder.exists()


def test_command_in_another_process_with_the_pinned_archive(folder, pinned_archive):
    done = subprocess.run(
        [*COMMAND, "--folder", folder, "--archive", pinned_archive],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert names(folder) == BOTH
