"""Try functions that build small graphs, and keep their numbers as if they were arrays.

The weights of a graph depend only on their place in it, so two ways of writing the same layers give
the same numbers. That lets `array_judge` judge them: by numbers, not by how they are written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from resnets.checks.evidence import Run
from resnets.checks.stand_ins import StandIn


def as_results(run: Run) -> Run:
    """Give a run's numbers the names that functions on arrays have."""
    averages = [run.arrays[key] for key in sorted(run.arrays) if key.startswith("average:")]
    arrays = {}
    if "inference" in run.arrays and "training" in run.arrays:
        arrays["result 0"] = run.arrays["inference"]
        arrays["result 1"] = run.arrays["training"]
        arrays["result 2"] = np.concatenate([np.zeros(1, "float32"), *averages])
    run.arrays = arrays
    return run


def stand_in(name: str, theirs: Any) -> Callable[..., Any]:
    """In place of a student's earlier function: its shape, and numbers that tell its arguments."""

    def block(X: Any, filters: int, stride: int = 1, shortcut: str | None = None) -> Any:
        kind = {} if shortcut is None and name != "residual_block" else {"kind": shortcut or "B"}
        return StandIn(name, {"filters": [filters], "s": stride} | kind)(X)

    return block
