"""Patterns of difference between two arrays: scaled, shifted, reordered, wrong at the border, …"""

from __future__ import annotations

import numpy as np

from resnets.checks.evidence.tolerances import PATTERNS
from resnets.language import N_, say


def difference(name: str, expected: np.ndarray, found: np.ndarray) -> tuple[str, str]:
    """Return an id and a sentence.

    Args:
        name: what the array is called.
        expected: the right one.
        found: the student's.
    """
    if expected.shape != found.shape:
        return _shape(name, expected, found)
    if expected.size == 1:
        sentence = say(
            "{name} is {found}, expected {expected}.",
            name=name,
            found=f"{found.flat[0]:g}",
            expected=f"{expected.flat[0]:g}",
        )
        return "number", sentence
    if not np.all(np.isfinite(found)):
        return "not-finite", say(
            "{name} contains infinite or undefined numbers (inf or nan).", name=name
        )
    for id, sentence, holds in _PATTERNS:
        if holds(expected, found):
            return id, say(sentence, name=name, factor=_factor(expected, found))
    wrong = ~PATTERNS.elementwise(expected, found)
    return "numbers", say(
        "{name} has the right shape, but {share} of its numbers differ.",
        name=name,
        share=f"{wrong.mean():.0%}",
    )


def _shape(name: str, expected: np.ndarray, found: np.ndarray) -> tuple[str, str]:
    sentence = say(
        "{name} has shape {found}, expected {expected}.",
        name=name,
        found=shape_in_words(found),
        expected=shape_in_words(expected),
    )
    return "shape", sentence


def shape_in_words(array: np.ndarray) -> str:
    """Return an array's shape as (2, 4, 4, 3)."""
    return "(" + ", ".join(str(n) for n in array.shape) + ")"


def _factor(expected: np.ndarray, found: np.ndarray) -> str:
    square = float(np.sum(expected.astype(np.float64) ** 2))
    return f"{float(np.sum(expected.astype(np.float64) * found)) / square:.4g}" if square else "?"


def _is_multiple(expected: np.ndarray, found: np.ndarray) -> bool:
    if expected.ndim < 2:
        return False
    factor = _factor(expected, found)
    return factor not in ("?", "0") and PATTERNS.close(expected * float(factor), found)


def _is_constant(expected: np.ndarray, found: np.ndarray) -> bool:
    return PATTERNS.close(found, found.flat[0])


def _is_shifted(expected: np.ndarray, found: np.ndarray) -> bool:
    offset = found - expected
    return expected.ndim > 1 and bool(PATTERNS.close(offset, offset[(0,) * (offset.ndim - 1)]))


def _is_rectified(expected: np.ndarray, found: np.ndarray) -> bool:
    return bool(np.any(expected < 0)) and PATTERNS.close(np.maximum(expected, 0), found)


def _lacks_relu(expected: np.ndarray, found: np.ndarray) -> bool:
    return bool(np.any(found < 0)) and PATTERNS.close(np.maximum(found, 0), expected)


def _is_inner_right(expected: np.ndarray, found: np.ndarray) -> bool:
    if expected.ndim != 4 or min(expected.shape[1:3]) < 3:
        return False
    inner = (slice(None), slice(1, -1), slice(1, -1))
    return PATTERNS.close(expected[inner], found[inner])


def _is_first_right(expected: np.ndarray, found: np.ndarray) -> bool:
    return len(expected) > 1 and PATTERNS.close(expected[0], found[0])


def _is_reordered(expected: np.ndarray, found: np.ndarray) -> bool:
    return PATTERNS.close(np.sort(expected, axis=None), np.sort(found, axis=None))


_PATTERNS = (
    ("constant", N_("{name} has the same number everywhere."), _is_constant),
    ("scaled", N_("Every number of {name} is {factor} times the expected one."), _is_multiple),
    ("shifted", N_("In {name}, a constant is added to all numbers of a channel."), _is_shifted),
    ("rectified", N_("In {name}, every negative number has become 0."), _is_rectified),
    ("no-relu", N_("{name} contains negative numbers: a ReLU is missing at the end."), _lacks_relu),
    (
        "border",
        N_("{name} is right in the middle and wrong at the border. Look at the padding."),
        _is_inner_right,
    ),
    ("first-only", N_("{name} is right only for the first picture of the batch."), _is_first_right),
    ("order", N_("{name} contains the right numbers, but in other places."), _is_reordered),
)
