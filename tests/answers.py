"""An answer that a student might hand in: a whole text, or edits of the solution.

answer("conv2d", "no padding", "def conv2d(X, W, stride=1, padding='same'):\\n", BODY,
       "same stride", "has shape")
Answer("identity_block", "no padding", (Edit('padding="same"', 'padding="valid"'),),
       ("second_conv",), "padding 'valid'")
"""

from __future__ import annotations

import functools
import linecache
from collections.abc import Callable
from dataclasses import dataclass
from textwrap import dedent
from typing import Any

from autograder.authoring.solved_namespace import solved_namespace
from autograder.notebooks.sources import read_source, solution_cells
from resnets import checks


@dataclass(frozen=True)
class Edit:
    """Replace `old` by `new`: its n-th occurrence, counted from 1, or all of them when n is 0."""

    old: str
    new: str
    n: int = 1

    def __call__(self, source: str) -> str:
        found = source.count(self.old)
        if found < max(self.n, 1):
            raise AssertionError(f"{self.old!r} is {found} times in the solution, not {self.n}")
        if self.n == 0:
            return source.replace(self.old, self.new)
        parts = source.split(self.old)
        return self.old.join(parts[: self.n]) + self.new + self.old.join(parts[self.n :])


@dataclass(frozen=True)
class Answer:
    """One answer that a student might hand in.

    Attributes:
        function: the exercise.
        title: what was done.
        edits: how it differs from the solution, or from `source` where that is given.
        charged: the criteria that must lose points, and (but for `judged.FOLLOWING`) no other.
        says: words that the message of one of these criteria must hold.
        source: the function, where it is written from scratch.
        imports: lines of the cell that stand after the function, since messages name lines.
        seconds: that one call may take; the exercise's own time limit where nothing is said.
    """

    function: str
    title: str
    edits: tuple[Edit, ...] = ()
    charged: tuple[str, ...] = ()
    says: str = ""
    source: str = ""
    imports: str = ""
    seconds: float | None = None

    @property
    def id(self) -> str:
        """Return a name for pytest."""
        return f"{self.function}: {self.title}"

    def text(self) -> str:
        """Return the student's cell."""
        source = self.source or solution(self.function)
        for edit in self.edits:
            source = edit(source)
        return f"{source}\n{self.imports}" if self.imports else source

    def build(self) -> Callable[..., Any]:
        """Run the cell and return its function."""
        return run_cell(self.text(), self.function)


def answer(
    function: str, title: str, head: str, body: str, charged: str = "", says: str = ""
) -> Answer:
    """Return the answer whose function has this head (its `def` and what stands before) and body.

    Args:
        charged: criteria, with spaces between them.
    """
    lines = dedent(body).strip("\n").splitlines()
    source = head + "\n".join("    " + line for line in lines) + "\n"
    return Answer(function, title, (), tuple(charged.split()), says, source)


def swap(body: str, *edits: tuple[str, str]) -> str:
    """Return the body with texts exchanged; every one of them has to occur."""
    for old, new in edits:
        assert old in body, old
        body = body.replace(old, new)
    return body


def solution(function: str) -> str:
    """Return the source of a solved cell."""
    return _solutions(checks.get_exercise(function).assignment)[function]


@functools.cache
def _solutions(assignment: str) -> dict[str, str]:
    cells = solution_cells(read_source(assignment))
    return {name: cell.source for name, cell in cells.items()}


solved = functools.cache(solved_namespace)
"""What an assignment's solution defines."""


def given_names(assignment: str) -> dict[str, Any]:
    """Return what the notebook's given cells define: the solution without the graded functions."""
    graded = {exercise.name for exercise in checks.exercises(assignment)}
    return {name: value for name, value in solved(assignment).items() if name not in graded}


def run_cell(source: str, function: str) -> Callable[..., Any]:
    """Run a cell as IPython does, its lines known to tracebacks, and return one of its functions.

    The other functions of its notebook are the solution's.
    """
    assignment = checks.get_exercise(function).assignment
    space = {name: value for name, value in solved(assignment).items() if name != function}
    file = f"<cell {abs(hash(source))}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), space)
    return space[function]
