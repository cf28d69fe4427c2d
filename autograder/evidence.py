"""The source's notebook with what its graded cells must show: the reference that marking needs.

What hidden tests must show depends on the course's secret. It is found by marking the solution
itself once, in a kernel of its own, and kept in the course folder.
"""

from __future__ import annotations

import copy
import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.utils import is_grade, is_solution

from resnets import checks

from .course import Course, digest
from .files import write_atomically
from .job import Job
from .limits import Limits
from .marking import EVIDENCE, judge
from .sources import ROOT, SOLUTIONS
from .verdict import Verdict

_CHECK = re.compile(r"^check\(\s*[\"'](\w+)[\"']\s*\)", re.MULTILINE)


class UnusableReference(Exception):
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


def hidden_reference(
    assignment: str,
    secret: str,
    course: Course,
    mark: Callable[[Job], Verdict],
    sandbox: str = "bwrap",
) -> str:
    """The reference for hidden and public tests, as notebook JSON.

    Args:
        assignment: its name.
        secret: of the hidden cases, in hex.
        course: where the expected evidence is kept.
        mark: marks a job; called only when nothing fitting is kept.
        sandbox: as in Job.

    Raises:
        UnusableReference: the solution is not built, or does not pass its own tests.
    """
    notebook = solved(assignment)
    text = nbformat.writes(notebook)
    key = digest(text, secret, autograder_digest())
    path = course.root / ".autograder" / f"expected-{assignment}.json.gz"
    evidence = _kept(path, key)
    if evidence is None:
        limits = Limits(cell_seconds=600, seconds=1800)
        verdict = mark(Job("", text.encode(), text, secret, limits, True, sandbox))
        evidence = verdict.evidence
        _require_full_marks(assignment, notebook, verdict)
        kept = json.dumps({"key": key, "evidence": evidence}).encode()
        write_atomically(path, gzip.compress(kept, mtime=0), mode=0o600)
    return nbformat.writes(_with_expected(notebook, evidence))


def public_reference(released: NotebookNode) -> str:
    """The reference for a released notebook's public tests, from the evidence that is published."""
    notebook = _only_compared(released)
    evidence = {}
    for cell in _tests(notebook):
        names = _CHECK.findall(cell.source)
        evidence[cell.metadata.nbgrader.grade_id] = [
            {
                "name": name,
                "evidence": checks.expected(name, checks.public_cases(name)).to_json(),
            }
            for name in names
        ]
    return nbformat.writes(_with_expected(notebook, evidence))


def autograder_digest() -> str:
    """A hash of all code that a verdict depends on."""
    files = sorted(
        path for folder in (ROOT / "autograder", ROOT / "resnets") for path in folder.rglob("*.py")
    )
    return digest(*(path.read_bytes() for path in files))


def _tests(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if is_grade(cell) and not is_solution(cell)]


def _only_compared(notebook: NotebookNode) -> NotebookNode:
    compared = {id(cell) for cell in _tests(notebook)}
    for cell in notebook.cells:
        if cell.cell_type == "code" and id(cell) not in compared:
            cell.outputs, cell.execution_count = [], None
    return notebook


def _with_expected(notebook: NotebookNode, evidence: dict[str, list]) -> NotebookNode:
    notebook = copy.copy(notebook)
    for cell in _tests(notebook):
        if emitted := evidence.get(cell.metadata.nbgrader.grade_id):
            data = {EVIDENCE: emitted[-1]}
            cell.outputs = [new_output("display_data", data=data)]
            cell.execution_count = 1
    return notebook


def _kept(path: Path, key: str) -> dict[str, list] | None:
    try:
        kept = json.loads(gzip.decompress(path.read_bytes()))
        return kept["evidence"] if kept["key"] == key else None
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None


def _require_full_marks(assignment: str, notebook: NotebookNode, verdict: Verdict) -> None:
    """Raises unless the solution earns all points against itself."""
    if verdict.status != "graded":
        raise UnusableReference(f"The solution of {assignment} could not be run: {verdict.message}")
    passed = {cell.grade_id: cell for cell in verdict.cells}
    for cell in _tests(notebook):
        name = cell.metadata.nbgrader.grade_id
        emitted = verdict.evidence.get(name)
        if not emitted and passed[name].passed:
            continue
        report = judge(emitted[-1], emitted[-1:]) if emitted else None
        if report is None or report.points < report.max_points:
            why = " ".join(passed[name].messages) or "it shows nothing"
            raise UnusableReference(
                f"The solution of {assignment} does not pass its own test {name}: {why}"
            )
