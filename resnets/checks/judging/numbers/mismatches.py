"""Mismatches between the arrays of a case and the expected ones."""

from __future__ import annotations

from dataclasses import dataclass, field

from resnets.checks.catalogue.array_exercise import ArrayExercise
from resnets.checks.catalogue.numbers_exercise import NumbersExercise, SmallGraphExercise
from resnets.checks.evidence.case_ids import is_hidden
from resnets.checks.evidence.facts import Run
from resnets.checks.evidence.tolerances import GRADIENTS, RESULTS
from resnets.checks.judging.graphs.kernel_initializers import initializer_difference


@dataclass(frozen=True)
class Mismatch:
    """One thing that is not what it should be.

    Attributes:
        case: id of the case that shows it.
        what: the name of an array ("result 0"), or "results" (their number or kind), "gradient",
            "kept" (arguments that changed), "whole" (a number that is no integer) or "initializer"
            (kernels that start from other numbers).
        criterion: what it is charged to.
        expected: what the solution showed in this case.
        found: what the student's function showed.
    """

    case: str
    what: str
    criterion: str
    expected: Run = field(repr=False, compare=False)
    found: Run = field(repr=False, compare=False)

    @property
    def hidden(self) -> bool:
        """Whether students may not see the arguments."""
        return is_hidden(self.case)


@dataclass(frozen=True)
class CaseResult:
    """What one case shows.

    Attributes:
        id: of the case.
        expected: what the solution showed.
        found: what the student's function showed; None where there is no evidence.
        mismatches: what is wrong with its arrays; empty where it failed.
    """

    id: str
    expected: Run = field(repr=False)
    found: Run | None = field(repr=False)
    mismatches: tuple[Mismatch, ...] = ()

    @property
    def hidden(self) -> bool:
        """Whether students may not see the arguments."""
        return is_hidden(self.id)

    @property
    def failed(self) -> bool:
        """Whether there are no arrays to compare."""
        return self.found is None or self.found.failure is not None


def case_result(id: str, exercise: NumbersExercise, found: Run | None, expected: Run) -> CaseResult:
    """Compare the arrays of one case with the expected ones.

    Args:
        id: of the case.
        exercise: the graded function.
        found: what the student's function showed; None where there is no evidence.
        expected: what the solution showed.
    """
    result = CaseResult(id, expected, found)
    if result.failed:
        return result
    mismatches = tuple(
        Mismatch(id, what, criterion, expected, found)
        for what, criterion in _what_is_wrong(id, exercise, found, expected)
    )
    return CaseResult(id, expected, found, mismatches)


def _what_is_wrong(
    id: str, exercise: NumbersExercise, found: Run, expected: Run
) -> list[tuple[str, str]]:
    """Return pairs of what is wrong and the criterion it is charged to."""
    criteria = exercise.criteria(id)
    if results_of(found) != results_of(expected) or _is_other_kind(found, expected):
        return [("results", criterion) for criterion in dict.fromkeys(criteria)]
    wrong = [
        (key, criterion)
        for key, criterion in zip(results_of(expected), criteria, strict=True)
        if not RESULTS.same(found.arrays[key], expected.arrays[key])
    ]
    # Where the result is wrong its gradient is, too: that is not a second mistake.
    if not wrong and _is_gradient_wrong(found, expected):
        wrong.append(("gradient", "gradient"))
    if isinstance(exercise, SmallGraphExercise) and _starts_otherwise(exercise, found, expected):
        wrong.append(("initializer", "initializer"))
    if isinstance(exercise, ArrayExercise):
        if exercise.keeps_arguments and not _kept(found, expected):
            wrong.append(("kept", "kept"))
        if exercise.whole and not found.returned.startswith(("int", "uint")):
            wrong.append(("whole", "whole"))
    return wrong


def results_of(run: Run) -> list[str]:
    """Return the names of the arrays that a function handed back."""
    return sorted(key for key in run.arrays if key.startswith("result "))


def _is_other_kind(found: Run, expected: Run) -> bool:
    """Whether a function that builds a graph hands back a tensor for a model, or the reverse."""
    return expected.graph is not None and found.returned != expected.returned


def _starts_otherwise(exercise: SmallGraphExercise, found: Run, expected: Run) -> bool:
    """Whether a kernel starts from other numbers than expected, and that is judged."""
    judged = any(criterion.id == "initializer" for criterion in exercise.rubric)
    graphs = found.graph is not None and expected.graph is not None
    return judged and graphs and initializer_difference(expected.graph, found.graph) is not None


def _is_gradient_wrong(found: Run, expected: Run) -> bool:
    keys = [key for key in expected.arrays if key.startswith("gradient ")]
    return any(
        key not in found.arrays or not GRADIENTS.same(found.arrays[key], expected.arrays[key])
        for key in keys
    )


def _kept(found: Run, expected: Run) -> bool:
    """Whether the arguments that were handed over are still what they were."""
    names = [key for key in expected.arrays if key.startswith("argument ")]
    return all(
        key in found.arrays and RESULTS.same(found.arrays[key], expected.arrays[key])
        for key in names
    )
