"""How much faster a class is marked than by `nbgrader autograde`, and in a sandbox at that.

Both mark the same correct submissions of notebook 01 and run the same cells: its graded cells and
what these need; the cells tagged heavy are taken out for both. nbgrader marks one submission after
the other, as it does; ours has two workers. Where a test's hidden check repeats the public one,
ours runs it once.

Ours takes about four seconds to start, whatever the class, so the ratio grows with it: by default
this is a class of 60, which takes five minutes to measure.

    python benchmarks/grading.py [--students 60] [--workers 2]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
ASSIGNMENT = "01_residual_networks"
CONFIGURATION = """
c = get_config()
c.CourseDirectory.course_id = "benchmark"
c.ExecutePreprocessor.timeout = 600
c.ClearSolutions.enforce_metadata = False
"""
# The command, with the shortened notebook as the solution.
OURS = """
import sys
from pathlib import Path
from autograder.grading import reference
reference.SOLUTIONS = Path(sys.argv.pop(1))
from autograder.cli import main
sys.exit(main())
"""


def main() -> None:
    """Measures both and prints seconds a submission, the ratio and where ours spends its time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=60)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="grading-") as folder:
        notebook = shortened()
        ours, split = mark_with_ours(Path(folder, "ours"), notebook, options)
        theirs = mark_with_nbgrader(Path(folder, "theirs"), notebook, options.students)
    print(f"{options.students} correct submissions, seconds each")
    print(f"  nbgrader autograde          {theirs:6.2f}")
    print(f"  autograder, {options.workers} workers       {ours:6.2f}")
    print(f"  ratio                       {theirs / ours:6.1f}")
    print("of one submission's time with us, median seconds")
    for part, seconds in split.items():
        print(f"  {part:26}  {seconds:6.2f}")


def shortened() -> NotebookNode:
    """The solved notebook without its heavy cells and without outputs."""
    notebook = nbformat.read(ROOT / "solutions" / f"{ASSIGNMENT}.ipynb", as_version=4)
    notebook.cells = [c for c in notebook.cells if "heavy" not in c.metadata.get("tags", [])]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    return notebook


def hand_in(course: Path, notebook: NotebookNode, students: int) -> None:
    """Writes the same right notebook for every student."""
    for number in range(students):
        path = course / "submitted" / f"student{number:03}" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)


def mark_with_ours(
    folder: Path, notebook: NotebookNode, options: argparse.Namespace
) -> tuple[float, dict[str, float]]:
    """Seconds a submission, starting the workers included, and the medians of their parts.

    The solution is marked once before, as in the first run in any course folder.
    """
    (folder / "solutions").mkdir(parents=True)
    nbformat.write(notebook, folder / "solutions" / f"{ASSIGNMENT}.ipynb")
    (folder / "secret").write_text("benchmark")
    course = folder / "course"
    hand_in(course, notebook, options.students)
    command = [sys.executable, "-c", OURS, str(folder / "solutions"), "grade", ASSIGNMENT]
    command += ["--course", str(course), "--workers", str(options.workers)]
    command += ["--secret", str(folder / "secret")]
    run([*command, "--student", "student000"], ROOT)
    seconds = run([*command, "--force"], ROOT)
    kept = [json.loads(p.read_text()) for p in (course / ".autograder" / ASSIGNMENT).iterdir()]
    verdicts = [entry["verdict"] for entry in kept]
    require_full_marks(course)
    parts = {part: [v["split"][part] for v in verdicts] for part in verdicts[0]["split"]}
    split = {part: statistics.median(values) for part, values in parts.items()}
    rest = seconds * options.workers - sum(verdict["seconds"] for verdict in verdicts)
    return seconds / options.students, split | {"start, gradebook, grades": rest / len(verdicts)}


def require_full_marks(course: Path) -> None:
    """Stops the benchmark where a right submission was not found right."""
    students = json.loads((course / "grades.json").read_text())["students"]
    wrong = [name for name, entry in students.items() if entry["score"] != entry["max_score"]]
    if wrong:
        raise SystemExit(f"{wrong[0]} did not earn full marks; the measurement means nothing.")


def mark_with_nbgrader(course: Path, notebook: NotebookNode, students: int) -> float:
    """Seconds a submission of `nbgrader autograde`; its database is made before."""
    source = course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(notebook, source)
    (course / "nbgrader_config.py").write_text(CONFIGURATION)
    nbgrader = [sys.executable, "-m", "nbgrader"]
    run([*nbgrader, "generate_assignment", ASSIGNMENT], course)
    hand_in(course, notebook, students)
    return run([*nbgrader, "autograde", ASSIGNMENT], course) / students


def run(command: list[str], folder: Path) -> float:
    """The wall-clock seconds of a command, which has to succeed."""
    programs = [str(Path(sys.executable).parent), os.environ["PATH"]]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PATH": os.pathsep.join(programs)}
    environment |= {"TF_CPP_MIN_LOG_LEVEL": "3"}
    started = time.monotonic()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    seconds = time.monotonic() - started
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command[:6])} failed:\n{done.stderr[-3000:]}")
    return seconds


if __name__ == "__main__":
    main()
