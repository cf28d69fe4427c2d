"""The rule by which the class goes on: what fails over one submission becomes its verdict.

Files that cannot be read, a full disk, a bug of ours that one notebook finds: wherever it happens
on the way from the student's folder to the verdict, the others are marked, and the next call tries
this one again. Only where nothing could be marked at all (no sandbox, no kernel) is the class told.
"""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.course.files import NotAFile
from autograder.course.verdict import Verdict, without_points
from autograder.errors import AutograderError, what_failed
from autograder.marking.job import MarkingFault
from resnets.language import say


def verdict_of_fault(reference: NotebookNode, error: Exception) -> Verdict:
    """The verdict on a submission over which something failed.

    Args:
        reference: the solved notebook.
        error: what failed.

    Raises:
        AutograderError: `error` itself, where it is one: it is nobody's own.
    """
    if isinstance(error, AutograderError):
        raise error
    if isinstance(error, NotAFile):
        return without_points(reference, "unreadable", str(error))  # The next run reads it anyway.
    failed = str(error) if isinstance(error, MarkingFault) else what_failed(error)
    message = say(
        "Marking this notebook failed ({failed}); the next run tries again.", failed=failed
    )
    return without_points(reference, "crashed", message, again=True)
