"""A picture that is painted layer upon layer, with soft edges, from formulas alone."""

from __future__ import annotations

import numpy as np

from resnets.hands.chance import Chance

Colour = tuple[float, float, float]


class Canvas:
    """A square picture under way.

    Lengths are fractions of its side; x grows to the right, y downwards, both from -0.5 to 0.5.

    Args:
        size: pixels a side.

    Attributes:
        x, y: (size, size), the place of each pixel.
        colours: (size, size, 3) float32 from 0 to 1.
    """

    def __init__(self, size: int) -> None:
        places = ((np.arange(size) + 0.5) / size - 0.5).astype(np.float32)
        self.x, self.y = np.meshgrid(places, places)
        self.colours = np.zeros((size, size, 3), np.float32)
        self.pixel = 1 / size

    def paint(self, cover: np.ndarray, colour: Colour | np.ndarray) -> None:
        """Put a layer on top: `cover` from 0 to 1, (size, size); one colour or one a pixel."""
        cover = cover[..., None]
        self.colours[:] = self.colours * (1 - cover) + cover * np.asarray(colour, np.float32)

    def darken(self, cover: np.ndarray, share: float) -> None:
        """Let a shadow fall where `cover` says."""
        self.colours *= (1 - share * cover[..., None]).astype(np.float32)

    def part(self, place: tuple[float, float], reach: float) -> Canvas:
        """The square around a place: what is painted there is painted here, and takes less time."""
        size = len(self.x)
        middle = [int((at + 0.5) * size) for at in place]
        wide = int(np.ceil(reach * size)) + 1
        columns, rows = (slice(max(n - wide, 0), max(n + wide + 1, 0)) for n in middle)
        part = Canvas.__new__(Canvas)
        part.x, part.y = self.x[rows, columns], self.y[rows, columns]
        part.colours, part.pixel = self.colours[rows, columns], self.pixel
        return part

    def inside(self, distance: np.ndarray, softness: float = 1.0) -> np.ndarray:
        """Cover of what has a positive distance to the edge; the edge is `softness` pixels wide."""
        return np.clip(distance / (softness * self.pixel) + 0.5, 0, 1)

    def around(self, place: tuple[float, float], tilt: float = 0.0, turn: float = 0.0):
        """Distance and angle of each pixel as seen from a place.

        Args:
            place: of the centre.
            tilt: by how much the plane is shortened, 0 for none, towards 1 for all.
            turn: the direction in which it is shortened, in radians.
        """
        x, y = self.x - place[0], self.y - place[1]
        along = x * np.cos(turn) + y * np.sin(turn)
        across = (y * np.cos(turn) - x * np.sin(turn)) / (1 - tilt)
        return np.hypot(along, across), np.arctan2(across, along)

    def shown(self, chance: Chance, noise: float) -> np.ndarray:
        """The finished picture, (size, size, 3) uint8, with the camera's noise."""
        noisy = self.colours + noise * chance.bell(*self.colours.shape)
        return np.round(255 * np.clip(noisy, 0, 1)).astype(np.uint8)


def blurred_background(canvas: Canvas, chance: Chance, colours: list[Colour]) -> None:
    """Large soft patches of some colours, as a camera shows what is far behind."""
    canvas.colours[:] = colours[0]
    for number in range(9):
        place = chance.between(-0.6, 0.6), chance.between(-0.6, 0.6)
        distance, _ = canvas.around(place, chance.between(0, 0.5), chance.between(0, np.pi))
        spread = chance.between(0.12, 0.4)
        cover = np.exp(-((distance / spread) ** 2)) * chance.between(0.3, 0.9)
        shade = chance.between(0.75, 1.25)
        canvas.paint(cover, np.array(colours[number % len(colours)]) * shade)


def petals(
    canvas: Canvas,
    chance: Chance,
    seen: tuple[np.ndarray, np.ndarray],
    count: int,
    length: float,
    width: float,
    colours: tuple[Colour, Colour],
    pointed: float = 0.5,
    ragged: float = 0.1,
) -> None:
    """Paint a ring of petals.

    Args:
        canvas: where.
        chance: for the length and the place of each petal.
        seen: distance and angle of each pixel, from `Canvas.around`.
        count: petals of the ring.
        length: of a petal from the centre.
        width: of a petal at its widest, as a share of the room that it has there.
        colours: at the centre and at the tip.
        pointed: where a petal is widest: near 0 at its foot, near 1 at its tip.
        ragged: how much petals differ.
    """
    distance, angle = seen
    turn = chance.between(0, 2 * np.pi)
    place = (angle + turn) / (2 * np.pi) * count
    number = np.floor(place).astype(int) % count
    lengths = length * (1 + ragged * chance.field(count))[number]
    bent = (place - np.floor(place) - 0.5 + 0.12 * chance.field(count)[number]) * 2 * np.pi / count
    along = np.clip(distance / lengths, 0, 1)
    room = np.pi / count * length * pointed
    swell = np.abs(np.sin(np.pi * along ** (np.log(0.5) / np.log(pointed))))
    half = width * room * swell**0.7
    off = np.abs(np.sin(bent)) * distance
    cover = canvas.inside(half - off) * canvas.inside(lengths - distance)
    # Light along the middle, shadow at the edge and towards the centre.
    round_off = np.clip(off / np.maximum(half, 1e-4), 0, 1)
    shade = (1 - 0.22 * round_off**2) * (0.78 + 0.22 * along)
    shade *= (1 + 0.07 * chance.field(count))[number]
    near, far = (np.asarray(colour, np.float32) for colour in colours)
    canvas.darken(cover, 0.35)
    canvas.paint(cover, (near + (far - near) * along[..., None]) * shade[..., None])


def disc(
    canvas: Canvas,
    seen: tuple[np.ndarray, np.ndarray],
    radius: float,
    colours: tuple[Colour, Colour],
) -> None:
    """Paint a vaulted disc, with a colour for its middle and one for its rim."""
    distance, _ = seen
    along = np.clip(distance / radius, 0, 1)[..., None]
    middle, rim = (np.asarray(colour, np.float32) for colour in colours)
    canvas.darken(canvas.inside(radius * 1.25 - distance, 0.4 * radius / canvas.pixel), 0.4)
    canvas.paint(canvas.inside(radius - distance), middle + (rim - middle) * along**1.5)


def stem(canvas: Canvas, chance: Chance, top: tuple[float, float], width: float) -> None:
    """Paint a stalk from a place down to the lower border, a little bent."""
    lean, bow = chance.between(-0.12, 0.12), chance.between(-0.08, 0.08)
    below = np.clip((canvas.y - top[1]) / (0.5 - top[1] + 1e-3), 0, 1)
    middle = top[0] + lean * below + bow * np.sin(np.pi * below)
    off = canvas.x - middle
    cover = canvas.inside(width / 2 - np.abs(off)) * canvas.inside(canvas.y - top[1])
    green = np.array((0.36, 0.56, 0.22)) * (1.05 - 0.9 * np.abs(off + width / 6)[..., None] / width)
    canvas.paint(cover, green)


def leaf(
    canvas: Canvas, foot: tuple[float, float], turn: float, length: float, width: float
) -> None:
    """Paint a leaf that goes from its foot in a direction."""
    x, y = canvas.x - foot[0], canvas.y - foot[1]
    along = (x * np.cos(turn) + y * np.sin(turn)) / length
    off = y * np.cos(turn) - x * np.sin(turn)
    half = width / 2 * np.abs(np.sin(np.pi * np.clip(along, 0, 1))) ** 0.8
    cover = canvas.inside(half - np.abs(off)) * (along > 0) * (along < 1)
    vein = np.clip(np.abs(off) / (0.12 * width), 0, 1)[..., None]
    canvas.paint(
        cover,
        np.array((0.24, 0.46, 0.18)) * (1.25 - 0.3 * vein + 0.2 * np.sign(off)[..., None] * 0.4),
    )
