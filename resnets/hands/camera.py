"""Where the hand stands before the camera: from the hand's own frame to pixels."""

from dataclasses import replace

import numpy as np

from resnets.hands.scene import Scene
from resnets.hands.skeleton import Bones

MARGIN = 0.025  # of the picture's side, kept free around the hand


def place(bones: Bones, turn: np.ndarray, scene: Scene, size: int) -> Bones:
    """Turn the hand, set it before the camera and frame it.

    Positions are rounded to 1/4096 pixel, which drops the last digits of sines and cosines: they
    are all that could differ between two machines.
    """
    rotation = _rotation(turn)
    left_or_right = -1.0 if scene.mirrored else 1.0
    ends = []
    for points, radii in ((bones.start, bones.start_radius), (bones.end, bones.end_radius)):
        turned = points @ rotation.T
        nearness = scene.distance / (scene.distance - turned[:, 2:])
        ends.append((turned * nearness * [left_or_right, -1.0, 1.0], radii * nearness[:, 0]))
    unit, shift = _framing(
        *(np.concatenate(_hand_only(bones, part)) for part in zip(*ends, strict=True)), scene
    )
    (start, start_radius), (end, end_radius) = ends
    return replace(
        bones,
        start=_snap((start * unit + shift) * size),
        end=_snap((end * unit + shift) * size),
        start_radius=_snap(start_radius * unit * size),
        end_radius=_snap(end_radius * unit * size),
    )


def _hand_only(bones: Bones, parts: tuple[np.ndarray, ...]) -> list[np.ndarray]:
    return [part[~bones.forearm] for part in parts]


def _framing(centres: np.ndarray, radii: np.ndarray, scene: Scene) -> tuple[float, np.ndarray]:
    """Size and shift, in sides of the picture, such that the whole hand is in it."""
    low = (centres[:, :2] - radii[:, None]).min(0)
    high = (centres[:, :2] + radii[:, None]).max(0)
    unit = min(scene.scale, (1 - 2 * MARGIN) / float((high - low).max()))
    slack = 1 - 2 * MARGIN - (high - low) * unit
    wanted = np.array([scene.middle - 0.5 * float(high[0] - low[0]) * unit, scene.top]) - MARGIN
    corner = MARGIN + np.minimum(np.maximum(wanted, 0), slack)
    return unit, np.append(corner - low * unit, 0.0)


def _snap(values: np.ndarray) -> np.ndarray:
    return np.round(values * 4096) / 4096


def _rotation(turn: np.ndarray) -> np.ndarray:
    yaw, pitch, roll = np.radians(turn)
    cy, sy, cp, sp = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
    cr, sr = np.cos(roll), np.sin(roll)
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, sr, 0], [-sr, cr, 0], [0, 0, 1]])
    return about_z @ about_x @ about_y
