"""The source's notebook with what its graded cells must show: the reference that marking needs.

What hidden tests must show depends on the course's secret. It is found by marking the solution
itself once, in a kernel of its own, and kept in the course folder.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course.files import write_atomically
from autograder.course.folder import Course, digest
from autograder.course.verdict import Verdict
from autograder.errors import AutograderError
from autograder.kernels.limits import Limits
from autograder.marking.expected import Expected
from autograder.marking.job import Job, MarkingFault
from autograder.marking.judge_evidence import judge
from autograder.notebooks.cells import grade_id, is_test, tested_function
from autograder.paths import ROOT, SOLUTIONS
from resnets import checks


class UnusableReference(AutograderError):
    """The source cannot serve as a reference; the message is one sentence."""


def solved(assignment: str) -> NotebookNode:
    """The executed solution, with only those outputs that marking compares.

    Raises:
        UnusableReference: it has not been built.
    """
    path = SOLUTIONS / f"{assignment}.ipynb"
    if not path.is_file():
        raise UnusableReference(
            f"There is no executed solution {path.name}: run `python -m autograder build "
            f"{assignment}` first."
        )
    return _only_compared(nbformat.read(path, as_version=4))


@dataclass(frozen=True)
class Reference:
    """What submissions are compared with.

    Attributes:
        notebook: the executed solution, with only those outputs that marking compares.
        text: the same as a notebook file.
        expected: what hidden and public tests must show: JSON, see `Job.expected`.
    """

    notebook: NotebookNode
    text: str
    expected: str


def read_reference(
    assignment: str,
    secret: str,
    course: Course,
    mark: Callable[[Job], Verdict],
    sandbox: str = "bwrap",
) -> Reference:
    """The reference of an assignment.

    Args:
        assignment: its name.
        secret: of the hidden cases, in hex.
        course: where what the tests must show is kept.
        mark: marks a job; called only when nothing fitting is kept.
        sandbox: as in Job.

    Raises:
        UnusableReference: the solution is not built, does not pass its own tests, or a rubric does
            not add up to what its test cell is worth.
    """
    notebook = solved(assignment)
    _require_points_that_add_up(assignment, notebook)
    text = nbformat.writes(notebook)
    expected = hidden_expected(assignment, secret, course, mark, sandbox)
    return Reference(notebook, text, expected)


def hidden_expected(
    assignment: str,
    secret: str,
    course: Course,
    mark: Callable[[Job], Verdict],
    sandbox: str = "bwrap",
) -> str:
    """What hidden and public tests must show: JSON, see `Job.expected`.

    Args:
        assignment: its name.
        secret: of the hidden cases, in hex.
        course: where it is kept.
        mark: marks a job; called only when nothing fitting is kept.
        sandbox: as in Job.

    Raises:
        UnusableReference: the solution is not built, or does not pass its own tests.
    """
    notebook = solved(assignment)
    text = nbformat.writes(notebook)
    recorded = checks.expected_file(assignment)
    known = recorded.read_bytes() if recorded.exists() else b""
    key = digest(text, secret, autograder_digest(), known)
    path = course.root / ".autograder" / f"expected-{assignment}.json.gz"
    expected = _kept(path, key)
    if expected is None:
        limits = Limits(cell_seconds=600, seconds=1800)
        try:
            verdict = mark(Job("", text.encode(), text, "{}", secret, limits, True, sandbox))
        except MarkingFault as error:
            raise UnusableReference(
                f"The solution of {assignment} could not be run ({error}); mend that and run the "
                "same command again."
            ) from error
        _require_full_marks(assignment, verdict)
        expected = {
            name: _with_mistakes(shown[-1]) for name, shown in verdict.evidence.items() if shown
        }
        kept = json.dumps({"key": key, "expected": expected}).encode()
        with suppress(OSError):  # Where the disk is full, the next call finds it out again.
            write_atomically(path, gzip.compress(kept, mtime=0), mode=0o600)
    return json.dumps(expected)


def _require_points_that_add_up(assignment: str, notebook: NotebookNode) -> None:
    """Raises unless a check's rubric adds up to what its test cell is worth."""
    rubrics = {exercise.name: exercise.max_points for exercise in checks.exercises(assignment)}
    for cell in _tests(notebook):
        worth, name = cell.metadata.nbgrader.points, tested_function(cell)
        if name in rubrics and abs(rubrics[name] - worth) > 1e-9:
            raise UnusableReference(
                f"{assignment}: the cell {grade_id(cell)} is worth {worth:g} points, but the "
                f"rubric of {name} adds up to {rubrics[name]:g}: change one, and build again."
            )


def autograder_digest() -> str:
    """A hash of all code that a verdict depends on, and of the sentences' translations."""
    files = sorted(
        path
        for folder in (ROOT / "autograder", ROOT / "resnets")
        for kind in ("*.py", "*.mo")
        for path in folder.rglob(kind)
    )
    return digest(*(path.read_bytes() for path in files))


def _tests(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if is_test(cell)]


def _only_compared(notebook: NotebookNode) -> NotebookNode:
    compared = {id(cell) for cell in _tests(notebook)}
    for cell in notebook.cells:
        if cell.cell_type == "code" and id(cell) not in compared:
            cell.outputs, cell.execution_count = [], None
    return notebook


def _kept(path: Path, key: str) -> dict[str, dict] | None:
    try:
        kept = json.loads(gzip.decompress(path.read_bytes()))
        return kept["expected"] if kept["key"] == key else None
    except (OSError, EOFError, ValueError, KeyError, TypeError, RecursionError, zlib.error):
        return None


def _with_mistakes(shown: dict) -> dict:
    """The same with what known mistakes would have shown, by which a check tells them."""
    evidence = checks.Evidence.from_json(shown["evidence"])
    checks.add_known_mistakes(evidence)
    return shown | {"evidence": evidence.to_json()}


def _require_full_marks(assignment: str, verdict: Verdict) -> None:
    """Raises unless the solution earns all points against itself."""
    if verdict.status != "graded":
        raise UnusableReference(f"The solution of {assignment} could not be run: {verdict.message}")
    for cell in verdict.cells:
        emitted = verdict.evidence.get(cell.grade_id)
        if not emitted and (cell.passed or cell.manual):
            continue
        report = None
        if emitted:
            evidence = checks.Evidence.from_json(emitted[-1]["evidence"])
            report = judge(Expected(emitted[-1]["name"], evidence), emitted[-1:])
        if report is None or not report.passed:
            why = " ".join(cell.messages) or "its check does not give it all points."
            raise UnusableReference(
                f"The solution of {assignment} does not pass its own test {cell.grade_id}: {why}"
            )
