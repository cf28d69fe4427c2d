"""The students' command line. In a released folder it stands as `autograder/__main__.py`.

Beside it there lie only those modules of the autograder that `validate` needs, and the notebooks as
they were handed out, in `pristine`: what students have in `notebooks` they change.
"""

from __future__ import annotations

import argparse
import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import AutograderError
from resnets.language import say

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.marking.validate import Pristine

_EXAMPLE = "python -m autograder validate notebooks/01_residual_networks.ipynb"
PRISTINE = Path(__file__).with_name("pristine")


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; the exit status is 0 where the notebook earns all its public points."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder",
        description=say("Tries your notebook as it will be marked. Save it first."),
        epilog=say("For example: {command}", command=_EXAMPLE),
    )
    add_validate(parser.add_subparsers(metavar="COMMAND", required=True), handed_out)
    options = parser.parse_args(arguments)
    try:
        return options.run(options)
    except KeyboardInterrupt:
        print(say("Interrupted."), file=sys.stderr)
        return 130
    except AutograderError as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 2


def add_validate(
    commands: argparse._SubParsersAction, pristine: Pristine
) -> argparse.ArgumentParser:
    """Adds the command `validate`, and returns it.

    Args:
        commands: of the parser.
        pristine: see `validate`.
    """
    command = commands.add_parser(
        "validate",
        help=say("for students: try your notebook as it will be marked"),
        description=say(
            "Marks a notebook with the public tests only, on your own machine and with your own "
            "rights. The exit status is 0 if it earns all their points, else 1."
        ),
    )
    command.add_argument("notebook", type=Path, help=say("your .ipynb file"))
    command.set_defaults(run=functools.partial(_validate, pristine))
    return command


def _validate(pristine: Pristine, options: argparse.Namespace) -> int:
    from autograder.marking.validate import validate

    return validate(options.notebook, pristine)


def handed_out() -> dict[str, functools.partial[NotebookNode]]:
    """What reads each notebook of this folder as it was handed out, by its assignment."""
    import nbformat

    return {
        path.stem: functools.partial(nbformat.read, path, as_version=4)
        for path in sorted(PRISTINE.glob("*.ipynb"))
    }


if __name__ == "__main__":
    sys.exit(main())
