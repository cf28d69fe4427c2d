"""Only photographs come out of an archive, and no archive harms."""

import io
import tarfile
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resnets.data import DatasetError
from resnets.data import archive as module
from resnets.data.archive import Photograph, read_photographs

from .conftest import jpeg, tar_of


def zip_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return buffer.getvalue()


FILES = {"Dataset/1/IMG_12.JPG": b"b", "Dataset/0/IMG_11.JPG": b"a", "Dataset/9/IMG_9.JPG": b"c"}
EXPECTED = [Photograph(9, 9, b"c"), Photograph(11, 0, b"a"), Photograph(12, 1, b"b")]


@pytest.mark.parametrize("pack", [tar_of, zip_of, lambda files: tar_of(files, "w:")])
@pytest.mark.parametrize("folder", ["", "Sign-Language-Digits-Dataset-4b09433/"])
def test_photographs_in_order_of_number(pack, folder):
    assert read_photographs(pack({folder + name: c for name, c in FILES.items()})) == EXPECTED


def test_other_names_are_passed_over():
    strange = {
        "../Dataset/1/IMG_1.JPG": b"",
        "/Dataset/1/IMG_1.JPG": b"",
        "a/b/Dataset/1/IMG_1.JPG": b"",
        "Dataset/11/IMG_1.JPG": b"",
        "Dataset/1/../IMG_1.JPG": b"",
        "Dataset/1/IMG_1.JPG.exe": b"",
        "README.md": b"",
    }
    allowed = {"../Dataset/1/IMG_1.JPG"}  # ".." as leading folder: a name, never a path
    assert len(read_photographs(tar_of(strange))) == len(allowed)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_passed_over(kind):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        member = tarfile.TarInfo("Dataset/1/IMG_1.JPG")
        member.type, member.linkname = kind, "/etc/passwd"
        tar.addfile(member)
    assert read_photographs(buffer.getvalue()) == []


def test_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(module, "MAX_UNPACKED", 1 << 20)
    bomb = tar_of({"zeros": bytes(2 << 20), **FILES})
    assert len(bomb) < 10_000
    with pytest.raises(DatasetError, match="unpacks to more than"):
        read_photographs(bomb)


@pytest.mark.parametrize("pack", [tar_of, zip_of])
def test_huge_picture_is_refused(monkeypatch, pack):
    monkeypatch.setattr(module, "MAX_PICTURE", 10)
    with pytest.raises(DatasetError, match="one of its pictures"):
        read_photographs(pack({"Dataset/1/IMG_1.JPG": bytes(11)}))


@pytest.mark.parametrize("pack", [tar_of, zip_of])
def test_truncated_archive(pack):
    whole = pack({name: jpeg(7) * 50 for name in FILES})
    with pytest.raises(DatasetError, match="damaged"):
        read_photographs(whole[: len(whole) // 2])


@pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"\x1f\x8b", b"PK\x03\x04 no zip"])
def test_no_archive(content):
    with pytest.raises(DatasetError, match=r"get it again"):
        read_photographs(content)


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_flipped_bytes_never_crash(data):
    """Damage anywhere is a DatasetError or fewer, other photographs: no other exception."""
    whole = bytearray(
        data.draw(st.sampled_from([tar_of(FILES), tar_of(FILES, "w:"), zip_of(FILES)]))
    )
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        photographs = read_photographs(bytes(whole))
    except DatasetError as error:
        assert str(error)
    else:
        assert all(0 <= p.digit <= 9 for p in photographs)
