"""Mark solutions and wrong answers of the notebooks on the backend that runs, and print verdicts.

    KERAS_BACKEND=jax python -m tests.backends.marking                          # every notebook
    KERAS_BACKEND=jax python -m tests.backends.marking 01_residual_networks     # one of them

Prints one JSON object a line: {"answer", "lost" (criteria), "asked" (criteria), "told" (whether the
message of a wrong answer says what it should), "report"}. Expected values are the recorded ones,
which were computed on TensorFlow.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

import resnets_utils  # noqa: F401  (imports Keras quietly)

import keras

from autograder.sources import assignments, solved_namespace
from resnets import checks
from resnets.quiet import native_messages_kept_back
from resnets.reproducible import set_reproducible
from tests.answers import judged, report_on
from tests.suites import SUITES

A_FUNCTION = {"02_building_blocks": 1}
"""How many wrong answers to each function are tried; two where nothing is said."""
ALWAYS = {"conv2d: NumPy instead of ops"}
"""Wrong answers that each backend refuses in words of its own, which are translated."""
ALLOWED = {
    # Numbers are wrong, too, where a layer is; without right numbers no gradient can be judged.
    "01_residual_networks": {"numbers", "runs"},
    "02_building_blocks": {"gradient"},
}


@dataclass(frozen=True)
class Marked:
    """What became of one answer."""

    answer: str
    lost: list[str]
    asked: list[str]
    told: bool
    report: str


def solutions(assignment: str, solved: dict[str, Any]) -> Iterator[Marked]:
    """Mark every graded function of the solution."""
    for exercise in checks.exercises(assignment):
        report = report_on(exercise.name, solved[exercise.name])
        lost = [item.id for item in report.items if not item.passed]
        if report.points != report.max_points and not lost:
            lost = [f"{report.points} of {report.max_points} points"]
        yield Marked(f"{exercise.name}: the solution", lost, [], True, report.to_plain())


def wrong_answers(assignment: str, solved: dict[str, Any]) -> Iterator[Marked]:
    """Mark some wrong answers to every graded function."""
    for answer in chosen(SUITES[assignment].wrong, A_FUNCTION.get(assignment, 2)):
        if hasattr(answer, "build"):
            report = report_on(answer.function, answer.build())
        else:
            report = judged(answer, solved)
        charged = {item.id for item in report.items if not item.passed}
        asked = set(answer.charged)
        allowed = ALLOWED.get(assignment, set()) - asked
        messages = " ".join(item.message for item in report.items if not item.hidden)
        told = answer.says in messages
        lost = sorted(charged - allowed)
        yield Marked(answer.id, lost, sorted(asked), told, report.to_plain())


def chosen(answers: list[Any], a_function: int) -> Iterator[Any]:
    """Some answers to each function, far apart in the list."""
    yield from (answer for answer in answers if answer.id in ALWAYS)
    for _, group in groupby(answers, key=lambda answer: answer.function):
        # Not those that raise: then all is lost, and the words are the backend's own.
        same = [answer for answer in group if "runs" not in answer.charged]
        yield from same[len(same) // 4 :: -(-len(same) // a_function)]


def main() -> None:
    with native_messages_kept_back():  # any backend may import TensorFlow
        set_reproducible(0)
        for assignment in sys.argv[1:] or assignments():
            solved = solved_namespace(assignment)
            for mark in (solutions, wrong_answers):
                for marked in mark(assignment, solved):
                    print(json.dumps(asdict(marked)), flush=True)
    print(json.dumps({"backend": keras.backend.backend()}))


if __name__ == "__main__":
    main()
