"""Reads malformed files with everything that reads one: 100,000 of them by default.

    python -m tests.fuzz [--inputs 100000] [--only WORDS] [--seed 1] [--atheris]

Good files are damaged by hypothesis, which then looks for the smallest file that shows a finding.
--atheris lets libFuzzer damage them instead, led by what code they reach, where atheris is there
(pip install atheris). Findings are printed; the exit status is 1 where there is one.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from tests.fuzz.damage import damaged
from tests.fuzz.readers import READERS, Reader


def main() -> int:
    """Tries every reader; 1 where one fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=100_000, help="in all (100,000)")
    parser.add_argument("--only", default="", help="readers with these words in their names")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--atheris", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.one:
        return with_atheris(READERS[options.one], options.inputs)
    chosen = [name for name in READERS if options.only in name]
    findings, total = 0, 0
    for name in chosen:
        inputs = -(-options.inputs // len(chosen))
        started = time.monotonic()
        if options.atheris:
            tried, finding = inputs, apart(name, inputs)
        else:
            tried, finding = with_hypothesis(READERS[name], inputs, options.seed)
        total += tried
        findings += bool(finding)
        took = time.monotonic() - started
        print(f"{'FOUND' if finding else 'ok   '}  {tried:7,} in {took:5.0f} s  {name}", flush=True)
        if finding:
            print(finding)
    print(f"{total:,} malformed inputs, {findings} findings")
    return int(findings > 0)


def with_hypothesis(reader: Reader, inputs: int, start: int) -> tuple[int, str]:
    """How many files were tried, and the finding, if there is one, with its smallest file."""
    tried: list[bytes] = []
    count = 0

    @seed(start)
    @settings(
        max_examples=inputs,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(damaged(reader.seeds(), reader.json))
    def read(content: bytes) -> None:
        nonlocal count
        count += 1
        tried[:] = [content]
        reader.holds(content)

    try:
        read()
    except BaseException:
        shown = repr(tried[0][:300]) if tried else "before the first file"
        return count, f"{traceback.format_exc()[-1500:]}\nthe file: {shown}"
    return count, ""


def apart(name: str, inputs: int) -> str:
    """What atheris finds in a process of its own, which it ends in its own way."""
    command = [sys.executable, "-m", "tests.fuzz", "--one", name, "--inputs", str(inputs)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=7200)
    return "" if done.returncode == 0 else (done.stdout + done.stderr)[-3000:]


def with_atheris(reader: Reader, inputs: int) -> int:
    """Never returns: libFuzzer ends the process."""
    import atheris

    def read(content: bytes) -> None:
        reader.holds(content)

    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for number, content in enumerate(reader.seeds()):
            Path(folder, str(number)).write_bytes(content)
        arguments = [sys.argv[0], f"-runs={inputs}", "-max_len=20000", folder]
        atheris.Setup(arguments, atheris.instrument_func(read))
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
