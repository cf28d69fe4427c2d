"""What is known of the exercises: found by themselves, told apart by name and by type."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resnets.checks import Case, exercises, get_exercise, hidden_cases, public_cases
from resnets.checks.catalogue.exercises import ASSIGNMENTS, by_name
from resnets.checks.catalogue.graph_exercise import BlockExercise, GraphExercise, NetworkExercise
from resnets.checks.catalogue.numbers_exercise import NumbersExercise
from resnets.checks.evidence.case_ids import HIDDEN

EVERY = exercises()


def test_every_assignment_has_exercises_in_the_order_of_its_notebook() -> None:
    assert {exercise.assignment for exercise in EVERY} == set(ASSIGNMENTS)
    names = [exercise.name for exercise in exercises("01_residual_networks")]
    assert names == ["identity_block", "convolutional_block", "ResNet50"]


def test_two_exercises_of_one_name_are_refused() -> None:
    one = get_exercise("identity_block")
    assert by_name([one, one]) == {"identity_block": one}  # the same one, under two variables
    other = replace(one, assignment="99_another")
    with pytest.raises(ValueError, match=r"in 01_residual_networks and in 99_another"):
        by_name([one, other])


@pytest.mark.parametrize("exercise", EVERY, ids=lambda exercise: exercise.name)
def test_every_exercise_is_compared_by_its_layers_or_by_its_numbers(exercise) -> None:
    by_layers = isinstance(exercise, BlockExercise | NetworkExercise)
    assert by_layers == isinstance(exercise, GraphExercise)
    assert by_layers != isinstance(exercise, NumbersExercise)


@pytest.mark.parametrize("exercise", EVERY, ids=lambda exercise: exercise.name)
def test_what_is_charged_stands_in_the_rubric(exercise) -> None:
    criteria = {criterion.id for criterion in exercise.rubric}
    assert len(criteria) == len(exercise.rubric)
    cases = public_cases(exercise.name) + hidden_cases(exercise.name, b"a secret")
    if isinstance(exercise, GraphExercise):
        charged = {part.criterion for part in exercise.parts}
        charged |= {one for part in exercise.parts for one in part.settings.values()}
    else:
        charged = {criterion for case in cases for criterion in exercise.criteria(case.id)}
    assert charged <= criteria


@pytest.mark.parametrize("exercise", EVERY, ids=lambda exercise: exercise.name)
def test_the_id_of_a_case_says_whether_it_is_hidden(exercise) -> None:
    public, hidden = public_cases(exercise.name), hidden_cases(exercise.name, b"a secret")
    assert hidden and all(case.hidden and case.id.startswith(HIDDEN) for case in hidden)
    assert public and not any(case.hidden for case in public)
    ids = [case.id for case in public + hidden]
    assert len(set(ids)) == len(ids)
    assert [Case.from_json(case.to_json()) for case in public + hidden] == public + hidden


def test_something_else_than_a_case_is_named() -> None:
    with pytest.raises(ValueError, match=r"needs id, positional, .*found \{'id': 'course'\}"):
        Case.from_json({"id": "course"})
