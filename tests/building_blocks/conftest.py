"""What the tests of notebook 02 share: its solved functions, executed once."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.sources import solved_namespace


@pytest.fixture(scope="session")
def solved() -> dict[str, Any]:
    """Names of notebook 02's solution."""
    return solved_namespace("02_building_blocks")
