"""Grouped convolutions that train on any processor.

TensorFlow's own grouped convolution has no gradient on a processor unless oneDNN is on. So Keras
gives it to the compiler XLA, whose code for it is right everywhere, but slow: benchmarks/groups.py
measures how slow.
"""

from __future__ import annotations

from typing import Any

import keras


class SplitConv2D(keras.layers.Conv2D):
    """A `Conv2D` with the same arguments and weights, computed as ordinary convolutions.

    One for each group, joined along the channels (Krizhevsky et al. 2012 put the two groups of
    AlexNet on two graphics cards).
    """

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Split, convolve, join."""
        parts = zip(
            keras.ops.split(inputs, self.groups, axis=-1),
            keras.ops.split(kernel, self.groups, axis=-1),
            strict=True,
        )
        convolved = [
            keras.ops.conv(
                part,
                filters,
                strides=self.strides,
                padding=self.padding,
                dilation_rate=self.dilation_rate,
            )
            for part, filters in parts
        ]
        return keras.ops.concatenate(convolved, axis=-1)


def with_split_groups(model: keras.Model) -> keras.Model:
    """Return a copy, same weights, whose grouped convolutions are computed group by group.

    Args:
        model: a functional model whose pictures have their channels last.

    Returns:
        A model with the same names, which computes the same numbers.
    """

    def copied(layer: keras.Layer) -> keras.Layer:
        grouped = type(layer) is keras.layers.Conv2D and layer.groups > 1
        kind = SplitConv2D if grouped else type(layer)
        return kind.from_config(layer.get_config())

    copy = keras.models.clone_model(model, clone_function=copied)
    copy.set_weights(model.get_weights())
    return copy
