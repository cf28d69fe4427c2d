"""`python -m autograder validate`: the student's own look at what marking will say."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from autograder.course.verdict import Verdict, without_points
from autograder.errors import AutograderError
from autograder.kernels.limits import Limits
from autograder.kernels.submission_kernel import KernelStopped
from autograder.kernels.unsandboxed import UnsandboxedKernels
from autograder.marking.causes import tell_causes
from autograder.marking.expected import Expected
from autograder.marking.nbval_session import run_session
from autograder.marking.runs import Runner
from autograder.notebooks import sanitize
from autograder.notebooks.assemble import Assembled, Unreadable, assemble
from autograder.notebooks.cells import grade_id, tested_function
from autograder.notebooks.language import language_of
from resnets import checks
from resnets.checks.judging.report import points_in_words
from resnets.language import N_, listed, say, speaking

LIMITS = Limits(cell_seconds=300, seconds=1800)

Pristine = Callable[[], Mapping[str, Callable[[], NotebookNode]]]
"""Gives, by assignment, what reads its notebook as it was handed out."""


class UnknownNotebook(AutograderError):
    """There is no such file, or it is no assignment's; the message is one sentence."""


def validate(path: Path, pristine: Pristine) -> int:
    """Marks a notebook with the public tests and says how it did.

    Args:
        path: the student's file.
        pristine: the notebooks as they were handed out, whatever `path` is now.

    Returns:
        0 if it earned all the points, else 1.

    Raises:
        UnknownNotebook: there is no such file, or it bears no assignment's name.
    """
    notebook = path.read_bytes() if path.is_file() else b""
    with speaking(language_of(notebook)):
        return _validate(path, pristine)


def _validate(path: Path, pristine: Pristine) -> int:
    if not path.is_file():
        raise UnknownNotebook(say("There is no notebook {path}.", path=path))
    released = _released(path.stem, pristine())
    try:
        assembled = assemble(released, path.read_bytes())
    except Unreadable as error:
        print(error)
        return 1
    verdict = _mark(assembled, public_expected(released))
    print("\n".join(lines_of(verdict, assembled.notes)))
    return 0 if verdict.score >= verdict.max_score else 1


def _released(name: str, readers: Mapping[str, Callable[[], NotebookNode]]) -> NotebookNode:
    known = [known for known in readers if name.startswith(known)]
    if not known:
        raise UnknownNotebook(
            say(
                "The notebook must be named like its assignment ({names}); found {name}.",
                names=listed(readers),
                name=name,
            )
        )
    return readers[known[0]]()


def _mark(assembled: Assembled, expected: dict[str, Expected]) -> Verdict:
    verdicts = []

    def serve(session: pytest.Session) -> None:
        deadline = time.monotonic() + LIMITS.seconds
        runner = Runner(session, UnsandboxedKernels(), judge, Path(folder), LIMITS, deadline)
        try:
            run = runner.run_to_the_end(assembled.notebook, expected, None)
        except KernelStopped as stopped:
            verdicts.append(without_points(assembled.notebook, stopped.kind, str(stopped)))
            return
        tell_causes(run.verdict, assembled.left_out, run.left_out)
        verdicts.append(run.verdict)

    with (
        tempfile.TemporaryDirectory(prefix="validate-") as folder,
        Path(os.devnull).open("w") as nothing,
        contextlib.redirect_stdout(nothing),
    ):
        run_session(serve, Path(folder))
    return verdicts[0]


def lines_of(verdict: Verdict, notes: list[str]) -> list[str]:
    """What is said of a verdict on public tests."""
    lines = [say("Note: {note}", note=note) for note in notes]
    ended = N_("The cell {name} ended with {error}.")
    lines += [say(ended, name=name, error=error) for name, error in verdict.errors.items()]
    if verdict.message:
        lines.append(verdict.message)
    for cell in verdict.cells:
        if cell.manual:
            lines.append(say("by hand  {name}: a person marks it", name=cell.key))
            continue
        mark = say("passed") if cell.passed else say("failed")
        points = points_in_words(cell.points, cell.max_points)
        lines.append(f"{mark}  {cell.key}: {points}")
        lines += [f"        {sanitize.line(message, 1000)}" for message in cell.messages]
    points = points_in_words(verdict.score, verdict.max_score)
    lines.append(say("Public tests: {points}.", points=points))
    if not verdict.score >= verdict.max_score:
        return lines
    return [
        *lines,
        say("Hidden tests, with other numbers, are run when your notebook is marked."),
    ]


def judge(expected: Expected, emitted: list[Any]) -> checks.Report | None:
    """The report on what the student's check showed last; whoever forges it fools nobody else."""
    shown = [payload["evidence"] for payload in emitted if payload["name"] == expected.name]
    return checks.judge(expected.name, shown[-1], expected.evidence) if shown else None


def public_expected(released: NotebookNode) -> dict[str, Expected]:
    """What a released notebook's public tests must show, from the evidence that is published."""
    return {
        grade_id(cell): Expected(name, checks.expected(name, checks.public_cases(name)))
        for cell in released.cells
        if (name := tested_function(cell))
    }
