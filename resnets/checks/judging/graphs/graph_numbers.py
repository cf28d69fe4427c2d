"""Comparison of the numbers that come out of two graphs with the same weights."""

from __future__ import annotations

import numpy as np

from resnets.checks.evidence.facts import Run
from resnets.checks.evidence.tolerances import GRAPH_OUTPUTS
from resnets.language import N_, say

_OTHER_OUTPUT = {
    "inference": N_("With the same weights, the output in inference mode is not the expected one."),
    "training": N_("With the same weights, the output in training mode is not the expected one."),
    "": N_("With the same weights, the output is not the expected one."),
}


def complaint_about_numbers(found: Run, expected: Run) -> str:
    """Return what is wrong with a run's numbers, in words; empty when they are the same."""
    if found.trouble:
        return say("The numbers could not be computed: {trouble}", trouble=found.trouble)
    for key in sorted(expected.arrays, key=lambda k: (k != "inference", k != "training", k)):
        complaint = _complaint(key, found.arrays.get(key), expected.arrays[key])
        if complaint:
            return complaint
    return ""


def _complaint(key: str, found: np.ndarray | None, expected: np.ndarray) -> str:
    is_average = key.startswith("average:")
    if is_average and (found is None or found.shape != expected.shape):
        return say("The moving averages of batch norm do not have the expected number or shape.")
    if found is None:
        return say("The numbers could not be computed.")
    if found.shape != expected.shape:
        return say(
            "The result has shape {found}, expected {expected}.",
            found=_shape(found),
            expected=_shape(expected),
        )
    if GRAPH_OUTPUTS.close(found, expected):
        return ""
    if is_average:
        return say("After one training step, the moving averages of batch norm are wrong.")
    return say(_OTHER_OUTPUT.get(key, _OTHER_OUTPUT[""]))


def _shape(array: np.ndarray) -> str:
    return "(" + ", ".join(map(str, array.shape)) + ")"
