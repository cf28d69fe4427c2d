"""What belongs to an assignment, and what of it is missing, in sentences.

    python -m tests.notebooks.pieces 04_resnet_family

Each function of `PIECES` looks at one piece and yields a sentence for everything that it lacks.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autograder.authoring.known_mistakes import mistaken_functions
from autograder.notebooks.cells import is_solution
from autograder.notebooks.sources import assignments, module_name, read_source
from autograder.paths import NOTEBOOKS, ROOT, SOLUTIONS
from resnets import checks
from resnets.checks.catalogue.array_exercise import ArrayExercise
from resnets.checks.catalogue.exercises import ASSIGNMENTS
from resnets.checks.catalogue.graph_exercise import GraphExercise
from resnets.checks.catalogue.numbers_exercise import NumbersExercise
from resnets.checks.catalogue.procedure_exercise import ProcedureExercise
from resnets.checks.collecting.procedure_runs import trial_of
from resnets.checks.collecting.stand_ins.substitute import stand_in_for
from resnets.checks.evidence.case_ids import criterion_of
from resnets.checks.notebook import PUBLIC_SECRET
from tests import rates
from tests.suites import LEAST_OF_EACH, MODULES, SUITES, Suite

README = ROOT / "README.md"


@dataclass(frozen=True)
class Pieces:
    """What there is of an assignment.

    Attributes:
        name: of the assignment.
        cells: functions that its source asks for; None where there is no source.
        exercises: in the catalogue.
        mistakes: ids of the known mistakes that are recorded, by function.
        suite: answers.
        unbuilt: notebooks that are not there.
        unrecorded: why the expected values of exercises cannot be had.
        readme: README's text.
    """

    name: str
    cells: tuple[str, ...] | None
    exercises: tuple[checks.Exercise, ...]
    mistakes: dict[str, set[str]]
    suite: Suite | None
    unbuilt: tuple[str, ...]
    unrecorded: tuple[str, ...]
    readme: str


def names() -> list[str]:
    """Every assignment of which there is anything at all."""
    there = {*assignments(), *ASSIGNMENTS}
    for pattern in ("solutions/*.ipynb", "solutions/mistakes/*.py", "notebooks/*.ipynb"):
        there |= {path.stem for path in ROOT.glob(pattern)}
    there |= {path.name.partition(".")[0] for path in checks.expected_file("").parent.glob("*.gz")}
    modules = {module_name(name) for name in there}
    return sorted(there | {f"00_{module}" for module in MODULES if module not in modules})


def pieces_of(assignment: str) -> Pieces:
    """Gather what there is of an assignment."""
    has_source = assignment in assignments()
    exercises = tuple(checks.exercises(assignment))
    cells = read_source(assignment).cells if has_source else []
    known = mistaken_functions(assignment) if has_source else {}
    return Pieces(
        name=assignment,
        cells=tuple(c.metadata.nbgrader.grade_id for c in cells if is_solution(c))
        if has_source
        else None,
        exercises=exercises,
        mistakes={function: set(ids) for function, ids in known.items()},
        suite=SUITES.get(assignment),
        unbuilt=tuple(
            f"{folder.name}/{assignment}.ipynb"
            for folder in (SOLUTIONS, NOTEBOOKS)
            if not (folder / f"{assignment}.ipynb").is_file()
        ),
        unrecorded=tuple(filter(None, map(_unrecorded, exercises))),
        readme=README.read_text(encoding="utf-8"),
    )


def _unrecorded(exercise: checks.Exercise) -> str:
    cases = checks.public_cases(exercise.name)
    cases += checks.hidden_cases(exercise.name, PUBLIC_SECRET)
    try:
        checks.expected(exercise.name, cases)
    except checks.NothingRecorded as error:
        return str(error)
    return ""


def source(pieces: Pieces) -> Iterator[str]:
    """`solutions/NN_name.py` is there and asks for something."""
    if pieces.cells is None:
        yield f"There is no source: solutions/{pieces.name}.py."
    elif not pieces.cells:
        yield f"solutions/{pieces.name}.py asks for nothing: no cell of it is a solution cell."


def exercises(pieces: Pieces) -> Iterator[str]:
    """Every function that the source asks for is in the catalogue, and no other."""
    file = f"resnets/checks/catalogue/exercises/{module_name(pieces.name)}.py"
    asked, there = set(pieces.cells or ()), {exercise.name for exercise in pieces.exercises}
    if there and not (ROOT / file).is_file():
        yield f"Its exercises do not stand in {file}, where they are looked for."
    for function in sorted(asked - there):
        yield f"{function} has no exercise in {file}."
    for function in sorted(there - asked):
        yield f"{file} has an exercise {function}, for which there is no solution cell."


def rubrics(pieces: Pieces) -> Iterator[str]:
    """Every line of a rubric can be lost, and everything that can be wrong has its line."""
    for exercise in pieces.exercises:
        lines = {criterion.id for criterion in exercise.rubric}
        charged = _charged(exercise)
        for criterion in sorted(charged - lines):
            yield f"{exercise.name}: its rubric has no criterion {criterion!r} to charge."
        for criterion in sorted(lines - charged - ALWAYS_JUDGED):
            yield f"{exercise.name}: nothing is ever charged to the criterion {criterion!r}."


ALWAYS_JUDGED = {"runs", "numbers", "names", "initializer"}
"""Criteria that the judge knows by itself."""


def _charged(exercise: checks.Exercise) -> set[str]:
    """The criteria that an exercise says mistakes are charged to."""
    if isinstance(exercise, GraphExercise):
        settings = {one for part in exercise.parts for one in part.settings.values()}
        return {"runs"} | {part.criterion for part in exercise.parts} | settings
    cases = checks.public_cases(exercise.name)
    cases += checks.hidden_cases(exercise.name, PUBLIC_SECRET)
    charged = {criterion for case in cases for criterion in exercise.criteria(case.id)}
    if isinstance(exercise, ArrayExercise):
        charged |= {"gradient"} if exercise.differentiable else set()
        charged |= {"kept"} if exercise.keeps_arguments else set()
        charged |= {"whole"} if exercise.whole else set()
    return charged | {"runs"}


def stand_ins(pieces: Pieces) -> Iterator[str]:
    """What an exercise is built from can be replaced when it is tried."""
    for exercise in pieces.exercises:
        for block in exercise.blocks:
            try:
                stand_in_for(block, None)
            except LookupError as error:
                yield f"{exercise.name}: {error}"


def trials(pieces: Pieces) -> Iterator[str]:
    """What is judged by what it does can be tried, and each case has its trial."""
    for exercise in pieces.exercises:
        if isinstance(exercise, ProcedureExercise):
            cases = checks.public_cases(exercise.name)
            cases += checks.hidden_cases(exercise.name, PUBLIC_SECRET)
            for key in sorted(exercise.trials.keys() | {criterion_of(case.id) for case in cases}):
                if key not in exercise.trials:
                    yield f"{exercise.name}: it does not say what its trial {key!r} writes down."
                try:
                    trial_of(exercise, key)
                except LookupError as error:
                    yield str(error)


def known_mistakes(pieces: Pieces) -> Iterator[str]:
    """Every exercise on numbers knows mistakes, each with a sentence and an edit."""
    file = f"solutions/mistakes/{pieces.name}.py"
    for exercise in pieces.exercises:
        recorded = pieces.mistakes.get(exercise.name, set())
        by_numbers = isinstance(exercise, NumbersExercise)
        told = set(exercise.mistakes) if by_numbers else set()
        if by_numbers and not told:
            yield (
                f"{exercise.name} is judged by its numbers and knows no mistakes: give some in "
                f"its exercise and in {file}."
            )
        for mistake in sorted(told - recorded):
            yield f"{exercise.name}: {file} has no edits for the mistake {mistake!r}."
        for mistake in sorted(recorded - told):
            yield f"{exercise.name}: its exercise has no sentence for the mistake {mistake!r}."
    for function in sorted(pieces.mistakes.keys() - {e.name for e in pieces.exercises}):
        yield f"{file} is about {function}, which is no exercise of this notebook."


def _answers(pieces: Pieces, kind: str) -> Iterator[str]:
    file = f"tests/suites/{module_name(pieces.name)}"
    if pieces.suite is None:
        yield f"There is no suite of answers: {file}.py."
        return
    which = ("wrong", "right").index(kind)
    answers, least = getattr(pieces.suite, kind), pieces.suite.least[which]
    if len(answers) < least:
        yield f"{file}: at least {least} {kind} answers, found {len(answers)}."
    found = Counter(answer.function for answer in answers)
    functions = [exercise.name for exercise in pieces.exercises]
    for function in functions:
        if found[function] < LEAST_OF_EACH[which]:
            yield (
                f"{file}: at least {LEAST_OF_EACH[which]} {kind} answers to {function}, found "
                f"{found[function]}."
            )
    for function in sorted(found.keys() - functions):
        yield f"{file}: {kind} answers to {function}, which is no exercise of this notebook."
    for name, count in Counter(answer.id for answer in answers).items():
        if count > 1:
            yield f"{file}: {count} {kind} answers are called {name!r}."


def wrong_answers(pieces: Pieces) -> Iterator[str]:
    """The suite has enough wrong answers to the notebook and to each of its functions."""
    yield from _answers(pieces, "wrong")


def right_answers(pieces: Pieces) -> Iterator[str]:
    """The suite has enough right answers to the notebook and to each of its functions."""
    yield from _answers(pieces, "right")


def built_notebooks(pieces: Pieces) -> Iterator[str]:
    """The notebook has been built."""
    for file in pieces.unbuilt:
        yield f"{file} is not there: run python -m autograder build {pieces.name}."


def expected_values(pieces: Pieces) -> Iterator[str]:
    """What the checks expect has been recorded, for the cases as they are now."""
    yield from pieces.unrecorded


def readme_row(pieces: Pieces) -> Iterator[str]:
    """README's table of notebooks links to it."""
    if f"(notebooks/{pieces.name}.ipynb)" not in pieces.readme:
        yield f"README's table of notebooks has no row for notebooks/{pieces.name}.ipynb."


def readme_rates(pieces: Pieces) -> Iterator[str]:
    """README says how many answers the checks are tried on, as tests/test_answers.py finds it."""
    if pieces.suite is not None:
        row = rates.perfect(pieces.suite).row(pieces.name)
        if row not in pieces.readme:
            yield (
                "README's table of answers lacks the row that `python -m tests.rates` prints once "
                f"it has no complaint: {row}"
            )


PIECES: dict[str, Callable[[Pieces], Iterator[str]]] = {
    piece.__name__.replace("_", " "): piece
    for piece in (
        source,
        exercises,
        rubrics,
        stand_ins,
        trials,
        known_mistakes,
        wrong_answers,
        right_answers,
        built_notebooks,
        expected_values,
        readme_row,
        readme_rates,
    )
}


def missing(pieces: Pieces) -> list[str]:
    """Return a sentence for everything that an assignment lacks."""
    return [sentence for piece in PIECES.values() for sentence in piece(pieces)]


if __name__ == "__main__":
    for name in sys.argv[1:] or names():
        print(name, *missing(pieces_of(name)), sep="\n  ")
