"""One truth: what people give in formgrader stands everywhere, and outlives another marking."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from autograder import cli
from autograder.course.folder import Course, Student
from autograder.course.verdict import CellVerdict, Verdict
from autograder.grading import reference, workers
from autograder.grading.grade import Outcome, write_results
from autograder.notebooks import sources
from autograder.notebooks.assemble import OWN
from autograder.results import by_hand, csv_and_json, lateness, nbgrader_gradebook
from tests.autograder import places
from tests.autograder.conftest import Sandboxed, handed_in, small_reference
from tests.autograder.formgrader import Formgrader, formgrader
from tests.autograder.test_nbgrader import nbgrader

ASSIGNMENT = "00_small"
WORTH = {"test_third": 2, "test_greet": 1}


@dataclass(frozen=True)
class Class:
    """A class of one, whose marks are made up."""

    course: Course

    def mark(
        self, third: float = 0, greet: float = 1, code: str = "first", helper: str = ""
    ) -> None:
        """Marks what anna handed in, as `grade` does."""
        by_hand.remember(self.course, ASSIGNMENT)
        cells = [
            CellVerdict(name, points, WORTH[name], points == WORTH[name])
            for name, points in (("test_third", third), ("test_greet", greet))
        ]
        sources = {"third": code, "greet": "same", OWN: helper}
        verdict = Verdict("graded", cells=cells, code=sources)
        self.course.save(Student("anna"), ASSIGNMENT, code, verdict)
        nbgrader_gradebook.declare(self.course.gradebook, ASSIGNMENT, small_reference())
        self.publish()

    def publish(self) -> None:
        """What `grade` does where nothing is left to mark."""
        outcome = Outcome()
        write_results(self.course, ASSIGNMENT, outcome)
        assert not outcome.warnings and not outcome.gradebook

    def give(self, cell: str, score: float | None, extra: float | None = None) -> None:
        """What formgrader does when a teacher types a score."""
        with Gradebook(f"sqlite:///{self.course.gradebook}") as book:
            grade = book.find_grade(cell, ASSIGNMENT, ASSIGNMENT, "anna")
            grade.manual_score, grade.extra_credit = score, extra
            grade.needs_manual_grade = score is None and grade.auto_score is None
            book.db.commit()

    def say(self, cell: str, text: str | None) -> None:
        """What formgrader does when a teacher types a comment."""
        with Gradebook(f"sqlite:///{self.course.gradebook}") as book:
            comment = book.find_comment(cell, ASSIGNMENT, ASSIGNMENT, "anna")
            comment.manual_comment = text
            book.db.commit()

    def is_to_be_looked_at(self, cell: str) -> bool:
        with Gradebook(f"sqlite:///{self.course.gradebook}") as book:
            grade = book.find_grade(cell, ASSIGNMENT, ASSIGNMENT, "anna")
            return grade.needs_manual_grade

    def places(self) -> list[float]:
        """The total in each of the four places."""
        return places.totals(self.course, ASSIGNMENT, "anna")

    def told(self) -> str:
        """What grades.csv says about grades given by hand."""
        return places.row(self.course, "anna")["by_hand"]


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class that is marked: nbgrader takes seconds to make a gradebook."""
    root = tmp_path_factory.mktemp("marked")
    (root / "submitted" / "anna" / ASSIGNMENT).mkdir(parents=True)
    Class(Course(root)).mark(third=0.5)
    return root


@pytest.fixture
def anna(marked: Path, tmp_path: Path) -> Class:
    shutil.copytree(marked, tmp_path, dirs_exist_ok=True)
    return Class(Course(tmp_path))


def test_a_grade_and_a_comment_stand_in_every_place(anna: Class) -> None:
    assert anna.places() == [1.5] * 4
    assert anna.told() == ""
    anna.give("test_third", 1.75, extra=0.5)
    anna.say("third", "Mind the\nzero, <b>anna</b>.")
    anna.publish()
    assert anna.places() == [3.25] * 4
    cell = places.entry(anna.course, "anna")["cells"][0]
    assert (cell["points"], cell["automatic_points"], cell["passed"]) == (2.25, 0.5, True)
    assert cell["by_hand"] == {"score": 1.75, "extra_credit": 0.5, "for_earlier_code": False}
    assert places.entry(anna.course, "anna")["comments"] == [
        {"grade_id": "third", "comment": "Mind the\nzero, <b>anna</b>.", "for_earlier_code": False}
    ]
    assert anna.told() == (
        "by hand: test_third 2.25 (the checks gave 0.5); "
        "comment on third: Mind the zero, <b>anna</b>."
    )
    text = places.page(anna.course, ASSIGNMENT, "anna")
    assert "The checks gave 0.5." in text and "Mind the\nzero, &lt;b&gt;anna" in text


def test_it_outlives_another_marking_and_is_flagged_when_the_code_has_changed(anna: Class) -> None:
    anna.give("test_third", 1.5)
    anna.say("third", "Nearly.")
    anna.mark(third=0.5, code="first")  # --force, say
    assert anna.places() == [2.5] * 4
    assert "earlier" not in anna.told() and not anna.is_to_be_looked_at("test_third")
    anna.mark(third=0.5, code="second")
    assert anna.places() == [2.5] * 4
    assert anna.told() == (
        "by hand: test_third 1.5 (the checks gave 0.5), given for an earlier version of the code; "
        "comment on third, given for an earlier version of the code: Nearly."
    )
    assert places.entry(anna.course, "anna")["cells"][0]["by_hand"]["for_earlier_code"] is True
    assert places.entry(anna.course, "anna")["comments"][0]["for_earlier_code"] is True
    text = places.page(anna.course, ASSIGNMENT, "anna")
    assert "for an earlier version of your code" in text
    assert "about an earlier version of your code" in text
    assert anna.is_to_be_looked_at("test_third")


def test_a_function_of_their_own_that_has_changed_counts_as_a_change(anna: Class) -> None:
    anna.give("test_third", 1.5)
    anna.mark(third=0.5, helper="def half(x): return x / 2")
    assert "earlier" in anna.told()


def test_what_is_looked_at_again_counts_for_the_new_code(anna: Class) -> None:
    anna.give("test_third", 1.5)
    anna.mark(code="second")
    assert "earlier" in anna.told()
    anna.give("test_third", 1.5)  # formgrader's "Resolve"
    anna.publish()
    assert "earlier" not in anna.told()
    anna.mark(code="third")
    assert "earlier" in anna.told()
    anna.give("test_third", 1.0)
    anna.publish()
    assert "earlier" not in anna.told() and anna.places() == [2] * 4
    anna.give("test_third", None)
    anna.publish()
    assert anna.told() == "" and anna.places() == [1] * 4


def test_a_grade_for_what_could_not_be_read_is_flagged_when_it_can(anna: Class) -> None:
    cells = [CellVerdict(name, 0, worth, False) for name, worth in WORTH.items()]
    unreadable = Verdict("unreadable", "The file is empty.", cells)
    anna.course.save(Student("anna"), ASSIGNMENT, "key", unreadable)
    anna.publish()
    anna.give("test_third", 1)
    anna.publish()
    assert anna.places() == [1] * 4 and "earlier" not in anna.told()
    anna.mark(third=2, code="first")
    assert anna.places() == [2] * 4 and "earlier" in anna.told()


def test_a_new_gradebook_gets_what_was_given_in_the_old_one(anna: Class) -> None:
    anna.give("test_third", 1.5)
    anna.say("third", "Nearly.")
    anna.publish()
    anna.course.gradebook.rename(anna.course.root / "old.db")
    anna.mark(third=0.5)
    assert anna.places() == [2.5] * 4
    with Gradebook(f"sqlite:///{anna.course.gradebook}") as book:
        assert book.find_comment("third", ASSIGNMENT, ASSIGNMENT, "anna").comment == "Nearly."


@pytest.mark.parametrize("trouble", ["locked", "no database"])
def test_what_was_read_before_counts_where_the_gradebook_cannot_be_read(
    anna: Class, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_hand, "LOCKED_SECONDS", 0.1)
    anna.give("test_third", 1.5)
    anna.publish()
    holder = sqlite3.connect(anna.course.gradebook)
    if trouble == "locked":
        holder.execute("BEGIN EXCLUSIVE")
    else:
        anna.course.gradebook.write_text("no database at all, but a text of some length" * 10)
    said = by_hand.remember(anna.course, ASSIGNMENT)
    holder.close()
    assert "gradebook.db" in said and "count" in said
    csv_and_json.write(anna.course, ASSIGNMENT)
    assert places.row(anna.course, "anna")["score"] == "2.5"


def test_a_broken_memory_is_read_anew_from_the_gradebook(anna: Class) -> None:
    anna.give("test_third", 1.5)
    anna.publish()
    (anna.course.root / ".autograder" / f"by-hand-{ASSIGNMENT}.json").write_text('{"anna": [')
    anna.publish()
    assert anna.places() == [2.5] * 4


SCORES = st.none() | st.integers(-4, 12).map(lambda quarters: quarters / 4)
TEXTS = st.none() | st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=8)
STEPS = st.one_of(
    st.tuples(st.just("give"), st.sampled_from([*WORTH]), SCORES, SCORES),
    st.tuples(st.just("say"), st.sampled_from(["third", "greet"]), TEXTS),
    st.tuples(st.just("mark"), st.sampled_from([0, 0.5, 2]), st.just(1), st.sampled_from("ab")),
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, min_size=2, max_size=8))
def test_whatever_happens_in_whatever_order_there_is_one_total(
    steps: list[tuple], marked: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(marked, root, dirs_exist_ok=True)
    anna = Class(Course(root))
    for step, *arguments in steps:
        getattr(anna, step)(*arguments)
    anna.publish()
    assert len(set(anna.places())) == 1
    comments = {
        one["grade_id"]: one["comment"] for one in places.entry(anna.course, "anna")["comments"]
    }
    with Gradebook(f"sqlite:///{anna.course.gradebook}") as book:
        for name in ("third", "greet"):
            said = book.find_comment(name, ASSIGNMENT, ASSIGNMENT, "anna").manual_comment or ""
            assert comments.get(name, "") == (said if said.strip() else "")


# What follows is marked by the command and graded by hand in formgrader itself.


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Course]:
    """A course folder as the command makes it, beside a folder with one solution."""
    solutions = tmp_path / "solutions"
    solutions.mkdir()
    solved = small_reference()
    nbformat.write(solved, solutions / f"{ASSIGNMENT}.ipynb")
    (solutions / f"{ASSIGNMENT}.py").write_text("# %%\n")
    folder = tmp_path / "course"
    with pytest.MonkeyPatch.context() as patch:
        for module in (sources, reference):
            patch.setattr(module, "SOLUTIONS", solutions)
        patch.setattr("autograder.authoring.course_folder.executed_solution", lambda _: solved)
        assert command("course", str(folder), ASSIGNMENT) == 0
        yield Course(folder)
    workers.close_all()


def command(*arguments: str) -> int:
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        return cli.main(list(arguments))


def hand_in(course: Course, student: str, third: str) -> None:
    path = course.root / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(handed_in(small_reference(), third=third))


def type_in(teacher: Formgrader, student: str, score: float, comment: str) -> None:
    """Types a grade and a comment for the function `third`."""
    notebook = teacher.notebook(ASSIGNMENT, student)
    grade = teacher.cell("grades", notebook, "test_third")
    teacher.change(f"grade/{grade['id']}", manual_score=score, extra_credit=None)
    said = teacher.cell("comments", notebook, "third")
    teacher.change(f"comment/{said['id']}", manual_comment=comment)


def test_formgrader_opens_on_the_course_and_what_is_given_there_is_everywhere(
    sandboxed: Sandboxed, course: Course, tmp_path: Path
) -> None:
    hand_in(course, "anna", "def third(x):\n    return x / 2")
    hand_in(course, "béla", "def third(x):\n    return x / 3")
    grade = ("grade", ASSIGNMENT, "--course", str(course.root))
    assert command(*grade) == 0
    (tmp_path / "jupyter").mkdir()
    with formgrader(course.root, tmp_path / "jupyter") as teacher:
        (assignment,) = teacher.ask("assignments")
        assert (assignment["name"], assignment["num_submissions"]) == (ASSIGNMENT, 2)
        scores = {one["student"]: one["score"] for one in teacher.ask(f"submissions/{ASSIGNMENT}")}
        assert scores == {"anna": 1, "béla": 3}
        shown = teacher.page(f"submissions/{teacher.notebook(ASSIGNMENT, 'anna')}/")
        shown = html.unescape(re.sub(r"<[^>]*>", "", shown))  # without the colours of the code
        assert "return x / 2" in shown and "hello secret" not in shown
        type_in(teacher, "anna", 1.5, "Half is not a third.")

        assert command("feedback", ASSIGNMENT, "--course", str(course.root)) == 0
        assert places.totals(course, ASSIGNMENT, "anna") == [2.5] * 4
        assert "Half is not a third." in places.page(course, ASSIGNMENT, "anna")

        hand_in(course, "anna", "def third(x):\n    return x / 4")
        assert command(*grade) == 0
        assert places.totals(course, ASSIGNMENT, "anna") == [2.5] * 4
        assert "given for an earlier version of the code" in places.row(course, "anna")["by_hand"]
        submissions = {one["student"]: one for one in teacher.ask(f"submissions/{ASSIGNMENT}")}
        assert submissions["anna"]["needs_manual_grade"]
        assert submissions["anna"]["score"] == 2.5

        type_in(teacher, "anna", 1.5, "A quarter is not a third.")
        assert command(*grade) == 0
        assert "earlier" not in places.row(course, "anna")["by_hand"]

        # Its button would run students' code unprotected, and write over what is marked.
        before = course.autograded(Student("anna"), ASSIGNMENT).read_bytes()
        refused = teacher.press(f"submission/{ASSIGNMENT}/anna/autograde")
        assert not refused["success"] and "python -m autograder grade" in refused["error"]
        assert course.autograded(Student("anna"), ASSIGNMENT).read_bytes() == before

    refused = nbgrader(course.root, "autograde", ASSIGNMENT, "--force")
    assert refused.returncode != 0 and "python -m autograder grade" in refused.stderr
    assert course.autograded(Student("anna"), ASSIGNMENT).read_bytes() == before

    table = (course.root / "grades.csv").read_bytes()
    done = nbgrader(course.root, "export")
    assert done.returncode == 0, done.stderr
    assert (course.root / "grades.csv").read_bytes() == table
    with (course.root / "nbgrader-grades.csv").open(newline="") as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert exported == {"anna": 2.5, "béla": 3}


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", '"4"', "true", "[]"])
def test_points_that_are_no_number_are_not_remembered(tmp_path: Path, number: str) -> None:
    course = Course(tmp_path)
    (tmp_path / ".autograder").mkdir()
    kept = (
        f'{{"anna": {{"grades": {{"t": {{"score": {number}, "extra": null}}}}, "comments": {{}}}}}}'
    )
    (tmp_path / ".autograder" / "by-hand-01.json").write_text(kept)
    assert by_hand.load(course, "01") == {}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", '"NaN"', "null"])
def test_seconds_that_are_no_number_are_not_remembered(tmp_path: Path, number: str) -> None:
    (tmp_path / ".autograder").mkdir()
    kept = (
        f'{{"rule": "10 % a day", "seconds": {{"anna": {number}}}, "extensions": {{}}, "due": ""}}'
    )
    (tmp_path / ".autograder" / "late-01.json").write_text(kept)
    assert lateness.load(Course(tmp_path), "01") == lateness.Lateness()
