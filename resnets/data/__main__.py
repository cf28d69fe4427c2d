"""`python -m resnets.data photos` and `… flowers`: get photographs and build the data from them."""

import argparse
import signal
import sys
from pathlib import Path

from resnets.data import flowers
from resnets.data.errors import DatasetError
from resnets.data.load import find_folder
from resnets.data.photographs import URL, build_photos

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run; returns 0 when the files are there, 1 with one sentence when not, 130 if interrupted."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        build = {"photos": build_photos, "flowers": flowers.build_flowers}[options.command]
        print(build(find_folder(options.folder), archive=options.archive, url=options.url))
    except DatasetError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted: nothing was left behind; start again any time", file=sys.stderr)
        return INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m resnets.data", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    photos = commands.add_parser(
        "photos", help="photographs of digits 0 to 5 (13 MB, Apache-2.0) as the SIGNS data"
    )
    _add_places(photos, "where the two files go", URL)
    kinds = commands.add_parser(
        "flowers", help="photographs of five kinds of flowers (229 MB, CC-BY) in class folders"
    )
    _add_places(kinds, "where the folder flowers/ goes", flowers.URL)
    return parser


def _add_places(parser: argparse.ArgumentParser, goal: str, url: str) -> None:
    parser.add_argument("--folder", default="datasets", help=goal)
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--archive", type=Path, help="a copy of the archive: no network needed")
    where.add_argument("--url", default=url, help="another server that has the archive")


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
