"""Settings that every test and every notebook under test runs with."""

import os

import pytest

# Numbers in notebooks must not lie on a rounding boundary: see resnets/printing.py.
os.environ.setdefault("RESNETS_STRICT", "1")
os.environ.setdefault("MPLBACKEND", "agg")

ON_TENSORFLOW = os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow"
if not ON_TENSORFLOW:
    # These expect the words of TensorFlow's errors, and arrays where PyTorch wants tensors. What
    # the checks find on other backends is tested in tests/backends.
    collect_ignore = ["tests/building_blocks"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves out answers that use TensorFlow's own functions where it is not the backend."""
    for item in items:
        if not ON_TENSORFLOW and ": tf." in item.name:
            item.add_marker(pytest.mark.skip(reason="the answer uses TensorFlow's own functions"))
