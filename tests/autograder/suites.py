"""The suites of wrong and right answers, marked by the autograder and judged directly.

    python -m tests.autograder.suites              # every answer, two at a time
    python -m tests.autograder.suites ResNet50     # those whose title holds a word

Both ways must come to the same verdict: the same points, for the same lines of the rubric.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder import evidence, pool
from autograder.cells import grade_id
from autograder.course import Course
from autograder.job import Job
from autograder.limits import Limits
from autograder.sources import solved_namespace, tags
from autograder.verdict import CellVerdict, Verdict
from resnets.checks.notebook import PUBLIC_SECRET
from resnets.checks.report import HIDDEN_REASON, Report
from tests.answers import judged
from tests.checks.rates import marked
from tests.suites import SUITES

SECRET = PUBLIC_SECRET.hex()


@dataclass
class MarkedSuite:
    """An assignment's answers, and what marking them needs.

    Args:
        assignment: its name.
        mark: marks a job, as `pool.mark` does.
    """

    assignment: str
    mark: Callable[[Job], Verdict]

    def __post_init__(self) -> None:
        self.notebook = evidence.solved(self.assignment)
        needed = [c for c in self.notebook.cells if "setup" in tags(c) or grade_id(c)]
        self.notebook.cells = needed
        self.text = nbformat.writes(self.notebook)
        self.solved = solved_namespace(self.assignment)
        with tempfile.TemporaryDirectory() as folder:
            self.expected = evidence.hidden_expected(
                self.assignment, SECRET, Course(Path(folder)), self.mark
            )

    def by_the_autograder(self, answer) -> CellVerdict:
        """What a submission with this answer, and otherwise right, gets for it."""
        notebook = nbformat.reads(self.text, as_version=4)
        for cell in notebook.cells:
            if grade_id(cell) == answer.function:
                cell.source = source_of(answer)
        submission = nbformat.writes(notebook).encode()
        verdict = self.mark(Job(answer.id, submission, self.text, self.expected, SECRET, Limits()))
        return next(c for c in verdict.cells if c.grade_id == f"test_{answer.function}")

    def directly(self, answer) -> Report:
        """The report on this answer alone."""
        if self.assignment == "01_residual_networks":
            return marked(answer, time_limit=20).report
        return judged(answer, self.solved)


def source_of(answer) -> str:
    """The answer as a student's cell.

    Some answers to notebook 01 use layers that its given cells do not import. The import comes
    last, since messages name lines.
    """
    if hasattr(answer, "text"):
        return f"{answer.text()}\nfrom keras.layers import *"
    return answer.source


def differences(cell: CellVerdict, report: Report) -> Iterator[str]:
    """What the two verdicts on an answer do not agree in."""
    share = cell.points / cell.max_points
    if abs(share - report.points / report.max_points) > 1e-6:
        yield f"{share:.0%} by the autograder, {report.points / report.max_points:.0%} directly"
    marked_lines = {line["title"]: line["points"] for line in cell.rubric}
    for item in report.without_hidden().items:
        if marked_lines.get(item.title) != item.points:
            yield f"{item.title}: {marked_lines.get(item.title)} and {item.points} points"
    told = {line["title"]: _steady(line["message"]) for line in cell.rubric}
    for item in report.without_hidden().items:
        # What public cases alone do not show is known from hidden ones, which are not spoken of.
        if not item.passed and told.get(item.title) not in (_steady(item.message), HIDDEN_REASON):
            yield f"{item.title}: not told {item.message!r}"


def _steady(message: str) -> str:
    """The message without the share of numbers that differ, which one wrong answer varies."""
    return re.sub(r"\d+%", "…%", message)


def main(words: Iterable[str]) -> int:
    """Marks them all; the exit status says whether all verdicts agree."""
    words, apart = list(words), 0
    with ThreadPoolExecutor(2) as executor:
        for assignment, suite in SUITES.items():
            answers = [*suite.wrong, *suite.right]
            chosen = [a for a in answers if not words or any(word in a.id for word in words)]
            if not chosen:
                continue
            marked_suite = MarkedSuite(assignment, pool.mark)
            same = 0
            for answer, cell in zip(
                chosen, executor.map(marked_suite.by_the_autograder, chosen), strict=True
            ):
                found = list(differences(cell, marked_suite.directly(answer)))
                same += not found
                if found:
                    print(f"{answer.id}\n  " + "\n  ".join(found), flush=True)
            print(f"{assignment}: {same} of {len(chosen)} answers get the same verdict", flush=True)
            apart += len(chosen) - same
    return 1 if apart else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
