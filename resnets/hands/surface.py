"""From bones to a height map: what a camera looking down the z axis sees of tapered capsules.

A capsule is a ball of centre a + t b and radius r0 + t dr, with t running from 0 to 1. At a pixel
q the ball's upper surface is at height z(t) = a_z + t b_z + sqrt(Q(t)), where
Q(t) = (r0 + t dr)^2 - |q - a - t b|^2 is a parabola in t. Its maximum over t has a closed form, so
the height is exact, with no ray marching.
"""

from dataclasses import dataclass

import numpy as np

from resnets.hands.skeleton import Bones

FAR = np.float32(-1e4)


@dataclass(frozen=True)
class Surface:
    """What the camera sees.

    Attributes:
        height: (s, s) float32, toward the camera, in pixels; ``FAR`` where there is no hand.
        bone: (s, s) int16, the number of the bone in front, -1 where there is none.
        along: (s, s) float32, where on that bone: 0 at its start, 1 at its end.
    """

    height: np.ndarray
    bone: np.ndarray
    along: np.ndarray


def cover(bones: Bones, size: int, softness: float) -> Surface:
    """Draw bones given in pixels (x right, y down, z toward the camera) into a height map.

    Args:
        bones: the capsules, coordinates and radii in pixels.
        size: side of the square map.
        softness: how far, in pixels, soft flesh flows together.
    """
    height = np.full((size, size), FAR, np.float32)
    bone = np.full((size, size), -1, np.int16)
    along = np.zeros((size, size), np.float32)
    axis = np.arange(size, dtype=np.float32) + np.float32(0.5)
    for k in range(len(bones.start)):
        window = _window(bones, k, size)
        if window is None:
            continue
        rows, columns = window
        here, t = _capsule(bones, k, axis[rows, None], axis[None, columns])
        before = height[rows, columns]
        front = here > before
        np.copyto(bone[rows, columns], np.int16(k), where=front)
        np.copyto(along[rows, columns], t, where=front)
        merged = np.maximum(before, here)
        if bones.soft[k]:
            overlap = np.maximum(np.float32(softness) - np.abs(before - here), 0)
            merged += overlap * overlap * np.float32(0.25 / softness)
        height[rows, columns] = merged
    return Surface(height, bone, along)


def _window(bones: Bones, k: int, size: int) -> tuple[slice, slice] | None:
    slices = []
    for axis in (1, 0):
        a, b = bones.start[k, axis], bones.end[k, axis]
        low = min(a - bones.start_radius[k], b - bones.end_radius[k])
        high = max(a + bones.start_radius[k], b + bones.end_radius[k])
        first, last = max(int(low), 0), min(int(high) + 2, size)
        if first >= last:
            return None
        slices.append(slice(first, last))
    return slices[0], slices[1]


def _capsule(bones: Bones, k: int, y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Height and place along bone ``k`` for a window of pixels; ``FAR`` where it is missed."""
    ax, ay, az = (np.float32(value) for value in bones.start[k])
    bx, by, bz = (np.float32(value) for value in bones.end[k] - bones.start[k])
    r0 = np.float32(bones.start_radius[k])
    dr = np.float32(bones.end_radius[k]) - r0
    qx, qy = x - ax, y - ay
    m = max(bx * bx + by * by - dr * dr, np.float32(1e-3))
    lean = bz / np.sqrt(m * (m + bz * bz))
    constant = (r0 * r0 - qx * qx) - qy * qy
    centre = (qx * (bx / m) + r0 * dr / m) + qy * (by / m)
    top = constant + centre * centre * m
    t = np.sqrt(np.maximum(top, 0))
    t *= lean
    t += centre
    t = np.minimum(np.maximum(t, 0), 1)
    centre -= t
    top -= centre * centre * m
    here = np.sqrt(np.maximum(top, 0)) + t * bz + az
    return np.where(top > 0, here, FAR), t
