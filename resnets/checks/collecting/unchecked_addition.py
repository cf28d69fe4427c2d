"""Shape checks of additions, switched off while a graph is read, so that all of it can be seen.

Keras stops at the addition; the mistake is usually several lines above it. Reading on shows where.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
from keras.src.ops.numpy import Add as AddOperation


@contextlib.contextmanager
def unchecked_addition() -> Iterator[None]:
    """Within the body, adding tensors of different shapes gives a tensor of the first's shape."""
    shape_of_layer = keras.layers.Add._compute_elemwise_op_output_shape
    spec_of_operation = AddOperation.compute_output_spec

    def shape(self: Any, one: Any, other: Any) -> Any:
        try:
            return shape_of_layer(self, one, other)
        except ValueError:
            return one

    def spec(self: Any, x1: Any, x2: Any) -> Any:
        try:
            return spec_of_operation(self, x1, x2)
        except ValueError:
            if not isinstance(x1, keras.KerasTensor) or not isinstance(x2, keras.KerasTensor):
                raise
            return keras.KerasTensor(x1.shape, dtype=x1.dtype)

    keras.layers.Add._compute_elemwise_op_output_shape = shape
    AddOperation.compute_output_spec = spec
    try:
        yield
    finally:
        # The layer inherits the method: what was set on it is taken away again.
        del keras.layers.Add._compute_elemwise_op_output_shape
        AddOperation.compute_output_spec = spec_of_operation
