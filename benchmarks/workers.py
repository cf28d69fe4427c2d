"""How much sooner two workers have a class marked than one: real submissions, in turns.

The same correct submissions of notebook 01, without its heavy cells, are marked with one worker and
with two, again and again in turns, so that what else the machine does meets both. Marking is the
time from the moment at which the first submission is begun to the last verdict; the start (the
command, the workers' imports, the fork server) is told apart, since it is the same for any class.

Neighbours beside a fork bomb, at the end: the median seconds of honest submissions that are marked
with two workers beside a quiet one, then beside one that forks as fast as it may for a minute.

    python benchmarks/workers.py [--students 24] [--turns 5]
"""

from __future__ import annotations

import argparse
import copy
import json
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
from grading import ASSIGNMENT, ROOT, hand_in, require_full_marks, run, shortened
from nbformat import NotebookNode

GOAL = 1.8
NEIGHBOURS = 8
# The command, with the shortened notebook as the solution; it notes when each verdict came.
TIMED = """
import json, sys, time
from pathlib import Path
begun = time.perf_counter()
from autograder.grading import grade, reference
reference.SOLUTIONS = Path(sys.argv.pop(1))
notes = Path(sys.argv.pop(1))
from autograder.cli import main
marked = grade.marked
def noted(*arguments):
    seen = []
    for submission, verdict in marked(*arguments):
        seen.append([time.perf_counter() - begun, verdict.seconds, submission.student.id])
        yield submission, verdict
    notes.write_text(json.dumps(seen))
grade.marked = noted
sys.exit(main())
"""
BOMB = """
import os, signal, time
end = time.monotonic() + 60
while time.monotonic() < end:
    try:
        if os.fork() == 0:
            while time.monotonic() < end:
                try:
                    os.fork()
                except OSError:
                    pass
            os._exit(0)
    except OSError:
        pass
"""


@dataclass(frozen=True)
class Turn:
    """Seconds of the start, of the marking, and of each submission by its student."""

    start: float
    marking: float
    each: dict[str, float]


def main() -> int:
    """Prints the table; 1 where the fork bomb has cost the neighbour points."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=24)
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="workers-") as name:
        folder = prepare(Path(name))
        course = folder / "course"
        hand_in(course, shortened(), options.students)
        mark(folder, course, 1, "--student", "student000")  # What the solution shows is kept.
        compare(folder, options.students, options.turns)
        return int(not unharmed(folder))


def prepare(folder: Path) -> Path:
    """Writes the shortened notebook as the solution, and a secret."""
    (folder / "solutions").mkdir()
    nbformat.write(shortened(), folder / "solutions" / f"{ASSIGNMENT}.ipynb")
    (folder / "secret").write_text("benchmark")
    (folder / "secret").chmod(0o600)
    return folder


def mark(folder: Path, course: Path, workers: int, *arguments: str) -> Turn:
    """Marks a class."""
    notes = folder / "notes.json"
    command = [sys.executable, "-c", TIMED, str(folder / "solutions"), str(notes), "grade"]
    command += [ASSIGNMENT, "--course", str(course), "--secret", str(folder / "secret")]
    run([*command, "--workers", str(workers), "--force", *arguments], ROOT)
    seen = json.loads(notes.read_text())
    start = min(came - seconds for came, seconds, _ in seen)
    each = {student: seconds for _, seconds, student in seen}
    return Turn(start, max(came for came, _, _ in seen) - start, each)


def compare(folder: Path, students: int, turns: int) -> None:
    """Prints the turns and the median of their ratios."""
    print(f"{students} correct submissions; seconds")
    print("turn   start, 1   marking, 1   start, 2   marking, 2   ratio")
    ratios = []
    for number in range(1, turns + 1):
        one, two = (mark(folder, folder / "course", workers) for workers in (1, 2))
        require_full_marks(folder / "course")
        ratios.append(one.marking / two.marking)
        cells = f"{one.start:11.1f}{one.marking:13.1f}{two.start:11.1f}{two.marking:13.1f}"
        print(f"{number:4}{cells}{ratios[-1]:8.2f}", flush=True)
    median = statistics.median(ratios)
    print(f"median of the ratios: {median:.2f} ({'yes' if median >= GOAL else 'NO'}: {GOAL} asked)")


def unharmed(folder: Path) -> bool:
    """Marks neighbours beside a quiet submission and beside a fork bomb; whether they lost none."""
    seconds, scores = {}, {}
    for beside, code in {"a quiet one": "", "a fork bomb": BOMB}.items():
        course = folder / beside.replace(" ", "-")
        hand_in(course, shortened(), NEIGHBOURS)
        write(course, "other", with_code(shortened(), code))
        told = mark(folder, course, 2, "--cell-seconds", "90")
        names = [name for name in told.each if name != "other"]
        seconds[beside] = statistics.median(told.each[name] for name in names)
        grades = json.loads((course / "grades.json").read_text())["students"]
        scores[beside] = [grades[name]["score"] for name in sorted(names)]
        said = f"{seconds[beside]:.1f} s each, {sorted(set(scores[beside]))} points"
        print(f"beside {beside}: {len(names)} neighbours, {said}", flush=True)
    print(f"ratio of their seconds: {seconds['a fork bomb'] / seconds['a quiet one']:.2f}")
    return scores["a fork bomb"] == scores["a quiet one"]


def with_code(notebook: NotebookNode, code: str) -> NotebookNode:
    """The notebook with code before its first solution."""
    other = copy.deepcopy(notebook)
    cell = next(cell for cell in other.cells if cell.metadata.get("nbgrader", {}).get("solution"))
    cell.source = f"{code}\n{cell.source}"
    return other


def write(course: Path, student: str, notebook: NotebookNode) -> None:
    """Hands in a notebook."""
    path = course / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    sys.exit(main())
