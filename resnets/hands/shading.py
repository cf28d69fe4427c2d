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
        (s, s, 2) float32: brightness, 1 in full light, and redness of the fingertips, 0 to 1; both
        0 where there is no hand.
    """
    size = surface.height.shape[0]
    shaded = np.zeros((size, size, 2), np.float32)
    box = bounding_box(surface.bone >= 0)
    if box is None:
        return shaded
    bone, along = surface.bone[box], surface.along[box]
    hand = bone >= 0
    height = np.where(hand, surface.height[box], np.float32(-0.15 * size))
    light = scene.light.astype(np.float32)
    bright = np.float32(scene.ambient) + np.float32(1 - scene.ambient) * (
        _facing(height, light) * _lit(height, light)
    )
    bright *= _openness(height, size) * _creases(bone, along, bones)
    shaded[box] = np.stack([bright, _tips(bone, along, bones)], 2) * hand[:, :, None]
    return shaded


def _facing(height: np.ndarray, light: np.ndarray) -> np.ndarray:
    """Lambert's cosine, from the slope of the height map."""
    slope_x = (shifted(height, 0, -1) - shifted(height, 0, 1)) * np.float32(0.5)
    slope_y = (shifted(height, -1, 0) - shifted(height, 1, 0)) * np.float32(0.5)
    length = np.sqrt(slope_x * slope_x + slope_y * slope_y + 1)
    return np.maximum((light[2] - slope_x * light[0] - slope_y * light[1]) / length, 0)


def _lit(height: np.ndarray, light: np.ndarray) -> np.ndarray:
    """1 where the lamp is seen, less where something higher stands in the way."""
    blocked = np.zeros_like(height)
    slope = np.float32(light[2])
    for step in SHADOW_STEPS:
        dx, dy = round(float(step * light[0])), round(float(step * light[1]))
        if dx or dy:
            rise = shifted(height, -dy, -dx) - height - np.float32(step) * slope
            blocked = np.maximum(blocked, np.minimum(np.maximum(rise * np.float32(0.25), 0), 1))
    return 1 - np.float32(0.7) * box_blur(blocked, 1)


def _openness(height: np.ndarray, size: int) -> np.ndarray:
    """Less light between fingers and under them: how far a place lies below its surroundings."""
    below = box_blur(height, size // 20) - height
    return 1 - np.minimum(np.maximum(below * np.float32(5.0 / size), 0), np.float32(0.45))


def _creases(bone: np.ndarray, along: np.ndarray, bones: Bones) -> np.ndarray:
    """Dark lines across the joints of fingers."""
    depth = np.append(np.where(bones.soft, 0, 0.16), 0).astype(np.float32)
    return 1 - depth[bone] * np.maximum(1 - along * 9, 0)


def _tips(bone: np.ndarray, along: np.ndarray, bones: Bones) -> np.ndarray:
    return np.append(bones.tip, False).astype(np.float32)[bone] * along
