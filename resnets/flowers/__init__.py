"""Flowers of five kinds, drawn by our own code: pictures in class folders without any download.

canvas.py    a picture that is painted layer upon layer
blossoms.py  the five kinds
dataset.py   class folders of them
"""

from resnets.flowers.blossoms import KINDS, draw_flower
from resnets.flowers.dataset import drawn_flowers, write_flowers

__all__ = ["KINDS", "draw_flower", "drawn_flowers", "write_flowers"]
