"""Everything that reads what strangers wrote, or what may have been damaged on a disk.

Each reader takes the bytes of a file. It may say that they are no good, by the errors that it is
known for; any other error is a finding.
"""

from __future__ import annotations

import csv
import functools
import gzip
import io
import json
import math
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import numpy as np

from autograder.course.files import NotAFile
from autograder.course.folder import Course, HandedIn, Student
from autograder.course.verdict import CellVerdict, Verdict
from autograder.grading import reference as expectations
from autograder.grading.slim import is_for_another, slim
from autograder.marking.expected import Expected
from autograder.marking.judge_evidence import judge
from autograder.notebooks import sanitize
from autograder.notebooks.assemble import Unreadable, assemble
from autograder.notebooks.language import language_of
from autograder.results import by_hand, csv_and_json, feedback_pages, late_rule, lateness
from autograder.results.by_hand import ByHand, HandComment, HandGrade
from autograder.results.lms import canvas, moodle, roster
from autograder.results.lms.export import ExportError
from autograder.results.lms.marks import StudentMark
from resnets import checks
from resnets.data.archive import read_photographs
from resnets.data.errors import DatasetError
from resnets.data.photo import load_photo
from tests.autograder.conftest import handed_in, small_reference
from tests.autograder.test_export import CANVAS, MOODLE

ASSIGNMENT = "00_small"
LARGEST = 1 << 20


@dataclass(frozen=True)
class Reader:
    """Something that reads a file.

    Attributes:
        read: takes its bytes.
        seeds: makes good files.
        refuses: errors by which it says that a file is no good.
        json: whether good files are JSON.
    """

    read: Callable[[bytes], object]
    seeds: Callable[[], list[bytes]]
    refuses: tuple[type[Exception], ...] = ()
    json: bool = False
    about: str = field(default="")

    def holds(self, content: bytes) -> None:
        """Reads; raises whatever the reader should not have."""
        try:
            self.read(content)
        except self.refuses as error:
            if not str(error).strip():
                raise AssertionError("it is refused without a word") from error


@functools.cache
def _course() -> Course:
    """A folder with one student, whose verdict is written anew each time."""
    root = Path(tempfile.mkdtemp(prefix="fuzz-"))
    (root / "submitted" / "anna" / ASSIGNMENT).mkdir(parents=True)
    (root / ".autograder" / ASSIGNMENT).mkdir(parents=True)
    return Course(root)


def _submission(content: bytes) -> None:
    small = slim(content, LARGEST)
    language_of(small)
    is_for_another(HandedIn(content, flat=True), small_reference())
    assembled = assemble(small_reference(), small)
    nbformat.writes(assembled.notebook)


def _notebooks() -> list[bytes]:
    old = json.loads(handed_in(small_reference()))
    version3 = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [
        {"cells": [{"cell_type": "code", "input": c["source"], "metadata": c["metadata"],
                    "outputs": [], "language": "python"} for c in old["cells"]]}]}  # fmt: skip
    own = handed_in(small_reference(), third="%matplotlib inline\n!ls\ndef third(x):\n return x/3")
    return [handed_in(small_reference()), own, json.dumps(version3).encode()]


@functools.cache
def _expected() -> Expected:
    name = "identity_block"
    return Expected(name, checks.expected(name, checks.public_cases(name)))


def _evidence(content: bytes) -> None:
    payload = json.loads(content)
    report = judge(_expected(), [payload])
    if report is not None:
        report.to_plain()


def _evidence_seeds() -> list[bytes]:
    shown = _expected().evidence.to_json()
    return [json.dumps({"name": "identity_block", "evidence": shown}).encode()]


def _outputs(content: bytes) -> None:
    outputs = json.loads(content)
    if isinstance(outputs, list):
        sanitize.outputs([nbformat.from_dict(o) for o in outputs if isinstance(o, dict)])


def _output_seeds() -> list[bytes]:
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[31mx"]},
        {"output_type": "display_data", "metadata": {}, "data": {"text/plain": "x",
         "image/png": "aGk=", "text/html": "<b>"}},
    ]  # fmt: skip
    return [json.dumps(outputs).encode()]


def _verdict(content: bytes) -> None:
    course = _course()
    (course.root / ".autograder" / ASSIGNMENT / "anna.json").write_bytes(content)
    course._verdicts.clear()
    course.saved(Student("anna"), ASSIGNMENT, "key")
    course._verdicts.clear()
    csv_and_json.write(course, ASSIGNMENT)
    for student, mark in by_hand.each_final_mark(course, ASSIGNMENT):
        assert math.isfinite(mark.verdict.score)
        feedback_pages.page(student, ASSIGNMENT, mark)


def _verdict_seeds() -> list[bytes]:
    line = {"title": "t", "points": 1.0, "max_points": 2.0, "passed": False, "message": "m"}
    line |= {"hidden": False, "expected": "2×2", "found": "3×3", "line": 3, "source": "X"}
    cells = [CellVerdict("test_third", 1.0, 2.0, False, ["no"], [line])]
    verdict = Verdict("graded", "m", cells, ["n"], {"third": "x"}, {"third": "E"})
    return [json.dumps({"key": "key", "verdict": verdict.to_plain()}).encode()]


def _by_hand(content: bytes) -> None:
    course = _course()
    (course.root / ".autograder" / f"by-hand-{ASSIGNMENT}.json").write_bytes(content)
    for given in by_hand.load(course, ASSIGNMENT).values():
        assert all(math.isfinite(grade.points(1.0)) for grade in given.grades.values())


def _by_hand_seeds() -> list[bytes]:
    given = ByHand({"test_third": HandGrade(1.0, None, "c")}, {"third": HandComment("t", "c")})
    return [json.dumps({"anna": asdict(given)}).encode()]


def _late(content: bytes) -> None:
    course = _course()
    (course.root / ".autograder" / f"late-{ASSIGNMENT}.json").write_bytes(content)
    late = lateness.load(course, ASSIGNMENT)
    cells = [CellVerdict("test_third", 1.0, 2.0, False)]
    for student in list(late.seconds)[:5]:
        verdict = lateness.apply(Verdict("graded", cells=cells), student, late)
        assert math.isfinite(verdict.score)
        lateness.late_in_words(verdict)


def _late_seeds() -> list[bytes]:
    kept = {"rule": "10 % a day", "seconds": {"anna": 5.0}, "extensions": {}, "due": ""}
    return [json.dumps(kept).encode()]


def _expectations(content: bytes) -> None:
    path = _course().root / "expected"
    path.write_bytes(content)
    expectations._kept(path, "key")


def _timestamp(content: bytes) -> None:
    from autograder.results.nbgrader_gradebook import hand_in_times

    course = _course()
    (course.root / "submitted" / "anna" / ASSIGNMENT / "timestamp.txt").write_bytes(content)
    hand_in_times(course, ASSIGNMENT, [Student("anna")])


def _roster(kind: Any) -> Callable[[bytes], None]:
    def read(content: bytes) -> None:
        found = roster.parse(content, kind.NEEDED)
        if found is not None:
            kind.export([StudentMark("anna", 1, 3), StudentMark("=1", 2, 3)], ASSIGNMENT, found)

    return read


def _grades_csv(content: bytes) -> None:
    path = _course().root / "read.csv"
    path.write_bytes(content)
    csv_and_json.read_csv(path)


def _pictures() -> list[bytes]:
    from PIL import Image

    found = []
    for kind in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"):
        file = io.BytesIO()
        Image.fromarray(np.arange(300, dtype=np.uint8).reshape(10, 10, 3)).save(file, kind)
        found.append(file.getvalue())
    return found


def _archives() -> list[bytes]:
    name, content = "Dataset/3/IMG_1118.JPG", b"a picture"
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr(name, content)
    with tarfile.open(fileobj=tarred, mode="w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return [zipped.getvalue(), tarred.getvalue(), gzip.decompress(tarred.getvalue())]


JSON_ERRORS = (ValueError, RecursionError)
READERS: dict[str, Reader] = {
    "a submission": Reader(_submission, _notebooks, (NotAFile, Unreadable), True),
    "evidence that a check showed": Reader(_evidence, _evidence_seeds, (json.JSONDecodeError,
                                           UnicodeDecodeError, RecursionError), True),
    "a cell's outputs": Reader(_outputs, _output_seeds, (json.JSONDecodeError,
                               UnicodeDecodeError, RecursionError), True),
    "a verdict that was kept": Reader(_verdict, _verdict_seeds, (), True),
    "grades by hand that were kept": Reader(_by_hand, _by_hand_seeds, (), True),
    "who was late, as it was kept": Reader(_late, _late_seeds, (), True),
    "expectations that were kept": Reader(_expectations, lambda: [gzip.compress(b'{"key": "key", '
                                          b'"expected": {}}', mtime=0)]),
    "timestamp.txt": Reader(_timestamp, lambda: [b"2026-11-25 18:00:00 UTC", b"25 Nov 2026 6pm"]),
    "extensions.csv": Reader(lambda c: lateness.parse_extensions(c, ASSIGNMENT),
                             lambda: [b"student,assignment,extension\nanna,00_small,2 days\n"]),
    "a rule for late notebooks": Reader(lambda c: late_rule.parse(c.decode("utf-8", "replace")),
                                        lambda: [b"10 % a day, at most 50 %, after 15 minutes"],
                                        (late_rule.LateRuleError,)),
    "Canvas's roster": Reader(_roster(canvas), lambda: [CANVAS.encode()], (ExportError,)),
    "Moodle's roster": Reader(_roster(moodle), lambda: [MOODLE.encode()], (ExportError,)),
    "grades.csv": Reader(_grades_csv, lambda: [b"assignment,student,score,max_score,status,message,"
                         b"by_hand,late_penalty\n00,anna,1,3,graded,,,0\n"],
                         (csv.Error, UnicodeDecodeError, KeyError)),
    "a photo": Reader(load_photo, _pictures, (DatasetError,)),
    "an archive of photos": Reader(read_photographs, _archives, (DatasetError,)),
}  # fmt: skip
