"""The data set: the same number of pictures of every digit."""

import numpy as np
from tqdm import tqdm

from resnets.hands.chance import Chance
from resnets.hands.picture import SIDE, draw_hand

DIGITS = 10


def rendered_hands(
    per_class: int, seed: int, classes: int = 6, progress: bool = True, *, first: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Draw hands showing digits, by default 0 to 5; the same for the same seed on every machine.

    Args:
        per_class: pictures of every digit, at least 1.
        seed: which pictures, 0 or more; two seeds share none.
        classes: how many digits, from `first` up.
        progress: show a progress bar.
        first: the lowest digit; `first + classes` is at most 10.

    Returns:
        x: (n, 64, 64, 3) uint8, sRGB, n = per_class * classes; digits take turns, so any run of
            ``classes`` pictures holds each digit once.
        y: (n,) int64, the digits.

    Raises:
        TypeError, ValueError: an argument is not a whole number, or out of range.
    """
    per_class = _whole_number("per_class", per_class, 1, 1_000_000)
    seed = _whole_number("seed", seed, 0, 2**63 - 1)
    first = _whole_number("first", first, 0, DIGITS - 1)
    classes = _whole_number("classes", classes, 1, DIGITS - first)
    y = np.tile(np.arange(first, first + classes, dtype=np.int64), per_class)
    x = np.empty((len(y), SIDE, SIDE, 3), np.uint8)
    for k in tqdm(range(len(y)), desc="drawing hands", unit="hand", disable=not progress):
        x[k] = draw_hand(int(y[k]), Chance(seed, k // classes, int(y[k])))
    return x, y


def _whole_number(name: str, value: int, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(
            f"{name} must be a whole number from {low} to {high}, but is {value!r}; "
            f"pass for example {name}={low}."
        )
    if not low <= value <= high:
        raise ValueError(
            f"{name} must lie between {low} and {high}, but is {value}; "
            f"pass for example {name}={low}."
        )
    return int(value)
