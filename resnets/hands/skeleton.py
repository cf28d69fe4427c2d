"""From joint angles to bones in space.

The hand's own frame: x toward the thumb, y from the wrist to the fingers, z out of the palm toward
the camera; the unit is the distance from the wrist to the knuckle of the middle finger.
"""

import math
from dataclasses import dataclass

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


def build_bones(pose: Pose, chance: Chance) -> Bones:
    """Build one person's hand, from the forearm to the fingertips, in the hand's own frame."""
    length = chance.between(0.88, 1.12)
    girth = chance.between(0.9, 1.16)
    breadth = np.array([chance.between(0.95, 1.2), 1.0, 1.0])
    forearm = _forearm(girth, chance)
    palm = _palm(girth, breadth)
    fingers = []
    for finger in range(4):
        steps = [_direction(pose.spread[finger], bend) for bend in np.cumsum(pose.flexion[finger])]
        radii = FINGER_RADII[finger] * TAPER * girth
        fingers += _chain(KNUCKLES[finger] * breadth, steps, PHALANGES[finger] * length, radii)
    index_tip = fingers[2][0][1]
    thumb = _thumb(pose, THUMB_BASE * breadth, length, THUMB_RADII * girth, index_tip)
    palm += [*_web(palm[0], thumb[0], girth), _ball_of_thumb(thumb[0], girth)]
    ends, radii = zip(*(forearm + palm + fingers + thumb), strict=True)
    number = np.arange(len(ends))
    first_finger = len(forearm) + len(palm)
    in_finger = number >= first_finger
    return Bones(
        *np.array(ends).transpose(1, 0, 2),
        *np.array(radii).T,
        soft=~in_finger,
        tip=in_finger & ((number - first_finger) % 3 == 2),
        forearm=number < len(forearm),
    )


def _direction(azimuth: float, elevation: float) -> np.ndarray:
    a, e = math.radians(azimuth), math.radians(elevation)
    return np.array([math.sin(a) * math.cos(e), math.cos(a) * math.cos(e), math.sin(e)])


def _chain(joint: np.ndarray, steps: list, lengths: np.ndarray, radii: np.ndarray) -> list[tuple]:
    rows = []
    for k, step in enumerate(steps):
        end = joint + step * lengths[k]
        rows.append(((joint, end), (radii[k], radii[k + 1])))
        joint = end
    return rows


def _thumb(
    pose: Pose, base: np.ndarray, length: float, radii: np.ndarray, index_tip: np.ndarray
) -> list[tuple]:
    angles, bones = pose.thumb, THUMB_BONES * length
    if pose.pinch:
        x, y, z = index_tip - [0.0, 1.2 * radii[3], 0.0] - base
        way = math.sqrt(x * x + y * y + z * z)
        angles = angles + np.degrees([math.atan2(x, y), math.asin(z / way)])
        bones = bones * min(max(way / bones.sum(), 0.8), 1.2)
    return _chain(base, [_direction(*pair) for pair in angles], bones, radii)


def _web(index_palm: tuple, thumb_root: tuple, girth: float) -> list[tuple]:
    """The fold of skin between thumb and index finger."""
    (carpal, root), (base, joint) = index_palm[0], thumb_root[0]
    near = base + 0.45 * (joint - base), carpal + 0.4 * (root - carpal)
    far = base + 0.85 * (joint - base), carpal + 0.65 * (root - carpal)
    return [(near, (0.14 * girth, 0.14 * girth)), (far, (0.11 * girth, 0.12 * girth))]


def _ball_of_thumb(thumb_root: tuple, girth: float) -> tuple:
    return thumb_root[0], (0.19 * girth, 0.15 * girth)


def _palm(girth: float, breadth: np.ndarray) -> list[tuple]:
    """Metacarpals, the flesh at the finger roots, and the ball below the little finger."""
    knuckles, carpals = KNUCKLES * breadth, CARPALS * breadth
    radii = 0.16 * girth, 0.135 * girth
    rows = [((carpals[k], knuckles[k] + [0.0, 0.1, 0.01]), radii) for k in range(4)]
    roots = 0.14 * girth, 0.14 * girth
    rows += [((knuckles[k], knuckles[k + 1]), roots) for k in range(3)]
    ball = np.array([-0.22, 0.2, 0.03]) * breadth, np.array([-0.3, 0.62, 0.02]) * breadth
    return [*rows, (ball, (0.17 * girth, 0.14 * girth))]


def _forearm(girth: float, chance: Chance) -> list[tuple]:
    """Two bones side by side, from the wrist out of the picture, bent a little at the wrist."""
    down = -2.2 * _direction(chance.between(-22, 22), chance.between(-10, 10))
    rows = []
    for side in (-0.11, 0.11):
        wrist = np.array([side, 0.05, 0.0])
        elbow = wrist + down + np.array([1.2 * side, 0.0, 0.0])
        rows.append(((wrist, elbow), (0.18 * girth, 0.28 * girth)))
    return rows
