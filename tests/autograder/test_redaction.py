"""What feedback says where the run without secret says nothing: our own words, and fitting ones."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from autograder.course.verdict import CellVerdict, Verdict
from autograder.marking.redaction import ELSEWHERE, redact
from resnets.checks import get_exercise
from resnets.checks.evidence.still_running import still_running
from resnets.checks.judging.report import HIDDEN_REASON

LIMIT = get_exercise("identity_block").time_limit
LINE = {
    "title": "It runs and returns a tensor", "points": 0, "max_points": 1, "passed": False,
    "expected": "", "found": "an error", "hidden": False, "line": 3, "source": "while True:",
}  # fmt: skip


def redacted(
    message: str, grade_id: str = "test_identity_block", passed: bool | None = None
) -> str:
    """What is said in place of a message, where the other run passed the line, or did not run."""
    cell = CellVerdict(grade_id, 0, 1, False, rubric=[LINE | {"message": message}])
    other = CellVerdict(grade_id, 1, 1, True, rubric=[LINE | {"message": "", "passed": passed}])
    redact(Verdict("graded", "", cells=[cell]), passed and Verdict("graded", "", cells=[other]))
    (line,) = cell.rubric
    assert (line["expected"], line["found"], line["line"], line["source"]) == ("", "", 0, "")
    assert cell.messages == ([f"{line['title']}: {line['message']}"] if line["message"] else [])
    return line["message"]


def test_a_run_that_exceeded_its_time_is_told_so() -> None:
    assert redacted(still_running(LIMIT)) == still_running(LIMIT)
    assert redacted(f"With size 3: {still_running(LIMIT)}") == still_running(LIMIT)
    # The number may be the submission's, and carry a secret.
    assert redacted(still_running(271828)) == still_running(LIMIT)
    # A course's own function: nobody here knows its limit.
    assert redacted(still_running(5), "test_of_their_own") == ELSEWHERE


def test_what_the_run_without_secret_does_not_show_is_said_to_be_hidden() -> None:
    assert redacted("anything", passed=True) == HIDDEN_REASON


@given(st.text())
@example(still_running(3) + " secret")
@example("secret " + still_running(3))
def test_no_word_of_a_submission_is_passed_on(message: str) -> None:
    assert redacted(message) in {ELSEWHERE, still_running(LIMIT), ""}
