"""The marks in the formats of learning management systems, read by readers that are not ours.

The rosters are laid out as the systems' own documentation shows them: Canvas Instructor Guide, "How
do I import grades in the Gradebook?"; MoodleDocs, "Assignment grading: offline grading worksheet";
Gradescope, "Autograder Specifications: Output Format".
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from autograder.course.folder import Course, Student
from autograder.course.verdict import CellVerdict, Verdict
from autograder.paths import ROOT
from autograder.results import nbgrader_gradebook
from autograder.results.lms import canvas, moodle, roster
from autograder.results.lms.export import ExportError, export
from autograder.results.lms.marks import CellMark, StudentMark, marks_of
from tests.autograder.conftest import small_reference
from tests.autograder.instant import ASSIGNMENT, WRONG, command, hand_in, make_course

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Small (8423),Essay (99),Current Score
    Points Possible,,,,,3,10,(read only)
"Allen, Anna",1001,s-01,anna@uni.example,Section 1,,9,90
"Öz, Béla",1002,s-02,bela,"Section 1 and Section 2",1,,10
"Nobody, Nora",1003,s-03,nora,Section 1,,,
"Student, Test",1999,,1a2b3c,Section 1,,,
"""
MOODLE = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,\
Last modified (submission),Last modified (grade),Feedback comments
Participant 1234567,Anna Allen,anna@uni.example,Submitted for grading,,3.00,Yes,\
"Friday, 27 November 2026, 5:00 PM",-,
Participant 1234568,"Béla ""Bob"" Öz",bela@uni.example,Submitted for grading,,3.00,Yes,-,-,
Participant 1234569,Nora Nobody,nora@uni.example,No submission,,3.00,Yes,-,-,
"""


@pytest.fixture(scope="module")
def marked_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of three: anna is right, bela wrong, and zoë in no roster."""
    folder = tmp_path_factory.mktemp("marked")
    course = make_course(folder)
    hand_in(course, "anna")
    hand_in(course, "bela", WRONG)
    hand_in(course, "zoë")
    (folder / "canvas.csv").write_text(CANVAS, encoding="utf-8")
    (folder / "moodle.csv").write_text(MOODLE, encoding="utf-8-sig")
    assert command(course).returncode == 0
    return folder


@pytest.fixture
def course(marked_once: Path, tmp_path: Path) -> Path:
    shutil.copytree(marked_once, tmp_path / "class")
    return tmp_path / "class" / "course"


def table(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_canvas_gets_its_own_rows_back_with_marks(course: Path) -> None:
    roster_file = str(course.parent / "canvas.csv")
    done = command(course, "--to", "canvas", "--roster", roster_file, name="export")
    assert (done.returncode, done.stderr) == (0, "")
    assert table(course / "exports" / f"{ASSIGNMENT}-canvas.csv") == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Small (8423)"],
        ["    Points Possible", "", "", "", "", "3"],
        ["Allen, Anna", "1001", "s-01", "anna@uni.example", "Section 1", "3"],
        ["Öz, Béla", "1002", "s-02", "bela", "Section 1 and Section 2", "1"],
    ]
    *notes, written = done.stdout.splitlines()
    assert notes == [
        "zoë: not in the roster; the mark is not exported.",
        "Nobody, Nora: in the roster, but nothing was handed in.",
    ]
    assert written.startswith("written: ")


@pytest.mark.parametrize(
    ("students", "found"),
    [
        (["anna@uni.example", "1002"], {"1001", "1002"}),
        (["s-01", "BELA"], {"1001", "1002"}),
        (["anna", "s-01"], {"1001"}),  # Both are Anna: only the first one's mark counts.
    ],
)
def test_canvas_knows_students_by_any_of_its_ids(students: list[str], found: set[str]) -> None:
    marks = [StudentMark(name, 2, 3) for name in students]
    text, notes = canvas.export(marks, ASSIGNMENT, roster.parse(CANVAS.encode(), canvas.NEEDED))
    rows = list(csv.DictReader(io.StringIO(text)))[1:]
    assert {row["ID"] for row in rows} == found
    assert any("too; only the mark of anna" in note for note in notes) == (len(found) == 1)


def test_canvas_without_a_column_makes_one_and_says_so() -> None:
    read = roster.parse(CANVAS.replace("Small (8423)", "Other (1)").encode(), canvas.NEEDED)
    text, notes = canvas.export([StudentMark("anna", 2, 3)], ASSIGNMENT, read)
    assert next(csv.reader(io.StringIO(text)))[-1] == ASSIGNMENT
    assert "Canvas will ask to make one" in notes[0]
    text, _ = canvas.export([StudentMark("anna", 2, 3)], ASSIGNMENT, read, "Other (1)")
    assert next(csv.reader(io.StringIO(text)))[-1] == "Other (1)"
    with pytest.raises(ExportError, match="no column 'Third'"):
        canvas.export([], ASSIGNMENT, read, "Third")
    twice = roster.parse(CANVAS.replace("Essay (99)", "00 small (2)").encode(), canvas.NEEDED)
    with pytest.raises(ExportError, match="Several columns"):
        canvas.export([], ASSIGNMENT, twice)


def test_canvas_that_gives_other_points_is_told() -> None:
    read = roster.parse(CANVAS.replace(",3,10,", ",20,10,").encode(), canvas.NEEDED)
    _, notes = canvas.export([StudentMark("anna", 2, 3)], ASSIGNMENT, read)
    assert "worth 20 points, here 3" in notes[0]


def test_moodles_worksheet_is_filled_in(course: Path) -> None:
    assert command(course, name="feedback").returncode == 0
    roster_file = str(course.parent / "moodle.csv")
    done = command(course, "--to", "moodle", "--roster", roster_file, name="export")
    assert (done.returncode, done.stderr) == (0, "")
    header, *rows = table(course / "exports" / f"{ASSIGNMENT}-moodle.csv")
    assert header == list(moodle.COLUMNS)
    before = list(csv.reader(io.StringIO(MOODLE)))[1:]
    assert [row[:4] + row[5:9] for row in rows] == [row[:4] + row[5:9] for row in before]
    assert [row[4] for row in rows] == ["3.00", "1.00", ""]
    assert "third: 2 of 2 points" in rows[0][9] and rows[2][9] == ""
    with zipfile.ZipFile(course / "exports" / f"{ASSIGNMENT}-moodle-feedback.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            f"Anna Allen_1234567_assignsubmission_file_/{ASSIGNMENT}.html",
            f"Béla Bob Öz_1234568_assignsubmission_file_/{ASSIGNMENT}.html",
        ]
        page = archive.read(archive.namelist()[0])
    assert page == (course / "feedback" / "anna" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_bytes()
    assert "Nora Nobody: in the roster, but nothing was handed in." in done.stdout


@pytest.mark.parametrize(
    "student",
    [
        "anna@uni.example",
        "1234567",
        "Participant 1234567",
        "Anna Allen_1234567_assignsubmission_file_",
        "Anna Allen_1234567_assignsubmission_file",
        "anna allen",
    ],
)
def test_moodle_knows_students_as_it_named_their_folders(student: str) -> None:
    read = roster.parse(MOODLE.encode(), moodle.NEEDED)
    text, _, notes = moodle.export([StudentMark(student, 2, 3)], ASSIGNMENT, read)
    first = next(csv.DictReader(io.StringIO(text)))
    assert (first["Grade"], first["Full name"]) == ("2.00", "Anna Allen")
    assert len(notes) == 2


def test_two_of_the_same_name_are_never_guessed() -> None:
    twice = MOODLE + "Participant 7,Anna Allen,a2@uni.example,-,,3.00,Yes,-,-,\n"
    read = roster.parse(twice.encode(), moodle.NEEDED)
    text, _, notes = moodle.export([StudentMark("Anna Allen", 2, 3)], ASSIGNMENT, read)
    assert {row["Grade"] for row in csv.DictReader(io.StringIO(text))} == {""}
    assert notes[0] == "Anna Allen: 2 rows of the roster fit; the mark is not exported."


def test_moodles_own_maximum_is_reached() -> None:
    read = roster.parse(MOODLE.replace("3.00", "20,00").replace("20,00", '"20,00"').encode(),
                        moodle.NEEDED)  # fmt: skip
    text, _, notes = moodle.export([StudentMark("anna", 1.5, 3)], ASSIGNMENT, read)
    assert next(csv.DictReader(io.StringIO(text)))["Grade"] == "10.00"
    assert "1.5 of 3 points are 10.00 of the 20" in notes[0]


def test_what_a_student_wrote_is_no_markup_and_no_formula_in_moodle() -> None:
    nasty = '<img src=x onerror="alert(1)">=HYPERLINK("x")'
    mark = StudentMark("anna", 1, 3, cells=(CellMark("third", 1, 3, (nasty,)),), message=nasty)
    read = roster.parse(MOODLE.encode(), moodle.NEEDED)
    text, _, _ = moodle.export([mark], ASSIGNMENT, read)
    said = next(csv.DictReader(io.StringIO(text)))["Feedback comments"]
    assert said.startswith("<p>1 of 3 points</p>")
    assert "<img" not in said and "&lt;img src=x onerror=&quot;" in said


def test_gradescope_gets_its_results(course: Path) -> None:
    done = command(course, "--to", "gradescope", name="export")
    assert (done.returncode, done.stderr) == (0, "")
    root = course / "exports" / f"{ASSIGNMENT}-gradescope"
    assert {path.name for path in root.iterdir()} == {"anna", "bela", "zoë"}
    results = json.loads((root / "bela" / "results.json").read_text())
    assert (results["score"], results["visibility"]) == (1, "visible")
    assert isinstance(results["execution_time"], int)
    tests = {test["name"]: test for test in results["tests"]}
    assert tests["third"]["status"] == "failed" and tests["greet"]["status"] == "passed"
    assert [tests[name]["score"] for name in ("third", "greet")] == [0, 1]
    assert [tests[name]["max_score"] for name in ("third", "greet")] == [2, 1]
    visibilities = {"hidden", "after_due_date", "after_published", "visible"}
    assert {test["visibility"] for test in results["tests"]} <= visibilities


def test_a_plain_table(course: Path) -> None:
    time = course / "submitted" / "anna" / ASSIGNMENT / "timestamp.txt"
    time.write_text("2026-11-25 18:00:00 UTC")
    done = command(course, "--to", "csv", "--out", str(course.parent / "out"), name="export")
    assert (done.returncode, done.stderr) == (0, "")
    with (course.parent / "out" / f"{ASSIGNMENT}-csv.csv").open(newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {name: row["score"] for name, row in rows.items()} == {
        "anna": "3",
        "bela": "1",
        "zoë": "3",
    }
    assert rows["anna"]["timestamp"] == "2026-11-25 18:00:00"


@pytest.mark.parametrize(
    ("arguments", "content", "said"),
    [
        (["--to", "canvas"], None, "--roster FILE. In Canvas: Grades > Export"),
        (["--to", "moodle"], None, "Download grading worksheet"),
        (["--to", "canvas", "--roster", "FILE"], MOODLE, "the columns “Student”, “ID”, “Section”"),
        (["--to", "moodle", "--roster", "FILE"], CANVAS, "the columns “Identifier”, “Grade”"),
        (["--to", "moodle", "--roster", "FILE"], "", "not as the LMS exports it"),
        (["--to", "moodle", "--roster", "/nowhere"], None, "cannot be read"),
    ],
)
def test_a_roster_that_does_not_fit_is_told_in_a_sentence(
    course: Path, arguments: list[str], content: str | None, said: str
) -> None:
    file = course.parent / "roster"
    file.write_text(content or "")
    arguments = [str(file) if word == "FILE" else word for word in arguments]
    done = command(course, *arguments, name="export")
    assert done.returncode == 2
    assert said in done.stderr and len(done.stderr.splitlines()) == 1
    assert not (course / "exports").exists()


def test_rosters_in_other_clothes_are_read() -> None:
    for clothes in (
        MOODLE.encode("utf-8-sig"),
        MOODLE.encode("utf-16"),
        MOODLE.replace("\n", "\r\n").encode(),
        MOODLE.encode("cp1252"),
        "Identifier;Full name;Grade\nParticipant 5;Béla;\n".encode(),
    ):
        read = roster.parse(clothes, moodle.NEEDED)
        assert "Béla" in read.value(read.rows[-1 if len(read.rows) == 1 else 1], "Full name")


@given(st.binary(max_size=300))
def test_any_file_is_a_roster_or_none(content: bytes) -> None:
    read = roster.parse(content, moodle.NEEDED)
    assert read is None or set(moodle.NEEDED) <= set(read.columns)


@given(
    names=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=5),
    points=st.floats(0, 3, allow_nan=False),
)
def test_whatever_names_are_every_mark_is_exported_or_named(names: list[str], points) -> None:
    marks = [StudentMark(name, points, 3) for name in dict.fromkeys(names)]
    read = roster.parse(MOODLE.encode(), moodle.NEEDED)
    text, _, notes = moodle.export(marks, ASSIGNMENT, read)
    graded = [row for row in csv.DictReader(io.StringIO(text)) if row["Grade"]]
    assert len(graded) + sum("not exported" in n or "too;" in n for n in notes) == len(marks)


def exported_by_nbgrader(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", "export", *arguments],
        cwd=folder,
        env=os.environ | {"PATH": programs, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


PLUGINS = "autograder.results.lms.nbgrader_plugins"


def test_nbgraders_own_export_offers_them_too(tmp_path: Path) -> None:
    cells = [CellVerdict("test_third", 2, 2, True), CellVerdict("test_greet", 0, 1, False)]
    verdict = Verdict("graded", cells=cells, late_penalty=0.5)
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    (tmp_path / "canvas.csv").write_text(CANVAS)
    nbgrader_gradebook.declare(tmp_path / "gradebook.db", ASSIGNMENT, small_reference())
    nbgrader_gradebook.write(tmp_path / "gradebook.db", ASSIGNMENT, {"anna": verdict})
    done = exported_by_nbgrader(
        tmp_path,
        f"--exporter={PLUGINS}.Canvas",
        "--Canvas.roster=canvas.csv",
        "--to=out/canvas.csv",
    )
    assert done.returncode == 0, done.stderr
    assert table(tmp_path / "out" / "canvas.csv")[2][-1] == "1.5"
    done = exported_by_nbgrader(tmp_path, f"--exporter={PLUGINS}.Gradescope")
    assert done.returncode == 0, done.stderr
    result = tmp_path / f"{ASSIGNMENT}-gradescope" / "anna" / "results.json"
    assert json.loads(result.read_text())["score"] == 1.5


def test_both_ways_give_the_same_table(tmp_path: Path) -> None:
    course = Course(tmp_path)
    cells = [CellVerdict("test_third", 2, 2, True), CellVerdict("test_greet", 0, 1, False)]
    hand_in(tmp_path, "anna")
    course.save(Student("anna"), ASSIGNMENT, "", Verdict("graded", cells=cells))
    nbgrader_gradebook.declare(course.gradebook, ASSIGNMENT, small_reference())
    verdicts = {s.id: v for s, v in course.verdicts(ASSIGNMENT).items()}
    nbgrader_gradebook.write(course.gradebook, ASSIGNMENT, verdicts)
    from autograder.results.lms.nbgrader_plugins import Csv

    plugin = Csv(to=str(tmp_path / "theirs.csv"))
    with Gradebook(f"sqlite:///{course.gradebook}") as book:
        plugin.export(book)
    export(marks_of(course, ASSIGNMENT), ASSIGNMENT, "csv", tmp_path, name="ours.csv")
    theirs, ours = (list(table(tmp_path / name)) for name in ("theirs.csv", "ours.csv"))
    assert [row[:-1] for row in theirs] == [row[:-1] for row in ours]  # But the status.
