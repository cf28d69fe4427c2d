"""The mean of several checkpoints of one training.

Izmailov et al. 2018, "Averaging Weights Leads to Wider Optima and Better Generalization", section 3
(stochastic weight averaging). The mean has batch norm statistics of its own: recalibrate it.
"""

from __future__ import annotations

import numpy as np


class WeightAverage:
    """The mean of checkpoints, of which only the sum is kept.

    Attributes:
        count: checkpoints so far.
    """

    def __init__(self) -> None:
        self.count = 0
        self._sums: list[np.ndarray] = []

    @property
    def weights(self) -> list[np.ndarray]:
        """The mean so far, in the order of the checkpoints' arrays; empty before the first."""
        return [total / self.count for total in self._sums]

    def add(self, checkpoint: list[np.ndarray]) -> None:
        """Take in one checkpoint more, as `model.get_weights()` hands it out."""
        self.count += 1
        if not self._sums:
            self._sums = [np.zeros_like(array) for array in checkpoint]
        for total, array in zip(self._sums, checkpoint, strict=True):
            total += array
