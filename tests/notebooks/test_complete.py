"""Everything that belongs to a notebook is there; what is not is said by name."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace

import pytest

from autograder.notebooks.sources import assignments
from resnets.checks import Criterion
from tests.notebooks.pieces import PIECES, Pieces, missing, names, pieces_of

pieces = functools.cache(pieces_of)


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("assignment", names())
def test_it_is_there(assignment: str, piece: str) -> None:
    found = list(PIECES[piece](pieces(assignment)))
    assert not found, "\n".join(found)


def _with_suite(**changed: object) -> Callable[[Pieces], Pieces]:
    return lambda whole: replace(whole, suite=whole.suite._replace(**changed))


def _first_without_a_criterion(whole: Pieces) -> Pieces:
    first, *rest = whole.exercises
    return replace(whole, exercises=(replace(first, rubric=first.rubric[:-2]), *rest))


def _first_with_a_criterion_more(whole: Pieces) -> Pieces:
    first, *rest = whole.exercises
    more = (*first.rubric, Criterion("strides", "A line that nothing is charged to", 1))
    return replace(whole, exercises=(replace(first, rubric=more), *rest))


def _first_built_from_another(whole: Pieces) -> Pieces:
    first, *rest = whole.exercises
    return replace(whole, exercises=(replace(first, blocks=("augment",)), *rest))


def _first_without_mistakes(whole: Pieces) -> Pieces:
    first, *rest = whole.exercises
    return replace(whole, exercises=(replace(first, mistakes={}), *rest))


TAKEN_AWAY: dict[str, tuple[Callable[[Pieces], Pieces], str]] = {
    "the source": (lambda w: replace(w, cells=None), "no source: solutions/02_building_blocks.py"),
    "its cells": (lambda w: replace(w, cells=()), "asks for nothing"),
    "an exercise": (
        lambda w: replace(w, exercises=w.exercises[1:]),
        "conv_output_size has no exercise in resnets/checks/catalogue/exercises/building_blocks.py",
    ),
    "a cell": (lambda w: replace(w, cells=w.cells[1:]), "an exercise conv_output_size, for which"),
    "a line of the rubric": (
        _first_without_a_criterion,
        "conv_output_size: its rubric has no criterion 'number' to charge",
    ),
    "what is charged": (
        _first_with_a_criterion_more,
        "conv_output_size: nothing is ever charged to the criterion 'strides'",
    ),
    "a stand-in": (  # notebook 08 has none
        _first_built_from_another,
        "conv_output_size: There is no stand-in for augment: write resnets/checks/collecting/"
        "stand_ins/faster_training.py",
    ),
    "the mistakes' edits": (
        lambda w: replace(w, mistakes={}),
        "conv2d: solutions/mistakes/02_building_blocks.py has no edits for the mistake 'flipped'",
    ),
    "the mistakes": (_first_without_mistakes, "conv_output_size is judged by its numbers and know"),
    "the suite": (lambda w: replace(w, suite=None), "no suite of answers: tests/suites/building_"),
    "wrong answers": (lambda w: _with_suite(wrong=w.suite.wrong[:2])(w), "at least 30 wrong answ"),
    "right answers": (_with_suite(right=[]), "at least 10 right answers, found 0"),
    "answers to one function": (
        lambda w: _with_suite(wrong=[a for a in w.suite.wrong if a.function != "conv2d"])(w),
        "at least 4 wrong answers to conv2d, found 0",
    ),
    "a name of its own": (
        lambda w: _with_suite(right=[*w.suite.right, w.suite.right[0]])(w),
        "2 right answers are called 'conv_output_size: range'",
    ),
    "the notebook": (
        lambda w: replace(w, unbuilt=("notebooks/02_building_blocks.ipynb",)),
        "run python -m autograder build 02_building_blocks",
    ),
    "the expected values": (
        lambda w: replace(w, unrecorded=("There is no recorded solution of conv2d.",)),
        "no recorded solution of conv2d",
    ),
    "README": (lambda w: replace(w, readme=""), "no row for notebooks/02_building_blocks.ipynb"),
    "README's rates": (
        lambda w: _with_suite(wrong=w.suite.wrong[1:])(w),
        "it has no complaint: | `02_building_blocks` |",
    ),
}


@pytest.mark.parametrize(("take_away", "said"), TAKEN_AWAY.values(), ids=TAKEN_AWAY)
def test_what_is_taken_away_is_said_by_name(
    take_away: Callable[[Pieces], Pieces], said: str
) -> None:
    whole = pieces("02_building_blocks")
    assert not any(said in sentence for sentence in missing(whole))
    assert any(said in sentence for sentence in missing(take_away(whole)))


def test_files_without_a_source_are_an_assignment_that_lacks_it() -> None:
    assert set(names()) == set(assignments())
    nobody = pieces_of("97_nobody")
    lacks = {piece for piece, look in PIECES.items() if list(look(nobody))}
    assert lacks == {"source", "wrong answers", "right answers", "built notebooks", "readme row"}
