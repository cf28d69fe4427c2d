"""How long students wait for an answer: `check` after the import, and its parts.

    python benchmarks/checks.py

Prints medians of five runs in seconds, on the wall and on the processor.
"""

from __future__ import annotations

import contextlib
import io
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parents[1]))

LIMITS = {"identity_block": 1.0, "convolutional_block": 1.0, "ResNet50": 5.0}
REPEATS = 5


def timed(work) -> tuple[float, float]:
    """Return seconds on the wall and on the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        work()
    return time.perf_counter() - wall, time.process_time() - processor


def medians(runs: list[tuple[float, float]]) -> str:
    wall, processor = (statistics.median(column) for column in zip(*runs, strict=True))
    return f"{wall:.2f} s | {processor:.2f} s"


def main() -> None:
    """Time the first and the following answers of every check of notebook 01."""
    from resnets.checks import (
        check,
        collect,
        exercises,
        expected,
        hidden_cases,
        judge,
        public_cases,
    )
    from tests.answers import Answer

    names = [exercise.name for exercise in exercises("01_residual_networks")]
    functions = {name: Answer(name, "").build() for name in names}
    print("| check | first answer | later, wall | processor | allowed |")
    print("| --- | --- | --- | --- | --- |")
    for name, function in functions.items():
        first, _ = timed(lambda name=name, function=function: check(name, function))
        runs = [
            timed(lambda name=name, function=function: check(name, function))
            for _ in range(REPEATS)
        ]
        print(f"| `{name}` | {first:.2f} s | {medians(runs)} | {LIMITS[name]:g} s |")
    print()
    print("| public and hidden cases, all three functions | wall | processor |")
    print("| --- | --- | --- |")
    cases = {name: public_cases(name) + hidden_cases(name, b"public") for name in names}
    evidence = {name: collect(name, functions[name], cases[name]) for name in names}
    gathering = [
        timed(lambda: [collect(name, functions[name], cases[name]) for name in names])
        for _ in range(REPEATS)
    ]
    judging = [
        timed(lambda: [judge(n, evidence[n].to_json(), expected(n)) for n in names])
        for _ in range(REPEATS)
    ]
    print(f"| collect | {medians(gathering)} |")
    print(f"| judge | {medians(judging)} |")


if __name__ == "__main__":
    main()
