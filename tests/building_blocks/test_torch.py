"""The solution computes what torch.nn.functional computes, where the two libraries agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from resnets.array_gradients import gradients_of
from tests.building_blocks.test_reference import block_weights, normal

torch = pytest.importorskip("torch", minversion="2.13")
functional = torch.nn.functional


def first(array: Any) -> Any:
    """Channels moved from the last axis to PyTorch's place."""
    return torch.as_tensor(np.asarray(array)).movedim(-1, 1)


def last(tensor: Any) -> np.ndarray:
    return tensor.detach().movedim(1, -1).numpy()


def kernel(W: np.ndarray) -> Any:
    return torch.tensor(W).permute(3, 2, 0, 1)


def weighted_sum_gradient(output: Any, X: Any) -> np.ndarray:
    """The gradient that `gradients_of` gives, from PyTorch's own differentiation."""
    weights = np.cos(np.arange(output.numel(), dtype="float32"))
    output = output.movedim(1, -1)
    (output * torch.tensor(weights).reshape(output.shape)).sum().backward()
    return X.grad.numpy()


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("window", [(1, 1), (3, 3), (2, 4)])
def test_conv2d(solved: Any, window: tuple[int, int], stride: int) -> None:
    stream = np.random.default_rng(stride)
    X, W = normal(stream, 2, 7, 9, 3), 0.2 * normal(stream, *window, 3, 4)
    tensor = torch.tensor(X, requires_grad=True)
    theirs = functional.conv2d(tensor.movedim(-1, 1), kernel(W), stride=stride)
    np.testing.assert_allclose(solved["conv2d"](X, W, stride, "valid"), last(theirs), atol=1e-5)
    (mine,) = gradients_of(lambda X: solved["conv2d"](X, W, stride, "valid"), X)
    np.testing.assert_allclose(mine, weighted_sum_gradient(theirs, tensor), atol=1e-5)


def test_conv2d_same_is_torch_padding_for_odd_windows_and_stride_1(solved: Any) -> None:
    stream = np.random.default_rng(4)
    X, W = normal(stream, 2, 6, 5, 3), 0.2 * normal(stream, 3, 5, 3, 2)
    theirs = functional.conv2d(first(X), kernel(W), padding=(1, 2))
    np.testing.assert_allclose(solved["conv2d"](X, W), last(theirs), atol=1e-5)


def test_conv2d_same_pads_after_where_torch_pads_both_ends(solved: Any) -> None:
    """An even picture, a stride of 2: the same window sees another part of the picture."""
    stream = np.random.default_rng(5)
    X, W = normal(stream, 1, 8, 8, 2), 0.2 * normal(stream, 3, 3, 2, 2)
    shifted = functional.conv2d(functional.pad(first(X), (0, 1, 0, 1)), kernel(W), stride=2)
    np.testing.assert_allclose(solved["conv2d"](X, W, 2), last(shifted), atol=1e-5)
    both_ends = functional.conv2d(first(X), kernel(W), stride=2, padding=1)
    assert not np.allclose(solved["conv2d"](X, W, 2), last(both_ends), atol=1e-2)


@pytest.mark.parametrize("training", [False, True])
def test_batch_norm(solved: Any, training: bool) -> None:
    stream = np.random.default_rng(6)
    X, gamma, beta = 2 * normal(stream, 4, 3, 5, 3) + 1, normal(stream, 3), normal(stream, 3)
    mean, variance = normal(stream, 3), np.abs(normal(stream, 3)) + 0.5
    running_mean, running_variance = torch.tensor(mean), torch.tensor(variance)
    tensor = torch.tensor(X, requires_grad=True)
    theirs = functional.batch_norm(
        tensor.movedim(-1, 1),
        running_mean,
        running_variance,
        torch.tensor(gamma),
        torch.tensor(beta),
        training,
        momentum=0.1,  # PyTorch's momentum is what is new, Keras' what stays
        eps=1e-3,
    )
    arguments = (gamma, beta, mean, variance, training, 0.9)
    Y, new_mean, new_variance = solved["batch_norm"](X, *arguments)
    np.testing.assert_allclose(Y, last(theirs), atol=1e-5)
    np.testing.assert_allclose(new_mean, running_mean, atol=1e-6)
    # PyTorch's moving variance divides by one less; everything else is the same.
    n = X.size / 3
    bessel = n / (n - 1) if training else 1.0
    batch_part = np.asarray(new_variance) - 0.9 * variance
    expected = running_variance.numpy() if not training else 0.9 * variance + batch_part * bessel
    np.testing.assert_allclose(running_variance, expected, atol=1e-5)
    (mine,) = gradients_of(lambda X: solved["batch_norm"](X, *arguments)[0], X)
    np.testing.assert_allclose(mine, weighted_sum_gradient(theirs, tensor), atol=1e-5)


@pytest.mark.parametrize(("width", "stride"), [(4, 1), (6, 1), (6, 2), (4, 2)])
@pytest.mark.parametrize("training", [False, True])
def test_bottleneck(solved: Any, width: int, stride: int, training: bool) -> None:
    stream = np.random.default_rng(7)
    params = block_weights(stream, 4, (3, 2, width))
    # Odd sizes: there Keras' 'same' and PyTorch's padding of 1 mean the same pixels.
    X = normal(stream, 2, 7, 5, 4)

    def step(x: Any, name: str, stride: int = 1) -> Any:
        W = kernel(params["W" + name])
        gamma, beta, mean, variance = (torch.tensor(a) for a in params["bn" + name])
        x = functional.conv2d(x, W, stride=stride, padding=W.shape[-1] // 2)
        return functional.batch_norm(x, mean, variance, gamma, beta, training, eps=1e-3)

    tensor = torch.tensor(X, requires_grad=True)
    x = tensor.movedim(-1, 1)
    main = step(functional.relu(step(functional.relu(step(x, "1", stride)), "2")), "3")
    shortcut = x if (width, stride) == (4, 1) else step(x, "_shortcut", stride)
    theirs = functional.relu(main + shortcut)
    np.testing.assert_allclose(
        solved["bottleneck"](X, params, stride, training), last(theirs), atol=1e-5
    )
    (mine,) = gradients_of(lambda X: solved["bottleneck"](X, params, stride, training), X)
    np.testing.assert_allclose(mine, weighted_sum_gradient(theirs, tensor), atol=2e-5)
