"""Comparison of networks: a chain of layers and of blocks."""

from __future__ import annotations

from collections.abc import Sequence

from resnets.checks.evidence.settings import BLOCKS
from resnets.checks.judging.graphs.comparison import Comparison
from resnets.checks.judging.graphs.drawing import drawn
from resnets.checks.judging.graphs.finding import Finding
from resnets.checks.judging.graphs.outline import chain_to
from resnets.checks.judging.graphs.paths import Path, compare_paths
from resnets.checks.judging.graphs.places import Places
from resnets.checks.judging.graphs.step import Step
from resnets.checks.judging.graphs.step_findings import NAMING
from resnets.checks.judging.graphs.written_out_blocks import group_blocks
from resnets.language import say


def compare_networks(
    expected_steps: list[Step],
    expected_output: int,
    found_steps: list[Step],
    found_output: int,
    places: Places,
) -> Comparison:
    """Compare a network with the expected one.

    Args:
        expected_steps: the expected graph in canonical form.
        expected_output: position of its result.
        found_steps: the student's graph in canonical form.
        found_output: position of its result.
        places: of the exercise.
    """
    steps, output, opened = group_blocks(found_steps, found_output)
    expected = Path(expected_steps, chain_to(expected_steps, expected_output))
    found = Path(steps, chain_to(steps, output))
    result = compare_paths("chain", expected, found, places)
    drawing = drawn({"chain": found.positions}, steps, result.findings, result.gaps)
    findings = (*result.findings, *_blocks_of_one_name(found.steps))
    return Comparison(findings, result.pairs, drawing, opened)


def _blocks_of_one_name(steps: Sequence[Step]) -> list[Finding]:
    """Two blocks with the same stage and letter give their layers the same names."""
    seen: set[str] = set()
    for step in steps:
        if step.kind not in BLOCKS:
            continue
        name = _what_names(step)
        if name and name in seen:
            message = say(
                "{label} is called twice with {name}. The layers get the same names, and Keras' "
                "Model does not allow this.",
                label=step.label,
                name=name,
            )
            words = say("another name for each call"), say("the same name twice")
            return [Finding("runs", "twin-blocks", message, *words, changes_numbers=False)]
        seen.add(name)
    return []


def _what_names(step: Step) -> str:
    """The arguments that name a block's layers, as they were given; empty where it has none."""
    given = {key: step.settings[key] for key in NAMING if key in step.settings}
    return ", ".join(f"{key}={value!r}" for key, value in given.items())
