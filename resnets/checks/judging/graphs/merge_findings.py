"""Differences where main path and shortcut of a block meet, and where the shortcut starts."""

from __future__ import annotations

from dataclasses import replace

from resnets.checks.judging.graphs.comparison import PathComparison
from resnets.checks.judging.graphs.finding import Finding
from resnets.checks.judging.graphs.outline import Block
from resnets.checks.judging.graphs.places import ADDITION, Places
from resnets.checks.judging.graphs.step import Step, by
from resnets.checks.judging.graphs.step_findings import missing_finding
from resnets.language import N_, say, together

_LOOK = N_("Look at filters, strides and padding on both paths.")


def with_merge_findings(
    paths: PathComparison, expected: Block, found: Block, places: Places
) -> list[Finding]:
    """Return the findings on a block whose paths meet, the most telling first.

    Args:
        paths: how its paths compare, each by itself.
        expected: the block there should be.
        found: the block there is.
        places: of the exercise.
    """
    about_merge = [
        *_not_added(found),
        *_late_shortcut(paths, expected, found, places),
        *_lost_path(found),
        *_returned_too_early(expected, found),
    ]
    criterion = places.at(ADDITION).criterion
    node = found.outline.merge
    findings = [
        *(replace(one, criterion=criterion, place=ADDITION, node=node) for one in about_merge),
        *paths.findings,
        *_missing_shortcut(expected, found, places),
    ]
    explained = any(finding.changes_numbers for finding in findings)
    return [*findings, *_shapes_that_do_not_fit(found, explained)]


def _finding(id: str, message: str, expected: str = "", found: str = "") -> Finding:
    return Finding("", id, message, expected, found)


def _returned_too_early(expected: Block, found: Block) -> list[Finding]:
    if not found.outline.unreturned:
        return []
    message = (
        say(
            "The function does not return the end of the block. Return the result of the last ReLU."
        )
        if expected.outline.tail
        else say("The function does not return the end of the block: the result of the addition.")
    )
    return [_finding("returns-other", message, say("the last tensor"), say("another one"))]


def _lost_path(found: Block) -> list[Finding]:
    """Whether one of the two paths is not added."""
    outline = found.outline
    if outline.lost == "main" or (outline.twice and not outline.main):
        message = say("The end of the main path is not added: the addition gets only the shortcut.")
        words = say("main path + shortcut"), say("shortcut + shortcut")
        return [_finding("main-lost", message, *words)]
    if outline.twice or outline.lost:
        message = say(
            "The addition adds X to itself. Save the shortcut before you overwrite X, and add it "
            "at the end."
        )
        return [_finding("adds-itself", message, say("main path + shortcut"), "X + X")]
    return []


def _late_shortcut(
    paths: PathComparison, expected: Block, found: Block, places: Places
) -> list[Finding]:
    """Whether the shortcut leaves the main path at another place than expected."""
    if found.outline.twice or bool(found.outline.shortcut) != bool(expected.outline.shortcut):
        return []  # What is missing on the shortcut, or too many there, is said already.
    start, expected_start = _start_of_shortcut(found), _start_of_shortcut(expected)
    if expected_start is not None:
        there = next((f for one, f in paths.pairs.values() if one is expected_start), None)
        return [] if there is None or there is start else [_elsewhere(start, there, paths, places)]
    if start is None:
        return []
    step = _in_words(start, paths, places)
    message = say(
        "The shortcut starts after {step}, not at the block's input. Save the input before you "
        "change X.",
        step=step,
    )
    words = say("from the block's input"), say("from after {step}", step=step)
    return [_finding("late-shortcut", message, *words)]


def _start_of_shortcut(block: Block) -> Step | None:
    """The step of the main path after which the shortcut leaves; None for the block's input."""
    outline = block.outline
    return block.steps[outline.main[outline.shared - 1]] if outline.shared else None


def _elsewhere(start: Step | None, there: Step, paths: PathComparison, places: Places) -> Finding:
    """That the shortcut should leave the main path after a step."""
    expected = say("after {step}", step=_in_words(there, paths, places))
    found = (
        say("at the block's input")
        if start is None
        else say("after {step}", step=_in_words(start, paths, places))
    )
    message = say(
        "The shortcut starts {found}, expected {expected}.", found=found, expected=expected
    )
    return _finding("other-start", message, expected, found)


def _in_words(step: Step, paths: PathComparison, places: Places) -> str:
    for place, (_, found) in paths.pairs.items():
        if found is step:
            words = places.at(place).words
            place_in_words = words[:1].lower() + words[1:]
            return say("{label} of the {place}", label=step.label, place=place_in_words)
    return step.label


def _not_added(found: Block) -> list[Finding]:
    outline, merge = found.outline, found.merge
    if merge.kind != "add":
        message = say(
            "Main path and shortcut are joined by {label}, expected Add.", label=merge.label
        )
        return [_finding("not-added", message, "Add", merge.label)]
    if outline.ways > 2 and not outline.twice:
        message = say(
            "{count} tensors are added, expected 2: main path and shortcut.", count=outline.ways
        )
        return [_finding("adds-more", message)]
    return []


def _missing_shortcut(expected: Block, found: Block, places: Places) -> list[Finding]:
    """The steps of the shortcut, where X is added to itself and no other path was built."""
    if not found.outline.twice or found.outline.lost:
        return []
    return [
        missing_finding(places.at(f"shortcut.{number}"), expected.steps[position])
        for number, position in enumerate(expected.outline.shortcut)
    ]


def _shapes_that_do_not_fit(found: Block, explained: bool) -> list[Finding]:
    """Whether Keras stops at the addition.

    Args:
        found: the block there is.
        explained: whether other findings say what is wrong on the way there.
    """
    shapes = [found.steps[n].shape for n in found.merge.inputs if found.steps[n].shape]
    if found.merge.kind != "add" or len(set(shapes)) <= 1:
        return []
    text = say(" and ").join(by(shape[1:]) for shape in shapes[:2])
    message = say(
        "The two tensors to add have different shapes: {shapes} (height, width, channels). Keras "
        "cannot add them.",
        shapes=text,
    )
    message = together(message, say("The reason is given below.") if explained else say(_LOOK))
    return [
        Finding(
            "runs", "misfit", message, say("equal shapes"), text, ADDITION, changes_numbers=False
        )
    ]
