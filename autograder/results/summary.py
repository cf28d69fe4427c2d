"""What is told at the end of marking a class."""

from __future__ import annotations

import heapq
import shutil
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence

from autograder.course.verdict import STATUSES, Verdict
from autograder.notebooks import sanitize

BINS = 10
SLOWEST = 3
MOST_NOTES = 10
"""Notes on notebooks that are told; many students may have the same."""


def summary(
    verdicts: Mapping[str, Verdict], skipped: int, seconds: float, warnings: Sequence[str] = ()
) -> str:
    """A few lines: how many, how they ended, how good they are, who took longest.

    Args:
        verdicts: by the student's id.
        skipped: how many of them had been marked before.
        seconds: how long this call took.
        warnings: about single students or files, one sentence each.
    """
    marked = len(verdicts) - skipped
    count = "1 submission" if len(verdicts) == 1 else f"{len(verdicts)} submissions"
    lines = [f"{count}: {marked} marked in {seconds:.1f} s, {skipped} before."]
    counts = Counter(verdict.status for verdict in verdicts.values())
    lines.append("  ".join(f"{status} {counts[status]}" for status in STATUSES if counts[status]))
    scores = [100 * v.score / v.max_score for v in verdicts.values() if v.max_score]
    if scores:
        lines += ["", *distribution(scores)]
        mean, median = statistics.fmean(scores), statistics.median(scores)
        lines.append(f"mean {mean:.1f} %, median {median:.1f} %")
    lines += ["", *_slowest(verdicts), *_troubles(verdicts)]
    lines += [f"warning: {sanitize.line(warning, 400)}" for warning in warnings]
    return "\n".join(lines).rstrip()


def distribution(percentages: list[float]) -> list[str]:
    """A bar chart of percentages in text, a line for each tenth."""
    counts = Counter(min(int(p * BINS / 100), BINS - 1) for p in percentages)
    width = max(10, min(40, shutil.get_terminal_size().columns - 20))
    most = max(counts.values())
    lines = []
    for position in range(BINS):
        count = counts[position]
        bar = "█" * round(width * count / most) or ("▏" if count else "")
        low, high = position * 100 // BINS, (position + 1) * 100 // BINS
        lines.append(f"{low:3d}–{high:3d} % {bar} {count or ''}".rstrip())
    return lines


def _slowest(verdicts: Mapping[str, Verdict]) -> list[str]:
    times = ((verdict.seconds, name) for name, verdict in verdicts.items())
    longest = heapq.nlargest(SLOWEST, times, key=lambda time: time[0])
    named = [f"{sanitize.line(name, 40)} {seconds:.1f} s" for seconds, name in longest]
    return [f"slowest: {', '.join(named)}"] if named else []


def _troubles(verdicts: Mapping[str, Verdict]) -> list[str]:
    """Who has no ordinary verdict, then what was noted about the others' notebooks."""
    troubles, notes = [], []
    for name in sorted(verdicts):
        verdict = verdicts[name]
        student = sanitize.line(name, 40)
        if verdict.status != "graded" or verdict.again:
            troubles.append(f"{verdict.status}: {student}: {sanitize.line(verdict.in_words, 160)}")
        elif verdict.notes:
            notes.append(f"note: {student}: {sanitize.line(verdict.in_words, 160)}")
    if len(notes) > MOST_NOTES:
        notes[MOST_NOTES:] = [f"… and {len(notes) - MOST_NOTES} more, in grades.csv"]
    return [*troubles, *notes]
