"""Your own photo as a network wants it, whatever the camera or the program made of it."""

import io
import warnings
from pathlib import Path
from typing import IO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from resnets.data.errors import DatasetError

_NO_PICTURE = (OSError, SyntaxError, ValueError, EOFError, MemoryError, OverflowError)
_HEIF = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheim", b"ftyphevc")


def load_photo(photo: str | Path | bytes | IO[bytes], size: int = 64) -> np.ndarray:
    """Read one photo: upright, cropped to the square in its middle, shrunk.

    Args:
        photo: A path, the bytes of a file, or an open binary file, in any format and mode that
            Pillow reads. Transparency becomes white; of an animation the first picture counts.
        size: Side of the result in pixels.

    Returns:
        (1, size, size, 3) float32 from 0 to 1, in RGB: a batch of one.

    Raises:
        DatasetError: There is no such file, or it is no picture.
    """
    name, content = _bytes_of(photo)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", category=UserWarning)  # broken EXIF, kept palettes
            with Image.open(io.BytesIO(content)) as image:
                square = _square(image, size)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DatasetError(
            f"{name} has too many pixels to be a photo of a hand: save a smaller copy"
        ) from error
    except (UnidentifiedImageError, *_NO_PICTURE) as error:
        raise DatasetError(_why_no_picture(name, content)) from error
    return np.asarray(square, np.float32)[np.newaxis] / np.float32(255)


def _bytes_of(photo: str | Path | bytes | IO[bytes]) -> tuple[str, bytes]:
    """What to call the photo in a message, and its content."""
    if isinstance(photo, (bytes, bytearray, memoryview)):
        return "the photo", bytes(photo)
    if hasattr(photo, "read"):
        content = photo.read()
        if not isinstance(content, bytes):
            raise DatasetError("the photo should be opened in binary mode: open(path, 'rb')")
        return "the photo", content
    if not isinstance(photo, (str, Path)):
        raise DatasetError(
            f"a photo should be a path or the bytes of a file, but it is {type(photo).__name__}"
        )
    path = Path(photo).expanduser()
    try:
        return path.name, path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DatasetError(
            f"the photo {path} cannot be read ({reason}): check its name and folder"
        ) from error


def _square(image: Image.Image, size: int) -> Image.Image:
    """The upright middle square of the picture in RGB, shrunk to size × size."""
    image.seek(0)
    upright = ImageOps.exif_transpose(image)
    return ImageOps.fit(_rgb(upright), (size, size), Image.Resampling.LANCZOS)


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        image = _eight_bits(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey values of 16 or 32 bits, brought to 0 to 255: Pillow itself would cut them off."""
    values = np.nan_to_num(np.asarray(image).astype(np.float64))
    brightest = values.max(initial=0)
    limits = (1.0, 255.0, 65535.0) if image.mode == "F" else (65535.0,)
    full = next((limit for limit in limits if brightest <= limit), brightest)
    return Image.fromarray(np.clip(values / full * 255 + 0.5, 0, 255).astype(np.uint8))


def _why_no_picture(name: str, content: bytes) -> str:
    if not content:
        return f"{name} is empty: save the picture again"
    if any(brand in content[:32] for brand in _HEIF):
        return f"{name} is in Apple's HEIC format: export it as JPEG and try again"
    return (
        f"{name} is no picture, or only a part of one: expected a JPEG, PNG, GIF or another "
        "common format; open it in an image viewer and save it again"
    )
