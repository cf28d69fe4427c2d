"""The suites of answers, judged in another language: the same points, no word of English left.

    python -m tests.translation.suites                          # every notebook
    python -m tests.translation.suites 01_residual_networks     # one of them

Above the table stands every message that keeps a placeholder or English words.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

import resnets_utils  # noqa: F401  (imports Keras quietly)

from autograder.authoring.translation_rules import english_left
from resnets import checks
from resnets.checks.judging.report import Report
from resnets.language import speaking
from tests.answers import Answer
from tests.judged import judged
from tests.suites import SUITES

LANGUAGE = "zh"
_PLACEHOLDER = re.compile(r"\{\w*\}")
_QUOTED = re.compile(r"`[^`]*`|'[^']*'|\"[^\"]*\"|…")


class Told(NamedTuple):
    """What is said of an answer in both languages."""

    english: Report
    translated: Report

    @property
    def is_same(self) -> bool:
        """Whether the points are the same, line by line."""
        return [item.points for item in self.english.items] == [
            item.points for item in self.translated.items
        ]


def told(answer: Answer) -> Told:
    """Judge an answer twice."""
    english = judged(answer)
    with speaking(LANGUAGE):
        return Told(english, judged(answer))


def left(report: Report) -> Iterator[str]:
    """What is left of English, and placeholders that nobody filled in, in a report."""
    for item in report.items:
        for words in (item.title, item.expected, item.found, item.message):
            if _PLACEHOLDER.search(words) or _is_english(words):
                yield words


def _is_english(words: str) -> bool:
    # An error that no sentence of ours explains is told in Python's own words.
    return bool(english_left(_QUOTED.sub(";", re.sub(r"\w+(Error|Exception): .*", "", words))))


def hints_left() -> Iterator[str]:
    """What is left of English in titles and hints."""
    from resnets.language import say

    with speaking(LANGUAGE):
        for exercise in checks.exercises():
            for text in (*exercise.hints, *(line.title for line in exercise.rubric)):
                if english_left(_QUOTED.sub(";", say(text))):
                    yield say(text)


def main(names: list[str]) -> int:
    """Judge the answers of these notebooks, all without any; print what is not as it should be."""
    rows, worst = [], 0
    for assignment, suite in SUITES.items():
        if names and assignment not in names:
            continue
        same = clean = 0
        answers = [*suite.wrong, *suite.right]
        for answer in answers:
            both = told(answer)
            remains = list(left(both.translated))
            for words in remains:
                print(f"{answer.id}: {words}", flush=True)
            if not both.is_same:
                print(f"{answer.id}: {both.translated.points}, in English {both.english.points}")
            same += both.is_same
            clean += not remains
        worst += 2 * len(answers) - same - clean
        rows.append(f"| `{assignment}` | {len(answers)} | {same} | {clean} |")
    print("\n| notebook | answers | same points | nothing left in English |")
    print("| --- | --- | --- | --- |", *rows, sep="\n")
    return min(worst, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
