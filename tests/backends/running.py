"""Programs run on each backend in a process of their own, since a process has but one."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

import pytest

from autograder.paths import ROOT

BACKENDS = ("tensorflow", "jax", "torch")
# Each of a check's many small shapes is compiled once and used once: optimising is wasted on them.
_QUICK_TO_COMPILE = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"


# On a GPU several processes share its memory.
_SHARING = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}


def output_of(
    backend: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None
) -> list[str]:
    """Run Python with these arguments on a backend and return the lines that it printed.

    Args:
        backend: of Keras.
        arguments: of the interpreter.
        environment: variables to set besides.

    Skips the test where the backend is not installed; fails it where the program does.
    """
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    flags = f"{os.environ.get('XLA_FLAGS', '')} {_QUICK_TO_COMPILE}".strip()
    run = subprocess.run(
        [sys.executable, *arguments],
        env=os.environ
        | {"KERAS_BACKEND": backend, "XLA_FLAGS": flags}
        | _SHARING
        | dict(environment or {}),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return run.stdout.splitlines()
