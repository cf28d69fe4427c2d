"""A class is not held in memory: verdicts in a file, files in parts, rows by the hundred."""

from __future__ import annotations

import io
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.course.files import write_atomically
from autograder.course.packed import PackedVerdicts
from autograder.course.verdict import CellVerdict, Verdict
from autograder.course.writers import MOST_WAITING, Writers
from autograder.results import nbgrader_gradebook
from tests.autograder.conftest import small_reference

ASSIGNMENT = "00_small"


def verdict(points: float) -> Verdict:
    cells = [
        CellVerdict("test_third", points, 2.0, points == 2, ["expected 3, found 4"]),
        CellVerdict("test_greet", 1.0, 1.0, True),
    ]
    return Verdict("graded", "marked", cells, late_penalty=0.5, code_hashes={"third": "abc"})


def test_a_packed_verdict_is_the_same() -> None:
    packed: PackedVerdicts[str] = PackedVerdicts()
    packed["anna"], packed["bob"] = verdict(2), verdict(0)
    assert packed == {"anna": verdict(2), "bob": verdict(0)}
    assert list(packed) == ["anna", "bob"] and "anna" in packed and "zoë" not in packed
    del packed["bob"]
    assert len(packed) == 1 and packed.get("bob") is None


def test_a_change_counts_once_it_is_put_in() -> None:
    packed: PackedVerdicts[str] = PackedVerdicts()
    packed["anna"] = verdict(2)
    packed["anna"].message = "lost"
    assert packed["anna"].message == "marked"
    changed = packed["anna"]
    changed.message = "kept"
    packed["anna"] = changed
    assert packed["anna"].message == "kept"


def test_a_packed_class_is_not_in_memory() -> None:
    packed: PackedVerdicts[int] = PackedVerdicts()
    for number in range(100):
        packed[number] = verdict(number % 3)
    assert all(isinstance(place, tuple) for place in packed._places.values())
    assert [packed[number] for number in range(100)] == [verdict(n % 3) for n in range(100)]


def test_what_the_disk_refuses_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, content: bytes) -> int:
            if self.tell() > 200:
                raise OSError("no space left on device")
            return super().write(content[: 300 - self.tell()])

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: Full())
    packed: PackedVerdicts[int] = PackedVerdicts()
    for number in range(5):
        packed[number] = verdict(number)
    assert packed == {number: verdict(number) for number in range(5)}
    assert isinstance(packed._places[4], bytes)


def test_threads_put_in_and_take_out_at_a_time() -> None:
    packed: PackedVerdicts[int] = PackedVerdicts()

    def put_in_and_take_out(number: int) -> Verdict:
        packed[number] = verdict(number)
        return packed[number]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(put_in_and_take_out, range(500)))
    assert found == [verdict(number) for number in range(500)]


def test_a_file_in_parts_is_one_file_or_none(tmp_path: Path) -> None:
    def parts() -> object:
        yield "new, "
        raise OSError("the third part is not to be had")

    path = tmp_path / "grades.json"
    write_atomically(path, iter(["one, ", "two, ", "zoë"]))
    assert path.read_text(encoding="utf-8") == "one, two, zoë"
    with pytest.raises(OSError, match="third part"):
        write_atomically(path, parts())
    assert path.read_text(encoding="utf-8") == "one, two, zoë"
    assert [entry.name for entry in tmp_path.iterdir()] == ["grades.json"]


@pytest.mark.parametrize("at_a_time", [1, 2, 500])
def test_a_class_larger_than_what_is_written_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    monkeypatch.setattr(nbgrader_gradebook, "AT_A_TIME", at_a_time)
    path = tmp_path / "gradebook.db"
    nbgrader_gradebook.declare(path, ASSIGNMENT, small_reference())
    points = {"anna": 2.0, "bob": 0.0, "eve": 1.0, "ida": 2.0, "zoë": 0.0}
    for gained in (0.0, 1.0):  # New rows, then changed ones.
        marks = {name: verdict(max(mark - gained, 0.0)) for name, mark in points.items()}
        nbgrader_gradebook.write(path, ASSIGNMENT, marks, extensions={"bob": 60.0})
    with Gradebook(f"sqlite:///{path}") as book:
        submissions = {s.student.id: s for s in book.assignment_submissions(ASSIGNMENT)}
        found = {name: s.score for name, s in submissions.items()}
        assert found == {"anna": 2.0, "bob": 1.0, "eve": 1.0, "ida": 2.0, "zoë": 1.0}
        assert submissions["bob"].extension.total_seconds() == 60


def test_writers_wait_for_all_and_tell_the_first_error() -> None:
    written, lock = [], threading.Lock()

    def write(number: int) -> None:
        if number == 7:
            raise OSError("seven")
        with lock:
            written.append(number)

    with pytest.raises(OSError, match="seven"), Writers() as writers:
        for number in range(MOST_WAITING):
            writers.submit(write, number)
    assert sorted(written) == [number for number in range(MOST_WAITING) if number != 7]
