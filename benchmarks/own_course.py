"""Plain nbgrader courses, marked by us and by `nbgrader autograde`: the same points, and the times.

Two courses: nbgrader's own documentation course (`ps1`: two notebooks, cells marked by people and
by asserts) and a small one on pandas (`bikes`: three exercises, a file of data). Each has honest
submissions, right and wrong, which are handed in again and again under other names until the class
is as large as asked. Both mark the same files in one run; ours in a sandbox, with its asserts
compared outside, and the time that its solution takes once included.

    python benchmarks/own_course.py [--students 24] [--workers 2]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbgrader
from nbgrader.api import Gradebook

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT))

from tests.autograder.own_course import trips
from tests.autograder.own_course.percent import CONFIG, edited, hand_in, write_course

GUIDE = Path(nbgrader.__file__).parent / "docs/source/user_guide"


def main() -> int:
    """Prints the table; the exit status is 1 where points differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=24)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    print(f"{options.students} submissions each, {options.workers} workers; seconds")
    print(f"{'course':8} {'nbgrader':>9} {'ours':>7} {'ratio':>6}  points of cells")
    differing = 0
    for assignment, write in (("ps1", write_ps1), (trips.ASSIGNMENT, write_trips)):
        with tempfile.TemporaryDirectory(prefix="own-course-") as folder:
            ours, theirs = Path(folder, "ours"), Path(folder, "theirs")
            for root in (ours, theirs):
                write(root, options.students)
            seconds = mark_with_ours(ours, assignment, options.workers)
            peer = mark_with_nbgrader(theirs, assignment)
            here, there = points(ours, assignment), points(theirs, assignment)
        wrong = [key for key in there if there[key] != here.get(key)]
        differing += len(wrong) + (here.keys() != there.keys())
        told = f"all {len(there)} the same" if not wrong else f"{len(wrong)} differ: {wrong[:3]}"
        print(f"{assignment:8} {peer:9.1f} {seconds:7.1f} {peer / seconds:6.1f}  {told}")
    return int(differing > 0)


def write_ps1(root: Path, students: int) -> None:
    """nbgrader's documentation course, as it is installed with nbgrader."""
    for name in ("source", "submitted"):
        shutil.copytree(GUIDE / name, root / name)
    config = CONFIG + 'c.IncludeHeaderFooter.header = "source/header.ipynb"\n'
    (root / "nbgrader_config.py").write_text(config)
    _multiply(root, students)


def write_trips(root: Path, students: int) -> None:
    """The course on pandas."""
    data = {"trips.csv": trips.CSV}
    write_course(root, trips.ASSIGNMENT, {trips.NOTEBOOK: trips.SOLVED}, data)
    for name, code in trips.HONEST.items():
        own = {trips.NOTEBOOK: edited(trips.SOLVED, **code)}
        hand_in(root, name.replace(" ", "-"), trips.ASSIGNMENT, own)
    _multiply(root, students)


def _multiply(root: Path, students: int) -> None:
    """Copies submissions until there are as many as asked, or leaves the last ones out."""
    there = sorted(path for path in (root / "submitted").iterdir() if path.is_dir())
    for number in range(len(there), students):
        shutil.copytree(there[number % len(there)], root / "submitted" / f"copy{number:04}")
    for path in there[students:]:
        shutil.rmtree(path)


def mark_with_ours(root: Path, assignment: str, workers: int) -> float:
    """Seconds from typing the command to its end."""
    command = [sys.executable, "-m", "autograder", "grade", assignment, "--course", str(root)]
    return _timed([*command, "--workers", str(workers)], ROOT)


def mark_with_nbgrader(root: Path, assignment: str) -> float:
    """Seconds of `nbgrader autograde`; the database is made before, as it is needed for both."""
    nbgrader_command = [sys.executable, "-m", "nbgrader"]
    _timed([*nbgrader_command, "generate_assignment", assignment, "--force"], root)
    return _timed([*nbgrader_command, "autograde", assignment], root)


def _timed(command: list[str], folder: Path) -> float:
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    started = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=os.environ | {"PATH": programs}, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return time.perf_counter() - started


def points(root: Path, assignment: str) -> dict[str, tuple[float | None, bool]]:
    """By student, notebook and cell: automatic points, and whether a person must look."""
    found = {}
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        for submission in book.assignment_submissions(assignment):
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    key = json.dumps([submission.student.id, notebook.name, grade.name])
                    found[key] = (grade.auto_score, bool(grade.needs_manual_grade))
    return found


if __name__ == "__main__":
    sys.exit(main())
