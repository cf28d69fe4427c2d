"""The hands to learn from and those to be measured on, kept apart by person."""

import io
import tarfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image, ImageOps

from resnets.data.archive import Photograph, read_photographs
from resnets.data.photographs import group_by_person, split_by_person
from resnets.hands import rendered_hands

SIDE = 100  # pixels, as the photographs are
CLASSES = 6
# The first 21 people of the archive were photographed with another camera, in another light.
FIRST_SESSION_ENDS = 2000  # file number
# The signs for 6 holds up the middle three fingers: who counts on fingers calls that a three.
DIGITS = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 3}


@dataclass
class Hands:
    """Pictures and digits.

    Attributes:
        pictures: (m, 4, SIDE, SIDE) uint8: red, green, blue, and where the hand is (alpha). Alpha
            is 255 everywhere where the background cannot be told from the hand.
        digits: (m,) int64, 0 to 5.
    """

    pictures: torch.Tensor
    digits: torch.Tensor

    def __len__(self) -> int:
        return len(self.digits)

    def __add__(self, other: "Hands") -> "Hands":
        return Hands(
            torch.cat([self.pictures, other.pictures]), torch.cat([self.digits, other.digits])
        )


@dataclass
class Photographs:
    """The photographs by person: nobody is in two of the three."""

    train: Hands
    first_session: Hands
    test: Hands


def photographs(archive: Path) -> Photographs:
    """All photographs of the archive, the course's 20 test people and the first session apart.

    Only the digits 0 to 5 are measured on; training also takes the 6, as a three.
    """
    everything = read_photographs(archive.read_bytes())
    _, test = split_by_person(everything)
    tested = {photograph.number for photograph in test}
    others = [
        photograph
        for person in group_by_person(everything)
        if not any(photograph.number in tested for photograph in person)
        for photograph in person
    ]
    return Photographs(
        train=_cut_out(p for p in others if p.number >= FIRST_SESSION_ENDS and p.digit in DIGITS),
        first_session=_cut_out(
            p for p in others if p.number < FIRST_SESSION_ENDS and p.digit < CLASSES
        ),
        test=_cut_out(test),
    )


def rendered(per_class: int, seed: int) -> Hands:
    """Rendered hands, enlarged to the photographs' size."""
    x, y = rendered_hands(per_class, seed, progress=False)
    large = [cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) for picture in x]
    opaque = np.full((len(x), SIDE, SIDE, 1), 255, np.uint8)
    return _hands(np.concatenate([np.stack(large), opaque], -1), y)


def _cut_out(photographs: "list[Photograph]") -> Hands:
    photographs = list(photographs)
    pictures = [_decode(photograph.content) for photograph in photographs]
    layers = np.stack([np.dstack([picture, _hand_mask(picture)]) for picture in pictures])
    return _hands(layers, np.array([DIGITS[photograph.digit] for photograph in photographs]))


def _hands(layers: np.ndarray, digits: np.ndarray) -> Hands:
    return Hands(
        torch.from_numpy(np.ascontiguousarray(layers.transpose(0, 3, 1, 2))),
        torch.from_numpy(digits.astype(np.int64)),
    )


def _decode(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    return np.asarray(ImageOps.fit(upright, (SIDE, SIDE), Image.Resampling.LANCZOS))


def _hand_mask(picture: np.ndarray) -> np.ndarray:
    """Where the hand is, (SIDE, SIDE) uint8 with soft edges; 255 everywhere where that is unsure.

    The wall is grey, skin is not: red minus blue, split by Otsu's threshold, starts GrabCut.
    """
    warmth = picture[..., 0].astype(np.int16) - picture[..., 2]
    warmth = cv2.GaussianBlur(np.clip(warmth, 0, 255).astype(np.uint8), (3, 3), 0)
    threshold, skin = cv2.threshold(warmth, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    marks = np.where(skin == 1, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    marks[warmth > 1.5 * threshold] = cv2.GC_FGD
    marks[:3] = cv2.GC_BGD
    cv2.setRNGSeed(0)
    cv2.grabCut(
        np.ascontiguousarray(picture[..., ::-1]),
        marks,
        None,
        np.zeros((1, 65)),
        np.zeros((1, 65)),
        4,
        cv2.GC_INIT_WITH_MASK,
    )
    hand = ((marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD)).astype(np.uint8)
    _, pieces, statistics, _ = cv2.connectedComponentsWithStats(hand)
    if len(statistics) < 2:
        return np.full((SIDE, SIDE), 255, np.uint8)
    largest = 1 + statistics[1:, cv2.CC_STAT_AREA].argmax()
    hand = (pieces == largest).astype(np.uint8)
    if not 0.06 < hand.mean() < 0.6:
        return np.full((SIDE, SIDE), 255, np.uint8)
    return cv2.GaussianBlur(hand * 255, (3, 3), 0)


def scenery(archive: Path, side: int = 64) -> torch.Tensor:
    """All JPEG pictures of a .tar.gz, as (n, 3, side, side) uint8: what hands may stand before."""
    found = []
    with tarfile.open(archive) as files:
        for member in files:
            if member.isfile() and member.name.lower().endswith((".jpg", ".jpeg")):
                with Image.open(io.BytesIO(files.extractfile(member).read())) as image:
                    found.append(np.asarray(ImageOps.fit(image.convert("RGB"), (side, side))))
    return torch.from_numpy(np.stack(found).transpose(0, 3, 1, 2).copy())
