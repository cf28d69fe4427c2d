"""One picture of a hand, from nothing but its key."""

import numpy as np

from resnets.hands.camera import place
from resnets.hands.chance import Chance
from resnets.hands.filters import box_blur, shifted, smooth_noise
from resnets.hands.pose import draw_pose
from resnets.hands.scene import Scene, draw_scene
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
    wall = _wall(scene, chance) * (_shadow(share, scene) * (1 - share))
    return _develop(wall + skin, scene, chance)


def _halved(image: np.ndarray) -> np.ndarray:
    rows = image[..., 0::2, :] + image[..., 1::2, :]
    return (rows[..., 0::2] + rows[..., 1::2]) * 0.25


def _skin(shaded: np.ndarray, share: np.ndarray, scene: Scene, chance: Chance) -> np.ndarray:
    """Colour the lit hand, (3, 64, 64); pixels that it fills in part get that part."""
    bright, tips = shaded
    bright = bright * (1 + 0.06 * smooth_noise(chance, SIDE, 9))
    pale = bright * (1 - scene.blush * tips)
    # Light that has passed through skin comes out red, so dark places keep more red than blue.
    glow = 0.05 * np.maximum(share - bright, 0)
    red, green, blue = scene.skin.tolist()
    return np.stack([bright * red + glow, pale * green, pale * blue])


def _wall(scene: Scene, chance: Chance) -> np.ndarray:
    """A plain wall or sheet of paper: a gradient, soft blotches."""
    right, down = scene.tilt.tolist()
    light = _axis() * (0.5 * right) + _axis()[:, None] * (0.5 * down)
    light += 1 + 0.03 * smooth_noise(chance, SIDE, 4)
    return np.stack([light * colour for colour in scene.backdrop.tolist()])


def _shadow(share: np.ndarray, scene: Scene) -> np.ndarray:
    """The hand's shadow on the wall, away from the lamp, softer the further away."""
    right, down = (round(-float(part) * scene.gap * SIDE) for part in scene.light[:2])
    soft = box_blur(shifted(share, down, right), 1 + round(scene.gap * 25))
    return 1 - scene.shadow * soft


def _develop(image: np.ndarray, scene: Scene, chance: Chance) -> np.ndarray:
    """Lens and sensor: vignette, blur, contrast, noise, eight bits."""
    square = _axis() * _axis()
    image *= 1 - 0.5 * scene.vignette * (square + square[:, None])
    image += (box_blur(image, 1) - image) * scene.blur
    image = (image - 0.5) * scene.contrast + 0.5
    image += scene.noise * chance.bell(3, SIDE, SIDE)
    levels = np.minimum(np.maximum(image, 0), 1) * 255 + 0.5
    return levels.astype(np.uint8).transpose(1, 2, 0)


def _axis() -> np.ndarray:
    """The middles of the pixels of a row, from -1 to 1."""
    return (np.arange(SIDE, dtype=np.float32) + 0.5) * (2 / SIDE) - 1
