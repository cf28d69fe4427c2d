"""Numbers compare with a tolerance, all else exactly; what is shown of a submission is inert."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.marking.tolerance import Tolerant
from autograder.notebooks import sanitize


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("[0.33333333 0.66666667]", "[0.33333334 0.66666666]"),
        ("loss 1.00000", "loss 1.00001"),
        ("1e-8", "0"),
        ("[ 1.  2.]", "[1. 2.]"),
        ("-0.0", "0.0"),
    ],
)
def test_close_numbers_are_equal(reference: str, found: str) -> None:
    assert Tolerant(reference) == Tolerant(found)
    assert (Tolerant(reference) != Tolerant(found)) is False


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("0.333", "0.334"),
        ("a 1", "b 1"),
        ("1 2", "1 2 3"),
        ("shape (2, 3)", "shape (3, 2)"),
        ("True", "False"),
        ("1", "nan"),
    ],
)
def test_all_else_differs(reference: str, found: str) -> None:
    assert Tolerant(reference) != Tolerant(found)


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_number_equals_its_neighbours_and_nothing_far(number: float) -> None:
    assert Tolerant(f"{number!r}") == f"{number * (1 + 1e-6)!r}"
    assert Tolerant(f"{number!r}") != f"{number * 1.01 + math.copysign(1, number)!r}"


@given(st.text(max_size=200))
def test_shown_text_controls_nothing(raw: str) -> None:
    shown = sanitize.text("\x1b[31m" + raw + "\x1b]0;title\x07\u202e")
    assert not any(ord(letter) < 32 and letter not in "\n\t" for letter in shown)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    shown.encode()


def test_only_text_and_pictures_of_an_output_are_kept() -> None:
    data = {
        "text/html": "<script>",
        "application/javascript": "alert(1)",
        "image/svg+xml": "<svg onload=alert(1)>",
        "text/plain": "x\x1b[2J",
        "image/png": "aGk=",
        "image/jpeg": "<script>",
    }
    kept = sanitize.outputs([{"output_type": "display_data", "data": data}])
    assert [output.data for output in kept] == [{"text/plain": "x", "image/png": "aGk="}]


@pytest.mark.parametrize("output", [{}, {"output_type": 5}, {"output_type": "error"}])
def test_odd_outputs_do_no_harm(output: dict) -> None:
    assert all(kept.output_type == "error" for kept in sanitize.outputs([output]))
