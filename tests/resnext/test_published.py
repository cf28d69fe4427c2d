"""ResNeXt against what is published."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from resnets.flops import multiply_adds
from tests.answers import solved

PUBLISHED = {
    "resnext50_32x4d": ([3, 4, 6, 3], 32, 4, 25_028_904, 4.2),
    "resnext101_32x8d": ([3, 4, 23, 3], 32, 8, 88_791_336, 16.4),
    "resnet50": ([3, 4, 6, 3], 1, 64, 25_557_032, 4.1),
}
"""Blocks, groups, width, and PyTorch's documentation: parameters, billions of multiply-adds."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_and_work_are_the_published_ones(name: str) -> None:
    blocks, groups, width, parameters, billions = PUBLISHED[name]
    with keras.StatelessScope(initialize_variables=False):
        model = solved("06_resnext")["resnext"](blocks, groups, width)
        learned = sum(int(np.prod(weight.shape)) for weight in model.trainable_variables)
        work = sum(multiply_adds(model).values())
    assert learned == parameters
    assert work / 1e9 == pytest.approx(billions, abs=0.1)


def test_one_group_is_the_resnet_of_notebook_04() -> None:
    """The same layers with the same names, so also the same numbers."""
    with keras.StatelessScope(initialize_variables=False):
        one = solved("06_resnext")["resnext"]([3, 4, 6, 3], 1, 64)
        other = solved("04_resnet_family")["resnet"](50)
    assert _weights(one) == _weights(other)


def _weights(model: keras.Model) -> dict[str, tuple[int, ...]]:
    return {weight.path: tuple(weight.shape) for weight in model.variables}
