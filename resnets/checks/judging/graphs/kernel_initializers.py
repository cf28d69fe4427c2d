"""What the kernels of convolutions start from, where their numbers are set and do not show it."""

from __future__ import annotations

from typing import NamedTuple

from resnets.checks.evidence.facts import Graph
from resnets.checks.judging.graphs.canonical import normalise
from resnets.checks.judging.graphs.step import Step
from resnets.language import say

_HE_NORMAL = ("HeNormal", "VarianceScaling(scale=2.0, mode=fan_in, distribution=truncated_normal")
_DEFAULT = "glorot_uniform(seed=None)"


class Initializers(NamedTuple):
    """What a kernel starts from, in words; `number` counts convolutions from 1."""

    expected: str
    found: str
    number: int


def initializer_difference(expected: Graph, found: Graph) -> Initializers | None:
    """Return the first convolution that starts otherwise than the solution's, if one does."""
    there = kernel_initializers(expected)
    for number, name in enumerate(kernel_initializers(found), start=1):
        if there and name not in there:
            return Initializers(there[0], name, number)
    return None


def kernel_initializers(graph: Graph) -> list[str]:
    """Return what the kernel of each convolution starts from, as one would write it."""
    return [_in_words(step) for step in normalise(graph)[0] if step.kind == "conv"]


def _in_words(step: Step) -> str:
    text = step.initializers.get("kernel_initializer", say("no initializer"))
    if text.startswith(_HE_NORMAL):
        return "he_normal"  # Its seed does not matter.
    return say("glorot_uniform, Keras' default") if text == _DEFAULT else text
