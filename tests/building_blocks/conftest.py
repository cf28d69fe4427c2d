"""What the tests of notebook 02 share: its solved functions, executed once."""

from __future__ import annotations

from typing import Any

import keras
import pytest

from autograder.authoring.solved_namespace import solved_namespace

if keras.backend.backend() != "tensorflow":
    # They hand arrays over where PyTorch wants tensors. What the checks find on other backends is
    # tested in tests/backends.
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def solved() -> dict[str, Any]:
    """Names of notebook 02's solution."""
    return solved_namespace("02_building_blocks")
