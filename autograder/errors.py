"""The errors that are told in a sentence, and the words for those that are not foreseen."""

from __future__ import annotations

import traceback
from pathlib import Path

from autograder.paths import ROOT


class AutograderError(Exception):
    """Something is not as it must be; the message is a sentence for whoever typed the command."""


def what_failed(error: BaseException) -> str:
    """An error's kind and the line of ours where it happened.

    Never its own words unless they are the system's: these could hold hidden values.
    """
    kind = getattr(error, "strerror", None) or type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(ROOT / "autograder")]
    if not ours:
        return kind
    return f"{kind}, at {Path(ours[-1].filename).relative_to(ROOT)}:{ours[-1].lineno}"
