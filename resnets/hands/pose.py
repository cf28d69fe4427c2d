"""How a hand is held: the angles of its joints for each of the digits 0 to 9.

The signs are those of Turkish sign language, which the SIGNS pictures share but for details: the
palm faces the camera, 3 is thumb, index and middle finger, and 0 is an O seen from the side. From 6
to 9, the thumb meets one finger, and the other three are straight: 6 the little finger, 7 the ring
finger, 8 the middle finger, 9 the index finger.
Angles are in degrees. Fingers come in the order index, middle, ring, little.
"""

from dataclasses import dataclass

import numpy as np

from resnets.hands.chance import Chance

EXTENDED_FINGERS = {0: "", 1: "i", 2: "im", 3: "im", 4: "imrl", 5: "imrl"}
INDEX = 0
MET_BY_THUMB = {6: 3, 7: 2, 8: 1, 9: INDEX}


@dataclass(frozen=True)
class Pose:
    """Joint angles of one hand.

    Attributes:
        flexion: (4, 3), how far each finger bends toward the palm at knuckle, middle and end joint.
        spread: (4,), the lean of each finger toward the thumb side.
        thumb: (3, 2), azimuth (from straight up toward the thumb side) and elevation (out of the
            palm) of the three bones of the thumb; relative to the way to the tip of the finger
            that it meets.
        pinch: the finger whose tip the thumb's tip meets; None where it meets none.
        turn: (3,), yaw, pitch and roll of the whole hand.
    """

    flexion: np.ndarray
    spread: np.ndarray
    thumb: np.ndarray
    turn: np.ndarray
    pinch: int | None = None


def draw_pose(digit: int, chance: Chance) -> Pose:
    """Draw one person's way of showing ``digit``."""
    if digit == 0:
        return _letter_o(chance)
    if digit in MET_BY_THUMB:
        return _thumb_meets(MET_BY_THUMB[digit], chance)
    straight = [finger in EXTENDED_FINGERS[digit] for finger in "imrl"]
    flexion = np.array([_straight(chance) if up else _folded(chance) for up in straight])
    return Pose(flexion, _spread(digit, chance), _thumb(digit, chance), _turn(chance))


def _straight(chance: Chance) -> list[float]:
    return [chance.between(-6, 16), chance.between(0, 18), chance.between(0, 12)]


def _folded(chance: Chance) -> list[float]:
    return [chance.between(58, 94), chance.between(84, 112), chance.between(30, 70)]


def _spread(digit: int, chance: Chance) -> np.ndarray:
    width = chance.between(0.25, 1.7) if digit >= 4 else chance.between(0.5, 1.9)
    lean = chance.between(-4, 4)
    fan = np.array([8.0, 0.0, -8.0, -18.0]) if digit >= 4 else np.array([5.0, -5.0, -4.0, -8.0])
    return fan * width + lean + np.array([chance.between(-2.5, 2.5) for _ in range(4)])


def _thumb(digit: int, chance: Chance) -> np.ndarray:
    if digit in (3, 5):
        out = chance.between(-8, 14)
        return np.array(
            [
                [40 + out + chance.between(-5, 5), chance.between(0, 18)],
                [38 + out + chance.between(-10, 12), chance.between(-8, 14)],
                [46 + out + chance.between(-22, 24), chance.between(-14, 10)],
            ]
        )
    if digit == 4:
        return np.array(
            [
                [chance.between(12, 46), chance.between(30, 48)],
                [-48 + chance.between(-30, 42), chance.between(8, 24)],
                [-72 + chance.between(-38, 40), chance.between(-20, 4)],
            ]
        )
    tilt = chance.between(-25, 25)
    return np.array(
        [
            [chance.between(5, 28), chance.between(46, 58)],
            [-36 + tilt, chance.between(24, 38)],
            [-54 + tilt + chance.between(-18, 18), chance.between(-4, 14)],
        ]
    )


def _letter_o(chance: Chance) -> Pose:
    curl = chance.between(-10, 20)
    fingers = [
        [
            56 + curl + chance.between(-7, 7),
            50 + curl + chance.between(-8, 8),
            30 + 0.5 * curl + chance.between(-12, 12),
        ]
        for _ in range(4)
    ]
    bow = chance.between(0, 24)
    aside = chance.between(-8, 12)
    thumb = [[aside, bow], [0, 0], [-aside, -bow]]
    turn = [chance.between(46, 95), chance.between(-12, 12), chance.between(-14, 20)]
    spread = np.array([3.0, 0.0, -3.0, -6.0]) * chance.between(-0.3, 1.2)
    return Pose(np.array(fingers), spread, np.array(thumb), np.array(turn), pinch=INDEX)


def _thumb_meets(finger: int, chance: Chance) -> Pose:
    """Three fingers straight, the other one bent until the thumb reaches its tip."""
    flexion = [_straight(chance) for _ in range(4)]
    # The index finger meets the thumb as a ring; the others, further away, bend more.
    bend = chance.between(-8, 12) if finger == INDEX else chance.between(8, 30)
    flexion[finger] = [
        54 + bend + chance.between(-6, 6),
        60 + bend + chance.between(-8, 8),
        30 + 0.5 * bend + chance.between(-12, 12),
    ]
    fan = np.array([8.0, 0.0, -8.0, -18.0]) * chance.between(0.3, 1.7)
    lean = chance.between(-4, 4)
    spread = fan + lean + np.array([chance.between(-2.5, 2.5) for _ in range(4)])
    spread[finger] *= 0.4  # a bent finger does not spread
    bow = chance.between(4, 26)
    aside = chance.between(-4, 16)
    thumb = [[aside, bow], [0, 0], [-aside, -bow]]
    return Pose(np.array(flexion), spread, np.array(thumb), _turn(chance), pinch=finger)


def _turn(chance: Chance) -> np.ndarray:
    return np.array([chance.between(-24, 24), chance.between(-16, 16), chance.between(-16, 16)])
