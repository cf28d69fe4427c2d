"""Known mistakes, recognised by their numbers: what they gave was recorded with the solution."""

from __future__ import annotations

from collections.abc import Sequence

from resnets.checks.catalogue.numbers_exercise import NumbersExercise
from resnets.checks.evidence.facts import MISTAKE, Run
from resnets.checks.evidence.tolerances import RESULTS
from resnets.checks.judging.numbers.mismatches import CaseResult, Mismatch, results_of


def recognised(exercise: NumbersExercise, results: Sequence[CaseResult]) -> list[str]:
    """Return ids of known mistakes that explain something, those first that explain most.

    A mistake that tells every number of the public cases comes before all others.
    """
    mismatches = [mismatch for result in results for mismatch in result.mismatches]
    public = [result for result in results if not result.hidden and not result.failed]

    def rank(mistake: str) -> tuple[bool, int]:
        consistent = all(
            _predicts(mistake, result.expected, result.found, key)
            for result in public
            for key in results_of(result.expected)
        )
        return consistent, sum(_explains(mistake, mismatch) for mismatch in mismatches)

    ranks = {mistake: rank(mistake) for mistake in exercise.mistakes}
    telling = [mistake for mistake, (_, explained) in ranks.items() if explained]
    return sorted(telling, key=lambda mistake: ranks[mistake], reverse=True)


def explained_by(mistake: str, mismatches: Sequence[Mismatch]) -> list[Mismatch]:
    """Return those of the mismatches whose case a mistake explains altogether."""
    unexplained = {one.case for one in mismatches if not _explains(mistake, one)}
    return [one for one in mismatches if one.case not in unexplained]


def _explains(mistake: str, mismatch: Mismatch) -> bool:
    return mismatch.what.startswith("result ") and _predicts(
        mistake, mismatch.expected, mismatch.found, mismatch.what
    )


def _predicts(mistake: str, expected: Run, found: Run, key: str) -> bool:
    """Whether an array is what the mistake gave, too."""
    mistaken, array = expected.arrays.get(f"{MISTAKE}{mistake}/{key}"), found.arrays.get(key)
    return mistaken is not None and array is not None and RESULTS.same(array, mistaken)
