"""`load_dataset` finds the right source, says so, and refuses bad files with one sentence."""

import errno
import os

import h5py
import numpy as np
import pytest

import resnets.hands
from resnets.data import DatasetError, load_dataset
from resnets.data import load as module
from resnets.data.files import Signs, write_signs

SHAPES = [(1080, 64, 64, 3), (1, 1080), (120, 64, 64, 3), (1, 120), (6,)]


def signs() -> Signs:
    generator = np.random.default_rng(0)
    return Signs(
        generator.integers(0, 256, (1080, 64, 64, 3), np.uint8),
        generator.integers(0, 6, (1, 1080)),
        generator.integers(0, 256, (120, 64, 64, 3), np.uint8),
        generator.integers(0, 6, (1, 120)),
        np.arange(6),
    )


@pytest.fixture(scope="module")
def some() -> Signs:
    return signs()


@pytest.fixture
def course(tmp_path, some):
    """A folder as a student of the original course has it."""
    folder = tmp_path / "datasets"
    folder.mkdir()
    for part, x, y in (("train", some.train_x, some.train_y), ("test", some.test_x, some.test_y)):
        with h5py.File(folder / f"{part}_signs.h5", "w") as file:
            file[f"{part}_set_x"], file[f"{part}_set_y"] = x, y[0]
            file["list_classes"] = np.arange(6)
    return folder


@pytest.fixture
def drawn(monkeypatch):
    """Counts how often hands are drawn; they are noise here."""
    calls = []

    def rendered_hands(per_class, seed, classes=6, progress=True):
        calls.append(seed)
        y = np.repeat(np.arange(classes), per_class)
        order = np.random.default_rng(seed).permutation(len(y))
        x = np.broadcast_to(y[order, None, None, None], (len(y), 64, 64, 3)).astype(np.uint8)
        return x, y[order]

    monkeypatch.setattr(resnets.hands, "rendered_hands", rendered_hands)
    return calls


def change(path, key, value):
    with h5py.File(path, "r+") as file:
        del file[key]
        if value is not None:
            file[key] = value


# Which source


@pytest.mark.parametrize("source", ["auto", "course"])
def test_course_files_work_unchanged(course, some, source, capsys):
    before = {p.name: p.read_bytes() for p in course.iterdir()}
    loaded = load_dataset(source, course)
    assert all(np.array_equal(a, b) for a, b in zip(loaded, some, strict=True))
    assert [a.shape for a in loaded] == SHAPES
    assert [a.dtype for a in loaded] == [np.uint8, np.int64, np.uint8, np.int64, np.int64]
    assert {p.name: p.read_bytes() for p in course.iterdir()} == before
    assert capsys.readouterr().out == "Data: your own course files in datasets/ (course).\n"


def test_labels_as_a_row_are_the_courses_too(course, some):
    change(course / "train_signs.h5", "train_set_y", some.train_y)
    assert np.array_equal(load_dataset(folder=course).train_y, some.train_y)


@pytest.mark.parametrize("source", ["auto", "photos"])
def test_files_built_here_are_told_apart_by_their_attribute(tmp_path, some, source, capsys):
    write_signs(tmp_path, some, "photos")
    assert np.array_equal(load_dataset(source, tmp_path).test_x, some.test_x)
    assert capsys.readouterr().out.endswith("(photos).\n")


def test_rendered_when_there_is_nothing_else(tmp_path, drawn, capsys):
    loaded = load_dataset(folder=tmp_path)
    assert [a.shape for a in loaded] == SHAPES
    assert np.bincount(loaded.test_y[0]).tolist() == [20] * 6
    assert np.array_equal(loaded.train_x[:, 0, 0, 0], loaded.train_y[0])
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and "rendered" in out and "resnets.data photos" in out


def test_rendered_may_be_asked_for_beside_course_files(course, drawn):
    assert load_dataset("rendered", course).train_x.max() == 5


def test_folder_is_found_in_the_repository_from_anywhere(tmp_path, monkeypatch, some):
    write_signs(tmp_path / "repository" / "datasets", some, "photos")
    monkeypatch.setattr(module, "_REPOSITORY", tmp_path / "repository")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    assert load_dataset("photos").train_x.shape == (1080, 64, 64, 3)


# Rendered hands are kept


def test_rendered_hands_are_drawn_once(tmp_path, drawn):
    first, second = load_dataset("rendered", tmp_path), load_dataset("rendered", tmp_path)
    assert len(drawn) == 1
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_damaged_copy_is_drawn_again(tmp_path, drawn):
    load_dataset("rendered", tmp_path)
    for path in tmp_path.rglob("train_signs.h5"):
        path.write_bytes(path.read_bytes()[:1000])
    assert load_dataset("rendered", tmp_path).train_x.shape == SHAPES[0]
    load_dataset("rendered", tmp_path)
    assert len(drawn) == 2


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_unwritable_folder_costs_only_the_copy(tmp_path, drawn, monkeypatch, code):
    def fsync(_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fsync)
    assert load_dataset("rendered", tmp_path).train_x.shape == SHAPES[0]
    assert list(tmp_path.iterdir()) == []


def test_missing_folder_is_not_made(tmp_path, drawn):
    load_dataset(folder=tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


def test_hands_of_earlier_code_are_cleared_away(tmp_path, drawn, monkeypatch):
    load_dataset("rendered", tmp_path)
    monkeypatch.setattr("resnets.data.rendered.SEED", 2)
    load_dataset("rendered", tmp_path)
    assert len(drawn) == 2 and len(list((tmp_path / "rendered").iterdir())) == 1


# Bad input


@pytest.mark.parametrize("source", ["course", "photos"])
@pytest.mark.parametrize("made", [True, False])
def test_no_files_or_no_folder(tmp_path, source, made):
    folder = tmp_path / "datasets"
    if made:
        folder.mkdir()
    expected = "holds no" if made else "there is no folder"
    with pytest.raises(DatasetError, match=expected):
        load_dataset(source, folder)


def test_unknown_source(tmp_path):
    with pytest.raises(DatasetError, match="auto, course, photos, rendered, but it is 'web'"):
        load_dataset("web", tmp_path)


def test_files_of_another_source(course):
    with pytest.raises(DatasetError, match="holds the files of source 'course', not 'photos'"):
        load_dataset("photos", course)


@pytest.mark.parametrize("name", ["train_signs.h5", "test_signs.h5"])
def test_one_file_of_two(course, name):
    (course / name).unlink()
    with pytest.raises(DatasetError, match=f"datasets/{name} is missing"):
        load_dataset(folder=course)


@pytest.mark.parametrize("length", [0, 100, 5000, 1_000_000])
@pytest.mark.parametrize("name", ["train_signs.h5", "test_signs.h5"])
def test_truncated_file(course, name, length):
    (course / name).write_bytes((course / name).read_bytes()[:length])
    with pytest.raises(DatasetError, match=f"datasets/{name} is damaged"):
        load_dataset(folder=course)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("train_set_x", np.zeros((1080, 32, 32, 3), np.uint8), r"should be \(1080, 64, 64, 3\)"),
        ("train_set_x", np.zeros((10, 64, 64, 3), np.uint8), r"but it is \(10, 64, 64, 3\) uint8"),
        ("train_set_x", np.zeros((1080, 64, 64, 3), np.float16), "uint8, but it is .* float16"),
        ("train_set_y", np.zeros(1079, int), r"should be \(1080,\)"),
        ("train_set_y", np.zeros(1080), "integers"),
        ("train_set_y", np.full(1080, b"5"), "integers"),
        ("train_set_y", 3, r"but it is \(\)"),
        ("list_classes", np.arange(10), r"should be \(6,\)"),
        ("train_set_x", None, "has no array 'train_set_x' .it has list_classes, train_set_y"),
    ],
)
def test_wrong_shapes_and_types(course, key, value, message):
    change(course / "train_signs.h5", key, value)
    with pytest.raises(DatasetError, match=message):
        load_dataset(folder=course)


@pytest.mark.parametrize("label", [-1, 6, 255])
def test_labels_outside_the_classes(course, some, label):
    labels = some.test_y[0].copy()
    labels[7] = label
    change(course / "test_signs.h5", "test_set_y", labels)
    with pytest.raises(DatasetError, match=f"from 0 to 5, but {label} is among them"):
        load_dataset(folder=course)


def test_group_in_place_of_an_array(course):
    change(course / "train_signs.h5", "train_set_x", None)
    with h5py.File(course / "train_signs.h5", "r+") as file:
        file.create_group("train_set_x")
    with pytest.raises(DatasetError, match="has no array"):
        load_dataset(folder=course)


def test_array_of_absurd_size_is_not_read(course):
    change(course / "train_signs.h5", "train_set_x", None)
    with h5py.File(course / "train_signs.h5", "r+") as file:
        file.create_dataset("train_set_x", (10**8, 64, 64, 3), np.uint8, chunks=(1, 64, 64, 3))
    with pytest.raises(DatasetError, match="no set of"):
        load_dataset(folder=course)


def test_built_files_that_were_changed_are_noticed(tmp_path, some):
    write_signs(tmp_path, some, "photos")
    with h5py.File(tmp_path / "test_signs.h5", "r+") as file:
        file["test_set_x"][0, 0, 0, 0] ^= 1
    with pytest.raises(DatasetError, match="no longer as they were built"):
        load_dataset(folder=tmp_path)


def test_one_course_file_beside_one_of_ours(course, tmp_path, some):
    write_signs(tmp_path, some, "photos")
    (course / "train_signs.h5").write_bytes((tmp_path / "train_signs.h5").read_bytes())
    with pytest.raises(DatasetError, match="no longer as they were built"):
        load_dataset(folder=course)


def test_notebooks_show_the_sentence_alone():
    interactive = pytest.importorskip("IPython.core.interactiveshell")
    shell = interactive.InteractiveShell()
    result = shell.run_cell("from resnets.data import load_dataset; load_dataset('web')")
    lines = result.error_in_exec._render_traceback_()
    assert len(lines) == 1 and lines[0].startswith("DatasetError: source should be one of")
