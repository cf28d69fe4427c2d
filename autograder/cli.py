"""The command line: `python -m autograder --help`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from .limits import MEBIBYTE, Limits

DESCRIPTION = "Builds the course's notebooks and marks what students hand in."
EXAMPLES = """\
A course folder has nbgrader's layout. To mark a class:

  my-course/submitted/<student>/01_residual_networks/01_residual_networks.ipynb

  python -m autograder grade 01_residual_networks --course my-course
  python -m autograder feedback 01_residual_networks --course my-course

Marks are then in my-course/grades.csv, grades.json and gradebook.db (nbgrader's own), marked
notebooks in my-course/autograded, pages for students in my-course/feedback. Interrupt it whenever
you like: the same command goes on where it was.
"""


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; the exit status is 0 where it did what was asked."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except KeyboardInterrupt:
        print("Interrupted. What is marked is kept; the same command goes on.", file=sys.stderr)
        return 130
    except _told() as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 2


def _told() -> tuple[type[Exception], ...]:
    """Errors whose message is a sentence for whoever typed the command."""
    from .course import CourseError
    from .evidence import UnusableReference
    from .release import ReleaseError
    from .sandbox import SandboxError
    from .secret import SecretError
    from .sources import SourceError
    from .warm.client import WarmError

    course = (CourseError, UnusableReference, ReleaseError, SecretError, SourceError)
    return (*course, SandboxError, WarmError)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m autograder",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_grade(commands)
    _add_feedback(commands)
    _add_validate(commands)
    _add_build(commands)
    _add_release(commands)
    return parser


def _add_grade(commands: argparse._SubParsersAction) -> None:
    limits = Limits()
    command = commands.add_parser(
        "grade",
        help="mark the submissions of an assignment",
        description="Marks the submissions of an assignment; what is marked already is skipped. "
        "The exit status is 0 when every submission has a verdict, however bad.",
        epilog="Linux itself holds submissions to their memory and to a core and a half where it "
        "lets this command make control groups: root, or anybody by `systemd-run --user --scope "
        "-p Delegate=yes python -m autograder grade ...`. Otherwise they are watched.",
    )
    _assignment_and_course(command)
    command.add_argument(
        "--student", action="append", metavar="ID", help="only this student (may be repeated)"
    )
    command.add_argument(
        "--workers", type=_positive, default=2, metavar="N", help="submissions at a time (2)"
    )
    command.add_argument(
        "--scheduler", metavar="ADDRESS", help="mark on the workers of this Dask scheduler instead"
    )
    command.add_argument(
        "--sandbox",
        choices=("bwrap", "none"),
        default="bwrap",
        help="'none' runs students' code unprotected, with your rights (bwrap)",
    )
    command.add_argument("--force", action="store_true", help="mark again what is marked already")
    command.add_argument(
        "--secret", type=Path, metavar="FILE", help="holds the course's secret (.course-secret)"
    )
    bounds = command.add_argument_group("limits of each submission")
    bounds.add_argument(
        "--cell-seconds", type=float, default=limits.cell_seconds, metavar="S",
        help=f"time for one cell ({limits.cell_seconds:g})",
    )  # fmt: skip
    bounds.add_argument(
        "--seconds", type=float, default=limits.seconds, metavar="S",
        help=f"time for the notebook ({limits.seconds:g})",
    )  # fmt: skip
    bounds.add_argument(
        "--memory", type=_positive, default=limits.memory // MEBIBYTE, metavar="MB",
        help=f"memory ({limits.memory // MEBIBYTE})",
    )  # fmt: skip
    command.set_defaults(run=_grade)


def _add_feedback(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "feedback",
        help="write a page for each student",
        description="Writes feedback/<student>/<assignment>/<assignment>.html from the verdicts: "
        "what each check said, the rubric, the total; no hidden test and no hidden value.",
    )
    _assignment_and_course(command)
    command.add_argument("--student", action="append", metavar="ID", help="only this student")
    command.set_defaults(run=_feedback)


def _add_validate(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "validate",
        help="for students: try your notebook as it will be marked",
        description="Marks a notebook with the public tests only, on your own machine and with "
        "your own rights. The exit status is 0 if it earns all their points, else 1.",
    )
    command.add_argument("notebook", type=Path, help="your .ipynb file")
    command.set_defaults(run=_validate)


def _add_build(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "build",
        help="execute the sources in solutions/ and write the students' notebooks",
        description="Writes solutions/NN_name.ipynb, notebooks/NN_name.ipynb and what their checks "
        "expect, from solutions/NN_name.py; and the course's secret, where there is none yet.",
    )
    command.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="(all of them)")
    command.set_defaults(run=_build)


def _add_release(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "release",
        help="write what students get",
        description="Writes the notebooks and what they import: no solutions, no hidden tests, "
        "nothing of the autograder.",
    )
    command.add_argument("--to", type=Path, required=True, metavar="DIR", help="a new folder")
    command.set_defaults(run=_release)


def _assignment_and_course(command: argparse.ArgumentParser) -> None:
    command.add_argument("assignment", metavar="ASSIGNMENT", help="e.g. 01_residual_networks")
    command.add_argument(
        "--course", type=Path, required=True, metavar="DIR", help="the course folder"
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, found {number}")
    return number


def _grade(options: argparse.Namespace) -> int:
    from . import grade
    from .course import Course
    from .secret import case_secret
    from .sources import source_path
    from .summary import summary

    source_path(options.assignment)
    course = Course(options.course.resolve())
    students = course.students(options.assignment, options.student)
    if options.sandbox == "none":
        print(
            "Warning: --sandbox none runs the students' code with your rights: it can read and "
            "change everything that you can, this course's grades included.",
            file=sys.stderr,
        )
    limits = replace(
        Limits(),
        cell_seconds=options.cell_seconds,
        seconds=options.seconds,
        memory=options.memory * MEBIBYTE,
    )
    order = grade.Order(
        assignment=options.assignment,
        secret=case_secret(options.assignment, options.secret),
        workers=options.workers,
        scheduler=options.scheduler,
        sandbox=options.sandbox,
        limits=limits,
        force=options.force,
    )
    started = time.monotonic()
    run = grade.grade(course, students, order, _progress)
    print(summary(run.verdicts, run.skipped, time.monotonic() - started))
    print(f"\nMarks: {course.root / 'grades.csv'}")
    return 0


def _progress(left: int, done: int) -> Callable[..., None]:
    """A bar with what is done, what is left, how long it will take, and failures."""
    from tqdm import tqdm

    bar = tqdm(total=left + done, initial=done, desc="Marking", unit="notebook", disable=left == 0)
    failures = 0

    def report(verdict: object) -> None:
        nonlocal failures
        failures += verdict.status != "graded"
        bar.set_postfix_str(f"{failures} failed" if failures else "", refresh=False)
        bar.update()
        if bar.n >= bar.total:
            bar.close()

    return report


def _feedback(options: argparse.Namespace) -> int:
    from . import feedback
    from .course import Course

    written = feedback.write_all(
        Course(options.course.resolve()), options.assignment, options.student
    )
    pages = "page" if len(written) == 1 else "pages"
    print(f"{len(written)} {pages} of feedback in {options.course / 'feedback'}")
    return 0


def _validate(options: argparse.Namespace) -> int:
    from . import validate

    return validate.validate(options.notebook)


def _build(options: argparse.Namespace) -> int:
    from .build import build
    from .secret import make_secret

    make_secret()
    for path in build(options.assignments):
        print(path)
    return 0


def _release(options: argparse.Namespace) -> int:
    from .release import release

    for path in release(options.to):
        print(path)
    return 0
