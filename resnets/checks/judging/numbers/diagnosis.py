"""Diagnoses of wrong numbers, in words: by a known mistake, else by how the arrays differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from resnets.checks.catalogue.array_exercise import ArrayExercise
from resnets.checks.catalogue.numbers_exercise import NumbersExercise
from resnets.checks.evidence.facts import Run
from resnets.checks.evidence.tolerances import RESULTS
from resnets.checks.judging.graphs.kernel_initializers import initializer_difference
from resnets.checks.judging.graphs.layer_counts import graph_difference
from resnets.checks.judging.numbers.differences import difference, shape_in_words
from resnets.checks.judging.numbers.known_mistakes import explained_by
from resnets.checks.judging.numbers.mismatches import Mismatch, results_of
from resnets.checks.judging.returned import kind_in_words
from resnets.language import say, together


class Diagnosis(NamedTuple):
    """What is wrong with a criterion.

    Attributes:
        id: for tests and statistics.
        expected: what should be there, in a few words.
        found: what is there.
        message: a sentence for the student.
    """

    id: str
    expected: str
    found: str
    message: str


def diagnosis(
    exercise: NumbersExercise, mismatches: Sequence[Mismatch], mistakes: Sequence[str]
) -> Diagnosis:
    """Return the most telling diagnosis of a criterion's mismatches.

    Args:
        exercise: the graded function.
        mismatches: what is wrong, at least one; public cases come first.
        mistakes: ids of known mistakes, the most likely first.
    """
    for mistake in mistakes:
        explained = explained_by(mistake, mismatches)
        if explained:
            where = exercise.call_in_words(explained[0].expected.case)
            seen = say("This was found with {arguments}.", arguments=where)
            message = together(say(exercise.mistakes[mistake]), seen)
            return _diagnosed(exercise, explained[0])._replace(id=mistake, message=message)
    first = mismatches[0]
    diagnosed = _diagnosed(exercise, first)
    where = in_which_case(exercise, first.expected)
    return diagnosed._replace(message=together(where, diagnosed.message))


def in_which_case(exercise: NumbersExercise, expected: Run) -> str:
    """Return in words with which arguments the function was called."""
    return say("With {arguments}:", arguments=exercise.call_in_words(expected.case))


def _diagnosed(exercise: NumbersExercise, mismatch: Mismatch) -> Diagnosis:
    """Return the diagnosis of one mismatch, as far as it is seen from its case alone."""
    match mismatch.what:
        case "results":
            return _about_what_is_returned(mismatch.expected, mismatch.found)
        case "whole":
            returned = say("a {kind}", kind=mismatch.found.returned[:40])
            message = say(
                "The result is {found}, expected an integer. Use //, not /.",
                found=returned,
            )
            return Diagnosis("whole", say("an integer"), returned, message)
        case "kept":
            return _about_changed_arguments()
        case "initializer":
            return _about_initializers(mismatch.expected, mismatch.found)
        case "gradient":
            return _about_gradients(exercise, mismatch.found)
    return _about_a_result(exercise, mismatch)


def _about_changed_arguments() -> Diagnosis:
    message = say(
        "The function changes the arrays or the list that are passed to it. An operator like += "
        "does that. An assignment to an element does it, too. Make new arrays in a new list."
    )
    return Diagnosis("kept", say("unchanged arguments"), say("changed arguments"), message)


def _about_what_is_returned(expected: Run, found: Run) -> Diagnosis:
    count = len(results_of(expected))
    expected_words = say("{count} values", count=count) if count > 1 else say("one value")
    if expected.graph:
        expected_words = say("a {kind}", kind=expected.returned)
    nothing = found.returned == "None"
    found_words = say("nothing (None)") if nothing else kind_in_words(found.returned[:60])
    message = together(
        say(
            "The function returns {found}, expected {expected}.",
            found=found_words,
            expected=expected_words,
        ),
        say("Is there a return at the end?") if nothing else "",
        found.trouble,
    )
    return Diagnosis("returns", expected_words, found_words, message)


def _about_initializers(expected: Run, found: Run) -> Diagnosis:
    expected_name, name, number = initializer_difference(expected.graph, found.graph)
    message = say(
        "Convolution {number} has kernel_initializer {found}, expected {expected}.",
        number=number,
        found=name,
        expected=expected_name,
    )
    return Diagnosis("initializer", expected_name, name, message)


def _about_a_result(exercise: NumbersExercise, mismatch: Mismatch) -> Diagnosis:
    position = int(mismatch.what.split()[1])
    name = say(exercise.names_of_results(mismatch.case)[position])
    expected, found = (run.arrays[mismatch.what] for run in (mismatch.expected, mismatch.found))
    id, message = (
        _otherwise_built(mismatch)
        or _exchanged(exercise, mismatch, name)
        or _not_a_number(name, expected, found)
        or difference(name, expected, found)
    )
    if otherwise := exercise.otherwise(mismatch.case, position):
        message = say(otherwise)
    expected_words, found_words = (_in_words(it, expected, found) for it in (expected, found))
    return Diagnosis(id, expected_words, found_words, message)


def _otherwise_built(mismatch: Mismatch) -> tuple[str, str] | None:
    """For functions that build a graph: which layers differ."""
    expected, found = mismatch.expected.graph, mismatch.found.graph
    return graph_difference(expected, found) if expected and found else None


def _exchanged(exercise: NumbersExercise, mismatch: Mismatch, name: str) -> tuple[str, str] | None:
    """Whether this result is what is expected as another one."""
    found, expected = mismatch.found.arrays[mismatch.what], mismatch.expected
    names = exercise.names_of_results(mismatch.case)
    for key, other in zip(results_of(expected), names, strict=True):
        if key != mismatch.what and RESULTS.same(found, expected.arrays[key]):
            message = say(
                "Expected {expected}, found {found}. Look at the order of the results.",
                expected=name,
                found=say(other),
            )
            return "exchanged", message
    return None


def _not_a_number(name: str, expected: np.ndarray, found: np.ndarray) -> tuple[str, str] | None:
    """Whether there is nothing where numbers should be."""
    if found.size or not expected.size:
        return None
    return "nothing", say("{name} is missing, or it is not a number.", name=name)


def _about_gradients(exercise: NumbersExercise, found: Run) -> Diagnosis:
    differentiable = exercise.differentiable if isinstance(exercise, ArrayExercise) else ()
    names = say(" and ").join(differentiable)
    expected_words = say("gradients of {names}", names=names)
    gradients = [array for key, array in found.arrays.items() if key.startswith("gradient ")]
    if found.trouble:
        message = say("The gradient could not be computed: {trouble}", trouble=found.trouble)
        return Diagnosis("no-gradient", expected_words, say("none"), message)
    if not any(np.any(gradient) for gradient in gradients):
        message = say(
            "The numbers are right, but no gradient reaches {names}. Keras cannot follow the "
            "functions of NumPy (np.…). Use those of keras.ops (ops.…).",
            names=names,
        )
        return Diagnosis("no-gradient", expected_words, say("none"), message)
    message = say(
        "The numbers are right, but their gradients are wrong. Part of the calculation has no "
        "gradient: look for NumPy's functions and for ops.stop_gradient."
    )
    return Diagnosis("other-gradient", expected_words, say("other gradients"), message)


def _in_words(array: np.ndarray, expected: np.ndarray, found: np.ndarray) -> str:
    """Write an array in few characters: a number, the shape if it is wrong, or its worst number."""
    if array.size == 1:
        return f"{array.flat[0]:g}"
    if expected.shape != found.shape:
        return say("shape {shape}", shape=shape_in_words(array))
    apart = np.nan_to_num(np.abs(expected - found), nan=np.inf)
    place = np.unravel_index(int(np.argmax(apart)), expected.shape)
    return f"[{', '.join(map(str, place))}] = {array[place]:.4g}"
