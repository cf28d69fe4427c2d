"""An instructor's way, in a real browser: ten are marked, graded by hand, marked again, given back.

Every number must be the same in the four places where it stands, and in what nbgrader exports.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from autograder.course.folder import Course, Student
from autograder.notebooks.cells import grade_id, tags
from autograder.notebooks.sources import read_source, solution_cells
from tests.autograder.formgrader import Formgrader, formgrader
from tests.autograder.places import row, totals
from tests.autograder.test_nbgrader import nbgrader

pytest.importorskip("playwright", reason="no Playwright: pip install playwright")

NAME = "01_residual_networks"
SOLVED = {name: cell.source for name, cell in solution_cells(read_source(NAME)).items()}
STUB = "raise NotImplementedError()"
MISTAKES = {
    "anna": {"identity_block": ('padding="same"', 'padding="valid"')},
    "béla": {},
    "chiara": {"convolutional_block": ("strides=(s, s)", "strides=(2, 2)")},
    "dmitri": {"ResNet50": ("classes", "6 * classes // 6")},
    "emre": {"identity_block": ("X = Add()([X, X_shortcut])", "X = X")},
    "fatima": {"identity_block": None},
    "guo": {"identity_block": None, "convolutional_block": None, "ResNet50": None},
    "hana": {"identity_block": ("(X)", "")},
    "ivan": {},
    "jun": {"ResNet50": ("def ResNet50(", "def ResNet50(:")},
}
"""By student, what is exchanged in a function; None where it was left empty."""
NO_MATHJAX = """
const signal = {Interest: listen => listen("End")};
window.MathJax = {Hub: {Config() {}, Configured() {}, Queue() {}, Startup: {signal}}};
"""
"""formgrader's page loads MathJax from the network; the tests have none."""
GIVEN = 27.5
COMMENT = "Good names. Mind the padding."


def hand_in(course: Path, student: str, mistakes: dict[str, tuple[str, str] | None]) -> None:
    """Writes a student's notebook where it belongs."""
    notebook = read_source(NAME)
    notebook.cells = [cell for cell in notebook.cells if "heavy" not in tags(cell)]
    for cell in notebook.cells:
        if (name := grade_id(cell)) in mistakes:
            exchanged = mistakes[name]
            if exchanged is None:
                cell.source = f"{SOLVED[name].splitlines()[0]}\n    {STUB}"
            else:
                assert exchanged[0] in cell.source, (student, name)
                cell.source = cell.source.replace(*exchanged, 1)
    path = course / "submitted" / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def autograder(*arguments: str) -> str:
    """What a command says, typed in a terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "autograder", *arguments], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def same_everywhere(course: Course) -> dict[str, float]:
    """Everybody's total, which must be the same in the four places."""
    found = {student: totals(course, NAME, student) for student in MISTAKES}
    assert all(len(set(places)) == 1 for places in found.values()), found
    return {student: places[0] for student, places in found.items()}


def type_in(page, opened: Formgrader, student: str) -> None:
    """Clicks through formgrader to a student's notebook, types a score and a comment."""
    page.goto(f"{opened.url}/formgrader/gradebook/{NAME}/{NAME}")
    page.wait_for_selector("table tbody tr")
    number = opened.notebook(NAME, student)
    page.click(f"a[href*='{number}']")
    page.wait_for_function(
        "() => window.formgrader && formgrader.grades?.loaded && formgrader.comments?.loaded"
    )
    page.fill("#test_identity_block", str(GIVEN))
    page.press("#test_identity_block", "Tab")
    page.fill("#identity_block-comment", COMMENT)
    page.press("#identity_block-comment", "Tab")
    page.wait_for_load_state("networkidle")


def test_ten_are_marked_graded_by_hand_marked_again_and_given_back(
    page, tmp_path: Path, keep: Callable[[str], Path]
) -> None:
    folder = tmp_path / "course"
    autograder("course", str(folder), NAME)
    for student, mistakes in MISTAKES.items():
        hand_in(folder, student, mistakes)
    course, grade = Course(folder), ("grade", NAME, "--course", str(folder))
    autograder(*grade)
    first = same_everywhere(course)
    assert [name for name, points in first.items() if points == 100] == ["béla", "ivan"]
    assert first["guo"] == 0 and first["anna"] == 93

    (tmp_path / "jupyter").mkdir()
    with formgrader(folder, tmp_path / "jupyter") as opened:
        page.route(
            "**/mathjax/**",
            lambda route: route.fulfill(content_type="text/javascript", body=NO_MATHJAX),
        )
        page.goto(f"{opened.url}/login?token={opened.token}")
        page.goto(f"{opened.url}/formgrader/manage_submissions/{NAME}")
        page.wait_for_selector("table tbody tr:nth-child(10)")
        keep("8-formgrader-submissions")
        type_in(page, opened, "anna")
        page.evaluate("document.querySelector('#test_identity_block').scrollIntoView()")
        keep("8-formgrader-anna")

        # Another student hands in again: what was given to anna stands.
        hand_in(folder, "fatima", {})
        autograder(*grade)
        autograder("feedback", NAME, "--course", str(folder))
        expected = first | {"anna": 93 - 23 + GIVEN, "fatima": 100}
        assert same_everywhere(course) == expected

        # She hands in again, too: it stands until it is looked at, and says so.
        hand_in(folder, "anna", {})
        autograder(*grade)
        assert same_everywhere(course) == expected
        assert "given for an earlier version of the code" in row(course, "anna")["by_hand"]
        page.goto(f"{opened.url}/formgrader/gradebook/{NAME}/{NAME}")
        page.wait_for_selector("table tbody tr:nth-child(10)")
        keep("8-formgrader-marked-again")

    autograder("feedback", NAME, "--course", str(folder))
    page.goto(course.feedback(Student("anna"), NAME).as_uri())
    assert COMMENT in page.inner_text("body")
    keep("8-feedback-by-hand")
    assert nbgrader(folder, "export").returncode == 0
    with (folder / "nbgrader-grades.csv").open(newline="") as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert exported == expected
