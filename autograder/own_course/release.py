"""What students get of an assignment of the instructor's own, made as nbgrader makes it."""

from __future__ import annotations

import copy
import logging
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    IncludeHeaderFooter,
    LockCells,
)
from traitlets.config import Config

from autograder.course.files import write_atomically
from autograder.marking.expected import Expected
from autograder.own_course.source import OwnCourseError, Source
from autograder.paths import ROOT
from resnets import checks
from resnets.checks.catalogue import declared

PACKAGE = "resnets"
NOT_COPIED = ("__pycache__", "*.pyc", "expected", "handed_out", "*.po")
CONFIGURED = ("ClearSolutions", "ClearHiddenTests", "ClearMarkScheme", "LockCells")


def configuration(source: Source) -> Config:
    """nbgrader's settings for its own code."""
    config = Config()
    for name in CONFIGURED:
        for trait, value in source.settings.of(name).items():
            config[name][trait] = value
    for trait in ("header", "footer"):
        named = source.settings.of("IncludeHeaderFooter").get(trait)
        path = source.course / str(named) if named else None
        if path is not None and path.is_file():
            config.IncludeHeaderFooter[trait] = str(path)
    return config


def as_declared(source: Source, name: str) -> NotebookNode:
    """A notebook as nbgrader's gradebook keeps it: answers taken out, hidden tests in it."""
    return _processed(
        source,
        name,
        (IncludeHeaderFooter, LockCells, ClearSolutions, ClearOutput, CheckCellMetadata,
         ComputeChecksums),
    )  # fmt: skip


def handed_out(source: Source, name: str) -> NotebookNode:
    """A notebook as students get it.

    Raises:
        OwnCourseError: nbgrader finds it not fit to be handed out.
    """
    return _processed(
        source,
        name,
        (IncludeHeaderFooter, LockCells, ClearSolutions, ClearOutput, CheckCellMetadata,
         ClearHiddenTests, ClearMarkScheme, ComputeChecksums, CheckCellMetadata),
    )  # fmt: skip


def _processed(source: Source, name: str, steps: tuple[Any, ...]) -> NotebookNode:
    config = configuration(source)
    notebook = copy.deepcopy(source.notebooks[name])
    resources = {"nbgrader": {"notebook": name, "assignment": source.name}}
    try:
        for step in steps:
            preprocessor = step(config=config)
            preprocessor.log.setLevel(logging.ERROR)
            notebook, _ = preprocessor.preprocess(notebook, resources)
    except Exception as error:
        said = " ".join(str(error).split())
        raise OwnCourseError(
            f"source/{source.name}/{name}.ipynb cannot be handed out: {said}"
        ) from error
    return notebook


def release(
    source: Source, to: Path | None = None, evidence: Iterable[checks.Evidence] = ()
) -> list[Path]:
    """Writes what students get of an assignment: notebooks, and the files beside them.

    Where checks are declared, these come with what they need, so that students can call them.

    Args:
        source: the assignment.
        to: a new folder; by default `release/<assignment>` in the course, written anew.
        evidence: what the solution showed to declared checks; only public cases of it are written.

    Returns:
        The notebooks' paths.

    Raises:
        OwnCourseError: there is something else at `to`, or a notebook is not fit.
    """
    folder = source.course / "release" / source.name if to is None else to
    if to is not None and to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise OwnCourseError(f"{to} is there already and not empty; name a new folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".release-", dir=folder.parent))
    try:
        for name in source.notebooks:
            notebook = handed_out(source, name)
            write_atomically(partial / f"{name}.ipynb", nbformat.writes(notebook) + "\n")
        for name, content in source.files.items():
            write_atomically(partial / name, content)
        if source.declaration:
            _write_checks(partial, source, evidence)
        partial.chmod(0o755)
        if folder.is_dir():
            shutil.rmtree(folder)
        partial.replace(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return [folder / f"{name}.ipynb" for name in source.notebooks]


def _write_checks(folder: Path, source: Source, evidence: Iterable[checks.Evidence]) -> None:
    """Writes the declaration without hidden cases, and the package that checks."""
    handed_out = declared.without_hidden(source.declaration, source.name)
    write_atomically(folder / declared.FILE, handed_out)
    shutil.copytree(ROOT / PACKAGE, folder / PACKAGE, ignore=shutil.ignore_patterns(*NOT_COPIED))
    public = [Expected(one.name, one).of_public_cases().evidence for one in evidence]
    checks.save_expected(source.name, public, folder / PACKAGE / "checks" / "expected")
