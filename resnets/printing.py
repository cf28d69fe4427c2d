"""Numbers printed so that another machine prints the same.

The last bits of a float differ between processors and backends. A number that lies on a rounding
boundary then prints differently, and a notebook's stored output no longer matches. `rounded`
refuses such a number while a notebook is being built or tested.
"""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import ArrayLike

MARGIN = 1e-5
"""How near to a rounding boundary a printed number may lie."""


class RoundingBoundaryError(ValueError):
    """A number that would print differently after an error of `MARGIN`."""


def rounded(values: ArrayLike, digits: int = 3) -> str:
    """`values` with `digits` decimals, as text: a number, or a list of numbers.

    Raises:
        RoundingBoundaryError: a number lies within `MARGIN` of where it would round the other way.
            Raised only where the environment variable RESNETS_STRICT is set, as it is when the
            notebooks are built and tested.
    """
    numbers = np.asarray(values, np.float64)
    if os.environ.get("RESNETS_STRICT"):
        _refuse_boundaries(numbers, digits)
    # Adding zero turns -0.0 into 0.0, whose sign would be as uncertain as a last digit.
    return np.array2string(
        np.round(numbers, digits) + 0.0,
        separator=", ",
        formatter={"float_kind": lambda number: f"{number:.{digits}f}"},
    )


def _refuse_boundaries(numbers: np.ndarray, digits: int) -> None:
    steps = numbers * 10.0**digits
    distance = np.abs(steps - np.floor(steps) - 0.5) / 10.0**digits
    if np.any(distance < MARGIN):
        worst = numbers.flat[np.argmin(distance)]
        raise RoundingBoundaryError(
            f"{worst!r} lies within {MARGIN} of a rounding boundary at {digits} decimals; "
            "print it with another number of digits."
        )
