"""A sample of the single edits of every solution: each loses points with a word that fits.

`python -m tests.mutations` judges all of them.
"""

from __future__ import annotations

import pytest

from autograder.notebooks.sources import assignments
from tests.mutations import Mutant, mutants, outcome, stale_entries

EVERY, FIRST = 25, 11
SAMPLE = [mutant for name in assignments() for mutant in list(mutants(name))[FIRST::EVERY]]


@pytest.mark.parametrize("mutant", SAMPLE, ids=lambda mutant: mutant.id)
def test_an_edit_of_the_solution_loses_points_with_a_word_that_fits(mutant: Mutant) -> None:
    judged = outcome(mutant)
    assert not judged.trouble, judged.report.without_hidden().to_plain()


@pytest.mark.parametrize("assignment", assignments())
def test_every_equivalent_edit_is_one_that_can_be_made(assignment: str) -> None:
    assert not stale_entries(assignment)
