"""The blocks' published numbers, on every backend, each in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from autograder.sources import ROOT

# Printed by the original course (TensorFlow 1, batch norm in inference mode): identity_block by
# its exercise, convolutional_block also by a published walk-through of it.
PUBLISHED = {
    "identity_block": [0.94822985, 0.0, 1.16101444, 2.747859, 0.0, 1.36677003],
    "convolutional_block": [0.09018463, 1.2348977, 0.46822017, 0.0367176, 0.0, 0.65516603],
}

PROGRAM = """
import json
import numpy as np
from autograder.sources import solved_namespace
solved = solved_namespace("01_residual_networks")
import keras
assert keras.backend.backend() == {backend!r}
np.random.seed(1)
X = np.random.randn(3, 4, 4, 6)
found = {{}}
for name in {names!r}:
    inputs = keras.Input((4, 4, 6))
    block = keras.Model(inputs, solved[name](inputs, f=2, filters=[2, 4, 6], stage=1, block="a"))
    found[name] = np.asarray(block.predict(X, verbose=0))[1][1][0].tolist()
print(json.dumps(found))
"""


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_published_vectors(backend: str) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    program = PROGRAM.format(backend=backend, names=list(PUBLISHED))
    run = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"KERAS_BACKEND": backend},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    for name, values in PUBLISHED.items():
        np.testing.assert_allclose(found[name], values, atol=1e-5)
