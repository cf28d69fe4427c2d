"""From joint angles to bones in space.

The hand's own frame: x toward the thumb, y from the wrist to the fingers, z out of the palm toward
the camera; the unit is the distance from the wrist to the knuckle of the middle finger.
"""

import math
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np

from resnets.hands.chance import Chance
from resnets.hands.pose import Pose

KNUCKLES = np.array([[0.27, 0.97, 0.0], [0.05, 1.0, 0.0], [-0.16, 0.95, 0.0], [-0.34, 0.85, 0.0]])
PHALANGES = np.array(
    [[0.47, 0.28, 0.19], [0.52, 0.33, 0.20], [0.48, 0.31, 0.20], [0.37, 0.22, 0.17]]
)
FINGER_RADII = np.array([0.118, 0.122, 0.115, 0.1])
TAPER = np.array([1.0, 0.88, 0.82, 0.66])
CARPALS = np.array([[0.15, 0.1, 0.0], [0.05, 0.1, 0.0], [-0.06, 0.1, 0.0], [-0.16, 0.12, 0.0]])
THUMB_BASE = np.array([0.17, 0.12, 0.06])
THUMB_BONES = np.array([0.46, 0.34, 0.25])
THUMB_RADII = np.array([0.14, 0.145, 0.12, 0.085])


@dataclass(frozen=True)
class Bones:
    """Tapered capsules: balls that roll from ``start`` to ``end`` while their radius changes.

    Attributes:
        start, end: (n, 3), the centres of the first and last ball.
        start_radius, end_radius: (n,).
        soft: (n,), True where the flesh merges smoothly with what lies beneath (the palm).
        tip: (n,), True for the last bone of a finger.
        forearm: (n,), True below the wrist.
    """

    start: np.ndarray
    end: np.ndarray
    start_radius: np.ndarray
    end_radius: np.ndarray
    soft: np.ndarray
    tip: np.ndarray
    forearm: np.ndarray


class Capsule(NamedTuple):
    """One bone with its flesh, in the hand's own frame."""

    start: np.ndarray
    end: np.ndarray
    start_radius: float
    end_radius: float


def build_bones(pose: Pose, chance: Chance) -> Bones:
    """Build one person's hand, from the forearm to the fingertips, in the hand's own frame."""
    length = chance.between(0.88, 1.12)
    girth = chance.between(0.9, 1.16)
    breadth = np.array([chance.between(0.95, 1.2), 1.0, 1.0])
    forearm = _forearm(girth, chance)
    palm = _palm(girth, breadth)
    fingers = [
        _finger(pose, k, KNUCKLES[k] * breadth, length, FINGER_RADII[k] * TAPER * girth)
        for k in range(4)
    ]
    met = None if pose.pinch is None else fingers[pose.pinch][-1].end
    thumb = _thumb(pose, THUMB_BASE * breadth, length, THUMB_RADII * girth, met)
    flesh = [*forearm, *palm, *_thumb_root(palm[0], thumb[0], girth)]
    starts, ends, start_radii, end_radii = zip(*flesh, *chain(*fingers), *thumb, strict=True)
    number = np.arange(len(starts))
    return Bones(
        np.array(starts),
        np.array(ends),
        np.array(start_radii),
        np.array(end_radii),
        soft=number < len(flesh),
        tip=(number >= len(flesh)) & ((number - len(flesh)) % 3 == 2),
        forearm=number < len(forearm),
    )


def _direction(azimuth: float, elevation: float) -> np.ndarray:
    a, e = math.radians(azimuth), math.radians(elevation)
    return np.array([math.sin(a) * math.cos(e), math.cos(a) * math.cos(e), math.sin(e)])


def _finger(
    pose: Pose, finger: int, knuckle: np.ndarray, length: float, radii: np.ndarray
) -> list[Capsule]:
    bends = np.cumsum(pose.flexion[finger])
    steps = [_direction(pose.spread[finger], bend) for bend in bends]
    return _joined(knuckle, steps, PHALANGES[finger] * length, radii)


def _thumb(
    pose: Pose, base: np.ndarray, length: float, radii: np.ndarray, met: np.ndarray | None
) -> list[Capsule]:
    angles, bones = pose.thumb, THUMB_BONES * length
    if met is not None:
        x, y, z = met - [0.0, 1.2 * radii[3], 0.0] - base
        way = math.sqrt(x * x + y * y + z * z)
        angles = angles + np.degrees([math.atan2(x, y), math.asin(z / way)])
        bones = bones * min(max(way / bones.sum(), 0.8), 1.2)
    return _joined(base, [_direction(*pair) for pair in angles], bones, radii)


def _joined(
    joint: np.ndarray, steps: list[np.ndarray], lengths: np.ndarray, radii: np.ndarray
) -> list[Capsule]:
    """Bones in a row, each starting where the one before ends."""
    bones = []
    for k, step in enumerate(steps):
        end = joint + step * lengths[k]
        bones.append(Capsule(joint, end, radii[k], radii[k + 1]))
        joint = end
    return bones


def _thumb_root(index: Capsule, thumb: Capsule, girth: float) -> list[Capsule]:
    """The fold of skin from the thumb's first bone to the index finger's, and the ball."""

    def fold(up_thumb: float, up_index: float, first: float, last: float) -> Capsule:
        start = thumb.start + up_thumb * (thumb.end - thumb.start)
        end = index.start + up_index * (index.end - index.start)
        return Capsule(start, end, first * girth, last * girth)

    ball = Capsule(thumb.start, thumb.end, 0.19 * girth, 0.15 * girth)
    return [fold(0.45, 0.4, 0.14, 0.14), fold(0.85, 0.65, 0.11, 0.12), ball]


def _palm(girth: float, breadth: np.ndarray) -> list[Capsule]:
    """The palm's bones, the flesh at the finger roots, the ball below the little finger."""
    knuckles, carpals = KNUCKLES * breadth, CARPALS * breadth
    roots = knuckles + np.array([0.0, 0.1, 0.01])
    ball = np.array([[-0.22, 0.2, 0.03], [-0.3, 0.62, 0.02]]) * breadth
    return [
        *(Capsule(carpals[k], roots[k], 0.16 * girth, 0.135 * girth) for k in range(4)),
        *(Capsule(knuckles[k], knuckles[k + 1], 0.14 * girth, 0.14 * girth) for k in range(3)),
        Capsule(*ball, 0.17 * girth, 0.14 * girth),
    ]


def _forearm(girth: float, chance: Chance) -> list[Capsule]:
    """Two bones side by side, from the wrist out of the picture, bent a little at the wrist."""
    down = -2.2 * _direction(chance.between(-22, 22), chance.between(-10, 10))
    bones = []
    for side in (-0.11, 0.11):
        wrist = np.array([side, 0.05, 0.0])
        elbow = wrist + down + [1.2 * side, 0.0, 0.0]
        bones.append(Capsule(wrist, elbow, 0.18 * girth, 0.28 * girth))
    return bones
