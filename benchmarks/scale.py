"""What a class costs besides its marking: up to 10,000 submissions, whose work is simulated.

    python benchmarks/scale.py [--students 100 1000 10000] [--work 0] [--plot FILE]

Everything but the sandbox is real: the course folder, the scheduler with two threads, the verdicts
on disk, nbgrader's gradebook, grades.csv, grades.json, feedback pages. A submission is notebook 01
without its outputs; its verdict is as long as a real one. With --work 0 nothing else is done, so
that the seconds are overhead alone.

"on the processor" is what this process used of it: on a busy machine the other milliseconds are
waits for others. Each class is marked in a process of its own. "memory" is the most that this
process, the coordinator, ever held. "gradebook" is the first writing into an empty database,
"again" a second call of `grade` for a class in which everything is marked. Making the empty
database, which takes nbgrader seconds whatever the class, is left out of the milliseconds. Goals:
under 5 ms a submission, under 500 MB, grades.csv under a second.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
ASSIGNMENT = "01_residual_networks"
PLOT = ROOT / "benchmarks" / "last" / "scale.png"
OVERHEAD, MEMORY, TABLE = 5.0, 500.0, 1.0
"""The goals: milliseconds a submission, megabytes, seconds."""
MESSAGES = 6
"""Lines of a rubric in the simulated verdict on each function."""


def main() -> None:
    """Runs each class in a process of its own; prints a table and draws a plot."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--work", type=float, default=0.0, help="seconds of each submission (0)")
    parser.add_argument("--plot", type=Path, default=PLOT, help="where the plot goes")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(options.one, options.students[0], options.work)))
        return
    print(
        "| submissions | grade, ms each | on the processor | memory, MB | gradebook | grades.csv "
        "| feedback, ms each | again | all |"
    )
    print("| ---: " * 9 + "|")
    rows = []
    for students in options.students:
        rows.append(apart(students, options.work))
        print(line(rows[-1]), flush=True)
    draw(rows, options.plot)
    largest = rows[-1]
    goals = {
        f"overhead under {OVERHEAD:g} ms a submission": largest["marking_ms"] < OVERHEAD,
        f"the same on the processor under {OVERHEAD:g} ms": largest["processor_ms"] < OVERHEAD,
        f"memory under {MEMORY:g} MB": largest["memory_mb"] < MEMORY,
        f"grades.csv under {TABLE:g} s": largest["table_s"] < TABLE,
    }
    print()
    for goal, held in goals.items():
        print(f"{'yes' if held else 'NO '}  {goal}, at {largest['students']:,}")


def line(row: dict[str, float]) -> str:
    """A row of the table."""
    cells = [
        f"{row['students']:,}",
        f"{row['marking_ms']:.2f}",
        f"{row['processor_ms']:.2f}",
        f"{row['memory_mb']:.0f}",
        f"{row['gradebook_s']:.2f} s",
        f"{row['table_s']:.2f} s",
        f"{row['feedback_ms']:.2f}",
        f"{row['again_s']:.2f} s",
        f"{row['all_s']:.1f} s",
    ]
    return f"| {' | '.join(cells)} |"


def apart(students: int, work: float) -> dict[str, float]:
    """The measures of one class, from a process of its own."""
    with tempfile.TemporaryDirectory(prefix="scale-") as folder:
        command = [sys.executable, __file__, "--one", folder, "--students", str(students)]
        done = subprocess.run(
            [*command, "--work", str(work)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=3600,
            env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        )
    return json.loads(done.stdout.splitlines()[-1])


def measured(folder: Path, students: int, work: float) -> dict[str, float]:
    """Marks a class twice in this process, through the command line; seconds and megabytes."""
    from autograder import cli
    from autograder.course.folder import Course
    from autograder.grading import executors, grade, reference
    from autograder.results import csv_and_json, nbgrader_gradebook

    notebook, verdict_of = simulated(work)
    course = folder / "course"
    for number in range(students):
        path = course / "submitted" / f"student{number:05}" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(notebook.replace(b"STUDENT", f"{number:07}".encode()))
    (folder / "secret").write_text("benchmark")

    class Executor(executors.LocalExecutor):
        def prepare(self, jobs: int, sandbox: str, modules: object = None) -> None:
            """No worker is needed."""

    grade.executor_for = lambda *_: Executor(2, verdict_of)
    reference.hidden_expected = lambda *_: "{}"
    spent: dict[str, float] = {}
    for module, name in (
        (nbgrader_gradebook, "declare"),
        (nbgrader_gradebook, "write"),
        (csv_and_json, "write"),
        (grade, "write_results"),
    ):
        setattr(module, name, timed(spent, f"{module.__name__}.{name}", getattr(module, name)))
    command = ["grade", ASSIGNMENT, "--course", str(course), "--secret", str(folder / "secret")]
    processor = time.process_time()
    first = seconds(lambda: cli.main(command))
    processor = time.process_time() - processor
    kept = dict(spent)
    again = seconds(lambda: cli.main(command))
    marks = csv_and_json.final_marks(Course(course), ASSIGNMENT)
    table = seconds(lambda: "".join(csv_and_json._table(Course(course), {ASSIGNMENT: marks})))
    feedback = seconds(lambda: cli.main(["feedback", ASSIGNMENT, "--course", str(course)]))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert len(json.loads((course / "grades.json").read_text())["students"]) == students
    book = "autograder.results.nbgrader_gradebook"
    start = kept[f"{book}.declare"]
    marking = first - start - kept["autograder.grading.grade.write_results"]
    return {
        "students": students,
        "marking_ms": 1000 * (first - start) / students,
        "processor_ms": 1000 * (processor - kept[f"{book}.declare processor"]) / students,
        "scheduling_ms": 1000 * marking / students,
        "memory_mb": memory,
        "gradebook_s": kept[f"{book}.write"],
        "table_s": table,
        "feedback_ms": 1000 * feedback / students,
        "again_s": again,
        "all_s": first,
    }


def timed(spent: dict[str, float], name: str, function: Callable) -> Callable:
    """The same function, whose seconds are added up."""

    def call(*arguments: object, **named: object) -> object:
        started, processor = time.perf_counter(), time.process_time()
        try:
            return function(*arguments, **named)
        finally:
            used = {name: time.perf_counter() - started}
            used[f"{name} processor"] = time.process_time() - processor
            spent.update({key: spent.get(key, 0.0) + value for key, value in used.items()})

    return call


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes; what it says is left out."""
    started = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        action()
    return time.perf_counter() - started


def simulated(work: float) -> tuple[bytes, Callable]:
    """A submission, and what marks it without running it, as wordy as a real verdict."""
    import nbformat

    from autograder.course.verdict import CellVerdict, Verdict
    from autograder.grading.reference import solved
    from autograder.notebooks.cells import grade_id, is_grade

    notebook = solved(ASSIGNMENT)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    notebook.metadata["student"] = "STUDENT"
    graded = [cell.metadata.nbgrader for cell in notebook.cells if is_grade(cell)]
    code = {grade_id(c): c.source for c in notebook.cells if grade_id(c) and not is_grade(c)}

    def verdict_of(job: object) -> Verdict:
        time.sleep(work)
        half = hash(job.student) % 2
        cells = [
            CellVerdict(
                cell.grade_id,
                float(cell.points) / (1 + half),
                float(cell.points),
                not half,
                [f"{job.student}: expected 2×2, found 3×3"] * (MESSAGES // 2),
                [
                    {"title": f"line {number} of the rubric", "points": 1.0, "max_points": 1.0,
                     "passed": True, "message": f"{job.student}: expected 2×2, found 3×3",
                     "hidden": False, "expected": "2×2", "found": "3×3", "line": 3,
                     "source": "X = Conv2D(filters=F1, kernel_size=1)(X)"}
                    for number in range(MESSAGES)
                ],
            )
            for cell in graded
        ]  # fmt: skip
        own = {name: f"{source}\n# {job.student}" for name, source in code.items()}
        text = job.submission.decode()
        return Verdict("graded", cells=cells, code=own, seconds=work, notebook=text)

    return nbformat.writes(notebook).encode(), verdict_of


def draw(rows: list[dict[str, float]], path: Path) -> None:
    """Overhead and memory by the size of the class."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    students = [row["students"] for row in rows]
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    parts = {
        "all of grade": "marking_ms",
        "all of grade, on the processor": "processor_ms",
        "without writing results": "scheduling_ms",
        "a page of feedback": "feedback_ms",
    }
    for label, name in parts.items():
        left.plot(students, [row[name] for row in rows], "o-", label=label)
    left.axhline(OVERHEAD, color="gray", linestyle="--", label="goal")
    left.set(xscale="log", xlabel="submissions", ylabel="ms a submission", ylim=(0, None))
    right.plot(students, [row["memory_mb"] for row in rows], "o-", label="coordinator")
    right.axhline(MEMORY, color="gray", linestyle="--", label="goal")
    right.set(xscale="log", xlabel="submissions", ylabel="memory at most, MB", ylim=(0, None))
    for axes in (left, right):
        axes.legend()
        axes.set_xticks(students, [f"{number:,}" for number in students])
        axes.minorticks_off()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)


if __name__ == "__main__":
    main()
