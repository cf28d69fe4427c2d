"""grades.csv in a spreadsheet: nothing in it becomes a formula, and nothing is lost."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.folder import Course, Student
from autograder.course.verdict import Verdict
from autograder.results import csv_and_json

BEGINNINGS = [
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
    "'",
    "''=",
    "'=",
    "",
    "x",
]
TEXTS = st.builds(str.__add__, st.sampled_from(BEGINNINGS), st.text(max_size=20))


def written(folder: Path, students: dict[str, str]) -> Path:
    """The grades of a class in which each student's verdict has a message."""
    course = Course(folder)
    for name, message in students.items():
        (folder / "submitted" / name / "01").mkdir(parents=True)
        course.save(Student(name), "01", "key", Verdict("crashed", message))
    csv_and_json.write(course, "01")
    return folder / "grades.csv"


@pytest.mark.parametrize("student", ["-rf", "@SUM(A1)", "=cmd|' -C calc'!A0", "+1", "\tx", "\rx"])
def test_no_students_name_is_a_formula(tmp_path: Path, student: str) -> None:
    path = written(tmp_path, {student: "=HYPERLINK(1)"})
    with path.open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["student"] == f"'{student}"
    assert row["message"] == "'=HYPERLINK(1)"
    (read,) = csv_and_json.read_csv(path)
    assert (read["student"], read["message"]) == (student, "=HYPERLINK(1)")


def test_an_apostrophe_of_ones_own_is_kept(tmp_path: Path) -> None:
    names = ["'=x", "''", "'t Hooft", "O'Brien", "anna"]
    path = written(tmp_path, dict.fromkeys(names, "'"))
    rows = csv_and_json.read_csv(path)
    assert sorted(row["student"] for row in rows) == sorted(names)
    assert {row["message"] for row in rows} == {"'"}
    assert "\n01,anna," in path.read_text()


NAMES = TEXTS.map(lambda name: name.replace("/", "_").replace("\0", "_")).filter(
    lambda name: name and not name.startswith(".") and len(name.encode()) < 250
)


@given(students=st.dictionaries(NAMES, TEXTS, min_size=1, max_size=5))
def test_whatever_names_and_messages_hold_comes_back(
    tmp_path_factory: pytest.TempPathFactory, students: dict[str, str]
) -> None:
    path = written(tmp_path_factory.mktemp("csv"), students)
    with path.open(newline="", encoding="utf-8") as file:
        fields = [field for row in csv.reader(file) for field in row]
    assert not [field for field in fields if field.startswith(csv_and_json.FORMULA)]
    ids = {Student(name).id: message for name, message in students.items()}
    assert {row["student"]: row["message"] for row in csv_and_json.read_csv(path)} == ids


def test_the_first_line_of_grades_json_tells_its_assignment(tmp_path: Path) -> None:
    path = tmp_path / "grades.json"
    for name in ("01", 'a "quoted" one', "作业"):
        path.write_text("".join(csv_and_json._json(name, {})), encoding="utf-8")
        assert csv_and_json._told_in_json(path) == name
    for damaged in ("", "[]\n", '{"assignment": 1', "x" * 20_000, "[" * 9_000):
        path.write_text(damaged)
        assert csv_and_json._told_in_json(path) is None
    assert csv_and_json._told_in_json(tmp_path / "none.json") is None
