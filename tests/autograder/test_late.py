"""Being late costs what the rule says, and the same everywhere; `--compare` writes nothing."""

from __future__ import annotations

import html
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from autograder.results import late_rule, lateness
from autograder.results.late_rule import LateRuleError, duration, parse
from tests.autograder.instant import (
    ASSIGNMENT,
    WRONG,
    InstantExecutor,
    command,
    entries,
    hand_in,
    make_course,
    rows,
    verdict_on,
)

DAY = 86_400
RULE = "10 % a day, at most 50 %"
DUE = datetime(2026, 11, 25, 18)


@pytest.mark.parametrize(
    ("rule", "seconds", "penalty"),
    [
        (RULE, 0, 0),
        (RULE, -5, 0),
        (RULE, 1, 10),
        (RULE, DAY, 10),
        (RULE, DAY + 1, 20),
        (RULE, 5 * DAY, 50),
        (RULE, 50 * DAY, 50),
        ("10% per day", 20 * DAY, 100),
        ("2 points an hour", 3 * 3600, 6),
        ("1 point every 12 hours, at most 3 points", 10 * DAY, 3),
        ("20 %", 1, 20),
        ("20 %", 9 * DAY, 20),
        ("5 % a day, after 15 minutes", 900, 0),
        ("5 % a day, after 15 minutes", 901, 5),
        ("5 % a day, at most 10 %, after 2 days", 3 * DAY, 10),
        ("0.5 points a week", 8 * DAY, 1),
        ("100 %", 1, 100),
    ],
)
def test_a_rule_takes_off_what_it_says(rule: str, seconds: float, penalty: float) -> None:
    assert parse(rule).penalty(seconds, 100) == penalty


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("", "“” is neither per cent nor points"),
        ("a lot", "“a lot” is neither per cent nor points"),
        ("10", "“10” is neither"),
        ("10 % a month", "“month” is no time"),
        ("10 % a day at most 50 %", "“day at most 50 %” is no time"),
        ("10 % a day, 50 %", "“50 %” is neither “at most …” nor “after …”"),
        ("10 % a day, at most lots", "“lots” is neither per cent nor points"),
        ("110 %", "more than 100 %"),
        ("10 % per 0 days", "“0 days” is no time"),
        ("x" * 201, "201 letters"),
    ],
)
def test_what_is_no_rule_is_told(rule: str, said: str) -> None:
    with pytest.raises(LateRuleError) as caught:
        parse(rule)
    assert said in str(caught.value) and late_rule.EXAMPLE in str(caught.value)


def test_none_is_no_rule() -> None:
    assert parse("none") is None


@given(st.text(max_size=60) | st.from_regex(r"\d+ ?%( a (day|hour))?(, at most \d+ ?%)?"))
def test_any_text_is_a_rule_or_a_sentence(text: str) -> None:
    try:
        rule = parse(text)
    except LateRuleError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert rule is None or 0 <= rule.penalty(3 * DAY, 100) <= 100


@given(st.floats(0, 1e7), st.floats(0, 1e7))
def test_later_never_costs_less(one: float, other: float) -> None:
    rule = parse("7 % per 5 hours, at most 63 %, after 20 minutes")
    early, late = sorted((one, other))
    assert rule.penalty(early, 100) <= rule.penalty(late, 100)


@pytest.mark.parametrize(
    ("text", "seconds"), [("2 days", 2 * DAY), ("36 hours", 129_600), ("1 week 12 hours", 648_000)]
)
def test_lengths_of_time(text: str, seconds: float) -> None:
    assert duration(text) == seconds


@given(st.binary(max_size=200) | st.text(max_size=80).map(
    lambda text: f"student,assignment,extension\nanna,,{text}\n".encode()))  # fmt: skip
def test_any_file_of_extensions_is_read_or_told(content: bytes) -> None:
    found, complaints = lateness.parse_extensions(content, ASSIGNMENT)
    assert all(seconds > 0 for seconds in found.values())
    assert all(len(said.splitlines()) == 1 for said in complaints)


@pytest.fixture(scope="module")
def marked_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class that is marked: anna in time, bela 26 hours late, zoë 3 days late and half wrong."""
    folder = tmp_path_factory.mktemp("late")
    course = make_course(folder)
    for name, late in {"anna": -1, "bela": 26, "zoë": 72}.items():
        path = hand_in(
            course, name, WRONG if name == "zoë" else hand_in(course, "anna").read_bytes()
        )
        time = DUE + timedelta(hours=late)
        path.with_name("timestamp.txt").write_text(f"{time:%Y-%m-%d %H:%M:%S} UTC")
    assert command(course).returncode == 0
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.update_or_create_assignment(ASSIGNMENT, duedate=f"{DUE:%Y-%m-%d %H:%M:%S} UTC")
    return folder


@pytest.fixture
def course(marked_once: Path, tmp_path: Path) -> Path:
    shutil.copytree(marked_once, tmp_path / "class")
    return tmp_path / "class" / "course"


def scores_everywhere(course: Path) -> dict[str, float]:
    """The marks, the same in grades.csv, grades.json, the gradebook and on the feedback pages."""
    assert command(course, name="feedback").returncode == 0
    table = {name: float(row["score"]) for name, row in rows(course).items()}
    assert {name: entry["score"] for name, entry in entries(course).items()} == table
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        found = {
            s.student.id: max(0, s.score - (s.late_submission_penalty or 0))
            for s in book.assignment_submissions(ASSIGNMENT)
        }
        late = {s.student.id for s in book.assignment_submissions(ASSIGNMENT)
                if s.total_seconds_late}  # fmt: skip
    assert found == pytest.approx(table)
    for name, score in table.items():
        page = course / "feedback" / name / ASSIGNMENT / f"{ASSIGNMENT}.html"
        text = html.unescape(page.read_text())
        assert float(re.search(r'class="total">([-\d.e]+) ', text)[1]) == pytest.approx(score)
        assert ("after the due date" in text) == (name in late)
    return table


def test_a_penalty_stands_in_every_place_and_outlives_the_next_run(course: Path) -> None:
    done = command(course, "--late", RULE)
    assert (done.returncode, done.stderr) == (0, "")
    expected = {"anna": 3, "bela": 2.4, "zoë": 0.1}
    assert scores_everywhere(course) == pytest.approx(expected)
    assert rows(course)["bela"]["late_penalty"] == "0.6"
    assert entries(course)["bela"]["late"] == {"seconds": 26 * 3600, "penalty": 0.6}
    assert command(course).returncode == 0
    assert scores_everywhere(course) == pytest.approx(expected)
    assert command(course, "--late", "none").returncode == 0
    assert scores_everywhere(course) == {"anna": 3, "bela": 3, "zoë": 1}


def test_nobody_falls_below_zero(course: Path) -> None:
    command(course, "--late", "100 %")
    assert scores_everywhere(course) == {"anna": 3, "bela": 0, "zoë": 0}


def test_extensions_in_the_file_and_in_the_gradebook(course: Path) -> None:
    table = course / "extensions.csv"
    table.write_text("student,assignment,extension\nbela,00_small,2 days\nzoë,other,9 days\n")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.grant_extension(ASSIGNMENT, "zoë", days=2)
    assert command(course, "--late", RULE).stderr == ""
    assert scores_everywhere(course) == pytest.approx({"anna": 3, "bela": 3, "zoë": 0.7})
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        assert book.find_submission(ASSIGNMENT, "bela").extension == timedelta(days=2)
    table.unlink()  # The extension is taken back, in the gradebook, too.
    assert command(course).stderr == ""
    assert scores_everywhere(course) == pytest.approx({"anna": 3, "bela": 2.4, "zoë": 0.7})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("who,when\nbela,never\n", "expected the first line “student,assignment,extension”"),
        ("student,assignment,extension\nbela,,soon\n", "extensions.csv, line 2: “soon” is no time"),
    ],
)
def test_a_wrong_file_of_extensions_is_a_warning(course: Path, content: str, said: str) -> None:
    (course / "extensions.csv").write_text(content)
    done = command(course, "--late", RULE)
    assert done.returncode == 0
    assert said in done.stdout
    assert rows(course)["bela"]["score"] == "2.4"


def test_without_a_due_date_nobody_is_late_and_that_is_said(course: Path) -> None:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.update_or_create_assignment(ASSIGNMENT, duedate=None)
    done = command(course, "--late", RULE)
    assert f"{ASSIGNMENT} has no due date" in done.stdout
    assert {row["score"] for row in rows(course).values()} == {"3", "1"}


def test_a_wrong_rule_is_told_before_anything_is_marked(
    course: Path, capsys: pytest.CaptureFixture
) -> None:
    with pytest.raises(SystemExit):
        command(course, "--late", "10 % a day at most 50 %")


def test_points_by_hand_and_a_penalty_add_up(course: Path) -> None:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.find_grade("test_third", ASSIGNMENT, ASSIGNMENT, "zoë").manual_score = 2
        book.db.commit()
    command(course, "--late", RULE)
    assert scores_everywhere(course) == pytest.approx({"anna": 3, "bela": 2.4, "zoë": 2.1})


def test_the_export_tells_what_counts(course: Path) -> None:
    command(course, "--late", RULE)
    assert command(course, "--to", "csv", name="export").returncode == 0
    text = (course / "exports" / f"{ASSIGNMENT}-csv.csv").read_text()
    assert "bela,,,,3,0.6,2.4,3,graded" in text


def everything(folder: Path) -> dict[str, bytes]:
    """All files of a course, by their path."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def mended(job: object) -> object:
    """As if a test had been mended: `third` is worth half a point to everybody."""
    verdict = verdict_on(job)
    verdict.cells[0].points = max(verdict.cells[0].points, 0.5)
    return verdict


def test_compare_says_whose_marks_change_and_writes_nothing(course: Path) -> None:
    command(course, "--late", RULE)
    before = everything(course)
    executor = InstantExecutor(mended)
    done = command(course, "--compare", executor=executor)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "zoë: 0.1 → 0.6, test_third 0 → 0.5",
        "1 of 3 marks would change (1 up, 0 down). Nothing was written; `grade` without --compare "
        "writes them.",
    ]
    assert everything(course) == before
    assert len([job for job in executor.jobs if job.student]) == 3


def test_compare_with_another_rule(course: Path) -> None:
    before = everything(course)
    done = command(course, "--compare", "--late", "1 point")
    assert done.stdout.splitlines()[0] == "bela: 3 → 2"
    assert "2 of 3 marks would change (0 up, 2 down)" in done.stdout
    assert everything(course) == before
