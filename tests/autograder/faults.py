"""A class whose marking is killed again and again: the marks must be the same each time.

    python -m tests.autograder.faults [--students 200] [--rounds 10] [--kills 5] [--seed 1]
                                      [--sandbox] [--scheduler local]

In each round the same class is marked from the beginning. While it is, workers are killed at random
times, and now and then the whole command, which is then started again. Each round must end with the
grades.csv of a run that nobody disturbed. Every process has a bound on its time.

Without --sandbox the work is simulated: a worker process sleeps for a moment and gives the points
that an answer's text tells. With it, kernels in the real sandbox mark small notebooks.
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import functools
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from autograder.paths import ROOT
from tests.autograder.instant import ASSIGNMENT, RIGHT, WRONG, hand_in, make_course

WORKERS = 2
ROUND_SECONDS = 900.0
"""After which a round has failed."""
COMMAND_SECONDS = 600.0
WORKING = ("autograder.marking.worker", "tests.autograder.pretended", "spawn_main")
"""What is in the command lines of workers: real ones, pretending ones, Dask's."""
WAIT = (0.2, 2.5)
"""Seconds between two kills, at least and at most."""
# The command, with the solution of the tests; its workers may be ones that only pretend.
COMMAND = """
import sys
from pathlib import Path
from autograder.grading import reference, workers
from autograder.notebooks import sources
sources.SOLUTIONS = reference.SOLUTIONS = Path(sys.argv.pop(1))
if sys.argv.pop(1) == "simulated":
    from tests.autograder.pretended import simulate
    simulate()
from autograder.cli import main
sys.exit(main())
"""


@dataclass
class Round:
    """How a round went.

    Attributes:
        table: the content of grades.csv.
        killed: what was killed, by its kind.
        started: how often the command was started.
        seconds: of the round.
    """

    table: bytes = b""
    killed: dict[str, int] = field(default_factory=lambda: {"worker": 0, "command": 0})
    started: int = 0
    seconds: float = 0.0


def main() -> int:
    """Runs the rounds and prints a line for each; 1 where one differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--kills", type=int, default=5, help="in each round, at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sandbox", action="store_true", help="mark in the real sandbox")
    parser.add_argument("--scheduler", help="as of `grade`")
    options = parser.parse_args()
    more = ["--scheduler", options.scheduler] if options.scheduler else []
    undisturbed = one_round(options.students, 0, options.seed, options.sandbox, more)
    print(f"undisturbed: {undisturbed.seconds:.1f} s, {options.students} submissions", flush=True)
    differing = 0
    for number in range(1, options.rounds + 1):
        seed = options.seed + number
        run = one_round(options.students, options.kills, seed, options.sandbox, more)
        same = run.table == undisturbed.table
        differing += not same
        killed = f"{run.killed['worker']} workers and {run.killed['command']} commands killed"
        said = "the same" if same else "DIFFERS"
        print(f"round {number:2}: {killed}, {run.seconds:.1f} s, grades.csv {said}", flush=True)
    print(f"{options.rounds - differing} of {options.rounds} rounds gave the same grades.csv")
    return int(differing > 0)


def one_round(
    students: int, kills: int, seed: int, sandbox: bool = False, more: Sequence[str] = ()
) -> Round:
    """Marks a class of its own, disturbed `kills` times.

    Raises:
        TimeoutError: it did not come to an end.
    """
    chance = random.Random(seed)
    run, started = Round(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        course = make_course(Path(folder))
        for number in range(students):
            hand_in(course, f"student{number:04}", RIGHT if number % 3 else WRONG)
        shutil.copy(_empty_gradebook(), course / "gradebook.db")
        left = kills
        while time.monotonic() - started < ROUND_SECONDS:
            run.started += 1
            with command(course, sandbox, more) as process:
                left = _disturb(process, left, chance, run)
                code = process.wait(COMMAND_SECONDS)
            if code == 0 and not _again(course):
                run.table = (course / "grades.csv").read_bytes()
                run.seconds = time.monotonic() - started
                return run
        raise TimeoutError(f"the round did not end within {ROUND_SECONDS:g} seconds")


@functools.cache
def _empty_gradebook() -> Path:
    """A gradebook without anything: making one takes nbgrader many seconds."""
    from nbgrader.api import Gradebook

    from autograder.results.nbgrader_gradebook import find_alembic

    find_alembic()
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}"):
        return folder / "gradebook.db"


def _again(course: Path) -> bool:
    """Whether somebody is to be marked again, since workers were lost over the notebook twice."""
    return b"crashed" in (course / "grades.csv").read_bytes()


@contextlib.contextmanager
def command(course: Path, sandbox: bool, more: Sequence[str]) -> Iterator[subprocess.Popen]:
    """`grade` as a process; whatever happens, it and all that it has started end."""
    words = [sys.executable, "-c", COMMAND, str(course.parent / "solutions")]
    words += ["sandbox" if sandbox else "simulated", "grade", ASSIGNMENT, "--course", str(course)]
    words += ["--secret", str(course.parent / "secret"), "--workers", str(WORKERS), *more]
    process = subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        for one in [*_below(process), process]:
            with contextlib.suppress(psutil.Error, ProcessLookupError):
                one.kill()
        process.wait(30)


def _below(process: subprocess.Popen) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.Error:
        return []


def _disturb(process: subprocess.Popen, kills: int, chance: random.Random, run: Round) -> int:
    """Kills workers, or the command itself; how many kills are left when it has ended."""
    until = time.monotonic() + COMMAND_SECONDS
    while process.poll() is None and time.monotonic() < until:
        if any(_is_worker(one) for one in _below(process)):
            break  # From now on there is something to kill.
        time.sleep(0.05)
    while kills and process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(*WAIT))
            break
        if chance.random() < 0.25:
            process.send_signal(signal.SIGKILL)
            run.killed["command"] += 1
            return kills - 1
        workers = [one for one in _below(process) if _is_worker(one)]
        if workers:
            with contextlib.suppress(psutil.Error):
                chance.choice(workers).kill()
                run.killed["worker"] += 1
                kills -= 1
    return kills


def _is_worker(process: psutil.Process) -> bool:
    try:
        words = " ".join(process.cmdline())
    except psutil.Error:
        return False
    return any(part in words for part in WORKING)


if __name__ == "__main__":
    sys.exit(main())
