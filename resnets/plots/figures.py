"""What all figures share."""

from __future__ import annotations

import matplotlib
import matplotlib.pyplot as plt
from matplotlib.figure import Figure


def shown_once(figure: Figure) -> Figure:
    """Keep a notebook from showing a figure twice: as the cell's value and as an open figure."""
    if "inline" in matplotlib.get_backend().lower():
        plt.close(figure)
    return figure
