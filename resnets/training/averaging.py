"""The mean of several checkpoints of one training.

Izmailov et al. 2018, "Averaging Weights Leads to Wider Optima and Better Generalization", section 3
(stochastic weight averaging). The mean has batch norm statistics of its own: recalibrate it.
"""

from __future__ import annotations

import numpy as np


class WeightAverage:
    """A running mean: only the mean is kept, not the checkpoints.

    Attributes:
        weights: the mean so far, in the order of the checkpoints' arrays; empty before the first.
        count: checkpoints in it.
    """

    def __init__(self) -> None:
        self.weights: list[np.ndarray] = []
        self.count = 0

    def add(self, checkpoint: list[np.ndarray]) -> None:
        """Take in one checkpoint more, as `model.get_weights()` hands it out."""
        self.count += 1
        if self.count == 1:
            self.weights = [array.copy() for array in checkpoint]
            return
        for mean, array in zip(self.weights, checkpoint, strict=True):
            mean += (array - mean) / self.count
