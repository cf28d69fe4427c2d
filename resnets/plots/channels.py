"""Which channels of a result depend on which channels of the input: a Jacobian as a picture."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from resnets.language import say, together
from resnets.plots.figures import described
from resnets.plots.style import in_style


@in_style
def plot_channels(jacobians: Mapping[str, ArrayLike]) -> Figure:
    """Draw matrices side by side: dark where an output channel depends on an input channel.

    Args:
        jacobians: name → sizes of the derivatives, shape (output channels, input channels), none of
            them negative. Only an exact zero stays white.
    """
    figure, rows = plt.subplots(
        1, len(jacobians), figsize=(3 * len(jacobians), 3.5), layout="constrained", squeeze=False
    )
    words = []
    for axes, (name, matrix) in zip(rows[0], jacobians.items(), strict=True):
        matrix = np.asarray(matrix, np.float64)
        # The smallest number above zero must be told from zero, so darkness begins at a quarter.
        dark = np.where(matrix > 0, 0.25 + 0.75 * matrix / matrix.max(), 0.0)
        axes.imshow(dark, cmap="Blues", vmin=0, vmax=1)
        axes.set_title(name, fontsize=11)
        axes.set_xlabel("input channel")
        axes.set_xticks(range(0, matrix.shape[1], 4))
        axes.set_yticks(range(0, matrix.shape[0], 4))
        words.append(
            say(
                "{name}: {some} of {all} entries are not zero.",
                name=say(name),
                some=int(np.count_nonzero(matrix)),
                all=matrix.size,
            )
        )
        words.append(_where(matrix > 0))
    rows[0][0].set_ylabel("output channel")
    text = say(
        "Matrices side by side. Each row is an output channel, each column an input channel; dark "
        "where the output depends on the input."
    )
    return described(figure, together(text, *words))


def _where(filled: np.ndarray) -> str:
    """Say that what is not zero forms squares on the diagonal, where it does."""
    for blocks in range(2, min(filled.shape) + 1):
        if filled.shape[0] % blocks or filled.shape[1] % blocks:
            continue
        sizes = filled.shape[0] // blocks, filled.shape[1] // blocks
        if np.array_equal(filled, np.kron(np.eye(blocks), np.ones(sizes)) > 0):
            return say("They are {count} squares on the diagonal.", count=blocks)
    return ""
