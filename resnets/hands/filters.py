"""Small image filters in plain additions and products, which every machine rounds alike."""

import numpy as np

from resnets.hands.chance import Chance


def shifted(image: np.ndarray, down: int, right: int) -> np.ndarray:
    """Move a picture; its edge rows and columns repeat."""
    moved = image
    for axis, step in ((0, down), (1, right)):
        if step:
            moved = np.concatenate(_slid(moved, axis, step), axis)
    return moved


def _slid(image: np.ndarray, axis: int, step: int) -> list[np.ndarray]:
    first = [slice(None)] * image.ndim
    kept = [slice(None)] * image.ndim
    count = min(abs(step), image.shape[axis])
    first[axis] = slice(0, 1) if step > 0 else slice(-1, None)
    kept[axis] = slice(0, -step) if step > 0 else slice(-step, None)
    edge = np.repeat(image[tuple(first)], count, axis)
    return [edge, image[tuple(kept)]] if step > 0 else [image[tuple(kept)], edge]


def box_blur(image: np.ndarray, radius: int) -> np.ndarray:
    """Mean over a square of side 2 radius + 1 of the last two axes; the picture's edge repeats."""
    if radius < 1:
        return image
    return _box_mean(_box_mean(image, radius).swapaxes(-1, -2), radius).swapaxes(-1, -2)


def _box_mean(image: np.ndarray, radius: int) -> np.ndarray:
    """Mean over 2 radius + 1 rows."""
    length = image.shape[-2]
    first, last = (np.repeat(image[..., k, None, :], radius, -2) for k in (0, -1))
    padded = np.concatenate([first, image, last], -2)
    total = padded[..., :length, :] + padded[..., 1 : length + 1, :]
    for offset in range(2, 2 * radius + 1):
        total += padded[..., offset : offset + length, :]
    total *= 1 / (2 * radius + 1)
    return total


def smooth_noise(chance: Chance, size: int, cells: int) -> np.ndarray:
    """Soft blotches in [-1, 1): random values on a coarse grid, blended between."""
    grid = chance.field(cells + 1, cells + 1)
    place = (np.arange(size, dtype=np.float32) + 0.5) * (cells / size)
    cell = place.astype(np.int64)
    part = place - cell.astype(np.float32)
    part = part * part * (3 - 2 * part)
    rows = grid[cell] + (grid[cell + 1] - grid[cell]) * part[:, None]
    return rows[:, cell] + (rows[:, cell + 1] - rows[:, cell]) * part


def bounding_box(mask: np.ndarray) -> tuple[slice, slice] | None:
    """The part of a picture that holds what the mask marks, and a margin; None if nothing."""
    slices = []
    for axis in (1, 0):
        found = np.flatnonzero(mask.any(axis))
        if not len(found):
            return None
        slices.append(slice(max(int(found[0]) - 2, 0), int(found[-1]) + 3))
    return slices[0], slices[1]
