"""Claim: all notebooks run in a quarter of an hour on two processor cores.

    python benchmarks/notebooks.py [01 08 …]

Executes the solved notebook of every assignment anew, as the tests do: nbval compares every output.
Prints the seconds of each on the wall and on the processor. Where there are more than two cores,
two are used.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from autograder.notebooks.sources import assignments
from autograder.paths import SOLUTIONS

ALL, EACH = 15 * 60, 135
"""Seconds that all notebooks may take together, and each of those that there are, on average."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="*", metavar="NN", help="of notebooks; all without any")
    numbers = parser.parse_args().numbers
    chosen = [name for name in assignments() if not numbers or name[:2] in numbers]
    if missing := set(numbers) - {name[:2] for name in chosen}:
        parser.exit(2, f"There is no notebook {', '.join(sorted(missing))} in solutions/.\n")
    cores = keep_to_two_cores()
    print(f"{cores} cores, load of the last minute {os.getloadavg()[0]:.1f}", flush=True)
    print(f"{'notebook':32} {'wall':>8} {'processor':>10}")
    seconds = {}
    failed = []
    for name in chosen:
        wall, processor, output = execute(SOLUTIONS / f"{name}.ipynb")
        seconds[name] = wall
        print(f"{name:32} {wall:6.0f} s {processor:8.0f} s", flush=True)
        if output:
            failed.append(name)
            print(output)
    print_sum(seconds)
    if failed:
        sys.exit(f"Cells of {', '.join(failed)} failed, so these times mean nothing.")


def keep_to_two_cores() -> int:
    """Bind this process and its children to two cores; return how many there are for them."""
    if not hasattr(os, "sched_setaffinity"):
        return os.cpu_count() or 1
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    return len(os.sched_getaffinity(0))


def execute(notebook: Path) -> tuple[float, float, str]:
    """Seconds on the wall and on the processor, and what pytest says where a cell fails."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(notebook)]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, processor, (done.stdout + done.stderr)[-3000:] if done.returncode else ""


def print_sum(seconds: dict[str, float]) -> None:
    """The sum of those that were executed, beside what all that there are may take."""
    limit, total = min(ALL, EACH * len(assignments())), sum(seconds.values())
    left_out = [name for name in assignments() if name not in seconds]
    if total > limit:
        verdict = "missed"
    else:
        verdict = f"{', '.join(left_out)} not executed" if left_out else "kept"
    print(f"{len(seconds)} notebooks together: {total:.0f} s of {limit} s allowed: {verdict}")


if __name__ == "__main__":
    main()
