"""Whatever is wrong with one student's folder, file or name, the others' marks are written."""

from __future__ import annotations

import errno
import gc
import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.course.files import as_text
from autograder.course.folder import Course, Student
from autograder.course.verdict import Verdict
from autograder.grading import workers
from autograder.kernels.sandbox_process import ForkServerError
from autograder.marking.job import Job, MarkingFault
from autograder.marking.worker import Worker
from tests.autograder.instant import (
    ASSIGNMENT,
    RIGHT,
    WRONG,
    Done,
    InstantExecutor,
    NoGradebook,
    command,
    entries,
    hand_in,
    make_course,
    rows,
    verdict_on,
)

ONE = "the one"
ERRORS = [
    errno.EACCES, errno.EIO, errno.ENOSPC, errno.ENAMETOOLONG, errno.EROFS, errno.ELOOP,
    errno.ENOTDIR, errno.EISDIR, errno.EMFILE, errno.ESTALE,
]  # fmt: skip
OPERATIONS = ["open", "stat", "fstat", "listdir", "mkdir", "replace", "unlink", "fsync"]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return make_course(tmp_path)


@pytest.fixture
def without_gradebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.import_module", lambda *_: NoGradebook)


class Faults:
    """Lets an operation on one student's files fail, or all from that one on.

    Args:
        number: of the operation, counted from one; with 0 none fails.
        error: the system's number for what is wrong.
        lasting: whether all that follow fail, too.
    """

    def __init__(self, number: int = 0, error: int = 0, lasting: bool = False) -> None:
        self.number, self.error, self.lasting = number, error, lasting
        self.seen: list[str] = []

    def __enter__(self) -> Faults:
        self._patch = pytest.MonkeyPatch()
        for name in OPERATIONS:
            self._patch.setattr(os, name, self._failing(name, getattr(os, name)))
        self._patch.setattr(io, "open", self._failing("open", io.open))  # pathlib's
        return self

    def __exit__(self, *_: object) -> None:
        self._patch.undo()

    def _failing(self, name: str, original: Callable) -> Callable:
        def call(path: object, *arguments: object, **named: object) -> object:
            full = self._full(path, named.get("dir_fd"))
            if f"/{ONE}" in full or ONE in Path(full).name:
                self.seen.append(f"{name} {full}")
                count = len(self.seen)
                if count == self.number or (self.lasting and count > self.number > 0):
                    raise OSError(self.error, os.strerror(self.error), full)
            return original(path, *arguments, **named)

        return call

    @staticmethod
    def _full(path: object, folder: object) -> str:
        """The whole path of what an operation is about: a path, or one below a descriptor's."""
        if isinstance(path, int):
            return str(Path(f"/proc/self/fd/{path}").readlink())
        below = Path(f"/proc/self/fd/{folder}").readlink() if isinstance(folder, int) else Path()
        return str(below / Path(path))


def others_have_their_marks(course: Path) -> None:
    assert {name: row["score"] for name, row in rows(course).items() if name != ONE} == {
        "anna": "3",
        "zoë": "1",
    }
    found = {name: entry["score"] for name, entry in entries(course).items() if name != ONE}
    assert found == {"anna": 3, "zoë": 1}


def steps(folder: Path) -> list[str]:
    """Every operation on the one's files while a class is marked for the first time."""
    course = make_course(folder)
    _class_of_three(course)
    with Faults() as watched:
        assert command(course).returncode == 0
    return [step.replace(str(course), "") for step in watched.seen]


def _class_of_three(course: Path) -> None:
    hand_in(course, "anna")
    hand_in(course, ONE)
    hand_in(course, "zoë", WRONG)


@pytest.mark.parametrize(
    ("error", "lasting"),
    [
        *[pytest.param(error, False, id=errno.errorcode[error]) for error in ERRORS],
        *[
            pytest.param(error, True, id=f"{errno.errorcode[error]}, lasting")
            for error in ERRORS[:3]
        ],
    ],
)
def test_a_fault_at_any_step_is_one_students_only(
    tmp_path: Path, without_gradebook: None, error: int, lasting: bool
) -> None:
    (tmp_path / "clean").mkdir()
    found = steps(tmp_path / "clean")
    assert {step.partition(" ")[0] for step in found} >= {"open", "stat", "mkdir", "replace"}
    for number in range(1, len(found) + 1):
        folder = tmp_path / str(number)
        folder.mkdir()
        course = make_course(folder)
        _class_of_three(course)
        with Faults(number, error, lasting):
            done = command(course)
        step = found[number - 1]
        assert done.returncode == 0, (step, done.stderr)
        assert done.stderr == "", step
        others_have_their_marks(course)
        row = rows(course)[ONE]
        assert row["score"] == "3" or row["status"] in ("crashed", "unreadable"), step
        assert row["message"] or row["score"] == "3", step
        assert not list(course.rglob("*.partial")) or lasting
        again = command(course)
        assert again.returncode == 0, step
        row = rows(course)[ONE]
        assert (row["score"], row["status"], row["message"]) == ("3", "graded", ""), step
        assert (course / "autograded" / ONE / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").is_file()
        if number % 8 == 0:
            assert ", 3 before" in command(course).stdout, step
        shutil.rmtree(folder)


@pytest.mark.parametrize("error", ERRORS, ids=lambda number: errno.errorcode[number])
def test_a_feedback_page_that_cannot_be_written_is_one_students_only(
    course: Path, without_gradebook: None, error: int
) -> None:
    _class_of_three(course)
    command(course)
    page = Path(ASSIGNMENT, f"{ASSIGNMENT}.html")
    with Faults(1, error, lasting=True):
        done = command(course, name="feedback")
    assert len(done.stderr.splitlines()) <= 1
    assert (course / "feedback" / "anna" / page).is_file()
    assert (course / "feedback" / "zoë" / page).is_file()
    assert command(course, name="feedback").returncode == 0
    assert (course / "feedback" / ONE / page).is_file()


@pytest.mark.parametrize(
    "error",
    [OSError(errno.EMFILE, "Too many open files"), MemoryError(), RecursionError(),
     UnicodeDecodeError("utf-8", b"", 0, 1, "secret"), KeyError("secret value"),
     MarkingFault("No space left on device")],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
@pytest.mark.parametrize("where", ["submit", "result"])
def test_what_fails_while_one_is_run_is_that_ones_only(
    course: Path, without_gradebook: None, error: Exception, where: str
) -> None:
    _class_of_three(course)

    def mark(job: Job) -> object:
        if job.student == ONE:
            raise error
        return verdict_on(job)

    executor = InstantExecutor(mark)
    if where == "submit":
        executor.submit = lambda job, submit=executor.submit: _or_raise(submit(job))
    done = command(course, executor=executor)
    assert done.returncode == 0, done.stderr
    others_have_their_marks(course)
    row = rows(course)[ONE]
    assert (row["status"], row["score"]) == ("crashed", "0")
    assert "the next run tries again" in row["message"]
    assert "secret" not in row["message"]
    assert command(course).returncode == 0
    assert rows(course)[ONE]["score"] == "3"


def _or_raise(future: object) -> object:
    if future.exception() is not None:
        raise future.exception()
    return future


def test_where_nothing_can_be_marked_any_more_what_is_marked_is_written(
    course: Path, without_gradebook: None
) -> None:
    _class_of_three(course)

    def mark(job: Job) -> object:
        if job.student == "zoë":
            raise ForkServerError("The sandbox did not answer within 120 seconds.")
        return verdict_on(job)

    done = command(course, executor=InstantExecutor(mark))
    assert done.returncode == 2
    assert done.stderr == "autograder: The sandbox did not answer within 120 seconds.\n"
    assert {name: row["score"] for name, row in rows(course).items()} == {"anna": "3", ONE: "3"}
    assert command(course).returncode == 0
    others_have_their_marks(course)


def test_a_solution_that_cannot_be_marked_is_told(course: Path, without_gradebook: None) -> None:
    _class_of_three(course)

    def mark(job: Job) -> object:
        raise MarkingFault("No space left on device")

    done = command(course, executor=InstantExecutor(mark))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1 and "No space left on device" in done.stderr
    assert not (course / "grades.csv").exists()


class Line:
    """A worker's end of the connection over which jobs come."""

    def __init__(self, jobs: list[str]) -> None:
        self.jobs, self.sent = iter(jobs), []

    def recv(self) -> str:
        for job in self.jobs:
            return job
        raise EOFError

    def send(self, answer: object) -> None:
        self.sent.append(answer)


@pytest.mark.parametrize("error", ERRORS, ids=lambda number: errno.errorcode[number])
def test_a_worker_goes_on_after_any_fault(
    error: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mark(worker: Worker, session: object, job: str) -> str:
        if job == ONE:
            raise OSError(error, os.strerror(error))
        return f"verdict on {job}"

    monkeypatch.setattr(Worker, "mark", mark)
    line = Line(["anna", ONE, "zoë"])
    Worker(line, None, tmp_path).serve(None)
    first, fault, last = line.sent
    assert (first, last) == ("verdict on anna", "verdict on zoë")
    assert isinstance(fault, MarkingFault)
    assert os.strerror(error) in str(fault)


def test_a_fault_in_a_worker_is_tried_again_apart_and_then_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []

    class FailingWorker:
        server = None

        def __init__(self, sandbox: str, alone: bool = False, modules: object = None) -> None:
            self.alone = alone

        def mark(self, job: Job) -> object:
            tried.append(self.alone)
            raise MarkingFault("Input/output error")

        def close(self) -> None:
            pass

    monkeypatch.setattr(workers, "WorkerProcess", FailingWorker)
    monkeypatch.setattr(workers, "_free_worker", FailingWorker)
    job = Job("x", RIGHT, RIGHT.decode(), "{}", None, None)
    with pytest.raises(MarkingFault, match="Input/output error"):
        workers.mark(job)
    assert tried == [False, True]


def odd_names() -> st.SearchStrategy[bytes]:
    """Names of folders, up to the longest that Linux takes, of any bytes."""
    letters = st.text(min_size=1).map(lambda text: text.encode("utf-8", "surrogatepass"))
    long = st.integers(200, 255).flatmap(
        lambda n: st.sampled_from([b"n" * n, "é".encode() * (n // 2)])
    )
    names = st.one_of(letters, st.binary(min_size=1), long)
    names = names.map(lambda name: name.replace(b"/", b"_").replace(b"\0", b"_")[:255])
    return names.filter(lambda name: not name.startswith(b"."))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(names=st.lists(odd_names(), min_size=1, max_size=8, unique=True))
def test_every_name_of_a_folder_gets_its_marks(
    tmp_path_factory: pytest.TempPathFactory, names: list[bytes]
) -> None:
    course = make_course(tmp_path_factory.mktemp("names"))
    for number, name in enumerate(names):
        hand_in(course, os.fsdecode(name), RIGHT if number % 2 else WRONG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("importlib.import_module", lambda *_: NoGradebook)
        assert command(course).returncode == 0
        assert f"{len(names)} before" in command(course).stdout
        assert command(course, name="feedback").returncode == 0
    expected = {as_text(os.fsdecode(n)): "3" if i % 2 else "1" for i, n in enumerate(names)}
    assert {name: row["score"] for name, row in rows(course).items()} == expected
    assert {name: f"{entry['score']:g}" for name, entry in entries(course).items()} == expected


@given(st.lists(st.binary(min_size=1, max_size=12), unique=True, min_size=2))
def test_different_folders_are_different_students(names: list[bytes]) -> None:
    folders = [os.fsdecode(name) for name in names]
    folders += [Student(folder).id for folder in folders]
    assert len({Student(folder).id for folder in folders}) == len(set(folders))


NAMES = {
    "245 letters": "n" * 245,
    "255 letters": "n" * 255,
    "254 bytes of two-byte letters": "é" * 127,
    "newline": "new\nline",
    "composed": "Zo\u00eb",
    "decomposed": "Zoe\u0308",
    "not UTF-8": os.fsdecode(b"caf\xe9"),
    "looks like one that is not UTF-8": "caf\\xe9",
    "formula": "=SUM(A1)",
    "file of verdicts": "long-names",
}


def test_a_class_of_odd_names(course: Path) -> None:
    for number, name in enumerate(NAMES.values()):
        hand_in(course, name, RIGHT if number % 2 else WRONG)
    done = command(course)
    assert (done.returncode, done.stderr) == (0, "")
    scores = {as_text(n): "3" if i % 2 else "1" for i, n in enumerate(NAMES.values())}
    assert {name: row["score"] for name, row in rows(course).items()} == scores
    assert len(scores) == len(NAMES)
    assert f"{len(NAMES)} before" in command(course).stdout
    assert command(course, name="feedback").returncode == 0


@pytest.mark.parametrize("file", ["grades.csv", "grades.json"])
def test_a_full_disk_under_the_classs_files_loses_nothing(
    course: Path, without_gradebook: None, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    _class_of_three(course)
    assert command(course).returncode == 0
    before = (course / file).read_bytes()
    hand_in(course, "bob")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", _full_disk_for(file, os.fsync))
        done = command(course)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert file in done.stderr and "No space left on device" in done.stderr
    assert (course / file).read_bytes() == before
    assert not list(course.rglob("*.partial"))
    again = command(course)
    assert again.returncode == 0
    assert ": 0 marked" in again.stdout
    assert rows(course)["bob"]["score"] == "3" and entries(course)["bob"]["score"] == 3


def _full_disk_for(name: str, fsync: Callable[[int], None]) -> Callable[[int], None]:
    def full(descriptor: int) -> None:
        if name in str(Path(f"/proc/self/fd/{descriptor}").readlink()):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    return full


def test_a_disk_that_takes_nothing_is_told_in_a_sentence(
    course: Path, without_gradebook: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    _class_of_three(course)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", _full_disk_for("", os.fsync))
        done = command(course)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert not list(course.rglob("*.partial"))
    assert command(course).returncode == 0
    others_have_their_marks(course)
    assert rows(course)[ONE]["score"] == "3"


def test_a_submission_that_changes_while_it_waits_is_marked_again(
    course: Path, without_gradebook: None
) -> None:
    path = hand_in(course, ONE, WRONG)

    def mark(job: Job) -> object:
        if job.student == ONE:
            path.write_bytes(RIGHT)
        return verdict_on(job)

    assert command(course, executor=InstantExecutor(mark)).returncode == 0
    assert rows(course)[ONE]["score"] == "1"
    assert command(course).returncode == 0
    assert rows(course)[ONE]["score"] == "3"


@pytest.mark.parametrize("gradebook", [False, True], ids=["files", "files and gradebook"])
def test_two_gradings_at_once_come_to_one_result(
    course: Path, monkeypatch: pytest.MonkeyPatch, gradebook: bool
) -> None:
    """The second marks the whole class while the first is in its middle."""
    if not gradebook:
        monkeypatch.setattr("importlib.import_module", lambda *_: NoGradebook)
    _class_of_three(course)
    during: list[Done] = []

    def mark(job: Job) -> Verdict:
        if not during and job.student == "the one":
            during.append(command(course))
        return verdict_on(job)

    done = command(course, executor=InstantExecutor(mark))
    assert [one.returncode for one in (done, *during)] == [0, 0]
    assert done.stderr == during[0].stderr == ""
    assert {name: row["score"] for name, row in rows(course).items()} == {
        "anna": "3", "the one": "3", "zoë": "1",
    }  # fmt: skip
    assert entries(course).keys() == rows(course).keys()
    third = InstantExecutor()
    command(course, executor=third)
    assert third.jobs == []  # All is known, from whichever of the two.


@pytest.mark.parametrize("year", [1970, 2100])
def test_a_clock_that_is_wrong_changes_no_mark(
    course: Path, without_gradebook: None, year: int
) -> None:
    """Whether a submission is new is told by what is in it, not by its time."""
    _class_of_three(course)
    path = course / "submitted" / ONE / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    seconds = (year - 1970) * 365 * 86_400
    os.utime(path, (seconds, seconds))
    assert command(course).returncode == 0
    assert rows(course)[ONE]["score"] == "3"
    path.write_bytes(WRONG)
    os.utime(path, (seconds - 60, seconds - 60)) if seconds else os.utime(path, (0, 0))
    again = InstantExecutor()
    assert command(course, executor=again).returncode == 0
    assert rows(course)[ONE]["score"] == "1"
    assert len(again.jobs) == 1


def test_no_descriptor_is_left_open_after_faults(course: Path, without_gradebook: None) -> None:
    def opened() -> int:
        gc.collect()  # A class's verdicts are in a file that goes with the object that holds them.
        return len(list(Path("/proc/self/fd").iterdir()))

    _class_of_three(course)
    command(course)
    before = opened()
    for number in range(1, 12):
        with Faults(number, errno.EIO):
            command(course, "--force")
    assert opened() == before


def test_what_cannot_be_kept_is_kept_in_memory(tmp_path: Path) -> None:
    course = Course(tmp_path)
    hand_in(tmp_path, ONE)
    verdict = verdict_on(Job(ONE, RIGHT, "", "{}", None, None))
    with Faults(1, errno.ENOSPC, lasting=True):
        course.save(Student(ONE), ASSIGNMENT, "key", verdict)
    assert course.verdicts(ASSIGNMENT)[Student(ONE)].score == 3
    assert course.saved(Student(ONE), ASSIGNMENT, "key") is None
    assert Course(tmp_path).verdicts(ASSIGNMENT) == {}
