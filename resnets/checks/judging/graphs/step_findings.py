"""Differences between two steps of a graph, each in a sentence: settings, initializers, names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from resnets.checks.catalogue.graph_exercise import Part
from resnets.checks.evidence.settings import BLOCKS
from resnets.checks.judging.graphs.finding import Finding
from resnets.checks.judging.graphs.step import Step, by
from resnets.language import N_, say, together

NAMING = ("stage", "block", "name")
"""Arguments of a block that only its layers' names show."""
_USUAL = {"trainable": "True", "dtype": N_("the default")}
"""Settings that no output shows → what they are where nothing is said; "none" for all others."""
_CONSEQUENCES = {
    "padding": {
        "valid": N_("The picture loses its border, so the shapes do not fit at the addition."),
        "same": N_("The picture keeps a border that must go away."),
    },
    "momentum": {None: N_("The moving averages change too fast or too slowly.")},
    "epsilon": {None: N_("All numbers are scaled in a slightly different way.")},
    "center": {False: N_("Batch norm cannot learn an offset (beta).")},
    "scale": {False: N_("Batch norm cannot learn a scale (gamma).")},
    "use_bias": {False: N_("The layer cannot learn a bias.")},
    "axis": {None: N_("Batch norm must normalise each channel.")},
}
"""Setting → value found (None: any other) → what comes of it, in a sentence."""
_EXTRA = {
    (True, False): N_("{place}: one {label} too many after {previous}."),
    (False, False): N_("{place}: one {label} too many at the beginning."),
    (True, True): N_(
        "{place}: one {label} too many after {previous} (it is the activation argument of that "
        "layer)."
    ),
    (False, True): N_(
        "{place}: one {label} too many at the beginning (it is the activation argument of that "
        "layer)."
    ),
}
"""Whether a step comes before, and whether the one too many is its argument → the sentence."""


def step_findings(part: Part, expected: Step, found: Step, node: int) -> list[Finding]:
    """Return how a step differs from the expected one in its place.

    Args:
        part: the place.
        expected: the step there should be.
        found: the step there is.
        node: its position in the student's graph.
    """
    if expected.kind != found.kind:
        return [replace(_other_kind(part, expected, found), node=node)]
    findings = [
        *_settings(part, expected, found),
        *_quiet_settings(part, expected, found),
        *_initializers(part, expected, found),
        *_name(part, expected, found),
    ]
    return [replace(finding, node=node) for finding in findings]


def missing_finding(part: Part, expected: Step, after: str = "") -> Finding:
    """Return the finding that a step is not there; `after` is what students call the one before."""
    sentence = (
        N_("{place}: {label} is missing after {previous}.")
        if after
        else N_("{place}: {label} is missing.")
    )
    return Finding(
        part.criterion,
        f"missing:{expected.kind}",
        say(sentence, place=part.words, label=expected.label, previous=after),
        expected.in_words(),
        say("nothing"),
        part.place,
    )


def extra_finding(part: Part, found: Step, after: str, node: int) -> Finding:
    """Return the finding of a step too many; `after` is what students call the one before."""
    sentence = _EXTRA[bool(after), found.inside]
    return Finding(
        part.criterion,
        f"extra:{found.kind}",
        say(sentence, place=part.words, label=found.label, previous=after),
        say("nothing"),
        found.in_words(),
        part.place,
        node=node,
    )


def _other_kind(part: Part, expected: Step, found: Step) -> Finding:
    return Finding(
        part.criterion,
        f"instead:{found.kind}",
        say(
            "{place}: expected {expected}, found {found}.",
            place=part.words,
            expected=expected.label,
            found=found.label,
        ),
        expected.in_words(),
        found.in_words(),
        part.place,
    )


def _settings(part: Part, expected: Step, found: Step) -> list[Finding]:
    findings = []
    for setting, value in expected.settings.items():
        if value == found.settings.get(setting) or _pads_nothing(setting, found):
            continue
        message, expected_text, found_text = _setting_in_words(part, expected, found, setting)
        only_named = setting in NAMING
        findings.append(
            Finding(
                "names" if only_named else part.criterion_of(setting),
                setting,
                message,
                expected_text,
                found_text,
                part.place,
                setting,
                changes_numbers=not only_named,
                excusable=expected.shape[1:] == found.shape[1:],
            )
        )
    return findings


def _pads_nothing(setting: str, found: Step) -> bool:
    """Whether a setting is the padding of a window of one pixel, which never hangs over."""
    return setting == "padding" and found.settings.get("kernel_size") == [1, 1]


def _setting_in_words(
    part: Part, expected: Step, found: Step, setting: str
) -> tuple[str, str, str]:
    """Return a sentence, and both values as they stand in a table."""
    expected_value, found_value = expected.settings.get(setting), found.settings.get(setting)
    if found.kind in BLOCKS and setting != "training":
        expected_text, found_text = f"{setting}={expected_value}", f"{setting}={found_value}"
        message = say(
            "{place}: {label} is called with {found}, expected {expected}.",
            place=part.words,
            label=found.label,
            found=found_text,
            expected=expected_text,
        )
        return message, expected_text, found_text
    expected_text, found_text = _value(expected_value), _value(found_value)
    if setting == "training":
        message = say(
            "{place}: {label} is called with training={value}. Leave this argument out: Keras sets "
            "it itself, for training and for inference.",
            place=part.words,
            label=found.label,
            value=found_value,
        )
    else:
        has = _has(part, found, setting, expected_text, found_text)
        message = together(has, say(_consequence(setting, found_value)))
    return message, f"{setting} {expected_text}", f"{setting} {found_text}"


def _has(part: Part, found: Step, setting: str, expected_text: object, found_text: object) -> str:
    return say(
        "{place}: {label} has {setting} {found}, expected {expected}.",
        place=part.words,
        label=found.label,
        setting=setting,
        found=found_text,
        expected=expected_text,
    )


def _consequence(setting: str, value: Any) -> str:
    known = _CONSEQUENCES.get(setting, {})
    if isinstance(value, str | bool) and value in known:
        return known[value]
    return known.get(None, "")


def _value(value: Any) -> str:
    if isinstance(value, list) and value and all(isinstance(n, int) for n in value):
        return by(value) if len(value) == 2 else str(value)
    return repr(value)


def _quiet_settings(part: Part, expected: Step, found: Step) -> list[Finding]:
    findings = []
    for setting in sorted(set(expected.quiet) | set(found.quiet)):
        usual = say(_USUAL.get(setting, N_("none")))
        expected_value, found_value = (step.quiet.get(setting, usual) for step in (expected, found))
        if expected.quiet.get(setting) != found.quiet.get(setting):
            findings.append(
                Finding(
                    part.criterion,
                    setting,
                    _has(part, found, setting, expected_value, found_value),
                    expected_value,
                    found_value,
                    part.place,
                    setting,
                    changes_numbers=False,
                )
            )
    return findings


def _initializers(part: Part, expected: Step, found: Step) -> list[Finding]:
    findings = []
    for setting in sorted(set(expected.initializers) | set(found.initializers)):
        expected_value = expected.initializers.get(setting) or say("the default")
        found_value = found.initializers.get(setting) or say("the default")
        if expected_value == found_value:
            continue
        findings.append(
            Finding(
                "initializer",
                "initializer",
                _has(part, found, setting, expected_value, found_value),
                expected_value,
                found_value,
                part.place,
                setting,
                changes_numbers=False,
            )
        )
    return findings


def _name(part: Part, expected: Step, found: Step) -> list[Finding]:
    if not expected.name or expected.name == found.name:
        return []
    sentence = (
        N_("{place}: {label} has the name {found}, expected {expected}.")
        if found.name
        else N_("{place}: {label} was given no name (Keras chose {found}), expected {expected}.")
    )
    return [
        Finding(
            "names",
            "name",
            say(
                sentence,
                place=part.words,
                label=found.label,
                found=repr(found.name or found.made_up_name),
                expected=repr(expected.name),
            ),
            expected.name,
            found.name or found.made_up_name,
            part.place,
            "name",
            changes_numbers=False,
        )
    ]
