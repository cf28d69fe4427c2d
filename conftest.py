"""Settings that every test and every notebook under test runs with."""

import os
import sysconfig
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

ON_TENSORFLOW = os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow"


def pytest_configure(config: pytest.Config) -> None:
    """Tells nbval what differs from machine to machine in notebooks' outputs."""
    if hasattr(config.option, "nbval_sanitize_with") and not config.option.nbval_sanitize_with:
        config.option.nbval_sanitize_with = str(Path(__file__).parent / "tests" / "nbval.cfg")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves out answers that use TensorFlow's own functions where it is not the backend."""
    for item in items:
        if not ON_TENSORFLOW and ": tf." in item.name:
            item.add_marker(pytest.mark.skip(reason="the answer uses TensorFlow's own functions"))
