"""Numbers that print alike on every machine."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnets.printing import MARGIN, RoundingBoundaryError, rounded

numbers = st.floats(-1e4, 1e4, allow_nan=False)


@given(numbers, st.integers(0, 4), st.floats(-0.99, 0.99))
def test_a_number_printed_withstands_an_error_within_the_margin(value, digits, part) -> None:
    try:
        text = rounded(value, digits)
    except RoundingBoundaryError:
        return
    # Half a unit in the last place of what can be told apart near `value` is allowed for.
    error = part * (MARGIN - 1e-10)
    try:
        assert rounded(value + error, digits) == text
    except RoundingBoundaryError:
        assert f"{value + error:.{digits}f}" in {text, "-" + text, text.removeprefix("-")}


@pytest.mark.parametrize("value", [0.5, 0.1235 + 5e-6, 2.0005, -0.0005])
def test_a_number_on_a_boundary_is_refused(value: float) -> None:
    with pytest.raises(RoundingBoundaryError, match="another number of digits"):
        rounded(value, 0 if value == 0.5 else 3)


def test_outside_tests_nothing_is_refused(monkeypatch) -> None:
    monkeypatch.delenv("RESNETS_STRICT")
    assert rounded([0.5, -0.0001], 0) == "[0, 0]"


def test_lists_and_numbers() -> None:
    assert rounded(np.array([0.94822985, 0.0, 1.16101444]), 3) == "[0.948, 0.000, 1.161]"
    assert rounded(1 / 3, 2) == "0.33"
