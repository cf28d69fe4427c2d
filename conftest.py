"""Settings that every test and every notebook under test runs with."""

import os
import sysconfig
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no reason for a test to fail.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# Numbers in notebooks must not lie on a rounding boundary: see resnets/printing.py.
os.environ.setdefault("RESNETS_STRICT", "1")
os.environ.setdefault("MPLBACKEND", "agg")
# What somebody has earned on this computer is no concern of tests, nor shown under their checks.
os.environ.setdefault("RESNETS_PROGRESS", "")

# nbgrader runs `alembic` by its name, and `make test` runs in no activated environment.
os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])

LONGEST_FIRST = (
    "tests/test_answers.py",
    "tests/backends/test_marking.py",
    "tests/autograder/test_suites.py",
    "solutions/01_residual_networks.ipynb",
    "solutions/08_faster_training.ipynb",
    "solutions/03_degradation_and_shortcuts.ipynb",
    "tests/browser/test_instructor.py",
    "solutions/05_identity_mappings.ipynb",
    "solutions/07_transfer_learning.ipynb",
)
"""Files that take minutes begin early: else one worker has one of them left and the other nothing.

The end of each run says how long the files took.
"""
SHOWN_FILES = 12

ON_TENSORFLOW = os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow"


def pytest_configure(config: pytest.Config) -> None:
    """Tells nbval what differs from machine to machine in notebooks' outputs."""
    if hasattr(config.option, "nbval_sanitize_with") and not config.option.nbval_sanitize_with:
        config.option.nbval_sanitize_with = str(Path(__file__).parent / "tests" / "nbval.cfg")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves out answers that use TensorFlow's own functions elsewhere; the longest files begin."""
    for item in items:
        if not ON_TENSORFLOW and ": tf." in item.name:
            item.add_marker(pytest.mark.skip(reason="the answer uses TensorFlow's own functions"))
    rank = {name: number for number, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: rank.get(_file_of(item.nodeid), len(rank)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says which files took longest."""
    seconds: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            seconds[_file_of(getattr(report, "nodeid", ""))] += getattr(report, "duration", 0)
    if sum(seconds.values()) < 60:
        return
    terminalreporter.section("seconds of the longest files")
    for name, taken in seconds.most_common(SHOWN_FILES):
        terminalreporter.write_line(f"{taken:7.0f}  {name}")


def _file_of(nodeid: str) -> str:
    return nodeid.partition("::")[0]
