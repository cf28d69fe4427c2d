"""What a worker is sent: everything it needs, so that it can be on another machine."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.kernels.limits import Limits


class MarkingFault(Exception):
    """Something that is not the notebook's code failed while a job was marked.

    The message, a few words on what failed, holds no hidden value.
    """


@dataclass(frozen=True)
class Job:
    """One submission to mark.

    Attributes:
        student: whose it is.
        submission: the notebook file that was handed in, without its outputs.
        reference: the solved notebook as JSON; its graded cells' outputs are the references.
        expected: JSON, by `grade_id` of a test what the solution's check emitted there.
        secret: of the hidden cases, in hex; None where only public tests run.
        limits: what the submission may use.
        record: whether the verdict is to carry the evidence that checks emitted.
        sandbox: "bwrap" or "none".
        language: in which the student is told; None for that of the notebook.
    """

    student: str
    submission: bytes
    reference: str
    expected: str
    secret: str | None
    limits: Limits
    record: bool = False
    sandbox: str = "bwrap"
    language: str | None = None
