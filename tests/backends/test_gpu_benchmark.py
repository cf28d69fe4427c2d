"""What benchmarks/gpu.py times is training, and its peer is ResNet-50."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.backends.running import BACKENDS, output_of


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_step_trains_as_keras_does(backend: str) -> None:
    found = json.loads(output_of(backend, ["-m", "tests.backends.steps"])[-1])
    assert found["ours"][-1] < found["ours"][0]
    np.testing.assert_allclose(found["ours"], found["theirs"], atol=1e-5)


def test_the_peer_has_the_parameters_of_resnet_50() -> None:
    """25,557,032 as PyTorch's documentation of `torchvision.models.resnet50` gives them."""
    pytest.importorskip("torch")
    from benchmarks.peers.torch_resnet50 import resnet50

    assert sum(weights.numel() for weights in resnet50(1000).parameters()) == 25_557_032


def test_the_peer_learns() -> None:
    torch = pytest.importorskip("torch")
    from benchmarks.peers.torch_resnet50 import training_step

    torch.manual_seed(0)
    stream = np.random.default_rng(0)
    x, labels = stream.random((4, 32, 32, 3), np.float32), stream.integers(0, 6, 4)
    step, wait = training_step(x, labels, 6, "fp32")
    losses = [float(step()) for _ in range(8)]
    wait()
    # Batch norm of four pictures makes the loss jump on its way down, so its lowest value counts.
    assert min(losses) < losses[0] / 2
