"""One picture of a hand, from nothing but its key."""

import numpy as np

from resnets.hands.chance import Chance
from resnets.hands.filters import box_blur, shifted, smooth_noise
from resnets.hands.pose import draw_pose
from resnets.hands.scene import Scene, draw_scene, place
from resnets.hands.shading import shade
from resnets.hands.skeleton import build_bones
from resnets.hands.surface import cover

SIDE = 64
FINE = 2 * SIDE  # drawn at twice the size and averaged, for smooth edges


def draw_hand(digit: int, chance: Chance) -> np.ndarray:
    """Draw one hand showing ``digit``.

    Returns:
        (64, 64, 3) uint8, sRGB.
    """
    pose = draw_pose(digit, chance)
    scene = draw_scene(chance)
    bones = place(build_bones(pose, chance), pose.turn, scene, FINE)
    surface = cover(bones, FINE, softness=round(0.07 * scene.scale * FINE))
    share = _halved((surface.bone >= 0).astype(np.float32))
    skin = _skin(_halved(shade(surface, bones, scene)), share, scene, chance)
    wall = _wall(scene, chance) * _shadow(share, scene)[:, :, None]
    return _develop(wall * (1 - share)[:, :, None] + skin, scene, chance)


def _halved(image: np.ndarray) -> np.ndarray:
    total = image[0::2, 0::2] + image[0::2, 1::2] + image[1::2, 0::2] + image[1::2, 1::2]
    return total * np.float32(0.25)


def _skin(shaded: np.ndarray, share: np.ndarray, scene: Scene, chance: Chance) -> np.ndarray:
    """Colour the lit hand; pixels that it fills in part get that part."""
    blotches = 1 + 0.06 * smooth_noise(chance, SIDE, 9)
    bright, tips = shaded[:, :, :1] * blotches[:, :, None], shaded[:, :, 1:]
    red = np.array([0.0, 1.0, 1.0], np.float32) * np.float32(scene.blush)
    colour = bright * scene.skin.astype(np.float32) * (1 - red * tips)
    # Light that has passed through skin comes out red, so dark places keep more red than blue.
    colour[:, :, 0] += 0.05 * np.maximum(share - bright[:, :, 0], 0)
    return colour


def _wall(scene: Scene, chance: Chance) -> np.ndarray:
    """A plain wall or sheet of paper: a gradient, soft blotches."""
    axis = (np.arange(SIDE, dtype=np.float32) + np.float32(0.5)) / SIDE - np.float32(0.5)
    slope = axis * np.float32(scene.tilt[0]) + (axis * np.float32(scene.tilt[1]))[:, None]
    light = 1 + slope + np.float32(0.03) * smooth_noise(chance, SIDE, 4)
    return light[:, :, None] * scene.backdrop.astype(np.float32)


def _shadow(share: np.ndarray, scene: Scene) -> np.ndarray:
    """The hand's shadow on the wall, away from the lamp, softer the further away."""
    down = round(float(-scene.light[1] * scene.gap * SIDE))
    right = round(float(-scene.light[0] * scene.gap * SIDE))
    soft = box_blur(shifted(share, down, right), 1 + round(scene.gap * 25))
    return 1 - np.float32(scene.shadow) * soft


def _develop(image: np.ndarray, scene: Scene, chance: Chance) -> np.ndarray:
    """Lens and sensor: vignette, blur, contrast, noise, eight bits."""
    axis = (np.arange(SIDE, dtype=np.float32) + np.float32(0.5)) / SIDE * 2 - 1
    distance = axis * axis + (axis * axis)[:, None]
    image = image * (1 - np.float32(0.5 * scene.vignette) * distance)[:, :, None]
    blurred = box_blur(image, 1)
    image = image + (blurred - image) * np.float32(scene.blur)
    image = (image - np.float32(0.5)) * np.float32(scene.contrast) + np.float32(0.5)
    image = image + np.float32(scene.noise) * chance.bell(SIDE, SIDE, 3)
    return np.floor(np.minimum(np.maximum(image, 0), 1) * 255 + np.float32(0.5)).astype(np.uint8)
