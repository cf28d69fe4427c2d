"""Whether the numbers that were shown come from the graph that was shown beside them.

What public cases must show is published. A submission could show it again where a hidden case is
asked, or a graph made up for the occasion. But the numbers that go through a hidden case's graph
depend on the secret: only a graph that was run gives them. Where they are the solution's there is
nothing to doubt; where they are others, they must at least be those of the graph itself.
"""

from __future__ import annotations

import numpy as np

from resnets.checks.arithmetic import DoesNotRun, NotComputed, compute, trace
from resnets.checks.canonical import RANDOM_LAYERS
from resnets.checks.cases import Case
from resnets.checks.evidence import TRACE, Run

RELATIVE, ABSOLUTE = 2e-3, 2e-4
"""How far numbers may be apart: backends round differently."""
_MOST_OF_THEM = 0.95
"""Rounding errors grow where batch norm divides by almost nothing; never everywhere."""
_NOT_OF_THIS_CALL = "The layers that were shown are not those of this call, so nothing counts."
_OTHER_NUMBERS = "The numbers are not those of the layers that were shown, so nothing counts."


def doubt(run: Run, case: Case) -> str:
    """Return in a sentence why a run cannot be believed; empty where it can.

    Args:
        run: its graph is there; its numbers are not the solution's.
        case: what the function was called with.
    """
    if not _has_its_inputs(run, case):
        return _NOT_OF_THIS_CALL
    try:
        modes = ["inference"] if _left_to_chance(run) else ["inference", "training"]
        if all(_are_its_numbers(run, case, mode) for mode in modes):
            return ""
    except NotComputed as error:
        return (
            f"The numbers are not the expected ones, and the check cannot follow {error}: use the "
            "layers that the exercise names."
        )
    return f"There are no numbers: {run.trouble}" if run.trouble else _OTHER_NUMBERS


def _has_its_inputs(run: Run, case: Case) -> bool:
    """Whether the graph starts from tensors of the shapes that the function was given, if any."""
    values = [*case.positional, *case.keywords.values()]
    given = [v["tensor"] for v in values if isinstance(v, dict) and "tensor" in v]
    there = [(run.graph.nodes[n].shape or [None])[1:] for n in run.graph.inputs]
    return not given or all(shape in given for shape in there)


def _left_to_chance(run: Run) -> bool:
    return any(node.op in RANDOM_LAYERS for node in run.graph.nodes)


def _are_its_numbers(run: Run, case: Case, mode: str) -> bool:
    try:
        computed = compute(run.graph, case.seed, training=mode == "training")
    except DoesNotRun:
        return mode not in run.arrays and _near(run.arrays.get(TRACE), trace(run.graph, case.seed))
    return _near(run.arrays.get(mode), computed)


def _near(shown: np.ndarray | None, computed: np.ndarray) -> bool:
    if shown is None or shown.shape != computed.shape:
        return False
    near = np.isclose(shown, computed, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True)
    return bool(near.mean() >= _MOST_OF_THEM)
