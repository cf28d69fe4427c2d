"""Mark solutions and wrong answers of the notebooks on the backend that runs, and print verdicts.

    KERAS_BACKEND=jax python -m tests.backends.marking                          # every notebook
    KERAS_BACKEND=jax python -m tests.backends.marking 01_residual_networks     # one of them

Prints one JSON object a line, see `Marked`. Expected values are the recorded ones, which were
computed on TensorFlow.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import resnets_utils  # noqa: F401  (imports Keras quietly)

import keras

from autograder.notebooks.sources import assignments
from resnets import checks
from resnets.checks.catalogue.procedure_exercise import ProcedureExercise
from resnets.quiet import native_messages_kept_back
from resnets.reproducible import set_reproducible
from tests.answers import Answer, solved
from tests.judged import is_caught, is_named, report_on
from tests.suites import SUITES

A_NOTEBOOK, A_FUNCTION = 12, 2
"""How many wrong answers to each notebook, and to each of its functions, are tried at most."""
SECONDS = 120.0
"""For one call: JAX compiles each step first, and two other workers may be busy meanwhile."""
ALWAYS = {"conv2d: NumPy instead of ops"}
"""Wrong answers that each backend refuses in words of its own, which are translated."""


@dataclass(frozen=True)
class Marked:
    """What became of one answer.

    Attributes:
        answer: its name.
        kind: "solution" or "wrong".
        function: the exercise.
        as_it_should: the solution loses nothing; a wrong answer is caught and told why.
        report: what the check said.
    """

    answer: str
    kind: str
    function: str
    as_it_should: bool
    report: str


def solutions(assignment: str) -> Iterator[Marked]:
    """Mark every graded function of the solution."""
    for exercise in checks.exercises(assignment):
        report = report_on(exercise.name, solved(assignment)[exercise.name], SECONDS)
        right = report.passed and not is_caught(report)
        name = f"{exercise.name}: the solution"
        yield Marked(name, "solution", exercise.name, right, report.to_plain())


def wrong_answers(assignment: str) -> Iterator[Marked]:
    """Mark some wrong answers to every graded function."""
    functions = len(checks.exercises(assignment))
    a_function = max(1, min(A_FUNCTION, A_NOTEBOOK // functions))
    backend = keras.backend.backend()
    answers = [a for a in SUITES[assignment].wrong if is_looked_at(a.function, backend)]
    for answer in chosen(answers, a_function):
        report = report_on(answer.function, answer.build(), answer.seconds or SECONDS)
        right = is_caught(report) and is_named(answer, report)
        yield Marked(answer.id, "wrong", answer.function, right, report.to_plain())


def is_looked_at(function: str, backend: str) -> bool:
    """Whether what students write in a function is run on a backend: see `ProcedureExercise`."""
    exercise = checks.get_exercise(function)
    own = exercise.backend if isinstance(exercise, ProcedureExercise) else ""
    return own in ("", backend)


def chosen(answers: list[Answer], a_function: int) -> Iterator[Answer]:
    """Some answers to each function, far apart in the list."""
    yield from (answer for answer in answers if answer.id in ALWAYS)
    # Not those that raise: then all is lost, and the words are the backend's own.
    quiet = [answer for answer in answers if "runs" not in answer.charged]
    for function in dict.fromkeys(answer.function for answer in quiet):
        same = [answer for answer in quiet if answer.function == function]
        yield from same[len(same) // 4 :: -(-len(same) // a_function)]


def main() -> None:
    out = sys.stdout
    # Any backend may import TensorFlow; a notebook's cells print, too.
    with native_messages_kept_back(), contextlib.redirect_stdout(sys.stderr):
        set_reproducible(0)
        for assignment in sys.argv[1:] or assignments():
            for mark in (solutions, wrong_answers):
                for marked in mark(assignment):
                    print(json.dumps(asdict(marked)), file=out, flush=True)
    print(json.dumps({"backend": keras.backend.backend()}))


if __name__ == "__main__":
    main()
