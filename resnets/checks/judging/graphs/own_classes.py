"""Layers and models of a student's own classes: what is inside them cannot be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from resnets.checks.evidence.facts import Graph
from resnets.checks.judging.graphs.finding import Finding
from resnets.language import N_, say, together

_ONE = N_(
    "{names} is a class of your own. The check cannot read the layers inside. Call these layers in "
    "the function itself."
)
_SEVERAL = N_(
    "{names} are classes of your own. The check cannot read the layers inside. Call these layers "
    "in the function itself."
)
_ABOUT_STEPS = ("missing:", "instead:", "no-shortcut")


def own_classes(graph: Graph) -> list[str]:
    """Return the names of the classes in a graph that are not Keras' own."""
    return list(dict.fromkeys(node.op[:80] for node in graph.nodes if node.own))


def what_cannot_be_read(graph: Graph) -> str:
    """Say so in a sentence that names the classes; empty when there are none."""
    names = own_classes(graph)
    if not names:
        return ""
    return say(_ONE if len(names) == 1 else _SEVERAL, names=say(" and ").join(names))


def naming_own_classes(findings: Iterable[Finding], graph: Graph) -> tuple[Finding, ...]:
    """Return the findings; those that a step is not there say where it may be instead."""
    sentence = what_cannot_be_read(graph)
    return tuple(
        replace(one, message=together(one.message, sentence))
        if sentence and one.id.startswith(_ABOUT_STEPS)
        else one
        for one in findings
    )
