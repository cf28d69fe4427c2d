"""`make bench`: runs every script in benchmarks/ and keeps what each printed, with the machine.

    python tools/bench.py [NAME …]      only these, e.g. grading checks

One script that cannot run does not keep the others from running, and its old figures stay.
"""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
LAST = BENCHMARKS / "last"


def main(names: list[str]) -> int:
    """Run the scripts; 1 if one of them did not come to an end."""
    scripts = [BENCHMARKS / f"{name}.py" for name in names] or sorted(BENCHMARKS.glob("*.py"))
    failed = [script.name for script in scripts if not run(script)]
    if failed:
        print(f"\nDid not come to an end: {', '.join(failed)}")
    return bool(failed)


def run(script: Path) -> bool:
    """Run one script, show what it prints as it comes, and keep it if the script succeeds."""
    print(f"\n== {script.name}", flush=True)
    lines = [f"{datetime.date.today()}, {machine()}\n", "\n"]
    command = [sys.executable, str(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode == 0:
        LAST.mkdir(exist_ok=True)
        (LAST / f"{script.stem}.txt").write_text("".join(lines), encoding="utf-8")
    return process.returncode == 0


def machine() -> str:
    """Return what the figures depend on most."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    python = platform.python_version()
    return f"{platform.system()} {platform.machine()}, {cores} cores, Python {python}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
