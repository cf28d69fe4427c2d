"""Result of one test case: the student's graph and its numbers against the expected ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

from resnets.checks.catalogue.graph_exercise import (
    BlockExercise,
    GraphExercise,
    NetworkExercise,
)
from resnets.checks.evidence.case_ids import is_hidden
from resnets.checks.evidence.facts import Failure, Run
from resnets.checks.judging.graphs.canonical import normalise
from resnets.checks.judging.graphs.compare_blocks import compare_blocks
from resnets.checks.judging.graphs.compare_networks import compare_networks
from resnets.checks.judging.graphs.comparison import Comparison
from resnets.checks.judging.graphs.finding import Finding
from resnets.checks.judging.graphs.graph_numbers import complaint_about_numbers
from resnets.checks.judging.graphs.own_classes import naming_own_classes
from resnets.checks.judging.graphs.places import Places
from resnets.checks.judging.graphs.whole_graph import with_whole_graph
from resnets.checks.judging.returned import kind_in_words
from resnets.language import N_, say

_IN_WORDS = {
    "None": N_("nothing (None): the return at the end is missing"),
    "ndarray": N_("a NumPy array: call the layers on X itself"),
    "layer": N_("a layer that was not called on its input"),
    "tensor": N_("the last tensor"),
    "model": N_("a whole Model"),
}
_EXPECTED_IN_WORDS = {"tensor": N_("the last tensor X"), "model": N_("a keras Model")}


@dataclass(frozen=True)
class CaseResult:
    """What one case shows.

    Attributes:
        id: of the case.
        counts: whether numbers are compared in this case.
        failure: the error that ended the call.
        findings: about the run itself: whether there is one, and what it handed back.
        comparison: of its graph; None where there is none to judge.
        numbers: what is wrong with its numbers, in words; empty when nothing is.
        same_weights: whether dense layers have weights of the expected shapes, which is seen though
            no numbers are computed.
    """

    id: str
    counts: bool
    failure: Failure | None = None
    findings: tuple[Finding, ...] = ()
    comparison: Comparison | None = None
    numbers: str = N_("nothing was computed")
    same_weights: bool = True

    @property
    def hidden(self) -> bool:
        """Whether students may not see the arguments."""
        return is_hidden(self.id)


def case_result(
    id: str, exercise: GraphExercise, found: Run | None, expected: Run, failed_before: bool
) -> CaseResult:
    """Judge one case.

    Args:
        id: of the case.
        exercise: the graded function.
        found: what the student's function showed; None where there is no evidence.
        expected: what the solution showed; there is a graph in it.
        failed_before: whether an earlier case ended in an error, after which no more are tried.
    """
    result = CaseResult(id, counts=bool(expected.arrays))
    if found is None:
        message = say("There is no result of your function to check.")
        missing = Finding("runs", "no-evidence", message)
        return result if failed_before else replace(result, findings=(missing,))
    if found.failure is not None:
        return replace(result, failure=found.failure)
    result = replace(result, findings=_returned(found, expected))
    if found.graph is None or not found.graph.outputs:
        return result
    comparison = _compared(exercise, found, expected)
    numbers = complaint_about_numbers(found, expected)
    same = _have_same_weights(found, expected)
    return replace(result, comparison=comparison, numbers=numbers, same_weights=same)


def _have_same_weights(found: Run, expected: Run) -> bool:
    """Whether dense layers, where there are as many, are given as many numbers as expected."""
    found_sizes, expected_sizes = _sizes_of_dense_inputs(found), _sizes_of_dense_inputs(expected)
    return len(found_sizes) != len(expected_sizes) or found_sizes == expected_sizes


def _sizes_of_dense_inputs(run: Run) -> list[tuple[int | None, ...]]:
    steps, _ = normalise(run.graph)
    return [steps[step.inputs[0]].shape[-1:] for step in steps if step.kind == "dense"]


def _returned(found: Run, expected: Run) -> tuple[Finding, ...]:
    if found.returned == expected.returned:
        return ()
    found_words = (
        say(_IN_WORDS[found.returned])
        if found.returned in _IN_WORDS
        else say("a {kind}", kind=kind_in_words(found.returned[:60]))
    )
    expected_words = say(_EXPECTED_IN_WORDS.get(expected.returned, expected.returned))
    message = say(
        "The function returns {found}. Expected {expected}.",
        found=found_words,
        expected=expected_words,
    )
    id = f"returns:{found.returned[:20]}"
    return (Finding("runs", id, message, expected_words, kind_in_words(found.returned[:60])),)


def _compared(exercise: GraphExercise, found: Run, expected: Run) -> Comparison:
    expected_steps, expected_outputs = normalise(expected.graph)
    found_steps, found_outputs = normalise(found.graph)
    match exercise:
        case BlockExercise():
            compare = compare_blocks
        case NetworkExercise():
            compare = compare_networks
        case _:
            raise TypeError(f"There is no way to compare a {type(exercise).__name__}.")
    comparison = compare(
        expected_steps, expected_outputs[0], found_steps, found_outputs[0], Places(exercise)
    )
    findings = with_whole_graph(comparison, found, expected)
    return replace(comparison, findings=naming_own_classes(findings, found.graph))
