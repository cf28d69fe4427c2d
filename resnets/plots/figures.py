"""How every plot function hands its figure over."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.figure import Figure


def shown_once(figure: Figure) -> Figure:
    """The figure, no longer known to pyplot.

    A notebook shows a cell's last value; an open pyplot figure it would show a second time.
    """
    plt.close(figure)
    return figure
