"""From a height map to skin under a lamp."""

import numpy as np

from resnets.hands.filters import bounding_box, box_blur, shifted
from resnets.hands.scene import Scene
from resnets.hands.skeleton import Bones
from resnets.hands.surface import Surface

SHADOW_STEPS = (2, 4, 7, 11, 16)


def shade(surface: Surface, bones: Bones, scene: Scene) -> np.ndarray:
    """Light every pixel of the hand.

    Returns:
        (2, s, s) float32: brightness, 1 in full light, and redness of the fingertips, 0 to 1; both
        0 where there is no hand.
    """
    size = len(surface.height)
    shaded = np.zeros((2, size, size), np.float32)
    box = bounding_box(surface.bone >= 0)
    if box is None:
        return shaded
    bone, along = surface.bone[box], surface.along[box]
    hand = bone >= 0
    height = np.where(hand, surface.height[box], np.float32(-0.15 * size))
    light = scene.light.tolist()
    bright = _facing(height, light) * _lit(height, light)
    bright = bright * (1 - scene.ambient) + scene.ambient
    bright *= _openness(height, size) * _creases(bone, along, bones)
    np.copyto(shaded[0][box], bright, where=hand)
    np.copyto(shaded[1][box], _tips(bone, along, bones), where=hand)
    return shaded


def _facing(height: np.ndarray, light: list[float]) -> np.ndarray:
    """Lambert's cosine, from the slope of the height map."""
    slope_x = (shifted(height, 0, -1) - shifted(height, 0, 1)) * 0.5
    slope_y = (shifted(height, -1, 0) - shifted(height, 1, 0)) * 0.5
    length = np.sqrt(slope_x * slope_x + slope_y * slope_y + 1)
    return np.maximum((light[2] - slope_x * light[0] - slope_y * light[1]) / length, 0)


def _lit(height: np.ndarray, light: list[float]) -> np.ndarray:
    """1 where the lamp is seen, less where something higher stands in the way."""
    highest = np.zeros_like(height)
    for step in SHADOW_STEPS:
        right, down = round(step * light[0]), round(step * light[1])
        if right or down:
            rise = shifted(height, -down, -right) - height
            rise -= step * light[2]
            np.maximum(highest, rise, out=highest)
    return 1 - 0.7 * box_blur(np.minimum(highest * 0.25, 1), 1)


def _openness(height: np.ndarray, size: int) -> np.ndarray:
    """Less light between fingers and under them: how far a place lies below its surroundings."""
    below = box_blur(height, size // 20) - height
    return 1 - np.minimum(np.maximum(below * (5.0 / size), 0), 0.45)


def _creases(bone: np.ndarray, along: np.ndarray, bones: Bones) -> np.ndarray:
    """Dark lines across the joints of fingers."""
    depth = np.append(np.where(bones.soft, 0, 0.16), 0).astype(np.float32)
    return 1 - depth[bone] * np.maximum(1 - along * 9, 0)


def _tips(bone: np.ndarray, along: np.ndarray, bones: Bones) -> np.ndarray:
    return np.append(bones.tip, False).astype(np.float32)[bone] * along
