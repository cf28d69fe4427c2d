"""`python -m autograder validate`: the student's own look at what marking will say."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

import nbformat
import pytest

from . import evidence, inert
from .assemble import Unreadable, assemble
from .kernel import GradingKernel, KernelStopped
from .limits import Limits
from .marking import Expected, run_notebook, run_session, verdict_of
from .plain import PlainKernels
from .sources import NOTEBOOKS, SourceError
from .verdict import Verdict, without_points

LIMITS = Limits(cell_seconds=300, seconds=1800)


def validate(path: Path) -> int:
    """Marks a notebook with the public tests and says how it did.

    Returns:
        0 if it earned all the points, else 1.

    Raises:
        SourceError: there is no such file, or it bears no assignment's name.
    """
    if not path.is_file():
        raise SourceError(f"There is no notebook {path}.")
    released = _released(path.stem)
    try:
        assembled = assemble(released, path.read_bytes())
    except Unreadable as error:
        print(error)
        return 1
    verdict = _mark(assembled.notebook, evidence.public_expected(released))
    print("\n".join(_lines(verdict, assembled.notes)))
    return 0 if verdict.score >= verdict.max_score else 1


def _released(name: str) -> nbformat.NotebookNode:
    names = [path.stem for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))]
    known = [known for known in names if name.startswith(known)]
    if not known:
        raise SourceError(
            f"The notebook must be named like its assignment ({', '.join(names)}); found {name}."
        )
    return nbformat.read(NOTEBOOKS / f"{known[0]}.ipynb", as_version=4)


def _mark(notebook: nbformat.NotebookNode, expected: dict[str, Expected]) -> Verdict:
    verdicts = []

    def serve(session: pytest.Session) -> None:
        try:
            kernel = GradingKernel(PlainKernels(), LIMITS, {"RESNETS_GRADING": "1"})
        except KernelStopped as stopped:
            verdicts.append(without_points(notebook, stopped.kind, str(stopped)))
            return
        try:
            verdicts.append(verdict_of(run_notebook(session, path, kernel, expected, None), kernel))
        finally:
            kernel.stop()

    with tempfile.TemporaryDirectory(prefix="validate-") as folder:
        path = Path(folder, "notebook.ipynb")
        path.write_text(nbformat.writes(notebook), encoding="utf-8")
        with Path(os.devnull).open("w") as nothing, contextlib.redirect_stdout(nothing):
            run_session(serve, Path(folder))
    return verdicts[0]


def _lines(verdict: Verdict, notes: list[str]) -> list[str]:
    lines = [f"Note: {note}" for note in notes]
    lines += [f"The cell {name} ended with {error}." for name, error in verdict.errors.items()]
    if verdict.message:
        lines.append(verdict.message)
    for cell in verdict.cells:
        mark = "passed" if cell.passed else "failed"
        lines.append(f"{mark}  {cell.grade_id}: {cell.points:g} of {cell.max_points:g} points")
        lines += [f"        {inert.line(message, 1000)}" for message in cell.messages]
    lines.append(f"Public tests: {verdict.score:g} of {verdict.max_score:g} points.")
    if not verdict.score >= verdict.max_score:
        return lines
    return [*lines, "Hidden tests, with other numbers, are run when your notebook is marked."]
