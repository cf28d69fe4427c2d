"""From bones to a height map: what a camera looking down the z axis sees of tapered capsules.

A capsule is a ball of centre a + t b and radius r0 + t dr, with t running from 0 to 1. At a pixel
q the ball's upper surface is at height z(t) = a_z + t b_z + sqrt(Q(t)), where
Q(t) = (r0 + t dr)^2 - |q - a - t b|^2 is a parabola in t. Its maximum over t has a closed form, so
the height is exact, with no ray marching.
"""

import math
from dataclasses import dataclass

import numpy as np

from resnets.hands.filters import bounding_box, box_blur
from resnets.hands.skeleton import Bones

FAR = np.float32(-1e4)


@dataclass(frozen=True)
class Surface:
    """What the camera sees.

    Attributes:
        height: (s, s) float32, toward the camera, in pixels; ``FAR`` where there is no hand.
        bone: (s, s) int16, the number of the bone in front, -1 where there is none; soft bones all
            count as number 0.
        along: (s, s) float32, where on that bone: 0 at its start, 1 at its end; 0 on soft bones.
    """

    height: np.ndarray
    bone: np.ndarray
    along: np.ndarray


def cover(bones: Bones, size: int, softness: int) -> Surface:
    """Draw bones given in pixels (x right, y down, z toward the camera) into a height map.

    Args:
        bones: the capsules, coordinates and radii in pixels; soft ones come first.
        size: side of the square map.
        softness: how far, in pixels, the flesh of soft bones flows together.
    """
    height = np.full((size, size), FAR, np.float32)
    windows = _windows(bones, size)
    lines = np.concatenate([bones.start, bones.end - bones.start], axis=1).tolist()
    radii = np.stack([bones.start_radius, bones.end_radius - bones.start_radius], axis=1).tolist()
    soft = int(bones.soft.sum())
    for k in range(soft):
        if windows[k]:
            _add_flesh(height, windows[k], lines[k], radii[k])
    flesh = height > FAR
    _smooth(height, flesh, softness)
    surface = Surface(height, flesh.astype(np.int16) - 1, np.zeros((size, size), np.float32))
    for k in range(soft, len(windows)):
        if windows[k]:
            _add_bone(surface, k, windows[k], lines[k], radii[k])
    return surface


def _windows(bones: Bones, size: int) -> list[tuple[slice, slice] | None]:
    """The rows and columns that each bone may touch; None for a bone outside the picture."""
    a, b = bones.start[:, :2], bones.end[:, :2]
    r, s = bones.start_radius[:, None], bones.end_radius[:, None]
    low = np.clip(np.minimum(a - r, b - s), 0, size).astype(int).tolist()
    high = np.clip(np.maximum(a + r, b + s) + 1, 0, size).astype(int).tolist()
    return [
        (slice(top, bottom), slice(left, right)) if top < bottom and left < right else None
        for (left, top), (right, bottom) in zip(low, high, strict=True)
    ]


def _add_flesh(height: np.ndarray, window: tuple, line: list, radii: list) -> None:
    here, _ = _capsule(window, line, radii)
    np.maximum(height[window], here, out=height[window])


def _add_bone(surface: Surface, k: int, window: tuple, line: list, radii: list) -> None:
    """Draw one bone: it shows where it is in front of what was drawn before."""
    here, along = _capsule(window, line, radii)
    front = here > surface.height[window]
    np.copyto(surface.height[window], here, where=front)
    np.copyto(surface.bone[window], k, where=front)
    np.copyto(surface.along[window], along, where=front)


def _capsule(window: tuple, line: list, radii: list) -> tuple[np.ndarray, np.ndarray]:
    """Height of one capsule and place along it, pixel by pixel; ``FAR`` where it is missed.

    Args:
        window: the rows and columns to look at.
        line: a_x, a_y, a_z, b_x, b_y, b_z of the module's docstring; radii: r0, dr.
    """
    rows, columns = window
    ax, ay, az, bx, by, bz = line
    r0, dr = radii
    least = dr * dr + 0.5  # below, one ball hides the other and the parabola opens upward
    if bx * bx + by * by < least:
        by = math.copysign(math.sqrt(least), by)  # tilt the bone aside, by a pixel or so
    m = bx * bx + by * by - dr * dr
    x = np.arange(columns.start, columns.stop, dtype=np.float32) + (0.5 - ax)
    y = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] + (0.5 - ay)
    centre = (x * (bx / m) + r0 * dr / m) + y * (by / m)
    top = centre * centre
    top *= m
    top += (r0 * r0 - x * x) - y * y
    t = np.sqrt(np.maximum(top, 0))
    t *= bz / math.sqrt(m * (m + bz * bz))
    t += centre
    np.maximum(t, 0, out=t)
    np.minimum(t, 1, out=t)
    centre -= t
    centre *= centre
    centre *= m
    top -= centre
    here = np.sqrt(np.maximum(top, 0))
    here += t * bz + az
    np.copyto(here, FAR, where=top <= 0)
    return here, t


def _smooth(height: np.ndarray, flesh: np.ndarray, radius: int) -> None:
    """Let the flesh drawn so far flow together: the mean height of its neighbourhood."""
    box = bounding_box(flesh)
    if box is None:
        return
    mask = flesh[box].astype(np.float32)
    total, share = height[box] * mask, mask
    for _ in range(2):
        total, share = box_blur(total, radius) * mask, box_blur(share, radius) * mask
    np.copyto(height[box], total / np.maximum(share, np.float32(1e-6)), where=flesh[box])
