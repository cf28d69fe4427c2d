"""Pictures and feature maps side by side."""

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
def plot_pictures(pictures: Mapping[str, ArrayLike], seen: str = "") -> Figure:
    """Draw pictures in one row, each under its name.

    Args:
        pictures: name → array of shape (height, width), drawn in grey from its smallest to its
            largest number (zero in the middle where both signs occur), or (height, width, 3).
        seen: what there is to see in them, for those who cannot; their names go without saying.
    """
    figure, rows = plt.subplots(
        1, len(pictures), figsize=(2.4 * len(pictures), 2.7), layout="constrained", squeeze=False
    )
    for axes, (name, picture) in zip(rows[0], pictures.items(), strict=True):
        picture = np.asarray(picture)
        low, high = float(picture.min()), float(picture.max())
        if low < 0 < high:
            high = max(-low, high)
            low = -high
        axes.imshow(picture, cmap="gray", vmin=low, vmax=high)
        axes.set_title(name, fontsize=11)
        axes.axis("off")
    names = say("; ").join(map(say, pictures))
    text = say("{count} pictures side by side: {names}.", count=len(pictures), names=names)
    return described(figure, together(text, say(seen)))
