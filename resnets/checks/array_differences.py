"""In what way an array differs from the one that was asked, when no known mistake explains it."""

from __future__ import annotations

import numpy as np

_CLOSE = {"rtol": 1e-3, "atol": 1e-4}


def difference(name: str, asked: np.ndarray, found: np.ndarray) -> tuple[str, str]:
    """Return an id and a sentence.

    Args:
        name: what the array is called.
        asked: the right one.
        found: another one.
    """
    if asked.shape != found.shape:
        return _shape(name, asked, found)
    if asked.size == 1:
        return "number", f"{name} is {found.flat[0]:g}; {asked.flat[0]:g} was asked."
    if not np.all(np.isfinite(found)):
        return "not-finite", f"{name} holds numbers that are infinite or not defined (nan)."
    for id, sentence, holds in _PATTERNS:
        if holds(asked, found):
            return id, sentence.format(name=name, factor=_factor(asked, found))
    wrong = ~np.isclose(asked, found, **_CLOSE)
    return "numbers", f"{name} has the right shape, but {wrong.mean():.0%} of its numbers differ."


def _shape(name: str, asked: np.ndarray, found: np.ndarray) -> tuple[str, str]:
    sentence = f"{name} has shape {shape_in_words(found)}; {shape_in_words(asked)} was asked."
    return "shape", sentence


def shape_in_words(array: np.ndarray) -> str:
    """Return an array's shape as (2, 4, 4, 3)."""
    return "(" + ", ".join(str(n) for n in array.shape) + ")"


def _factor(asked: np.ndarray, found: np.ndarray) -> str:
    square = float(np.sum(asked.astype(np.float64) ** 2))
    return f"{float(np.sum(asked.astype(np.float64) * found)) / square:.4g}" if square else "?"


def _is_multiple(asked: np.ndarray, found: np.ndarray) -> bool:
    if asked.ndim < 2:
        return False
    factor = _factor(asked, found)
    return factor not in ("?", "0") and np.allclose(asked * float(factor), found, **_CLOSE)


def _is_constant(asked: np.ndarray, found: np.ndarray) -> bool:
    return bool(np.allclose(found, found.flat[0], **_CLOSE))


def _is_shifted(asked: np.ndarray, found: np.ndarray) -> bool:
    offset = found - asked
    return asked.ndim > 1 and bool(np.allclose(offset, offset[(0,) * (offset.ndim - 1)], **_CLOSE))


def _is_rectified(asked: np.ndarray, found: np.ndarray) -> bool:
    return bool(np.any(asked < 0)) and np.allclose(np.maximum(asked, 0), found, **_CLOSE)


def _lacks_relu(asked: np.ndarray, found: np.ndarray) -> bool:
    return bool(np.any(found < 0)) and np.allclose(np.maximum(found, 0), asked, **_CLOSE)


def _is_inner_right(asked: np.ndarray, found: np.ndarray) -> bool:
    if asked.ndim != 4 or min(asked.shape[1:3]) < 3:
        return False
    inner = (slice(None), slice(1, -1), slice(1, -1))
    return bool(np.allclose(asked[inner], found[inner], **_CLOSE))


def _is_first_right(asked: np.ndarray, found: np.ndarray) -> bool:
    return len(asked) > 1 and bool(np.allclose(asked[0], found[0], **_CLOSE))


def _is_reordered(asked: np.ndarray, found: np.ndarray) -> bool:
    return bool(np.allclose(np.sort(asked, axis=None), np.sort(found, axis=None), **_CLOSE))


_PATTERNS = (
    ("constant", "{name} is the same number everywhere.", _is_constant),
    ("scaled", "{name} is {factor} times what was asked, everywhere.", _is_multiple),
    ("shifted", "{name} is off by a constant in each channel.", _is_shifted),
    ("rectified", "In {name} every negative number has become 0.", _is_rectified),
    ("no-relu", "{name} holds negative numbers: a ReLU is missing at the end.", _lacks_relu),
    (
        "border",
        "{name} is right in the middle and wrong at the border: look at what is padded there.",
        _is_inner_right,
    ),
    ("first-only", "{name} is right for the first picture of the batch only.", _is_first_right),
    ("order", "{name} holds the right numbers in other places.", _is_reordered),
)
