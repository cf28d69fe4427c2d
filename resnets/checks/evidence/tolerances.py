"""Tolerances: how far numbers may be apart and still be the same, with the reason for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Tolerance:
    """Numbers are close when |one - other| ≤ absolute + relative · |other|.

    Attributes:
        relative: to the size of the other number.
        absolute: for numbers near zero.
    """

    relative: float
    absolute: float

    def elementwise(self, one: Any, other: Any) -> np.ndarray:
        """Return for each number whether it is close to the other; NaN is close to nothing."""
        return np.isclose(one, other, rtol=self.relative, atol=self.absolute)

    def close(self, one: Any, other: Any) -> bool:
        """Return whether all numbers are close; shapes must go together."""
        return bool(np.allclose(one, other, rtol=self.relative, atol=self.absolute))

    def same(self, one: np.ndarray, other: np.ndarray) -> bool:
        """Return whether two arrays have one shape, and all their numbers are close."""
        return one.shape == other.shape and self.close(one, other)


GRAPH_OUTPUTS = Tolerance(2e-3, 2e-4)
"""What comes out of a whole graph: rounding adds up over up to fifty layers, and each backend and
each machine sums in another order. A wrong setting shows by far more."""

RESULTS = Tolerance(1e-4, 2e-5)
"""What a function on arrays hands back: a few operations in float32, each of which rounds by about
1e-7. It is narrow, since an epsilon of 1e-5 in place of 1e-3 must show."""

GRADIENTS = Tolerance(1e-3, 1e-4)
"""Gradients of such a function: differentiation goes through each operation a second time."""

PATTERNS = Tolerance(1e-3, 1e-4)
"""Whether a wrong array is a scaled, shifted or reordered right one: a guess that gives a hint and
no points, so it may be generous."""

RECORDED = Tolerance(1e-4, 1e-5)
"""Whether a new recording of the solution says what the old one says, so that the file can stay as
it is: one backend computed both, and only the order of sums may differ."""

OPERATION = Tolerance(2e-3, 1e-5)
"""The mean size of one operation's output, computed by NumPy anew: backends round differently, but
no error adds up; small outputs must be told apart from none."""

OPERATION_IN_HALF_PRECISION = Tolerance(3e-2, 1e-5)
"""The same where the layer computes in half precision: bfloat16 has 8 bits, 2⁻⁸ ≈ 4e-3 a step."""

PRINTED = Tolerance(1e-4, 1e-5)
"""Numbers in printed outputs: they are rounded to a few digits already."""
