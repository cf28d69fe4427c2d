"""Answers to notebook 01 as readable edits of its solution.

An edit is (old text, new text); `n` picks the n-th occurrence, counted from 1, 0 means all.
"""

from __future__ import annotations

import functools
import linecache
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext

NOTEBOOK = Path(__file__).parents[2] / "solutions" / "01_residual_networks.py"
FUNCTIONS = ("identity_block", "convolutional_block", "ResNet50")


@dataclass(frozen=True)
class Edit:
    """Replace `old` by `new`: its n-th occurrence, or all of them when n is 0."""

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
    """One answer a student might hand in.

    Attributes:
        function: the exercise.
        title: what was done.
        edits: how it differs from the solution; or `source`, the whole function.
        charged: criteria that must lose points; others may not ("runs", "numbers" always may).
        says: words that the first of these criteria's message must hold.
    """

    function: str
    title: str
    edits: tuple[Edit, ...] = ()
    charged: tuple[str, ...] = ()
    says: str = ""
    source: str = ""

    @property
    def id(self) -> str:
        return f"{self.function}: {self.title}"

    def text(self) -> str:
        source = self.source or solution(self.function)
        for edit in self.edits:
            source = edit(source)
        return source

    def build(self) -> Any:
        """Run the answer as a cell and return its function."""
        return run_cell(self.text(), self.function)


@functools.cache
def solution(name: str) -> str:
    """Return the source of a solved cell."""
    for cell in jupytext.read(NOTEBOOK).cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == name:
            return cell.source
    raise LookupError(f"{NOTEBOOK.name} has no cell with the grade_id {name!r}.")


def run_cell(source: str, name: str) -> Any:
    """Run a cell as IPython does, its lines known to tracebacks, and return one of its names."""
    space = given_names()
    for other in FUNCTIONS[:2]:
        if name == "ResNet50":
            exec(compile(solution(other), f"<{other}>", "exec"), space)
    file = f"<cell {abs(hash(source))}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), space)
    return space[name]


def given_names() -> dict[str, Any]:
    """Return what the notebook's given cells import."""
    import keras
    import numpy as np

    from resnets.initializers import glorot_uniform

    names = {name: getattr(keras.layers, name) for name in dir(keras.layers) if name[0].isupper()}
    return {
        **names,
        "keras": keras,
        "np": np,
        "Model": keras.Model,
        "glorot_uniform": glorot_uniform,
        "__name__": "__main__",
    }
