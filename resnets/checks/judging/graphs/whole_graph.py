"""Differences of a graph as a whole: inputs, outputs, shared layers, the model's name."""

from __future__ import annotations

import re

from resnets.checks.evidence.facts import Run
from resnets.checks.judging.graphs.comparison import Comparison
from resnets.checks.judging.graphs.finding import Finding
from resnets.language import say


def with_whole_graph(comparison: Comparison, found: Run, expected: Run) -> tuple[Finding, ...]:
    """Return a comparison's findings together with those on the graph as a whole."""
    return (
        *_ignored_input(found),
        *comparison.findings,
        *_outputs(found, expected),
        *_input_shapes(found, expected),
        *_shared_layers(comparison),
        *_name_of_model(found, expected),
    )


def _ignored_input(found: Run) -> list[Finding]:
    if found.graph.inputs:
        return []
    message = say(
        "The result does not depend on the input X. Is X, or what you made from it, used in every "
        "line?"
    )
    return [Finding("runs", "ignores-input", message)]


def _outputs(found: Run, expected: Run) -> list[Finding]:
    found_count, expected_count = len(found.graph.outputs), len(expected.graph.outputs)
    if found_count == expected_count:
        return []
    message = say(
        "The function returns {found} tensors, expected {expected}.",
        found=found_count,
        expected=expected_count,
    )
    return [Finding("runs", "outputs", message, changes_numbers=False)]


def _input_shapes(found: Run, expected: Run) -> list[Finding]:
    """Compare what a model takes in; a block is always given its input."""
    if not found.graph.inputs:
        return []
    found_shapes, expected_shapes = (
        [run.graph.nodes[n].shape for n in run.graph.inputs] for run in (found, expected)
    )
    if found_shapes == expected_shapes or any(shape is None for shape in found_shapes):
        return []
    expected_text, found_text = (
        str(tuple(shapes[0][1:])) for shapes in (expected_shapes, found_shapes)
    )
    message = say(
        "The model takes pictures of shape {found}, expected {expected} (input_shape).",
        found=found_text,
        expected=expected_text,
    )
    return [
        Finding("runs", "input-shape", message, expected_text, found_text, changes_numbers=False)
    ]


def _shared_layers(comparison: Comparison) -> list[Finding]:
    seen: dict[int, str] = {}
    for place, (_, found) in comparison.pairs.items():
        if found.layer < 0 or found.kind not in ("conv", "norm", "dense"):
            continue
        if seen.setdefault(found.layer, place) != place:
            message = say(
                "One {label} layer is used in two places, so both have the same weights. Make a "
                "new layer for each place.",
                label=found.label,
            )
            return [Finding("runs", "shared-layer", message, changes_numbers=False)]
    return []


def _name_of_model(found: Run, expected: Run) -> list[Finding]:
    found_name, expected_name = (
        run.graph.nodes[run.graph.outputs[0]].constants.get("model") for run in (found, expected)
    )
    if expected_name is None or found_name == expected_name or found.returned != "model":
        return []
    if re.fullmatch(r"functional(_\d+)?", str(found_name)):
        return []
    message = say(
        "The model has the name {found}, expected {expected}.",
        found=f"{found_name!r:.80}",
        expected=repr(expected_name),
    )
    words = str(expected_name), str(found_name)[:80]
    return [Finding("names", "model-name", message, *words, changes_numbers=False)]
