"""`load_dataset`: the pictures of the notebooks, from whichever source is there."""

from pathlib import Path

from resnets.data.errors import DatasetError
from resnets.data.files import Signs, existing, read_signs
from resnets.data.rendered import rendered_signs
from resnets.language import N_, say

SOURCES = ("auto", "course", "photos", "rendered")

_GET_PHOTOS = "python -m resnets.data photos"
_REPOSITORY = Path(__file__).parents[2]


def load_dataset(source: str = "auto", folder: str | Path = "datasets") -> Signs:
    """Load the SIGNS data: hands that show the digits 0 to 5. Prints which source is in use.

    Args:
        source: "course" (your own files of the original course), "photos" (photographs, built by
            `python -m resnets.data photos`), "rendered" (hands drawn by our own code), or "auto":
            the files in the folder when there are any, rendered hands when not.
        folder: Where `train_signs.h5` and `test_signs.h5` are. A relative folder is looked for
            here first and then in the repository.

    Returns:
        train_x (1080, 64, 64, 3) uint8, train_y (1, 1080) int64, test_x (120, 64, 64, 3) uint8,
        test_y (1, 120) int64, classes (6,) int64.

    Raises:
        DatasetError: The source is unknown or absent, or its files are damaged.
    """
    if source not in SOURCES:
        raise DatasetError(f"source should be one of {', '.join(SOURCES)}, but it is {source!r}")
    place = find_folder(folder)
    if source == "rendered" or (source == "auto" and not existing(place)):
        signs = rendered_signs(place)
        print(
            say(
                "Data: hands drawn by our own code (rendered). For photographs: {command}",
                command=_GET_PHOTOS,
            )
        )
        return signs
    if not existing(place):
        raise DatasetError(_absent(source, place))
    signs, found = read_signs(place)
    if source not in ("auto", found):
        raise DatasetError(
            f"{place.name}/ holds the files of source {found!r}, not {source!r}: "
            f'use load_dataset(source="{found}"), or another folder'
        )
    described, there = say(_described(found)), f"{place.name}/"
    print(say("Data: {what} in {place} ({source}).", what=described, place=there, source=found))
    return signs


def find_folder(folder: str | Path) -> Path:
    """A folder given by a relative name: the one here, or else the repository's."""
    here = Path(folder).expanduser()
    if here.is_absolute() or here.exists() or not (_REPOSITORY / here).is_dir():
        return here
    return _REPOSITORY / here


def _described(source: str) -> str:
    return N_("your own course files") if source == "course" else N_("photographs of hands")


def _absent(source: str, place: Path) -> str:
    what = "train_signs.h5 and test_signs.h5"
    there = f"{place.name}/ holds no {what}" if place.is_dir() else f"there is no folder {place}"
    if source == "photos":
        return f"{there}: build them from photographs with: {_GET_PHOTOS}"
    return f"{there}: copy both files of the original course into it"
