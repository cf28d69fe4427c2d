"""The suites of wrong and right answers, marked by the autograder and judged directly.

    python -m tests.autograder.suites              # every answer, two at a time
    python -m tests.autograder.suites ResNet50     # those whose title holds a word

Both ways must come to the same verdict: the same points, for the same lines of the rubric. The
submissions also hold what students leave in their notebooks: see `lived_in`.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course.folder import Course
from autograder.course.verdict import CellVerdict, Verdict
from autograder.grading import reference, workers
from autograder.kernels.limits import Limits
from autograder.marking.job import Job
from autograder.notebooks.assemble import is_stub
from autograder.notebooks.cells import grade_id, tags
from resnets.checks.judging.report import EXPLAINED_ABOVE, HIDDEN_REASON, Report
from resnets.checks.notebook import PUBLIC_SECRET
from tests.answers import Answer
from tests.judged import judged
from tests.suites import SUITES

SECRET = PUBLIC_SECRET.hex()


@dataclass
class MarkedSuite:
    """An assignment's answers, and what marking them needs.

    Args:
        assignment: its name.
        mark: marks a job, as `workers.mark` does.
    """

    assignment: str
    mark: Callable[[Job], Verdict]

    def __post_init__(self) -> None:
        self.notebook = reference.solved(self.assignment)
        needed = [c for c in self.notebook.cells if "setup" in tags(c) or grade_id(c)]
        self.notebook.cells = needed
        self.text = nbformat.writes(self.notebook)
        with tempfile.TemporaryDirectory() as folder:
            self.expected = reference.hidden_expected(
                self.assignment, SECRET, Course(Path(folder)), self.mark
            )

    def by_the_autograder(self, answer: Answer) -> CellVerdict:
        """What a submission with this answer, and otherwise right, gets for it."""
        notebook = nbformat.reads(self.text, as_version=4)
        notebook.cells = list(lived_in(notebook.cells, answer))
        submission = nbformat.writes(notebook).encode()
        verdict = self.mark(Job(answer.id, submission, self.text, self.expected, SECRET, Limits()))
        return next(c for c in verdict.cells if c.grade_id == f"test_{answer.function}")


def lived_in(cells: list[NotebookNode], answer: Answer) -> Iterator[NotebookNode]:
    """A notebook as students leave it: with the answer, and with traces of the work on it.

    A changed setup cell, a cell of their own, an old copy and notes above the answer, a trial that
    fails below it, and another old copy at the end. None of it may change a point.
    """
    name = answer.function
    old = f"def {name}(*arguments, **more):\n    return None"
    first = next(cell for cell in cells if "setup" in tags(cell))
    metadata = next(cell.metadata for cell in cells if grade_id(cell) == name)
    for cell in cells:
        if cell is first:
            yield new_code_cell(f"{cell.source}\nimport math as mathematics")
        elif grade_id(cell) == name:
            yield new_code_cell("def helper(x):\n    return x\n\nSIDE = 64\nprint(helper(SIDE))")
            if not is_stub(answer.text()):  # Of a stub and an older version, the latter counts.
                yield new_code_cell(old, metadata=deepcopy(metadata))
            yield new_markdown_cell("How I did it", metadata=deepcopy(metadata))
            yield new_code_cell(answer.text(), metadata=deepcopy(metadata))
            yield new_code_cell(f"trial = {name}()\nprint(trial)")
        else:
            yield cell
    yield new_code_cell(old, metadata=deepcopy(metadata))


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
        about_hidden = (HIDDEN_REASON, EXPLAINED_ABOVE)
        if not item.passed and told.get(item.title) not in (_steady(item.message), *about_hidden):
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
            marked_suite = MarkedSuite(assignment, workers.mark)
            same = 0
            for answer, cell in zip(
                chosen, executor.map(marked_suite.by_the_autograder, chosen), strict=True
            ):
                found = list(differences(cell, judged(answer)))
                same += not found
                if found:
                    print(f"{answer.id}\n  " + "\n  ".join(found), flush=True)
            print(f"{assignment}: {same} of {len(chosen)} answers get the same verdict", flush=True)
            apart += len(chosen) - same
    return 1 if apart else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
