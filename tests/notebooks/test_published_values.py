"""Seeded numbers on every backend, each in a process of its own, on a GPU where there is one.

`make gpu-test` sets RESNETS_GPU; then a backend that leaves the GPU alone fails.
"""

from __future__ import annotations

import functools
import json
import os
from typing import Any

import numpy as np
import pytest

from tests.backends.running import BACKENDS, output_of

# Printed by the original course (TensorFlow 1, batch norm in inference mode): identity_block by
# its exercise, convolutional_block also by a published walk-through of it.
PUBLISHED = {
    "identity_block": [0.94822985, 0.0, 1.16101444, 2.747859, 0.0, 1.36677003],
    "convolutional_block": [0.09018463, 1.2348977, 0.46822017, 0.0367176, 0.0, 0.65516603],
}


@functools.cache
def computed(backend: str, *, on_cpu: bool = False) -> dict[str, Any]:
    """What `tests.backends.seeded` prints."""
    environment = {"CUDA_VISIBLE_DEVICES": "-1"} if on_cpu else {}
    return json.loads(output_of(backend, ["-m", "tests.backends.seeded"], environment)[-1])


@pytest.mark.parametrize("backend", BACKENDS)
def test_published_vectors(backend: str) -> None:
    found = computed(backend)
    assert found["backend"] == backend
    for name, values in PUBLISHED.items():
        np.testing.assert_allclose(found[name], values, atol=1e-4 if found["gpu"] else 1e-5)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_whole_network_as_tensorflow_computes_it_on_a_cpu(backend: str) -> None:
    """Seeded weights are the same bits everywhere, what comes out of them is nearly the same."""
    found, expected = computed(backend), computed("tensorflow", on_cpu=True)
    assert not expected["gpu"]
    assert found["glorot_uniform"] == expected["glorot_uniform"]
    assert np.abs(expected["features"]).mean() > 0.01  # else nothing would be compared
    for key in ("features", "probabilities"):
        np.testing.assert_allclose(found[key], expected[key], atol=1e-4)


@pytest.mark.skipif("RESNETS_GPU" not in os.environ, reason="no GPU was promised: make gpu-test")
@pytest.mark.parametrize("backend", BACKENDS)
def test_the_gpu_is_used(backend: str) -> None:
    found = computed(backend)
    assert found["gpu"], f"{backend} computes on {found['device']}: install it with CUDA."
