"""From the cells that were run to a verdict and to the autograded notebook."""

from __future__ import annotations

import re
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbval.plugin import NbCellError

from autograder.course.verdict import CellVerdict, Verdict
from autograder.kernels.submission_kernel import GradingKernel, KernelStopped
from autograder.marking.nbval_session import MarkedCell
from autograder.notebooks import sanitize
from autograder.notebooks.assemble import OWN, first_line
from autograder.notebooks.cells import grade_id, is_grade, is_solution, tags
from autograder.notebooks.own_code import names_defined
from resnets.checks.judging.report import points_in_words
from resnets.language import say

RUBRIC = [
    "title",
    "points",
    "max_points",
    "passed",
    "message",
    "expected",
    "found",
    "hidden",
    "line",
    "source",
]


def verdict_of(cells: list[MarkedCell], kernel: GradingKernel) -> Verdict:
    """What the cells that were run add up to."""
    stopped = kernel.stopped if kernel.stopped and kernel.stopped.kind != "stopped" else None
    status, message = (stopped.kind, str(stopped)) if stopped else ("graded", "")
    if kernel.timed_out and not stopped:
        status = "timeout"
        message = say(
            "A cell was still running after {seconds} seconds: is there a loop without an end?",
            seconds=f"{kernel.limits.cell_seconds:g}",
        )
    verdict = Verdict(status, message)
    tainted = False
    for cell in cells:
        name = grade_id(cell.cell)
        if cell.graded:
            tainted |= cell.hidden
            verdict.cells.append(_graded(cell, name, tainted))
        elif is_solution(cell.cell):
            if is_grade(cell.cell):
                points = float(cell.cell.metadata.nbgrader.points)
                verdict.cells.append(CellVerdict(name, 0.0, points, False, manual=True))
            if cell.error is not None:
                # After a hidden test the code may know hidden inputs: its words are left out.
                verdict.errors[name] = cell.error.known_kind() if tainted else str(cell.error)
                if not tainted:
                    verdict.error_lines[name] = (cell.error.line, cell.error.source)
        elif cell.error is not None and OWN in tags(cell.cell):
            why = cell.error.known_kind() if tainted else str(cell.error)
            failed = (first_line(cell.cell.source), why)
            verdict.own_errors |= dict.fromkeys(names_defined(cell.cell.source), failed)
        elif cell.error is not None and not tainted and "setup" in tags(cell.cell):
            verdict.given_error = verdict.given_error or str(cell.error)
    return verdict


def _graded(cell: MarkedCell, name: str, tainted: bool) -> CellVerdict:
    worth = float(cell.cell.metadata.nbgrader.points)
    verdict = CellVerdict(name, 0.0, worth, False)
    if cell.report is not None:
        report = cell.report
        verdict.points = round(worth * report.points / report.max_points, 6)
        public = report.without_hidden()
        verdict.rubric = [{name: getattr(item, name) for name in RUBRIC} for item in public.items]
        verdict.messages = [line for item in verdict.rubric if (line := said(item))]
        verdict.passed = verdict.points >= worth
    elif cell.problem is None and cell.expected is None:
        verdict.points, verdict.passed = worth, True
    else:
        verdict.messages = [_why(cell, tainted)]
    return verdict


def said(item: dict[str, Any]) -> str:
    """A line of the rubric as one sentence for the student, empty where it says nothing."""
    if item["passed"] or not item["message"]:
        return ""  # Without words of its own it follows from a mistake that is told.
    title, message = item["title"], item["message"]
    named = message.startswith(re.split("[:：]", title)[0])
    words = message if named else say("{title}: {text}", title=title, text=message)
    return sanitize.line(words, 600)


def _why(cell: MarkedCell, tainted: bool) -> str:
    """Why a graded cell earned nothing, in words that give no hidden test away.

    Args:
        cell: the test.
        tainted: whether a hidden test has been run, this one included.
    """
    problem = cell.problem
    if isinstance(problem, KernelStopped):
        return str(problem)
    if cell.test_outputs is None:
        return say("This test did not run, because the notebook was stopped before it.")
    if cell.error is not None:
        error = cell.error.known_kind() if tainted else cell.error
        return say("The test ended with {error}.", error=error)
    if cell.expected is not None:
        return say("The check has no result, because your code ended it too early.")
    if isinstance(problem, NbCellError) and not tainted and cell.differs:
        return cell.differs
    return say("The output of this test is not the expected output.")


def autograded(cells: list[MarkedCell], notebook: NotebookNode, verdict: Verdict) -> str:
    """The notebook as JSON with harmless outputs, hidden tests and their traces left out."""
    by_id = {cell.grade_id: cell for cell in verdict.cells}
    ran = iter(cells)
    tainted = False
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        item = next(ran)
        name = grade_id(cell)
        if item.graded:
            tainted |= item.hidden
            cell.outputs = _told(by_id[name])
        else:
            cell.outputs = [] if tainted else sanitize.outputs(item.test_outputs or [])
        cell.execution_count = None
    return nbformat.writes(notebook)


def _told(cell: CellVerdict) -> list[NotebookNode]:
    said = [points_in_words(cell.points, cell.max_points), *cell.messages]
    return [nbformat.v4.new_output("stream", name="stdout", text="\n".join(said) + "\n")]
