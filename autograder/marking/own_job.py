"""What a worker is sent to mark a submission of a course of the instructor's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from autograder.marking.job import Job


@dataclass(frozen=True)
class OwnNotebook:
    """One notebook of a submission.

    Attributes:
        name: without `.ipynb`.
        prefix: the name again where the assignment has several notebooks, or one of another name;
            it stands before the names of its cells.
        source: the solved notebook as JSON.
        submission: what was handed in, without its outputs; None where it was not.
        code: by `grade_id` of a test cell, what runs in its place.
        public_code: the same without hidden tests.
        asserts: by `grade_id` of a test cell, its assertions, see `asserts.cells.to_plain`.
        unanswered: by `grade_id` of cells that people grade, their text as it is handed out.
    """

    name: str
    prefix: str
    source: str
    submission: bytes | None
    code: dict[str, str] = field(default_factory=dict)
    public_code: dict[str, str] = field(default_factory=dict)
    asserts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    unanswered: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OwnJob(Job):
    """A submission with one or more notebooks.

    Attributes:
        notebooks: in their order.
        files: what stands beside them, by its path.
        modules: what the fork server imports before it makes kernels.
        partial: whether a cell earns the share of its asserts that hold.
        declaration: text of `checks.toml`, see `resnets.checks.catalogue.declared`.
        assignment: its name.
        notes: for the student, on what was handed in.
        trusted: whether it is the instructor's own; then its words may be told.
    """

    notebooks: tuple[OwnNotebook, ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)
    modules: tuple[str, ...] = ()
    partial: bool = False
    declaration: str = ""
    assignment: str = ""
    notes: tuple[str, ...] = ()
    trusted: bool = False
