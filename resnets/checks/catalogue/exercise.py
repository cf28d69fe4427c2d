"""Base type of all graded functions: name, rubric, cases, hints. Data only.

What is compared decides the type: `graph_exercise` has those whose layers are compared,
`numbers_exercise` and `array_exercise` those whose numbers are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from resnets.checks.catalogue.cases import Case


@dataclass(frozen=True)
class Criterion:
    """One line of a rubric.

    Attributes:
        id: what the judge charges a mistake to.
        title: what the student reads.
        points: what it is worth.
    """

    id: str
    title: str
    points: float


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """A graded function.

    Attributes:
        name: of the function; also the grade_id of its cell.
        assignment: the notebook it belongs to.
        rubric: the criteria, in the order in which students read them.
        public: cases that students see.
        draw_hidden: draws hidden cases from a random stream.
        hints: three sentences, each nearer to the answer.
        blocks: names of the graded functions that this one is built from. They are replaced by
            stand-ins when it is tried, so that a mistake is charged once, where it was made.
        time_limit: seconds that one call may take.
    """

    name: str
    assignment: str
    rubric: tuple[Criterion, ...]
    public: tuple[Case, ...]
    draw_hidden: Callable[[np.random.Generator], list[Case]]
    hints: tuple[str, str, str]
    blocks: tuple[str, ...] = ()
    time_limit: float = 20.0

    @property
    def max_points(self) -> float:
        """The sum of the rubric."""
        total = sum(criterion.points for criterion in self.rubric)
        return int(total) if total == int(total) else total
