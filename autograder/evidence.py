"""The source's notebook with what its graded cells must show: the reference that marking needs.

What hidden tests must show depends on the course's secret. It is found by marking the solution
itself once, in a kernel of its own, and kept in the course folder.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from resnets import checks

from .cells import is_test
from .course import Course, digest
from .files import write_atomically
from .job import Job
from .limits import Limits
from .marking import Expected, judge
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
        verdict = mark(Job("", text.encode(), text, "{}", secret, limits, True, sandbox))
        _require_full_marks(assignment, verdict)
        expected = {
            name: _with_mistakes(shown[-1]) for name, shown in verdict.evidence.items() if shown
        }
        kept = json.dumps({"key": key, "expected": expected}).encode()
        write_atomically(path, gzip.compress(kept, mtime=0), mode=0o600)
    return json.dumps(expected)


def public_expected(released: NotebookNode) -> dict[str, Expected]:
    """What a released notebook's public tests must show, from the evidence that is published."""
    names = {
        cell.metadata.nbgrader.grade_id: called[-1]
        for cell in _tests(released)
        if (called := _CHECK.findall(cell.source))
    }
    return {
        test: Expected(name, checks.expected(name, checks.public_cases(name)))
        for test, name in names.items()
    }


def autograder_digest() -> str:
    """A hash of all code that a verdict depends on."""
    files = sorted(
        path for folder in (ROOT / "autograder", ROOT / "resnets") for path in folder.rglob("*.py")
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
    except (OSError, EOFError, ValueError, KeyError, TypeError):
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
