"""What hostile submissions get: here, and from `nbgrader autograde`.

    python -m tests.autograder.attacks [--only WORDS] [--nbgrader] [--kept FILE] [--table FILE]

Notebook 01, cut down to its first exercise, is handed in by an honest neighbour and by every
attacker of `tests.autograder.hostile`, as one class, and marked by `grade` in the sandbox. With
--nbgrader each attacker is also marked by `nbgrader autograde`, each in a course of its own with
the neighbour, and in a container of this program's own (no network, no other processes, bounded
memory and time), since nothing else would hold it: what the container holds is not nbgrader's
doing, and what an attack leaves running ends with the container.

An attack on points has a wrong function, and gains what it gets beyond the same function without an
attack. Any other has the right function: it has succeeded where it reached what it was after, where
it left its table with a formula or a page with markup, or where the neighbour lost a mark. Results
are kept as they come (--kept), so that the command goes on where it was.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.notebooks.cells import grade_id
from autograder.notebooks.sources import read_source
from autograder.paths import ROOT
from autograder.results import csv_and_json
from autograder.results.csv_and_json import FORMULA
from tests.autograder import container
from tests.autograder.attacks_page import write_part
from tests.autograder.conftest import handed_in
from tests.autograder.hostile import FUNCTION, REACHED, Attack, attacks, source

ASSIGNMENT = "01_residual_networks"
NEIGHBOUR, HONEST_WRONG = "neighbour", "wrong"
WORTH = 30.0
NBGRADER_SECONDS = 150
HEADING = "On a course of this repository"
PAGE = """\
Notebook 01, cut down to its first exercise, handed in by an honest neighbour and by these
attackers, marked as one class. This part is what
`python -m tests.autograder.attacks --nbgrader --table docs/attacks.md` wrote.

| on | what the attack is after, and when it has succeeded |
| --- | --- |
| points | a wrong function gets more points than the same function without the attack |
| machine | it reached what it was after, left something outside, or cost the neighbour points |
| file | what was handed in is no ordinary notebook: the same |
| name | the id becomes a formula in a table, markup on a page, or an escape on the screen |

`nbgrader autograde` {version} runs students' code with your rights, as its documentation says.
Here it ran in a container of this program's own, without network, home folder and other processes,
with {memory} GB of memory and {seconds} seconds: what that container held is not counted as
nbgrader's. Processes that an attack leaves behind end with the container, and are not counted.
"no end": it did not end in this time, so that the class after it is not marked. "nothing" is also
where it gave this submission up.
"""
NOT_TRIED = "(not tried)"
COMMAND = """
import sys
from pathlib import Path
from autograder.grading import reference
reference.SOLUTIONS = Path(sys.argv.pop(1))
reference._require_points_that_add_up = lambda *_: None
from autograder.cli import main
sys.exit(main())
"""
CONFIGURATION = """
c = get_config()
c.CourseDirectory.course_id = "attacked"
c.ExecutePreprocessor.timeout = 60
c.ClearSolutions.enforce_metadata = False
"""


def main() -> int:
    """Marks the attackers and prints the table; 1 where one got something from us."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="attacks with these words in their names")
    parser.add_argument("--nbgrader", action="store_true", help="by nbgrader, too")
    parser.add_argument("--kept", type=Path, help="a file with results; it is added to")
    parser.add_argument("--at-once", type=int, default=2, help="how many nbgraders (2)")
    parser.add_argument("--table", type=Path, help="the page on which it is written, too")
    options = parser.parse_args()
    kept = _load(options.kept)
    chosen = [a for a in attacks() if options.only in a.name or options.only == a.group]
    missing = [attack for attack in chosen if attack.name not in kept["ours"]]
    if missing:
        kept["ours"] |= marked_by_us(missing)
        _save(options.kept, kept)
    left = [a for a in chosen if options.nbgrader and a.name not in kept["nbgrader"]]
    for attack, got in all_by_nbgrader(left, options.at_once):
        kept["nbgrader"][attack.name] = got
        _save(options.kept, kept)
        print(f"{attack.name}: {got}", file=sys.stderr, flush=True)
    text = table(chosen, kept)
    print(text)
    if options.table:
        bounds = {"memory": container.MEMORY >> 30, "seconds": NBGRADER_SECONDS}
        page = PAGE.format(version=version("nbgrader"), **bounds)
        untried = f'"{NOT_TRIED}": only here yet.\n' if NOT_TRIED in text else ""
        write_part(options.table, HEADING, f"{page}{untried}\n{text}")
    return int(any(kept["ours"][attack.name] != NOTHING for attack in chosen))


NOTHING, NO_END = "nothing", "no end"


def table(chosen: list[Attack], kept: dict[str, Any]) -> str:
    """A row for each attack, and how many got something."""
    lines = ["| attack | on | here | `nbgrader autograde` |", "| --- | --- | --- | --- |"]
    for attack in chosen:
        theirs = kept["nbgrader"].get(attack.name, NOT_TRIED)
        lines.append(f"| {attack.name} | {attack.group} | {kept['ours'][attack.name]} | {theirs} |")
    ours = sum(kept["ours"][attack.name] != NOTHING for attack in chosen)
    tried = [kept["nbgrader"][a.name] for a in chosen if a.name in kept["nbgrader"]]
    theirs = sum(got != NOTHING for got in tried)
    lines += ["", f"{len(chosen)} attacks: {ours} got something here, {theirs} of {len(tried)} "
              "from `nbgrader autograde`."]  # fmt: skip
    return "\n".join(lines)


def notebook() -> NotebookNode:
    """Notebook 01 with its first exercise alone."""
    found = read_source(ASSIGNMENT)
    names = (FUNCTION, f"test_{FUNCTION}")
    found.cells = [
        cell
        for cell in found.cells
        if grade_id(cell) in names or "setup" in cell.metadata.get("tags", [])
    ]
    for cell in found.cells:
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = 1, []
    return found


def hand_in(course: Path, attack: Attack, student: str, solved: NotebookNode) -> None:
    """Writes what an attacker hands in."""
    path = course / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    path.parent.mkdir(parents=True)
    right = next(cell.source for cell in solved.cells if grade_id(cell) == FUNCTION)
    content = handed_in(solved, **{FUNCTION: source(attack, right, course)})
    if attack.file is not None:
        attack.file(path, content)
    else:
        path.write_bytes(content)


def _honest(course: Path, solved: NotebookNode) -> None:
    hand_in(course, Attack("", "machine"), NEIGHBOUR, solved)
    hand_in(course, Attack("", "points"), HONEST_WRONG, solved)


def marked_by_us(chosen: list[Attack]) -> dict[str, str]:
    """What each got, of a class that is marked by the command."""
    solved = notebook()
    with tempfile.TemporaryDirectory(prefix="attacks-") as name:
        folder = Path(name)
        course = folder / "course"
        (folder / "solutions").mkdir()
        nbformat.write(solved, folder / "solutions" / f"{ASSIGNMENT}.ipynb")
        (folder / "secret").write_text("attacked")
        (folder / "secret").chmod(0o600)
        _honest(course, solved)
        students = {}
        for number, attack in enumerate(chosen):
            students[attack.name] = attack.student or f"attacker {number:03}"
            hand_in(course, attack, students[attack.name], solved)
        (course / "source" / ASSIGNMENT).mkdir(parents=True)
        shutil.copy(folder / "solutions" / f"{ASSIGNMENT}.ipynb", course / "source" / ASSIGNMENT)
        command = [sys.executable, "-c", COMMAND, str(folder / "solutions"), "grade", ASSIGNMENT]
        command += ["--course", str(course), "--secret", str(folder / "secret")]
        command += ["--cell-seconds", "40", "--seconds", "120", "--memory", "3000"]
        before = {path.name for path in (course / "submitted").iterdir()}
        (folder / "home").mkdir()
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {"HOME": str(folder / "home")},
            capture_output=True,
            text=True,
            timeout=7200,
        )
        if done.returncode != 0:
            raise SystemExit(f"grade ended with {done.returncode}: {done.stderr[-2000:]}")
        feedback = ["feedback", ASSIGNMENT, "--course", str(course)]
        subprocess.run([*command[:4], *feedback], cwd=ROOT, check=True, capture_output=True)
        rows = {row["student"]: row for row in csv_and_json.read_csv(course / "grades.csv")}
        told = done.stdout + done.stderr
        baseline = float(rows[HONEST_WRONG]["score"])
        everything = _formulas(course) or _left(course, before) or _escapes(told)
        if float(rows[NEIGHBOUR]["score"]) != WORTH:
            everything = "the neighbour's mark"
        found = {}
        for attack in chosen:
            student = students[attack.name]
            gained = float(rows[student]["score"]) - baseline if student in rows else 0.0
            reached = _reached(course, student) or _markup(course, student)
            found[attack.name] = _got(attack, gained, reached or everything)
        return found


def _got(attack: Attack, gained: float, reached: str) -> str:
    if attack.group == "points" and gained > 0:
        return f"{gained:g} points"
    return reached or NOTHING


def _reached(course: Path, student: str) -> str:
    """Whether the marked notebook says that it got what it was after."""
    path = course / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    with contextlib.suppress(OSError, ValueError):
        for cell in json.loads(path.read_text())["cells"]:
            for output in cell.get("outputs", []):
                if REACHED in "".join(output.get("text", "")):
                    return "reached it"
    return ""


def _markup(course: Path, student: str) -> str:
    page = course / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
    with contextlib.suppress(OSError):
        text = page.read_text()
        if "<img" in text or "<script" in text or "\x1b" in text:
            return "markup on a page"
    return ""


def _formulas(course: Path) -> str:
    with (course / "grades.csv").open(newline="", encoding="utf-8") as file:
        fields = [field for row in csv.reader(file) for field in row]
    return "a formula in a table" if any(f.startswith(FORMULA) for f in fields) else ""


def _escapes(told: str) -> str:
    return "an escape in the terminal" if "\x1b[2J" in told or "\x1b]" in told else ""


def _left(course: Path, before: set[str]) -> str:
    now = {path.name for path in (course / "submitted").iterdir()}
    home = course.parent / "home" / ".left-by-a-submission"
    return "a file left behind" if now != before or home.exists() else ""


def all_by_nbgrader(chosen: list[Attack], at_once: int) -> Iterator[tuple[Attack, str]]:
    """What each gets, as they come; several are marked at a time, each in a course of its own."""
    if not chosen:
        return
    with (
        tempfile.TemporaryDirectory(prefix="attacked-") as folder,
        ThreadPoolExecutor(at_once) as threads,
    ):
        prepared = prepared_for_nbgrader(Path(folder))
        running = {threads.submit(marked_by_nbgrader, one, prepared): one for one in chosen}
        try:
            for done in as_completed(running):
                yield running[done], done.result()
        finally:
            for future in running:
                future.cancel()


def prepared_for_nbgrader(folder: Path) -> Path:
    """A course as nbgrader knows it, in which a wrong function without an attack is marked."""
    solved, course = notebook(), folder / "course"
    path = course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(solved, path)
    (course / "nbgrader_config.py").write_text(CONFIGURATION)
    _nbgrader(course, "generate_assignment", ASSIGNMENT)
    _honest(course, solved)
    _nbgrader(course, "autograde", ASSIGNMENT)
    scores = _scores(course)
    if scores.get(NEIGHBOUR, (0.0, 0.0))[0] != WORTH or HONEST_WRONG not in scores:
        raise SystemExit(f"nbgrader did not mark the honest submissions: {scores}")
    shutil.rmtree(course / "submitted" / HONEST_WRONG)
    return course


def marked_by_nbgrader(attack: Attack, prepared: Path) -> str:
    """What one attacker gets, who is marked alone; then the neighbour, if its files were changed.

    nbgrader marks one after the other, each in a kernel of its own: a neighbour whose notebook, and
    whose course, are as they were gets the same mark as before.
    """
    with tempfile.TemporaryDirectory(prefix="attacks-") as name:
        course = Path(name, "course")
        shutil.copytree(prepared, course)
        student = attack.student or "attacker"
        hand_in(course, attack, student, notebook())
        before, marks = _state(course), _scores(course)
        only = [] if attack.student else [f"--student={student}"]
        ended = _nbgrader(course, "autograde", ASSIGNMENT, *only)
        if _state(course) != before:
            _nbgrader(course, "autograde", ASSIGNMENT, "--force", f"--student={NEIGHBOUR}")
        scores = _scores(course)
        if scores.get(NEIGHBOUR) != marks[NEIGHBOUR]:
            return "the neighbour's mark"
        gained = scores.get(student, (0.0, 0.0))[0] - marks[HONEST_WRONG][0]
        reached = _reached(course, student) or _left(course, set(before["submitted"]))
        if not reached and attack.group == "name":
            _nbgrader(course, "export", "--to=grades.csv")
            reached = _formulas(course) if (course / "grades.csv").exists() else "no table at all"
        if not reached and ended is None:
            reached = NO_END
        return _got(attack, gained, reached)


def _state(course: Path) -> dict[str, Any]:
    """What the neighbour's mark depends on: its notebook, the course's, and who is there."""
    found: dict[str, Any] = {"submitted": sorted(p.name for p in (course / "submitted").iterdir())}
    for folder in (f"submitted/{NEIGHBOUR}", "source", "release"):
        for path in sorted((course / folder).rglob("*")):
            found[str(path)] = path.read_bytes() if path.is_file() else None
    return found


def _nbgrader(course: Path, *arguments: str) -> bool | None:
    """One of nbgrader's commands, in its container; see `container.nbgrader`."""
    return container.nbgrader(course.parent, course, *arguments, limit=NBGRADER_SECONDS)


def _scores(course: Path) -> dict[str, tuple[float, float]]:
    from nbgrader.api import Gradebook

    with contextlib.suppress(Exception), Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        return {
            s.student.id: (s.score, s.max_score) for s in book.assignment_submissions(ASSIGNMENT)
        }
    return {}


def _load(path: Path | None) -> dict[str, Any]:
    if path is not None and path.exists():
        return json.loads(path.read_text())
    return {"ours": {}, "nbgrader": {}}


def _save(path: Path | None, kept: dict[str, Any]) -> None:
    if path is not None:
        path.write_text(json.dumps(kept, indent=1))


if __name__ == "__main__":
    sys.exit(main())
