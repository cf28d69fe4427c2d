"""Whole batches of hands turned, moved, relit, and put in front of something else.

`Augmentation.strength` 0 gives the pictures as they are, shrunk to 64x64; 1 is what training uses.
All randomness comes from one `torch.Generator`.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from pretraining.pictures import Hands

SMALL = 64  # pixels, what the network sees


@dataclass
class Augmentation:
    """Pictures out of hands.

    Attributes:
        random: Where chance comes from.
        scenery: (n, 3, h, w) uint8 pictures to put behind some of the hands, or None.
        strength: How far everything may go, 0 to 1.
    """

    random: torch.Generator
    scenery: Tensor | None = None
    strength: float = 1.0

    def __call__(self, hands: Hands, which: Tensor) -> Tensor:
        """The hands numbered `which`, (m,), as new pictures (m, 3, 64, 64) from 0 to 1."""
        layers = hands.pictures[which].float() / 255
        layers = functional.interpolate(self._move(layers), scale_factor=0.5, mode="bilinear")
        picture, alpha = layers[:, :3], layers[:, 3:]
        if self.strength:
            picture = self._new_background(picture, alpha)
            picture = self._relight(picture)
            picture = self._blur(picture)
            picture = self._cover(picture)
            noise = torch.randn(picture.shape, generator=self.random)
            picture = picture + noise * self._between(len(which), 0, 0.04) * self._some(
                len(which), 0.4
            )
        return picture.clamp(0, 1)

    def _between(self, m: int, low: float, high: float, channels: int = 1) -> Tensor:
        """(m, channels, 1, 1) numbers, evenly spread; nearer the middle where strength is low."""
        middle, half = (low + high) / 2, (high - low) / 2 * self.strength
        return middle + half * (2 * torch.rand(m, channels, 1, 1, generator=self.random) - 1)

    def _some(self, m: int, share: float) -> Tensor:
        """(m, 1, 1, 1) True for about `share` of the pictures."""
        return torch.rand(m, 1, 1, 1, generator=self.random) < share * self.strength

    def _move(self, layers: Tensor) -> Tensor:
        """Mirrored, turned up to 50 degrees, sheared, scaled and moved; twice the final size.

        Beyond the picture its border goes on, so an arm cut by the lower edge stays an arm.
        """
        m = len(layers)
        angle = self._between(m, -50, 50).flatten() * math.pi / 180
        zoom = torch.exp(self._between(m, -0.4, 0.4)).flatten()
        squeeze = torch.exp(self._between(m, -0.12, 0.12)).flatten()
        shear = self._between(m, -0.15, 0.15).flatten()
        mirror = 1 - 2 * self._some(m, 0.5).float().flatten()
        shift = self._between(m, -0.35, 0.35, 2).flatten(1)
        cos, sin = torch.cos(angle), torch.sin(angle)
        # From places in the new picture to places in the old one, both from -1 to 1.
        matrix = (
            torch.stack(
                [
                    torch.stack([cos * mirror * squeeze, (-sin + shear) * mirror], 1),
                    torch.stack([sin, cos / squeeze], 1),
                ],
                1,
            )
            / zoom[:, None, None]
        )
        offset = matrix @ -shift[:, :, None]
        grid = functional.affine_grid(
            torch.cat([matrix, offset], 2), [m, 4, 2 * SMALL, 2 * SMALL], align_corners=False
        )
        bend = self._between(m, -0.12, 0.12, 2).view(m, 1, 1, 2)
        grid = grid * (1 + (bend * grid).sum(-1, keepdim=True))
        return functional.grid_sample(layers, grid, padding_mode="border", align_corners=False)

    def _new_background(self, picture: Tensor, alpha: Tensor) -> Tensor:
        """Two in three hands get another skin tone and another wall."""
        m = len(picture)
        tone = self._between(m, 0.55, 1.35) * self._between(m, 0.88, 1.12, 3)
        hand = torch.where(self._some(m, 0.7), picture * tone, picture)
        wall = self._wall(m)
        shadow = functional.avg_pool2d(alpha, 7, 1, 3).roll((3, 4), (2, 3))
        wall = wall * (1 - self._between(m, 0, 0.5) * shadow)
        behind = torch.where(self._some(m, 0.67), wall, picture)
        return hand * alpha + behind * (1 - alpha)

    def _wall(self, m: int) -> Tensor:
        """Plain, or clouded, or striped, or scenery; always unevenly lit."""
        grey = self._between(m, 0.05, 1.0)
        light = self._between(m, 0.6, 1.0)
        wall = torch.where(self._some(m, 0.5), light, grey) + self._between(m, -0.12, 0.12, 3)
        clouds = torch.randn(m, 3, 5, 5, generator=self.random)
        clouds = functional.interpolate(clouds, size=SMALL, mode="bicubic", align_corners=False)
        wall = wall + clouds * self._between(m, 0, 0.2) * self._some(m, 0.5)
        across = torch.linspace(-1, 1, SMALL)
        x, y = across.view(1, 1, 1, -1), across.view(1, 1, -1, 1)
        slope = self._between(m, -1, 1) * x + self._between(m, -1, 1) * y
        stripes = torch.sign(torch.sin(self._between(m, 3, 25) * slope))
        wall = wall + stripes * self._between(m, -0.2, 0.2) * self._some(m, 0.2)
        if self.scenery is not None:
            chosen = torch.randint(len(self.scenery), (m,), generator=self.random)
            scene = self.scenery[chosen].float() / 255
            wall = torch.where(self._some(m, 0.3), scene, wall)
        return (wall + 0.2 * slope).clamp(0, 1)

    def _relight(self, picture: Tensor) -> Tensor:
        """Gamma, contrast, brightness, tint, saturation, a lamp at the side, now and then grey."""
        m = len(picture)
        picture = picture.clamp(1e-3, 1) ** torch.exp(self._between(m, -0.5, 0.5))
        grey = picture.mean(1, keepdim=True)
        colour = torch.where(self._some(m, 0.1), torch.zeros(1), self._between(m, 0.4, 1.6))
        picture = grey + (picture - grey) * colour
        mean = picture.mean((1, 2, 3), keepdim=True)
        picture = mean + (picture - mean) * torch.exp(self._between(m, -0.5, 0.4))
        across = torch.linspace(-1, 1, SMALL)
        lamp = self._between(m, -0.25, 0.25) * across.view(1, 1, 1, -1)
        lamp = lamp + self._between(m, -0.25, 0.25) * across.view(1, 1, -1, 1)
        return picture * (1 + lamp) * self._between(m, 0.88, 1.12, 3) + self._between(m, -0.2, 0.2)

    def _blur(self, picture: Tensor) -> Tensor:
        soft = functional.avg_pool2d(picture, 3, 1, 1, count_include_pad=False)
        softer = functional.avg_pool2d(soft, 3, 1, 1, count_include_pad=False)
        picture = torch.where(self._some(len(picture), 0.3), soft, picture)
        return torch.where(self._some(len(picture), 0.12), softer, picture)

    def _cover(self, picture: Tensor) -> Tensor:
        """Now and then a small plain rectangle hides a part ("cutout", DeVries and Taylor 2017)."""
        m = len(picture)
        across = torch.arange(SMALL)
        top, left = self._between(m, 0, SMALL), self._between(m, 0, SMALL)
        height, width = self._between(m, 4, 18), self._between(m, 4, 18)
        rows = ((across.view(1, 1, -1, 1) - top).abs() * 2 < height).expand(-1, 1, -1, SMALL)
        covered = rows & ((across.view(1, 1, 1, -1) - left).abs() * 2 < width)
        colour = torch.rand(m, 3, 1, 1, generator=self.random)
        return torch.where(covered & self._some(m, 0.2), colour, picture)


def as_they_are(hands: Hands) -> Tensor:
    """All hands without any change, (m, 3, 64, 64) from 0 to 1."""
    small = functional.interpolate(
        hands.pictures[:, :3].float(), size=SMALL, mode="bilinear", antialias=True
    )
    return (small / 255).clamp(0, 1)
