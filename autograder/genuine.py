"""Whether the layers that a hidden case shows were really there: each must have been run.

What public cases must show is published. A submission could show it again where a hidden case is
asked, as it is or with the case's arguments written into it. But each operation of a hidden case's
graph is also run by itself, on numbers that depend on the secret: only who has the operation, and
runs it, can tell what comes out.
"""

from __future__ import annotations

import numpy as np

from resnets.checks import Case, Evidence
from resnets.checks.evidence import Node, Run

from .arithmetic import DoesNotRun, NotComputed, Steps, TooLarge

RELATIVE, ABSOLUTE, OF_NUMBERS = 2e-3, 1e-5, 2e-4
"""How far sizes, and numbers, may be apart: backends round differently."""
OF_HALF_PRECISION = 3e-2
_NO_SETTINGS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What settings that no operation has can lead to."""
FORGED = "The evidence holds layers that were not run, so no points can be given."
ENORMOUS = "What was built is far too large to be marked."


def doubt(evidence: Evidence, expected: Evidence) -> str:
    """Return in a sentence why the evidence of hidden cases earns nothing; empty where it may.

    Args:
        evidence: what a check showed.
        expected: what the solution's showed; of the cases, only these can be trusted.
    """
    asked = {id: run for id, run in expected.runs.items() if run.trace is not None}
    shown = {id: evidence.runs[id] for id in asked if id in evidence.runs}
    if any(_gives_the_numbers(run, asked[id]) for id, run in shown.items()):
        return ""  # Who can tell what the whole graph gives need not be asked for its parts.
    doubts = (
        doubt_about(run, Case.from_json(asked[id].case))
        for id, run in shown.items()
        if run.graph is not None
    )
    return next(filter(None, doubts), "")


def _gives_the_numbers(run: Run, wanted: Run) -> bool:
    return bool(wanted.arrays) and all(
        key in run.arrays
        and run.arrays[key].shape == numbers.shape
        and np.allclose(run.arrays[key], numbers, RELATIVE, OF_NUMBERS)
        for key, numbers in wanted.arrays.items()
    )


def doubt_about(run: Run, case: Case) -> str:
    """Return why it is not believed that all operations of a run's graph were run; else nothing.

    Args:
        run: of which there is a graph.
        case: a hidden one, with which the function was called.
    """
    graph, trace = run.graph, run.trace
    if trace is None or trace.shape != (len(graph.nodes),):
        return FORGED
    steps = Steps(graph, case.seed)
    try:
        ran = all(_was_run(steps, node, n, trace[n]) for n, node in enumerate(graph.nodes))
    except TooLarge:
        return ENORMOUS
    return "" if ran else FORGED


def _was_run(steps: Steps, node: Node, position: int, shown: float) -> bool:
    if not node.inputs:
        return node.op == "Input" and not node.own
    try:
        size = np.abs(steps.result(position)).mean()
    except TooLarge:
        raise
    except NotComputed:
        return True  # It is not among the layers that earn points, or not with these settings.
    except DoesNotRun:
        return bool(np.isnan(shown))
    except _NO_SETTINGS:
        return False
    relative = OF_HALF_PRECISION if node.config.get("dtype_policy") else RELATIVE
    return bool(np.isclose(shown, size, rtol=relative, atol=ABSOLUTE, equal_nan=True))
