"""Whether the layers that a hidden case shows were really there: each must have been run.

What public cases must show is published. A submission could show it again where a hidden case is
asked, as it is or with the case's arguments written into it. But each operation of a hidden case's
graph is also run by itself, on numbers that depend on the secret: only who has the operation, and
runs it, can tell what comes out.
"""

from __future__ import annotations

import numpy as np

from autograder.marking.replay.numpy_layers import DoesNotRun, NotComputed, Steps, TooLarge
from resnets.checks import Case, Evidence
from resnets.checks.evidence.facts import Node, Run
from resnets.checks.evidence.tolerances import (
    GRAPH_OUTPUTS,
    OPERATION,
    OPERATION_IN_HALF_PRECISION,
)
from resnets.language import N_

_NO_SETTINGS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What settings that no operation has can lead to."""
FORGED = N_("The evidence holds layers that were not run, so no points can be given.")
ENORMOUS = N_("What was built is far too large to be marked.")


def doubt(evidence: Evidence, expected: Evidence) -> str:
    """Return in a sentence why the evidence of hidden cases earns nothing; empty where it may.

    Args:
        evidence: what a check showed.
        expected: what the solution's showed; of the cases, only these can be trusted.
    """
    hidden = {id: run for id, run in expected.runs.items() if run.trace is not None}
    shown = {id: evidence.runs[id] for id in hidden if id in evidence.runs}
    if any(_gives_the_numbers(run, hidden[id]) for id, run in shown.items()):
        return ""  # Who can tell what the whole graph gives need not be asked for its parts.
    doubts = (
        doubt_about(run, Case.from_json(hidden[id].case))
        for id, run in shown.items()
        if run.graph is not None
    )
    return next(filter(None, doubts), "")


def _gives_the_numbers(run: Run, expected: Run) -> bool:
    return bool(expected.arrays) and all(
        key in run.arrays
        and run.arrays[key].shape == numbers.shape
        and GRAPH_OUTPUTS.close(run.arrays[key], numbers)
        for key, numbers in expected.arrays.items()
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
    tolerance = OPERATION_IN_HALF_PRECISION if node.config.get("dtype_policy") else OPERATION
    return bool(np.isnan(shown) and np.isnan(size)) or tolerance.close(shown, size)
