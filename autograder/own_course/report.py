"""What the instructor is told of the asserts: how many are weak, and how to strengthen each."""

from __future__ import annotations

from pathlib import Path

from autograder.notebooks import sanitize
from autograder.own_course.recording import Recorded

SHOWN = 8


def strength(recorded: Recorded, course: Path | None = None) -> list[str]:
    """A few lines on the asserts of an assignment.

    Args:
        recorded: what its solution showed.
        course: where the whole list is written, as `weak-asserts.txt`; None for all of it here.
    """
    weak = recorded.weak()
    if not weak:
        return [f"Asserts: {recorded.count}, all strong."]
    lines = [
        f"Asserts: {recorded.count}, {len(weak)} of them weak: they can be passed without the "
        "right values."
    ]
    told = [
        f"  {one.notebook}, cell {one.cell}{' (hidden)' if one.hidden else ''}: "
        f"{sanitize.line(one.text, 90)}\n      {sanitize.line(one.why, 300)}"
        for one in weak
    ]
    most = len(told) if course is None else SHOWN
    lines += told[:most]
    if len(told) > most:
        lines.append(f"  … and {len(told) - most} more: `python -m autograder validate` of the "
                     "source's notebook says all.")  # fmt: skip
    return lines
