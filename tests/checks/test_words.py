"""Every sentence that a student reads is short and plain, wherever it comes from."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.marking.redaction import ELSEWHERE
from resnets import checks
from resnets.checks.catalogue.numbers_exercise import NumbersExercise
from resnets.checks.catalogue.procedure_exercise import ProcedureExercise
from resnets.checks.evidence.still_running import says_still_running, still_running
from resnets.checks.judging.report import HIDDEN_REASON
from tests.judged import judged
from tests.suites import SUITES

ROOT = Path(checks.__file__).parents[2]
WRITTEN_IN = (
    *("resnets/checks/judging", "resnets/checks/collecting", "resnets/checks/display"),
    *("resnets/checks/catalogue", "autograder/marking", "autograder/templates"),
)
MOST_WORDS = 32
LONGEST_TITLE = 60
HARD = re.compile(
    r"\basked\b|\bhand(s|ed)? back\b|\ban? [\w.]+ too many\b|\bwas(n't| not) asked|"
    r"\bwhatever is (asked|left)\b|\bis to be\b|\bare to be\b|, is said\b",
)
"""Words that stop a reader whose first language is not English: see "expected X, found Y"."""


def hard_words(text: str) -> list[str]:
    return [found.group() for found in HARD.finditer(text)]


def long_sentences(text: str) -> list[str]:
    sentences = re.split(r"(?<=[.?!…])\s+", text)
    return [sentence for sentence in sentences if len(sentence.split()) > MOST_WORDS]


def is_plain(text: str) -> bool:
    return not hard_words(text) and not long_sentences(text) and text[-1:] in (".", "?", "!")


def written_strings(file: Path) -> Iterator[str]:
    """The strings in a file, but for those that explain the code."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        yield text
        return
    tree = ast.parse(text)
    comments = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in comments:
            yield node.value


@pytest.mark.parametrize("folder", WRITTEN_IN)
def test_no_string_holds_words_that_are_hard_to_read(folder: str) -> None:
    files = [file for file in (ROOT / folder).rglob("*") if file.suffix in (".py", ".html")]
    found = {file.name: hard_words(" ".join(written_strings(file))) for file in files}
    assert files and not {name: words for name, words in found.items() if words}


@pytest.mark.parametrize("exercise", checks.exercises(), ids=lambda exercise: exercise.name)
def test_titles_hints_and_mistakes_are_plain(exercise) -> None:
    titles = [criterion.title for criterion in exercise.rubric]
    assert not [title for title in titles if len(title) > LONGEST_TITLE or hard_words(title)]
    assert len(set(titles)) == len(titles)  # the feedback page finds lines by their titles
    said = [*exercise.hints]
    if isinstance(exercise, NumbersExercise):
        said += exercise.mistakes.values()
    if isinstance(exercise, ProcedureExercise):
        facts = [fact for trial in exercise.trials.values() for fact in trial.facts]
        said += [fact.otherwise for fact in facts if fact.otherwise]
    assert not [text for text in said if not is_plain(text)]


SAMPLE = [
    answer
    for suite in SUITES.values()
    for answer in suite.wrong[:: max(1, len(suite.wrong) // 12)]
    if answer.seconds is None
]


@pytest.mark.parametrize("answer", SAMPLE, ids=lambda answer: answer.id)
def test_what_a_report_says_is_plain(answer) -> None:
    report = judged(answer)
    for item in (*report.items, *report.without_hidden().items):
        if item.passed or not item.message:
            continue
        # The arguments of a call are as long as they are, and an error may be in Keras' own words.
        text = re.sub(r"^With [^:]*: | This was found with .*", "", item.message)
        assert not hard_words(text) and text.endswith((".", "?", "!")), text
        assert item.traceback or not long_sentences(text), text


def test_what_marking_says_in_place_of_a_students_words_is_plain() -> None:
    assert is_plain(HIDDEN_REASON) and is_plain(ELSEWHERE) and is_plain(still_running(20))


def test_a_function_that_exceeds_its_time_is_recognised_by_its_words() -> None:
    assert says_still_running(f"With size 3: {still_running(0.5)}")
    assert not says_still_running("It is not written yet.")
