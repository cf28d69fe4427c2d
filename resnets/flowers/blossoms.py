"""The five kinds of flowers, each as a camera near it would see it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from resnets.flowers.canvas import (
    Canvas,
    Colour,
    blurred_background,
    disc,
    leaf,
    petals,
    stem,
)
from resnets.hands.chance import Chance

_MEADOW: list[Colour] = [(0.25, 0.42, 0.16), (0.36, 0.55, 0.22), (0.16, 0.30, 0.12)]
_SKY: list[Colour] = [(0.47, 0.66, 0.87), (0.62, 0.77, 0.93), (0.36, 0.56, 0.80)]
_DARK: list[Colour] = [(0.10, 0.16, 0.10), (0.16, 0.25, 0.13), (0.08, 0.10, 0.12)]
_DRY: list[Colour] = [(0.47, 0.44, 0.27), (0.58, 0.54, 0.33), (0.34, 0.36, 0.20)]
_GOLDEN = np.pi * (3 - np.sqrt(5))
"""The angle between neighbours in a head of seeds."""


def draw_flower(kind: str, chance: Chance, size: int = 64) -> np.ndarray:
    """Draw one flower.

    Args:
        kind: one of `KINDS`.
        chance: everything that differs between two pictures of one kind.
        size: pixels a side.

    Returns:
        (size, size, 3) uint8, sRGB.

    Raises:
        KeyError: there is no such kind.
    """
    draw = _DRAWN[kind]
    canvas = Canvas(2 * size)  # twice as fine as it is shown, so that thin things do not flicker
    draw(canvas, chance)
    _light(canvas, chance)
    pairs = canvas.colours.reshape(size, 2, size, 2, 3)
    canvas.colours = pairs.mean((1, 3))
    return canvas.shown(chance, chance.between(0.0, 0.015))


def _light(canvas: Canvas, chance: Chance) -> None:
    """The time of day, and the side from which the light comes."""
    turn, strength = chance.between(0, 2 * np.pi), chance.between(0, 0.3)
    slope = canvas.x * np.cos(turn) + canvas.y * np.sin(turn)
    warm = np.array([1 + chance.between(-0.06, 0.08), 1.0, 1 + chance.between(-0.08, 0.06)])
    bright = chance.between(0.85, 1.12)
    canvas.colours = canvas.colours * (bright * (1 + strength * slope)[..., None] * warm)


def _place(chance: Chance, reach: float = 0.07) -> tuple[float, float]:
    return chance.between(-reach, reach), chance.between(-reach, reach)


def _background(canvas: Canvas, chance: Chance, *choices: list[Colour]) -> None:
    blurred_background(canvas, chance, choices[int(chance.between(0, len(choices)))])


def _daisy(canvas: Canvas, chance: Chance) -> None:
    """White rays around a small yellow disc."""
    _background(canvas, chance, _MEADOW, _MEADOW, _DARK, _SKY)
    place, radius = _place(chance), chance.between(0.28, 0.42)
    stem(canvas, chance, place, 0.035)
    seen = canvas.around(place, chance.between(0, 0.35), chance.between(0, np.pi))
    white, grey = (0.97, 0.97, 0.98), (0.80, 0.82, 0.86)
    count = int(chance.between(12, 19))
    petals(canvas, chance, seen, count, radius, 0.95, (grey, (0.88, 0.89, 0.93)), 0.62)
    petals(canvas, chance, seen, count, 0.96 * radius, 0.95, (grey, white), 0.62)
    middle = radius * chance.between(0.24, 0.32)
    disc(canvas, seen, middle, ((0.99, 0.84, 0.22), (0.86, 0.60, 0.08)))
    _seeds(canvas, seen, middle, 90, (0.80, 0.56, 0.06), 0.12)


def _sunflower(canvas: Canvas, chance: Chance) -> None:
    """Two rows of pointed yellow petals around a large dark disc of seeds."""
    _background(canvas, chance, _SKY, _SKY, _MEADOW, _DRY)
    place, radius = _place(chance, 0.05), chance.between(0.38, 0.48)
    stem(canvas, chance, place, 0.06)
    for side in (0.3, np.pi - 0.3):
        foot = place[0], place[1] + 0.30
        leaf(canvas, foot, side + chance.between(-0.3, 0.3), 0.38, 0.17)
    seen = canvas.around(place, chance.between(0, 0.25), chance.between(0, np.pi))
    count, red = int(chance.between(17, 23)), chance.between(0.52, 0.74)
    orange, yellow = (0.90, red, 0.06), (1.0, 0.83, 0.12)
    petals(canvas, chance, seen, count, radius, 1.15, (orange, (0.95, 0.72, 0.08)), 0.58)
    petals(canvas, chance, seen, count, 0.9 * radius, 1.1, (orange, yellow), 0.58)
    middle = radius * chance.between(0.44, 0.54)
    disc(canvas, seen, middle, ((0.30, 0.22, 0.08), (0.22, 0.12, 0.05)))
    _seeds(canvas, seen, middle, 260, (0.55, 0.36, 0.12), 0.045)
    _seeds(canvas, seen, 0.4 * middle, 50, (0.42, 0.42, 0.14), 0.10)


def _dandelion(canvas: Canvas, chance: Chance) -> None:
    """The ball of seeds: fine white rays from a small brown heart, each with a parachute."""
    _background(canvas, chance, _MEADOW, _MEADOW, _SKY, _DARK)
    place, radius = _place(chance), chance.between(0.28, 0.40)
    stem(canvas, chance, place, 0.03)
    distance, angle = canvas.around(place)
    haze = np.clip(1 - (distance / radius) ** 4, 0, 1)
    canvas.paint(0.34 * haze, (0.93, 0.94, 0.95))
    for count, reach in ((34, 0.98), (28, 0.82), (22, 0.64)):
        turn = chance.between(0, 2 * np.pi)
        spread = chance.field(count)
        step = (angle + turn) / (2 * np.pi) * count
        number = np.floor(step).astype(int) % count
        off = (step - np.floor(step) - 0.5 + 0.3 * spread[number]) * 2 * np.pi / count
        end = reach * radius * (1 - 0.06 * np.abs(spread[number]))
        line = canvas.inside(0.0045 - np.abs(off) * distance) * canvas.inside(end - distance)
        canvas.paint(0.75 * line, (0.95, 0.95, 0.94))
    for number in range(100):
        # Evenly over the half of the ball that is seen, a little out of order.
        share = np.sqrt((number + 0.5) / 100) * (1 + 0.05 * chance.between(-1, 1))
        turn = number * _GOLDEN + chance.between(-0.2, 0.2)
        at = (place[0] + radius * share * np.cos(turn), place[1] + radius * share * np.sin(turn))
        _parachute(canvas, at, radius * (0.16 - 0.05 * share), number)
    disc(canvas, (distance, angle), 0.15 * radius, ((0.52, 0.42, 0.24), (0.34, 0.28, 0.15)))


def _parachute(canvas: Canvas, at: tuple[float, float], size: float, number: int) -> None:
    """A small star of fine hairs."""
    canvas = canvas.part(at, 1.1 * size)
    distance, angle = canvas.around(at)
    hairs = np.cos(4 * (angle + number)) ** 8
    cover = np.exp(-((distance / (0.30 * size)) ** 2)) + 0.55 * hairs * canvas.inside(
        size - distance, 8
    )
    canvas.paint(0.6 * np.clip(cover, 0, 1), (0.99, 0.99, 1.0))


def _rose(canvas: Canvas, chance: Chance) -> None:
    """Many round petals that lie over each other and wind into the middle."""
    _background(canvas, chance, _DARK, _DARK, _MEADOW)
    place, radius = _place(chance, 0.05), chance.between(0.32, 0.43)
    stem(canvas, chance, place, 0.035)
    for turn in (0.5, 2.6, chance.between(3.6, 5.8)):
        leaf(canvas, place, turn + chance.between(-0.25, 0.25), 1.35 * radius, 0.6 * radius)
    shades: list[Colour] = [(0.83, 0.07, 0.13), (0.92, 0.36, 0.48), (0.96, 0.62, 0.66)]
    shades += [(0.72, 0.03, 0.09), (0.97, 0.80, 0.72)]
    colour = np.array(shades[int(chance.between(0, len(shades)))], np.float32)
    seen = canvas.around(place, chance.between(0, 0.15), chance.between(0, np.pi))
    distance, angle = seen
    turn = chance.between(0, 2 * np.pi)
    for ring in range(9):
        size = radius * (1 - ring / 9.5)
        count = 5 if ring < 3 else 3
        turn += 0.9 + chance.between(-0.2, 0.2)
        wave = np.mod((angle + turn) / (2 * np.pi) * count, 1)
        # Each petal's edge comes forward on one side and goes under its neighbour on the other.
        edge = size * (0.90 + 0.13 * np.sin(np.pi * wave) ** 0.6 - 0.10 * wave)
        cover = canvas.inside(edge - distance)
        under = np.exp(-((np.clip(distance - edge, 0, None) / (0.07 * radius)) ** 2))
        canvas.darken(under * (distance < radius * 1.08), 0.45)
        depth = np.clip((edge - distance) / (0.34 * radius), 0, 1)
        shade = 1.08 - 0.50 * depth - 0.20 * wave - 0.018 * ring
        rim = 0.20 * np.exp(-(((edge - distance) / (0.035 * radius)) ** 2))
        canvas.paint(cover, colour * shade[..., None] + rim[..., None] * (0.6 * colour + 0.4))
    winding = np.cos(2 * angle + 55 * distance / (radius + 0.2) + turn)
    heart = canvas.inside(0.16 * radius - distance, 6)
    canvas.darken(heart * (winding > 0.1), 0.4)


def _tulip(canvas: Canvas, chance: Chance) -> None:
    """A cup from the side, on a stalk with long leaves."""
    _background(canvas, chance, _MEADOW, _SKY, _DARK)
    x, foot = chance.between(-0.08, 0.08), chance.between(0.06, 0.18)
    height, width = chance.between(0.44, 0.54), chance.between(0.30, 0.38)
    stem(canvas, chance, (x, foot - 0.02), 0.045)
    for side in (-1, 1):
        turn = -np.pi / 2 + side * chance.between(0.25, 0.6)
        leaf(canvas, (x + 0.02 * side, 0.56), turn, chance.between(0.45, 0.65), 0.13)
    shades: list[Colour] = [(0.86, 0.10, 0.14), (0.97, 0.80, 0.12), (0.93, 0.42, 0.62)]
    shades += [(0.52, 0.16, 0.55), (0.96, 0.50, 0.12), (0.95, 0.91, 0.86)]
    colour = np.array(shades[int(chance.between(0, len(shades)))], np.float32)
    for lean, share, light in (
        (-0.05, 1.00, 0.70),
        (0.05, 1.00, 0.72),
        (-0.32, 0.97, 0.90),
        (0.32, 0.97, 0.86),
        (0.0, 0.90, 1.04),
    ):
        _tulip_petal(canvas, (x, foot), lean * width, height * share, width, colour * light)


def _tulip_petal(
    canvas: Canvas,
    foot: tuple[float, float],
    lean: float,
    height: float,
    width: float,
    colour: np.ndarray,
) -> None:
    """A petal from the foot of the cup up to its tip."""
    up = (foot[1] - canvas.y) / height
    inside = np.clip(up, 0, 1)
    side = 0.62 * width if lean else 0.60 * width
    half = side * np.abs(np.sin(np.pi * inside**0.62)) ** 0.62 * (1 - 0.35 * inside**3)
    middle = foot[0] + lean * np.sin(0.5 * np.pi * inside)
    off = canvas.x - middle
    cover = canvas.inside(half - np.abs(off)) * (up > 0) * (up < 1)
    near = np.exp(-((np.clip(np.abs(off) - half, 0, None) / 0.02) ** 2)) * (up > 0.05) * (up < 1)
    canvas.darken(near, 0.25)
    across = off / np.maximum(half, 1e-4)
    shade = (1.02 - 0.28 * across**2 + 0.06 * np.cos(26 * across)) * (0.72 + 0.34 * inside)
    canvas.paint(cover, colour * shade[..., None])


def _seeds(
    canvas: Canvas,
    seen: tuple[np.ndarray, np.ndarray],
    radius: float,
    count: int,
    colour: Colour,
    size: float,
) -> None:
    """Dots in the spirals of a head of seeds: each a golden angle after the one before."""
    distance, angle = seen
    within = distance < 1.2 * radius
    x, y = ((distance * way(angle))[within] for way in (np.cos, np.sin))
    dots = np.zeros_like(x)
    for number in range(count):
        far = radius * np.sqrt((number + 0.5) / count)
        turn = number * _GOLDEN
        near = (x - far * np.cos(turn)) ** 2 + (y - far * np.sin(turn)) ** 2
        np.maximum(dots, np.exp(-near / (size * radius) ** 2), out=dots)
    cover = np.zeros_like(distance)
    cover[within] = dots
    canvas.paint(0.85 * cover, colour)


_DRAWN: dict[str, Callable[[Canvas, Chance], None]] = {
    "daisy": _daisy,
    "dandelion": _dandelion,
    "roses": _rose,
    "sunflowers": _sunflower,
    "tulips": _tulip,
}
KINDS = tuple(_DRAWN)
"""The names of the kinds, in alphabetical order, as the photographs' folders are called."""
