"""`set_reproducible` and `full_precision` change what the frameworks really do."""

from __future__ import annotations

import json

import pytest

from resnets.reproducible import set_reproducible
from tests.backends.running import BACKENDS, output_of

FAST = {"tensorflow": [True], "jax": ["tensorfloat32"], "torch": [True, True, "high"]}
FULL = {"tensorflow": [False], "jax": ["highest"], "torch": [False, False, "highest"]}


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_frameworks_settings(backend: str) -> None:
    found = json.loads(output_of(backend, ["-m", "tests.backends.settings"])[-1])
    assert found == {
        "fast": FAST[backend],
        "full precision": FULL[backend],
        "afterwards": FAST[backend],
        "in a check": FULL[backend],
        "after a check": FAST[backend],
        "reproducible": FULL[backend],
        "deterministic": True,
        "same seed, same weights": True,
        "other seed, same weights": False,
    }


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "0", True, None])
def test_a_seed_that_is_none(seed: object) -> None:
    with pytest.raises(ValueError, match=r"integer from 0 to 2\*\*32 - 1, found"):
        set_reproducible(seed)
