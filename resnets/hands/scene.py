"""What surrounds the hand, drawn at random: skin, lamp, camera and background."""

from dataclasses import dataclass

import numpy as np

from resnets.hands.chance import Chance

# Skin from light to dark, as sRGB fractions; a person's tone lies between two neighbours.
SKIN = np.array(
    [
        [0.93, 0.78, 0.68],
        [0.85, 0.69, 0.55],
        [0.76, 0.60, 0.45],
        [0.66, 0.48, 0.35],
        [0.50, 0.34, 0.25],
        [0.35, 0.23, 0.17],
    ]
)

CONTRAST = 0.15  # least difference in brightness between hand and wall


@dataclass(frozen=True)
class Scene:
    """One picture's circumstances; colours are sRGB fractions, lengths fractions of its side.

    Attributes:
        skin: (3,), the colour of skin in full light.
        blush: how much redder fingertips are.
        light: (3,), unit vector to the lamp (x right, y down, z toward the camera).
        ambient: the light that reaches every place.
        backdrop: (3,), the colour of the wall; tilt: (2,), how it brightens right and down.
        vignette: how dark the corners get; shadow: how dark the hand's shadow is, and its gap.
        scale: length of the palm; top, middle: where the highest point of the hand is, and the
            middle between its sides; mirrored: a left hand.
        distance: of the camera, in palm lengths: nearer means a stronger perspective.
        blur, noise, contrast: of the camera; a negative blur sharpens, as telephones do.
    """

    skin: np.ndarray
    blush: float
    light: np.ndarray
    ambient: float
    backdrop: np.ndarray
    tilt: np.ndarray
    vignette: float
    shadow: float
    gap: float
    scale: float
    top: float
    middle: float
    mirrored: bool
    distance: float
    blur: float
    noise: float
    contrast: float


def draw_scene(chance: Chance) -> Scene:
    """Draw the circumstances of one picture."""
    x, y = chance.between(-0.75, 0.75), chance.between(-0.9, 0.35)
    light = np.array([x, y, 1.0]) / np.sqrt(x * x + y * y + 1.0)
    skin = _skin(chance)
    return Scene(
        skin=skin,
        blush=chance.between(0.0, 0.14),
        light=light,
        ambient=chance.between(0.3, 0.6),
        backdrop=_backdrop(skin, chance),
        tilt=np.array([chance.between(-0.15, 0.15), chance.between(-0.15, 0.15)]),
        vignette=chance.between(0.0, 0.5),
        shadow=chance.between(0.0, 0.5),
        gap=chance.between(0.005, 0.07),
        scale=chance.between(0.28, 0.47),
        top=chance.between(0.03, 0.3),
        middle=chance.between(0.36, 0.62),
        mirrored=chance.happens(0.12),
        distance=chance.between(4.0, 10.0),
        blur=chance.between(-0.5, 0.7),
        noise=chance.between(0.0, 0.02),
        contrast=chance.between(0.85, 1.2),
    )


def _skin(chance: Chance) -> np.ndarray:
    place = chance.between(0.0, len(SKIN) - 1.001)
    step = int(place)
    tone = SKIN[step] + (SKIN[step + 1] - SKIN[step]) * (place - step)
    return tone * np.array([chance.between(0.94, 1.06) for _ in range(3)])


def _backdrop(skin: np.ndarray, chance: Chance) -> np.ndarray:
    """Mostly white and grey walls, some dark, some coloured, none as bright as the hand."""
    grey = chance.between(0.58, 0.93) if chance.happens(0.8) else chance.between(0.15, 0.58)
    hand = 0.8 * float(skin.mean())
    if abs(grey - hand) < CONTRAST:
        grey = hand + (CONTRAST if grey > hand else -CONTRAST)
    tint = 0.04 if chance.happens(0.75) else 0.14
    return np.array([grey + chance.between(-tint, tint) for _ in range(3)])
