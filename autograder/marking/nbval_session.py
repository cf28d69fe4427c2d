"""nbval, extended to mark: its collector finds the cells, its cells run and compare.

Three things are added:

- cells run in a kernel with limits instead of one of nbval's own;
- numbers are compared with a tolerance;
- evidence that a check emits is judged against the evidence that the solution gave; it is the
  reference output of that cell, kept beside the notebook.

All of this happens outside the sandbox. Points are never taken from the kernel.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from nbval.plugin import IPyNbCell, IPyNbFile

from autograder.kernels.submission_kernel import GradingKernel, KernelStopped
from autograder.marking.cell_errors import CellError, cell_error
from autograder.marking.expected import Expected, Judge
from autograder.marking.tolerance import Tolerant
from autograder.notebooks import sanitize
from autograder.notebooks.cells import grade_id, is_test, tested_function
from resnets.checks.evidence.facts import EVIDENCE_TYPE
from resnets.language import say

SHOWN = ("text/plain", "text/html", "image/png", "image/jpeg")
HEAVY = "heavy"
HIDDEN = "### BEGIN HIDDEN TESTS"
LONGEST_COMPARED = 20_000


class MarkedNotebook(IPyNbFile):
    """A notebook whose cells run in the kernel given to it.

    Attributes:
        kernel: runs the cells.
        expected: by `grade_id` of a test, the evidence that the solution gave.
        judge: compares evidence with it.
        secret: the hidden cases' secret in hex; the kernel is told it before the first hidden test.
        compares: whether graded cells' outputs are compared with the source's.
    """

    kernel: GradingKernel
    expected: dict[str, Expected]
    judge: Judge
    secret: str | None = None
    compares: bool = True

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
            if message["msg_type"] == "display_data" and EVIDENCE_TYPE in data:
                self.evidence.append((message["parent_header"].get("msg_id"), data[EVIDENCE_TYPE]))
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
        self.error: CellError | None = None
        self.differs = ""
        self.seconds = 0.0
        self.output_timeout = 10
        if self.parent.compares:
            self.cell.source = decisive(self.cell.source, tested_function(self.cell))
        self.options["check"] = self.graded and self.parent.compares
        self.options["skip"] |= HEAVY in self.cell.metadata.get("tags", [])

    @property
    def hidden(self) -> bool:
        """Whether some of its tests are hidden from students."""
        return self.graded and HIDDEN in self.cell.source

    def runtest(self) -> None:
        """Runs the cell as nbval does and remembers what went wrong."""
        started = time.monotonic()
        self.parent.evidence, self.parent.kernel.reply = [], {}
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
            self.error = cell_error(self.parent.kernel.reply, self.cell.source)
            self.seconds = time.monotonic() - started

    def _tell_secret(self) -> None:
        secret, self.parent.secret = self.parent.secret, None
        code = f"import os\nos.environ['RESNETS_CASE_SECRET'] = {secret!r}"
        self.parent.kernel.run_silently(code)

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
        self.report = self.parent.judge(self.expected, payloads)
        return self.report is not None and self.report.points >= self.report.max_points

    def format_output_compare(self, key: str, left: Any, right: Any) -> None:
        """Says what differs without the time that pytest's differences of long texts can take."""
        expected, found = sanitize.line(left), sanitize.line(right)
        self.differs = say(
            "Expected the output {expected}, found {found}.",
            expected=repr(expected),
            found=repr(found),
        )
        self.comparison_traceback.append(self.differs)


def decisive(source: str, function: str | None) -> str:
    """A test without the public check of `function` where a hidden check repeats it."""
    lines = source.splitlines()
    if f'check("{function}", hidden=True)' not in lines:
        return source
    return "\n".join(line for line in lines if line != f'check("{function}")')


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
    judge: Judge,
    compares: bool = True,
) -> list[MarkedCell]:
    """Runs the cells of a notebook file through nbval; each remembers how it went.

    Args:
        session: pytest's.
        path: the assembled notebook.
        kernel: runs the cells.
        expected: by `grade_id` of a test, the evidence that the solution gave.
        secret: of the hidden cases, in hex; None where there are none.
        judge: compares what a check shows with `expected`.
        compares: whether graded cells' outputs are compared with the source's.
    """
    file = MarkedNotebook.from_parent(session, path=path)
    file.kernel, file.expected, file.secret, file.evidence = kernel, expected, secret, []
    file.judge, file.compares = judge, compares
    session.config.option.nbval_cell_timeout = kernel.limits.cell_seconds
    cells = list(file.collect())
    for cell, following in itertools.zip_longest(cells, cells[1:]):
        with contextlib.suppress(KernelStopped):
            runtestprotocol(cell, log=False, nextitem=following)
    return cells
