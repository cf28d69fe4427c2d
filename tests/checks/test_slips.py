"""Slips of the pen are named on their own line, not on the one that Keras stumbles over."""

from __future__ import annotations

import pytest

from resnets.checks.judging.report import Report
from tests.answers import Answer, Edit
from tests.judged import judged


def line_of(source: str, text: str) -> int:
    return next(n for n, line in enumerate(source.splitlines(), 1) if text in line)


def report_on(function: str, *edits: Edit) -> tuple[Report, str]:
    answer = Answer(function, "slip", edits)
    return judged(answer), answer.text()


def told(report: Report) -> list[tuple[str, int]]:
    return [(item.message, item.line) for item in report.items if item.message]


@pytest.mark.parametrize(
    ("made", "layer"),
    [('X = Activation("relu")', "Activation"), ("X = BatchNormalization(axis=3)", "BatchNorm")],
)
def test_a_layer_that_is_never_called_is_named_on_its_line(made: str, layer: str) -> None:
    report, text = report_on("identity_block", Edit('X = Activation("relu")(X)', made))
    message, line = told(report)[0]
    assert f"A layer {layer}" in message and "is not called" in message
    assert line == line_of(text, made)


def test_a_layer_that_is_never_called_at_the_end_is_named() -> None:
    report, text = report_on(
        "identity_block", Edit('X = Activation("relu")(X)', 'X = Activation("relu")', 3)
    )
    message, line = told(report)[0]
    assert "A layer Activation" in message
    assert text.splitlines()[line - 1].strip() == 'X = Activation("relu")'


def test_a_layer_that_is_made_for_nothing_is_named() -> None:
    report, text = report_on(
        "identity_block", Edit('X = Activation("relu")(X)', 'Activation("relu")')
    )
    message, line = next(one for one in told(report) if "is not called" in one[0])
    assert "is missing" in message
    assert text.splitlines()[line - 1].strip() == 'Activation("relu")'


@pytest.mark.parametrize("number", [1, 3])
def test_a_comma_at_the_end_of_a_line_is_named(number: int) -> None:
    call = 'X = Activation("relu")(X)'
    report, text = report_on("identity_block", Edit(call, f"{call},", number))
    message, line = told(report)[0]
    assert "X is a tuple" in message and "comma" in message
    assert text.splitlines()[line - 1].strip() == f"{call},"


def test_a_layer_with_a_name_of_its_own_is_no_slip() -> None:
    report, _ = report_on(
        "identity_block",
        Edit('X = Activation("relu")(X)', 'relu = Activation("relu")\n    X = relu(X)'),
    )
    assert report.points == report.max_points
