"""`validate` of a notebook of the instructor's own course: as it will be marked, in the sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.course.folder import Course
from autograder.grading import workers
from autograder.grading.own import OwnReference, read_own_reference
from autograder.kernels.limits import Limits
from autograder.marking.own_job import OwnJob, OwnNotebook
from autograder.marking.validate import lines_of
from autograder.own_course.report import strength

LIMITS = Limits(cell_seconds=300, seconds=1800)


def validate_own(course: Path, path: Path) -> int:
    """Marks one notebook with its public tests, and says how it did.

    Args:
        course: the course's folder.
        path: the notebook. Where it is the source's own, all tests run, and it is said which
            asserts are weak.

    Returns:
        0 if it earned all the points that are not given by people, else 1.

    Raises:
        OwnCourseError: the source is not as it must be.
        SandboxError, ForkServerError: no kernel can be started.
    """
    assignment = path.parent.name
    reference = read_own_reference(Course(course), assignment, workers.mark, "bwrap")
    is_source = path == course / "source" / assignment / path.name
    verdict = workers.mark(_job(reference, path, is_source))
    print("\n".join(lines_of(verdict, verdict.notes)))
    if is_source:
        print("\n".join(["", *strength(reference.recorded)]))
    return 0 if all(cell.passed or cell.manual for cell in verdict.cells) else 1


def _job(reference: OwnReference, path: Path, is_source: bool) -> OwnJob:
    name = path.stem
    recorded = dict(reference.recorded.notebooks[name])
    if not is_source:
        recorded["code"] = recorded["public_code"]
        recorded["asserts"] = {k: _public(sites) for k, sites in recorded["asserts"].items()}
    notebook = OwnNotebook(
        name, reference.source.prefix(name), reference.as_text(name), path.read_bytes(), **recorded
    )
    beside = {} if is_source else _files(path.parent)
    return OwnJob(
        "",
        b"",
        reference.text,
        "{}",
        None,
        LIMITS,
        notebooks=(notebook,),
        files=beside | reference.source.files,
        modules=reference.source.modules(),
        declaration=reference.source.declaration,
        assignment=reference.source.name,
        trusted=True,
    )


def _files(folder: Path) -> dict[str, bytes]:
    """What stands beside a notebook; the folder is the user's own."""
    small = [p for p in folder.iterdir() if p.is_file() and p.stat().st_size < 2**24]
    return {p.name: p.read_bytes() for p in small if p.suffix != ".ipynb" and p.name[0] != "."}


def _public(sites: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Assertions, of which hidden ones decide nothing; the numbers stay."""
    return [site | {"compared": False} if site["hidden"] else site for site in sites]
