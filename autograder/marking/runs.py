"""Runs a notebook in a kernel of its own, and again without the cell that ended the kernel."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.course.verdict import Verdict
from autograder.kernels.limits import Limits
from autograder.kernels.maker import KernelMaker
from autograder.kernels.submission_kernel import GradingKernel, KernelStopped
from autograder.marking.expected import Expected, Judge
from autograder.marking.nbval_session import MarkedCell, run_notebook
from autograder.marking.verdict_of_run import verdict_of
from autograder.notebooks.assemble import OWN
from autograder.notebooks.cells import grade_id, is_solution, tags, tested_function
from resnets.language import VARIABLE, language

LEAST_SECONDS = 5.0
"""For a run: with less time left, a notebook is not run once more."""
NO_QUITTING = """
def exit(*_):
    raise RuntimeError("exit() and quit() end the notebook; take them out")
quit = exit
"""
"""Runs first: the cells below such a call are still to be marked."""
MOST_LEFT_OUT = 8
"""Cells that are left out because they end the kernel: each costs one more run."""


@dataclass(frozen=True)
class NotebookRun:
    """One run of a notebook.

    Attributes:
        notebook: what was run.
        cells: its code cells, as they went.
        verdict: what they add up to.
        split: seconds by what they went to.
        left_out: by `grade_id`, what became of cells that are no longer in `notebook`.
    """

    notebook: NotebookNode
    cells: list[MarkedCell]
    verdict: Verdict
    split: dict[str, float]
    left_out: dict[str, str]


@dataclass
class Runner:
    """Runs notebooks of one submission.

    Attributes:
        session: pytest's.
        kernels: makes the kernels.
        judge: compares evidence with what is expected.
        folder: for the notebook's file.
        limits: of the submission.
        deadline: by `time.monotonic`, for everything that is run again.
        has_run: whether a kernel could be started.
        before: code of our own that runs first in each kernel.
        environment: variables for the notebook, besides those of every run.
        compares: whether graded cells' outputs are compared with the source's.
        blamed: tells the cell on whose code a run ended, and why it ended.
    """

    session: pytest.Session
    kernels: KernelMaker
    judge: Judge
    folder: Path
    limits: Limits
    deadline: float
    has_run: bool = False
    before: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    compares: bool = True
    blamed: Blame | None = None

    def time_is_left(self) -> bool:
        """Whether a notebook can be run once more."""
        return time.monotonic() < self.deadline - LEAST_SECONDS

    def run_to_the_end(
        self, notebook: NotebookNode, expected: dict[str, Expected], secret: str | None
    ) -> NotebookRun:
        """Runs a notebook; where a cell ends the kernel, once more without that cell's code.

        So such a cell costs its own points only. Status and message are those of the first run.

        Raises:
            KernelStopped: the kernel ended before the first cell.
        """
        run = first = self.run(notebook, expected, secret)
        while len(run.left_out) < MOST_LEFT_OUT and self.time_is_left():
            ended = (self.blamed or _cell_that_ended_the_kernel)(run)
            if ended is None:
                break
            cell, why = ended
            rest = copy.deepcopy(run.notebook)
            rest.cells[run.notebook.cells.index(cell)].source = ""
            left_out = run.left_out | {grade_id(cell) or cell.id: why}
            run = replace(self.run(rest, expected, secret, again=True), left_out=left_out)
        run.verdict.status, run.verdict.message = first.verdict.status, first.verdict.message
        return run

    def run(
        self,
        notebook: NotebookNode,
        expected: dict[str, Expected],
        secret: str | None,
        again: bool = False,
    ) -> NotebookRun:
        """Runs a notebook in a kernel of its own.

        Args:
            notebook: what to run.
            expected: by `grade_id` of a test, what the solution showed.
            secret: of the hidden cases, in hex; None where there are none.
            again: whether only the time until the deadline is left.

        Raises:
            KernelStopped: it ended before the first cell.
        """
        path = self.folder / "notebook.ipynb"
        path.write_text(nbformat.writes(notebook), encoding="utf-8")
        started = time.monotonic()
        limits = self.limits
        if again:
            limits = replace(limits, seconds=max(LEAST_SECONDS, self.deadline - started))
        environment = {"RESNETS_GRADING": "1", VARIABLE: language(), **self.environment}
        kernel = GradingKernel(self.kernels, limits, environment)
        self.has_run = True
        at_forked = time.monotonic()
        try:
            for code in (NO_QUITTING, *self.before):
                kernel.run_silently(code)
            cells = run_notebook(
                self.session, path, kernel, expected, secret, self.judge, self.compares
            )
            at_run = time.monotonic()
            kernel.stop()  # First, since its end can tell of a limit that it has crossed.
        except BaseException:
            kernel.stop()
            raise
        in_cells = sum(cell.seconds for cell in cells)
        split = {"fork": at_forked - started, "cells": in_cells}
        split["nbval"] = at_run - at_forked - in_cells
        return NotebookRun(notebook, cells, verdict_of(cells, kernel), split, {})


Blame = Callable[[NotebookRun], tuple[NotebookNode, str] | None]


def _cell_that_ended_the_kernel(run: NotebookRun) -> tuple[NotebookNode, str] | None:
    """The student's cell on whose code the kernel ended, and why it ended.

    A test ends the kernel by the function that it calls: then it is that function's cell.
    """
    ended = next((cell for cell in run.cells if isinstance(cell.problem, KernelStopped)), None)
    if ended is None:
        return None
    code = [cell for cell in run.notebook.cells if cell.cell_type == "code"]
    at = code[run.cells.index(ended)]
    if tested := tested_function(at):
        at = next((c for c in code if is_solution(c) and grade_id(c) == tested), at)
    is_theirs = (is_solution(at) or OWN in tags(at)) and at.source
    return (at, str(ended.problem)) if is_theirs else None
