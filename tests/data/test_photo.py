"""Any photo becomes an upright RGB square; anything else one sentence."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from resnets.data import DatasetError, load_photo

ORIENTATION = 0x0112


def saved(image: Image.Image, form: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def corners() -> Image.Image:
    """Red top left, green top right, blue bottom left, white bottom right."""
    image = Image.new("RGB", (64, 64), "white")
    for box, colour in (((0, 0), "red"), ((32, 0), "lime"), ((0, 32), "blue")):
        image.paste(colour, (*box, box[0] + 32, box[1] + 32))
    return image


def assert_upright(photo: np.ndarray) -> None:
    found = photo[0, [8, 8, -8, -8], [8, -8, 8, -8]]
    expected = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]]
    np.testing.assert_allclose(found, expected, atol=0.06)


@given(st.integers(1, 200), st.integers(1, 200), st.integers(1, 96))
@settings(max_examples=40, deadline=None)
def test_any_size_becomes_a_batch_of_one(width, height, size):
    photo = load_photo(saved(Image.new("RGB", (width, height), (10, 20, 30))), size)
    assert photo.shape == (1, size, size, 3) and photo.dtype == np.float32
    np.testing.assert_allclose(photo, np.broadcast_to([10, 20, 30], photo.shape) / 255, atol=1e-6)


def test_path_name_bytes_and_open_file_are_alike(tmp_path):
    path = tmp_path / "hand.png"
    path.write_bytes(saved(corners()))
    with path.open("rb") as file:
        read = [load_photo(p) for p in (path, str(path), path.read_bytes(), file)]
    for photo in read:
        assert_upright(photo)


def test_the_middle_square_is_kept():
    wide = Image.new("RGB", (200, 64), "black")
    wide.paste(corners(), (68, 0))
    assert_upright(load_photo(saved(wide)))
    assert_upright(
        load_photo(saved(wide.transpose(Image.Transpose.ROTATE_90).rotate(-90, expand=1)))
    )


@pytest.mark.parametrize(
    ("orientation", "as_stored"),
    [
        (1, None),
        (2, Image.Transpose.FLIP_LEFT_RIGHT),
        (3, Image.Transpose.ROTATE_180),
        (4, Image.Transpose.FLIP_TOP_BOTTOM),
        (5, Image.Transpose.TRANSPOSE),
        (6, Image.Transpose.ROTATE_90),
        (7, Image.Transpose.TRANSVERSE),
        (8, Image.Transpose.ROTATE_270),
    ],
)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_every_exif_rotation_is_upright(orientation, as_stored, form):
    image = corners() if as_stored is None else corners().transpose(as_stored)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    assert_upright(load_photo(saved(image, form, exif=exif)))


@pytest.mark.parametrize(
    ("mode", "form"),
    [
        ("RGB", "JPEG"),
        ("CMYK", "JPEG"),
        ("YCbCr", "JPEG"),
        ("RGBA", "PNG"),
        ("P", "PNG"),
        ("P", "GIF"),
        ("RGBA", "WEBP"),
        ("CMYK", "TIFF"),
    ],
)
def test_every_colour_mode(mode, form):
    assert_upright(load_photo(saved(corners().convert(mode), form)))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16", "I", "F"])
def test_every_grey_mode(mode):
    brightest, kind = {
        "I;16": (65535, np.uint16),
        "I": (65535, np.int32),
        "F": (1, np.float32),
    }.get(mode, (255, np.uint8))
    values = np.zeros((64, 64), kind)
    values[:, 32:] = brightest
    image = Image.fromarray(values)
    image = image if image.mode == mode else image.convert(mode)
    photo = load_photo(saved(image, "TIFF" if mode in "IF" else "PNG"))
    np.testing.assert_allclose(photo[0, :, :24], 0, atol=0.02)
    np.testing.assert_allclose(photo[0, :, -24:], 1, atol=0.02)


def test_middle_grey_of_sixteen_bits():
    image = Image.fromarray(np.full((9, 9), 32768, np.uint16))
    np.testing.assert_allclose(load_photo(saved(image)), 0.5, atol=0.005)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "RGB"])
def test_transparency_becomes_white(mode):
    image = Image.new("RGBA", (32, 32), (0, 0, 0, 0)).convert(mode)
    options = {"RGB": {"transparency": (0, 0, 0)}, "P": {"transparency": 0}}.get(mode, {})
    if mode == "P":
        image = Image.new("P", (32, 32), 0)
    np.testing.assert_allclose(load_photo(saved(image, **options)), 1, atol=0.01)


def test_first_picture_of_an_animation():
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
    moving = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    np.testing.assert_allclose(load_photo(moving)[0, 5, 5], [1, 0, 0], atol=0.01)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"no picture at all", "is no picture"),
        (b"\x89PNG\r\n\x1a\n", "is no picture"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "HEIC"),
        (b"%PDF-1.4", "is no picture"),
    ],
)
def test_no_picture(content, message, tmp_path):
    path = tmp_path / "hand.jpg"
    path.write_bytes(content)
    for photo, name in ((content, "the photo"), (path, "hand.jpg")):
        with pytest.raises(DatasetError, match=f"^{name} .*{message}"):
            load_photo(photo)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "TIFF"])
def test_truncated_picture(form):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    whole = saved(Image.fromarray(noise), form)
    with pytest.raises(DatasetError, match="no picture, or only a part"):
        load_photo(whole[: len(whole) // 2])


def test_too_many_pixels(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    for side in (40, 60):  # more than the limit; more than twice the limit
        with pytest.raises(DatasetError, match="too many pixels"):
            load_photo(saved(Image.new("L", (side, side))))


def test_no_file_or_a_folder(tmp_path):
    for path in (tmp_path / "none.jpg", tmp_path, "a\0b"):
        with pytest.raises(DatasetError, match="cannot be read"):
            load_photo(path)


@pytest.mark.parametrize("photo", [None, 3, np.zeros((4, 4, 3))])
def test_no_path_and_no_bytes(photo):
    with pytest.raises(DatasetError, match="a path or the bytes"):
        load_photo(photo)


def test_file_opened_as_text():
    with pytest.raises(DatasetError, match="binary mode"):
        load_photo(io.StringIO("text"))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_damaged_pictures_never_crash(data):
    form = data.draw(st.sampled_from(["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"]))
    content = bytearray(saved(corners(), form))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        photo = load_photo(bytes(content))
    except DatasetError as error:
        assert str(error)
    else:
        assert photo.shape == (1, 64, 64, 3) and 0 <= photo.min() <= photo.max() <= 1
