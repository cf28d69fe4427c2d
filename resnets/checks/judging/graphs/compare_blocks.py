"""Comparison of residual blocks: main path, shortcut, addition, and what follows."""

from __future__ import annotations

from resnets.checks.judging.graphs.alignment import align
from resnets.checks.judging.graphs.comparison import Comparison, PathComparison
from resnets.checks.judging.graphs.drawing import drawn
from resnets.checks.judging.graphs.finding import Finding
from resnets.checks.judging.graphs.merge_findings import with_merge_findings
from resnets.checks.judging.graphs.moved_steps import moved_over_the_addition
from resnets.checks.judging.graphs.outline import Block, outlined, outlined_like
from resnets.checks.judging.graphs.paths import Path, compare_paths
from resnets.checks.judging.graphs.places import ADDITION, Places
from resnets.checks.judging.graphs.step import Step
from resnets.language import N_, say


def compare_blocks(
    expected_steps: list[Step],
    expected_output: int,
    found_steps: list[Step],
    found_output: int,
    places: Places,
) -> Comparison:
    """Compare a block with the expected one.

    Args:
        expected_steps: the expected graph in canonical form.
        expected_output: position of its result.
        found_steps: the student's graph in canonical form.
        found_output: position of its result.
        places: of the exercise.
    """
    expected = outlined(expected_steps, expected_output)
    found = outlined_like(expected, found_steps, found_output)
    if found.outline.merge is None:
        return _compare_one_path(expected, found, places)
    return _compare_two_paths(expected, found, places)


def _compare_two_paths(expected: Block, found: Block, places: Places) -> Comparison:
    """Compare a block in which two paths meet."""
    outline = found.outline
    paths = {"main": outline.main, "shortcut": outline.shortcut, "tail": outline.tail}
    compared = [name for name in paths if name != "shortcut" or not outline.twice or outline.lost]
    result = _compare(expected, found, {name: paths[name] for name in compared}, places)
    merge = PathComparison(pairs={ADDITION: (expected.merge, found.merge)})
    findings = with_merge_findings(result + merge, expected, found, places)
    findings = moved_over_the_addition(findings, places)
    rows = {
        "main": outline.main,
        "shortcut": outline.shortcut,
        ADDITION: [outline.merge],
        "tail": outline.tail,
    }
    return Comparison(
        tuple(findings),
        (result + merge).pairs,
        drawn(rows, found.steps, findings, result.gaps),
    )


def _compare(
    expected: Block, found: Block, paths: dict[str, list[int]], places: Places
) -> PathComparison:
    """Compare paths by name, each by itself."""
    result = PathComparison()
    for name, positions in paths.items():
        expected_path = Path(expected.steps, getattr(expected.outline, name))
        result += compare_paths(name, expected_path, Path(found.steps, positions), places)
    return result


def _compare_one_path(expected: Block, found: Block, places: Places) -> Comparison:
    """Compare a graph in which nothing meets: one path alone leads to the result."""
    main, shortcut = found.outline.main, found.outline.shortcut
    if found.outline.lost != "main":
        main, tail = _cut_off_tail(expected, found.steps, main)
    else:
        shortcut, tail = _cut_off_tail(expected, found.steps, shortcut)
    paths = {"main": main, "shortcut": shortcut, "tail": tail}
    result = _compare(expected, found, paths, places)
    findings = [_nothing_is_added(expected, found, places), *result.findings]
    rows = {"main": main + tail}
    drawing = drawn(rows, found.steps, findings, result.gaps)
    return Comparison(tuple(findings), result.pairs, drawing)


def _nothing_is_added(expected: Block, found: Block, places: Places) -> Finding:
    criterion = places.at(ADDITION).criterion
    if found.outline.main or found.outline.shortcut:
        template = N_(
            "Nothing is added: the result comes from one path only. Add the shortcut and the end "
            "of the main path."
        )
        if expected.outline.tail:
            template = N_(
                "Nothing is added: the result comes from one path only. Add the shortcut and the "
                "end of the main path before the last ReLU."
            )
        message = say(template)
        words = say("main path + shortcut"), say("one path")
        return Finding(criterion, "no-shortcut", message, *words, ADDITION)
    message = say("The block returns its input unchanged: the main path is not used.")
    return Finding(criterion, "returns-input", message, place=ADDITION)


def _cut_off_tail(
    expected: Block, found: list[Step], path: list[int]
) -> tuple[list[int], list[int]]:
    """Split a path where what is expected after the addition begins."""
    tail = [expected.steps[n].kind for n in expected.outline.tail]
    count = len(tail)
    if count and [found[n].kind for n in path[-count:]] == tail:
        main = [expected.steps[n] for n in expected.outline.main]
        cost_of_rest = align(main, [found[n] for n in path[:-count]])[1]
        if cost_of_rest <= align(main, [found[n] for n in path])[1]:
            return path[:-count], path[-count:]
    return path, []
