"""The command line: `python -m autograder --help`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import student
from autograder.course.secret import NAME, CourseSecret
from autograder.errors import AutograderError, what_failed
from autograder.kernels.limits import MEBIBYTE, Limits
from autograder.paths import ROOT
from autograder.results import feedback_pages, late_rule
from autograder.results.lms.export import FORMATS
from resnets.language import ENGLISH, known_language, locales, speaking

if TYPE_CHECKING:
    from autograder.course.folder import Course, Student
    from autograder.grading.grade import Options

CELL_SECONDS = Limits().cell_seconds
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
    except AutograderError as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 2
    except OSError as error:  # What concerns one student only does not come this far.
        where = f"{error.filename}: " if error.filename else ""
        print(f"autograder: {where}{error.strerror or what_failed(error)}.", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m autograder",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_course(commands)
    _add_grade(commands)
    _add_feedback(commands)
    _add_export(commands)
    _add_new(commands)
    _add_validate(commands)
    _add_build(commands)
    _add_release(commands)
    _add_site(commands)
    _add_translate(commands)
    return parser


def _add_course(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "course",
        help="make a course folder, on which nbgrader's formgrader opens",
        description="Makes a course folder, or what it lacks of one: submitted/, where students' "
        "notebooks go; nbgrader_config.py and source/, which formgrader needs; .course-secret, "
        "from which hidden tests are drawn. What is there is never changed. Assignments of this "
        "repository are marked by its own solutions, whatever stands in source/.",
        epilog="Then: docs/instructors.md says how to go on.",
    )
    command.add_argument("course", type=Path, metavar="DIR", help="the course folder")
    command.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="(all of them)")
    command.set_defaults(run=_course)


def _add_grade(commands: argparse._SubParsersAction) -> None:
    limits = Limits()
    command = commands.add_parser(
        "grade",
        help="mark the submissions of an assignment",
        description="Marks the submissions of an assignment; what is marked already is skipped. "
        "The exit status is 0 when every submission has a verdict, however bad, and grades.csv and "
        "grades.json are written. A gradebook.db that cannot be written (locked, made by an older "
        "nbgrader or for older notebooks) is a warning that says what to do: the marks are in the "
        "other files, and the next run enters them there.",
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
        "--scheduler",
        metavar="ADDRESS",
        help="mark on the workers of this Dask scheduler instead; 'local' starts one here with "
        "--workers workers. Workers need this repository and its environment, nothing else",
    )
    command.add_argument(
        "--sandbox",
        choices=("bwrap", "none"),
        default="bwrap",
        help="'none' runs students' code unprotected, with your rights (bwrap)",
    )
    command.add_argument("--force", action="store_true", help="mark again what is marked already")
    command.add_argument(
        "--language",
        type=_language,
        metavar="LANGUAGE",
        help="in which students are told what is wrong, in all files: "
        f"{', '.join([ENGLISH, *locales()])} (that of each one's notebook)",
    )
    command.add_argument(
        "--secret",
        type=Path,
        metavar="FILE",
        help="what hidden tests are drawn from; whoever marks the same class needs the same file "
        "(DIR/.course-secret, else .course-secret of this clone, else a new one in DIR)",
    )
    command.add_argument(
        "--late",
        type=_late_rule,
        metavar="RULE",
        help='take points off for being late: "10 %% a day, at most 50 %%", "2 points an hour, '
        'after 15 minutes"; per cent are of what the assignment is worth, and a period that has '
        'begun counts whole. It holds from then on, until another one or "none" is given',
    )
    command.add_argument(
        "--compare",
        action="store_true",
        help="mark everything again, say whose marks would change, and write nothing",
    )
    command.add_argument(
        "--partial",
        action="store_true",
        help="in a course of your own: a test cell earns the share of its asserts that hold, "
        "instead of all or nothing",
    )
    bounds = command.add_argument_group("limits of each submission")
    bounds.add_argument(
        "--cell-seconds", type=float, metavar="S",
        help=f"time for one cell ({limits.cell_seconds:g}; in a course of your own, what its "
        "nbgrader_config.py says)",
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


def _late_rule(text: str) -> str:
    try:
        late_rule.parse(text)
    except late_rule.LateRuleError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _language(name: str) -> str:
    known = known_language(name)
    if known is None:
        there = ", ".join([ENGLISH, *locales()])
        raise argparse.ArgumentTypeError(f"there is no language {name!r}; there are: {there}")
    return known


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


def _add_export(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "export",
        help="write the marks for Canvas, Moodle, Gradescope, or as a table",
        description="Writes the marks that count (what people gave and what being late costs "
        "included) as files that an LMS takes. Canvas and Moodle know students by ids of their "
        "own: give the file that they export as --roster. A student is found there by what the "
        "folder in submitted/ is called: a login, an e-mail address, an id, or Moodle's "
        "Full name_1234567_assignsubmission_file_. Who is not found, or handed in nothing, is "
        "named in a line each. For Moodle run `feedback` first: the pages go into a ZIP beside "
        "the worksheet.",
        epilog="nbgrader export --exporter=autograder.results.lms.nbgrader_plugins.Canvas (Moodle, "
        "Gradescope, Csv) writes the same from a gradebook.db alone.",
    )
    _assignment_and_course(command)
    command.add_argument("--to", required=True, choices=FORMATS, help="the format")
    command.add_argument("--roster", type=Path, metavar="FILE", help="what the LMS exported")
    command.add_argument(
        "--column", metavar="NAME", help="the assignment's column in Canvas (the one named like it)"
    )
    command.add_argument(
        "--out", type=Path, metavar="DIR", help="where the files go (exports/ in the course folder)"
    )
    command.set_defaults(run=_export)


def _add_new(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "new",
        help="begin a new notebook",
        description="Writes the files that a new notebook begins with: its source, its exercises, "
        "their known mistakes and its suite of answers, with two small exercises that pass. "
        "CONTRIBUTING.md says how to go on.",
    )
    command.add_argument("assignment", metavar="ASSIGNMENT", help="e.g. 09_wide_networks")
    command.set_defaults(run=_new)


def _add_validate(commands: argparse._SubParsersAction) -> None:
    command = student.add_validate(commands, _handed_out)
    command.epilog = (
        "In a course of your own (source/ASSIGNMENT/NAME.ipynb) the notebook runs in the sandbox; "
        "of the source's notebook it is said, besides, which asserts are weak and what to write "
        "instead."
    )
    command.set_defaults(run=partial(_validate, command.get_default("run")))


def _add_build(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "build",
        help="execute the sources in solutions/ and write the students' notebooks",
        description="Writes solutions/NN_name.ipynb, notebooks/NN_name.ipynb and what their checks "
        "expect, from solutions/NN_name.py.",
    )
    command.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="(all of them)")
    command.set_defaults(run=_build)


def _add_release(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "release",
        help="write what students get",
        description="Writes a folder that is complete without the repository: the notebooks, made "
        "from the sources in solutions/ whatever stands in notebooks/; what they import; the "
        "pretrained model; `python -m autograder validate`; and a README.md for students. No "
        "solutions, no hidden tests, and of the autograder nothing but `validate`.",
        epilog='For example: python -m autograder release --to handout --hand-in "Upload the '
        'notebook to Moodle, week 3, by Friday noon." An assignment of a course of your own: '
        "python -m autograder release ASSIGNMENT --course DIR writes DIR/release/ASSIGNMENT, as "
        "`nbgrader generate_assignment` does.",
    )
    command.add_argument(
        "assignment", nargs="?", metavar="ASSIGNMENT", help="of a course of your own"
    )
    command.add_argument("--course", type=Path, metavar="DIR", help="that course's folder")
    command.add_argument("--to", type=Path, metavar="DIR", help="a new folder")
    command.add_argument(
        "--hand-in",
        metavar="SENTENCE",
        help="what students read in README.md on how, where and by when to hand in",
    )
    command.add_argument(
        "--clone",
        metavar="ADDRESS",
        help="of the git repository in which you publish this folder: then each notebook begins "
        "with a cell that fetches the rest where it is opened alone, and on GitHub with buttons "
        "for Colab and Binder",
    )
    command.set_defaults(run=_release)


def _add_site(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "site",
        help="write the web site: all pages and notebooks",
        description="Writes the pages of this repository and its notebooks, without solutions, as "
        "a web site that needs no server. `make site` does this in build/site.",
    )
    command.add_argument(
        "--to", type=Path, required=True, metavar="DIR", help="a new folder, or an earlier site"
    )
    command.set_defaults(run=_site)


def _add_translate(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "translate",
        help="bring the notebooks and sentences in other languages up to date",
        description="Collects the texts of code, exercises and notebooks into the gettext "
        "catalogues (resnets/locale, solutions/locale), compiles them and writes the notebooks in "
        "other languages (notebooks/zh). It executes nothing. CONTRIBUTING.md says how to "
        "translate.",
        epilog="The exit status is 0 when everything is translated, else 1.",
    )
    command.add_argument("--language", type=_language, default="zh", help="which one (zh)")
    what = command.add_mutually_exclusive_group()
    what.add_argument(
        "--check", action="store_true", help="write nothing; say what is missing, stale or broken"
    )
    what.add_argument(
        "--todo", type=Path, metavar="FILE", help="write a sheet with the texts that need work"
    )
    what.add_argument(
        "--take", type=Path, metavar="FILE", help="put the translations of a sheet in their places"
    )
    command.add_argument(
        "--only", default="", metavar="NAME", help="with --todo: of catalogues named like this"
    )
    command.set_defaults(run=_translate)


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


def _course(options: argparse.Namespace) -> int:
    from autograder.authoring.course_folder import prepare
    from autograder.own_course.source import own_assignments

    own = own_assignments(options.course.resolve())
    chosen = [name for name in options.assignments if name not in own]
    # In a course of one's own, this repository's assignments are shown only where they are named.
    prepared = prepare(options.course, chosen if own or chosen else None)
    for path in prepared.made:
        print(f"made   {path}")
    for path in prepared.differing:
        print(
            f"kept   {path}, which is not the solution as it is now: delete it and run this again "
            "to have that shown in formgrader"
        )
    if not prepared.made:
        print(f"Nothing to do: {options.course} has all that it needs.")
    return 0


def _grade(options: argparse.Namespace) -> int:
    from autograder.course.folder import Course
    from autograder.course.secret import find_secret
    from autograder.grading import grade
    from autograder.own_course.report import strength
    from autograder.own_course.settings import read_settings
    from autograder.own_course.source import is_own, require_known
    from autograder.results.summary import summary

    course = Course(options.course.resolve())
    require_known(course.root, options.assignment)
    own = is_own(course.root, options.assignment)
    students = course.students(options.assignment, options.student)
    secret = None if own else find_secret(course.root, options.secret)
    if secret is not None:
        _tell_of_secret(secret, course.root)
    if options.sandbox == "none":
        print(
            "Warning: --sandbox none runs the students' code with your rights: it can read and "
            "change everything that you can, this course's grades included.",
            file=sys.stderr,
        )
    cell_seconds = options.cell_seconds
    if cell_seconds is None:
        cell_seconds = (read_settings(course.root).cell_seconds if own else None) or CELL_SECONDS
    limits = replace(
        Limits(),
        cell_seconds=cell_seconds,
        seconds=options.seconds,
        memory=options.memory * MEBIBYTE,
    )
    order = grade.Options(
        assignment=options.assignment,
        secret="" if secret is None else secret.of_cases(options.assignment),
        workers=options.workers,
        scheduler=options.scheduler,
        sandbox=options.sandbox,
        limits=limits,
        force=options.force,
        language=options.language,
        late=options.late,
        partial=options.partial,
    )
    if options.compare:
        return _compare(course, students, order)
    started = time.monotonic()
    with speaking(options.language):
        run = grade.grade(course, students, order, _progress)
    if secret is not None:
        secret.note_use(course.root)
    print(summary(run.verdicts, run.skipped, time.monotonic() - started, run.warnings))
    print(f"\nMarks: {course.root / 'grades.csv'}")
    if run.waiting:
        print(
            f"Answers that wait for a person: {run.waiting}. They count 0 points until they are "
            "marked in formgrader and `grade` or `feedback` is run again."
        )
    if own:
        print("\n".join(["", *strength(run.reference.recorded, course.root)]))
    if run.gradebook:
        print(f"autograder: warning: {run.gradebook}", file=sys.stderr)
    return 0


def _compare(course: Course, students: list[Student], order: Options) -> int:
    """Says whose marks would change."""
    from autograder.grading.compare import compare

    with speaking(order.language):
        compared = compare(course, students, order, _progress)
    print("\n".join(compared.in_words()))
    return 0


def _tell_of_secret(secret: CourseSecret, course: Path) -> None:
    """Says what concerns those who mark the class together."""
    if secret.has_changed(course):
        print(
            f"This class was marked before with another secret than {secret.path}: everything is "
            "marked again, with other hidden tests. To go on with the marks that are there, "
            f"interrupt this, and put the first secret (a colleague's?) at {course / NAME}.",
            file=sys.stderr,
        )
    elif secret.made:
        print(
            f"Made a secret for the hidden tests: {secret.path}. Who else marks this class needs "
            "the same file; students must not see it.",
            file=sys.stderr,
        )
    if not secret.is_private():
        print(
            f"Others on this machine can read the course's secret: chmod 600 {secret.path}",
            file=sys.stderr,
        )


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
    from autograder.course.folder import Course
    from autograder.results import by_hand, csv_and_json

    course = Course(options.course.resolve())
    if trouble := by_hand.remember(course, options.assignment):
        print(f"Warning: {trouble}", file=sys.stderr)
    written = feedback_pages.write_all(course, options.assignment, options.student)
    csv_and_json.refresh(course, options.assignment)
    pages = "page" if len(written) == 1 else "pages"
    print(f"{len(written)} {pages} of feedback in {options.course / 'feedback'}")
    return 0


def _export(options: argparse.Namespace) -> int:
    from autograder.course.folder import Course
    from autograder.results import by_hand
    from autograder.results.lms.export import export
    from autograder.results.lms.marks import marks_of

    course = Course(options.course.resolve())
    if trouble := by_hand.remember(course, options.assignment):
        print(f"Warning: {trouble}", file=sys.stderr)
    times: dict[str, datetime] = {}
    if options.to == "csv":
        from autograder.results.nbgrader_gradebook import hand_in_times

        students = course.students(options.assignment)
        times, _ = hand_in_times(course, options.assignment, students)
    marks = marks_of(course, options.assignment, times)
    folder = (options.out or course.root / "exports").resolve()
    done = export(marks, options.assignment, options.to, folder, options.roster, options.column)
    for note in done.notes:
        print(note)
    for path in done.files:
        print(f"written: {path}")
    return 0


def _handed_out() -> dict[str, Callable[[], object]]:
    """What makes each notebook of the repository as it is handed out, by its assignment."""
    from autograder.authoring.handed_out import handed_out
    from autograder.notebooks.sources import assignments

    return {name: partial(handed_out, name) for name in assignments()}


def _validate(usual: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    from autograder.own_course.source import find_course

    course = find_course(options.notebook)
    if course is None:
        return usual(options)
    from autograder.grading.validate_own import validate_own

    return validate_own(course, options.notebook.resolve())


def _new(options: argparse.Namespace) -> int:
    from autograder.authoring.new import new

    for path in new(options.assignment):
        print(path.relative_to(ROOT))
    print(
        f"\nNow: python -m autograder build {options.assignment}\n"
        f"What is missing then: python -m tests.notebooks.pieces {options.assignment}"
    )
    return 0


def _build(options: argparse.Namespace) -> int:
    from autograder.authoring.build import build

    for path in build(options.assignments):
        print(path)
    return 0


def _release(options: argparse.Namespace) -> int:
    if options.course is not None or options.assignment is not None:
        return _release_own(options)
    if options.to is None:
        raise AutograderError("Say where to: --to DIR; or ASSIGNMENT --course DIR.")
    from autograder.authoring.release import HAND_IN, release

    hand_in = HAND_IN if options.hand_in is None else options.hand_in
    for path in release(options.to, hand_in, options.clone):
        print(path)
    return 0


def _release_own(options: argparse.Namespace) -> int:
    from autograder.course.folder import Course
    from autograder.grading import workers
    from autograder.grading.own import read_own_reference
    from autograder.own_course.release import release
    from autograder.own_course.source import is_own, read_source

    if options.course is None or options.assignment is None:
        raise AutograderError("An assignment of a course of your own: ASSIGNMENT --course DIR.")
    course = options.course.resolve()
    if not is_own(course, options.assignment):
        raise AutograderError(
            f"There is no notebook in {course / 'source' / options.assignment}; what is in this "
            "repository is released without --course."
        )
    source, evidence = read_source(course, options.assignment), []
    if source.declaration:
        own = read_own_reference(Course(course), options.assignment, workers.mark, "bwrap")
        evidence = own.recorded.checked()
    for path in release(source, options.to, evidence):
        print(path)
    return 0


def _site(options: argparse.Namespace) -> int:
    from autograder.authoring.site import site

    site(options.to)
    print(f"The site: {options.to / 'index.html'}")
    return 0


def _translate(options: argparse.Namespace) -> int:
    from autograder.authoring import translate, worksheet

    if options.todo:
        sheet = worksheet.worksheet(options.language, options.only)
        options.todo.write_text(sheet, encoding="utf-8")
        print(f"{worksheet.count(sheet)} texts to translate: {options.todo}")
        return 0
    if options.take:
        taken = worksheet.take(options.language, options.take.read_text(encoding="utf-8"))
        print(f"{taken} translations taken.")
    if not options.check:
        for path in translate.bring_up_to_date(options.language):
            print(f"written {path.relative_to(ROOT)}")
    found = translate.complaints(options.language)
    print("\n".join(found) or "Everything is translated.")
    return 1 if found else 0
