"""nbval, extended to mark: its collector finds the cells, its cells run and compare.

Three things are added:

- cells run in a kernel with limits instead of one of nbval's own;
- numbers are compared with a tolerance;
- evidence that a check emits is judged against the evidence that the solution gave; it is the
  reference output of that cell, kept beside the notebook.

All of this happens outside the sandbox. Points are never taken from the kernel.
"""

from __future__ import annotations

import builtins
import contextlib
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from _pytest.runner import runtestprotocol
from nbformat import NotebookNode
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError

from resnets import checks

from . import inert
from .cells import grade_id, is_grade, is_solution, is_test
from .genuine import doubt
from .kernel import GradingKernel, KernelStopped
from .tolerance import Tolerant
from .verdict import CellVerdict, Verdict

EVIDENCE = "application/vnd.resnets.evidence+json"
SHOWN = ("text/plain", "text/html", "image/png", "image/jpeg")
HEAVY = "heavy"
MOST_EVIDENCE = 5
"""How often a check may show evidence: an honest one does once. More earns nothing."""
HIDDEN = "### BEGIN HIDDEN TESTS"
LONGEST_COMPARED = 20_000
_PUBLIC_CHECK = re.compile(r"^check\(\"(\w+)\"\)$", re.MULTILINE)
_HIDDEN_CHECK = re.compile(r"^check\(\"(\w+)\", hidden=True\)$", re.MULTILINE)
RUBRIC = [
    "title",
    "points",
    "max_points",
    "passed",
    "message",
    "asked",
    "found",
    "hidden",
    "line",
    "source",
]


class MarkedNotebook(IPyNbFile):
    """A notebook whose cells run in the kernel given to it.

    Attributes:
        kernel: runs the cells.
        expected: by `grade_id` of a test, the evidence that the solution gave.
        secret: the hidden cases' secret in hex; the kernel is told it before the first hidden test.
    """

    kernel: GradingKernel
    expected: dict[str, Expected]
    secret: str | None = None

    def setup(self) -> None:
        """nbval starts a kernel here; ours has been started."""

    def collect(self) -> Iterator[MarkedCell]:
        """nbval's cells, as ours."""
        for cell in super().collect():
            yield MarkedCell.from_parent(
                self, name=cell.name, cell_num=cell.cell_num, cell=cell.cell, options=cell.options
            )

    def get_kernel_message(self, timeout: float | None = None, stream: str = "iopub") -> dict:
        """A message of the kernel, with evidence taken out and kept aside.

        Evidence is large, and whatever stands in it, only the judge reads it. Of what else is shown
        only texts and pictures are kept: anything can be sent, and much costs time to look at.
        """
        message = super().get_kernel_message(timeout, stream)
        content = message["content"]
        data = content.get("data")
        if isinstance(data, dict):
            if message["msg_type"] == "display_data" and EVIDENCE in data:
                self.evidence.append((message["parent_header"].get("msg_id"), data[EVIDENCE]))
            shown = {kind: data[kind] for kind in SHOWN if isinstance(data.get(kind), str)}
            content["data"], content["metadata"] = shown, {}
        return message


class MarkedCell(IPyNbCell):
    """A cell that is run, and compared with its reference if it is graded."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(**fields)
        self.graded = is_test(self.cell)
        name = grade_id(self.cell)
        self.expected = self.parent.expected.get(name)
        self.emitted: list[Any] = []
        self.report: Any = None
        self.problem: BaseException | None = None
        self.differs = ""
        self.seconds = 0.0
        self.output_timeout = 10
        self.cell.source = decisive(self.cell.source)
        self.options["check"] = self.graded
        self.options["skip"] |= HEAVY in self.cell.metadata.get("tags", [])

    @property
    def hidden(self) -> bool:
        """Whether some of its tests are hidden from students."""
        return self.graded and HIDDEN in self.cell.source

    def runtest(self) -> None:
        """Runs the cell as nbval does and remembers what went wrong."""
        started = time.monotonic()
        self.parent.evidence = []
        try:
            if self.hidden and self.parent.secret:
                self._tell_secret()
            super().runtest()
        except pytest.skip.Exception:
            raise
        except BaseException as problem:
            self.problem = problem
            raise
        finally:
            self.emitted += [payload for _, payload in self.parent.evidence]
            self.seconds = time.monotonic() - started

    def _tell_secret(self) -> None:
        secret, self.parent.secret = self.parent.secret, None
        kernel = self.parent.kernel
        code = f"import os\nos.environ['RESNETS_CASE_SECRET'] = {secret!r}"
        request = kernel.execute_cell_input(code)
        kernel.await_reply(request)
        kernel.await_idle(request, self.output_timeout)

    def setup(self) -> None:
        """nbval expects every cell after a timeout to fail; ours may still earn points."""

    def sanitize(self, s: Any) -> Any:
        """Texts compare with a tolerance for the numbers in them."""
        return Tolerant(super().sanitize(s)[:LONGEST_COMPARED]) if isinstance(s, str) else s

    def compare_outputs(self, test: Any, ref: Any, skip_compare: Any = None) -> bool:
        """nbval's comparison; evidence is judged instead."""
        if self.expected is None:
            return super().compare_outputs(test, ref, skip_compare)
        self.comparison_traceback = ["The evidence differs from the solution's."]
        payloads = [payload for _, payload in self.parent.evidence]
        self.report = judge(self.expected, payloads)
        return self.report is not None and self.report.points >= self.report.max_points

    def format_output_compare(self, key: str, left: Any, right: Any) -> None:
        """Says what differs without the time that pytest's differences of long texts can take."""
        expected, found = inert.line(left), inert.line(right)
        self.differs = f"Expected the output {expected!r}, found {found!r}."
        self.comparison_traceback.append(self.differs)


def decisive(source: str) -> str:
    """A test without the public checks that a hidden check of the same function repeats."""
    repeated = set(_HIDDEN_CHECK.findall(source))
    return _PUBLIC_CHECK.sub(lambda call: "" if call[1] in repeated else call[0], source)


@dataclass(frozen=True)
class Expected:
    """What the solution's check of the function `name` emitted."""

    name: str
    evidence: checks.Evidence

    def of_public_cases(self) -> Expected:
        """The same without hidden cases."""
        runs = self.evidence.runs.items()
        public = {id: run for id, run in runs if run.case.get("hidden") is not True}
        return Expected(self.name, checks.Evidence(self.name, public))


def judge(expected: Expected, emitted: list[Any]) -> checks.Report | None:
    """The report on the evidence for one check, or None where there is none.

    A submission can emit what it likes, as often as it likes; the least of it counts.
    """
    if len(emitted) > MOST_EVIDENCE:
        return checks.judge(expected.name, None, expected.evidence)
    hidden = _has_hidden(expected.evidence.runs)
    reports = [
        _report(expected, payload["evidence"])
        for payload in emitted
        if isinstance(payload, dict)
        and payload.get("name") == expected.name
        and isinstance(payload.get("evidence"), dict)
        # A check may stop before its hidden cases, at an endless loop for example.
        and (not hidden or payload.get("hidden") or _has_hidden(payload["evidence"].get("runs")))
    ]
    return min(reports, key=lambda report: report.points, default=None)


def _report(expected: Expected, shown: dict[str, Any]) -> checks.Report:
    report = checks.judge(expected.name, shown, expected.evidence)
    if report.points:
        why = doubt(checks.Evidence.from_json(shown), expected.evidence)
        return checks.refuse(expected.name, why) if why else report
    return report


def _has_hidden(runs: Any) -> bool:
    return isinstance(runs, dict) and any(str(case).startswith("hidden") for case in runs)


class MarkingSession:
    """A pytest plugin: one session that runs notebooks as they come, not as files that it finds.

    Args:
        serve: called with the session once pytest is ready.
    """

    def __init__(self, serve) -> None:
        self.serve = serve

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        """There is nothing to find."""
        session.items = []
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Runs notebooks until there are no more."""
        self.serve(session)
        return True


def run_session(serve, folder: Path) -> None:
    """Runs pytest with nbval and without anything else; `serve` is called with its session."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    arguments = ["--nbval", "--color=no", "-s", "-q", "--noconftest", f"--rootdir={folder}"]
    arguments += ["-c", os.devnull, "-p", "nbval.plugin", "-p", "no:cacheprovider"]
    arguments += ["-p", "no:faulthandler", "--assert=plain", str(folder)]
    pytest.main(arguments, plugins=[MarkingSession(serve)])


def run_notebook(
    session: pytest.Session,
    path: Path,
    kernel: GradingKernel,
    expected: dict[str, Expected],
    secret: str | None,
) -> list[MarkedCell]:
    """Runs the cells of a notebook file through nbval; each remembers how it went.

    Args:
        session: pytest's.
        path: the assembled notebook.
        kernel: runs the cells.
        expected: by `grade_id` of a test, the evidence that the solution gave.
        secret: of the hidden cases, in hex; None where there are none.
    """
    file = MarkedNotebook.from_parent(session, path=path)
    file.kernel, file.expected, file.secret, file.evidence = kernel, expected, secret, []
    session.config.option.nbval_cell_timeout = kernel.limits.cell_seconds
    cells = list(file.collect())
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        with contextlib.suppress(KernelStopped):
            runtestprotocol(cell, log=False, nextitem=following)
    return cells


def verdict_of(cells: list[MarkedCell], kernel: GradingKernel) -> Verdict:
    """What the cells that were run add up to."""
    stopped = kernel.stopped if kernel.stopped and kernel.stopped.kind != "stopped" else None
    status, message = (stopped.kind, str(stopped)) if stopped else ("graded", "")
    if kernel.timed_out and not stopped:
        status = "timeout"
        seconds = f"{kernel.limits.cell_seconds:g} seconds"
        message = f"A cell ran for more than {seconds} and was stopped."
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
            if cell.problem is not None:
                verdict.errors[name] = _error(cell, tainted)
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
    named = message.startswith(title.partition(":")[0])
    return inert.line(message if named else f"{title}: {message}", 600)


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
        return "This test did not run: the notebook had been stopped before."
    error = _error_output(cell)
    if error is not None:
        return f"The test ended with {_kind(error) if tainted else error}."
    if cell.expected is not None:
        return "The check gave no result: your code ended it before it was done."
    if isinstance(problem, NbCellError) and not tainted and cell.differs:
        return cell.differs
    return "Its output is not the expected one."


def _error(cell: MarkedCell, tainted: bool) -> str:
    """The error of a solution cell for its author.

    After a hidden test the code may know hidden inputs, and what it says is left out.
    """
    error = _error_output(cell) or inert.line(str(cell.problem))
    return _kind(error) if tainted else error


def _kind(error: str) -> str:
    """The error's class where Python has it; a submission may call one of its own what it likes."""
    name = error.partition(":")[0]
    known = getattr(builtins, name, None)
    return name if isinstance(known, type) and issubclass(known, BaseException) else "an error"


def _error_output(cell: MarkedCell) -> str | None:
    for output in cell.test_outputs or []:
        if output.output_type == "error":
            return inert.line(f"{output.ename}: {output.evalue}")
    return None


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
            cell.outputs = [] if tainted else inert.outputs(item.test_outputs or [])
        cell.execution_count = None
    return nbformat.writes(notebook)


def _told(cell: CellVerdict) -> list[NotebookNode]:
    said = [f"{cell.points:g} of {cell.max_points:g} points", *cell.messages]
    return [nbformat.v4.new_output("stream", name="stdout", text="\n".join(said) + "\n")]
