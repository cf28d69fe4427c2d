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
    """Mean over a square of side 2 radius + 1; the picture's edge repeats."""
    for axis in (0, 1):
        pad = [(radius, radius) if a == axis else (0, 0) for a in range(image.ndim)]
        padded = np.pad(image, pad, mode="edge")
        length = image.shape[axis]
        total = np.zeros_like(image)
        for offset in range(2 * radius + 1):
            total += (
                padded[offset : offset + length]
                if axis == 0
                else (padded[:, offset : offset + length])
            )
        image = total * np.float32(1 / (2 * radius + 1))
    return image


def smooth_noise(chance: Chance, size: int, cells: int) -> np.ndarray:
    """Soft blotches in [-1, 1): random values on a coarse grid, blended between."""
    grid = chance.field(cells + 1, cells + 1)
    place = (np.arange(size, dtype=np.float32) + np.float32(0.5)) * np.float32(cells / size)
    cell = place.astype(np.int64)
    part = place - cell
    part = part * part * (3 - 2 * part)
    rows = grid[cell] + (grid[cell + 1] - grid[cell]) * part[:, None]
    return rows[:, cell] + (rows[:, cell + 1] - rows[:, cell]) * part
