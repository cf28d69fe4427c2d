"""What students get of an assignment of the instructor's own, made as nbgrader makes it."""

from __future__ import annotations

import copy
import logging
import shutil
import tempfile
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
from autograder.own_course.source import OwnCourseError, Source, read_source

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


def declared(source: Source, name: str) -> NotebookNode:
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


def release(course: Path, assignment: str, to: Path | None = None) -> list[Path]:
    """Writes what students get of an assignment: notebooks, and the files beside them.

    Args:
        course: its folder.
        assignment: its name.
        to: a new folder; by default `release/<assignment>` in the course, written anew.

    Returns:
        The notebooks' paths.

    Raises:
        OwnCourseError: there is something else at `to`, or a notebook is not fit.
    """
    source = read_source(course, assignment)
    folder = course / "release" / assignment if to is None else to
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
        partial.chmod(0o755)
        if folder.is_dir():
            shutil.rmtree(folder)
        partial.replace(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return [folder / f"{name}.ipynb" for name in source.notebooks]
