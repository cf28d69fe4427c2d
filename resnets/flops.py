"""The work of a network: how often it multiplies and adds for one picture.

Papers on residual networks call these multiply-adds "FLOPs" (He et al. 2015, table 1). Only
convolutions and dense layers are counted: batch norm, ReLU and pooling need far fewer.
"""

from __future__ import annotations

import math

import keras


def multiply_adds(model: keras.Model) -> dict[str, int]:
    """Return how many multiplications one picture needs, layer by layer.

    Args:
        model: a functional or built model for inputs of fixed size.

    Returns:
        Name of each `Conv2D`, `DepthwiseConv2D` and `Dense` layer → number of multiply-adds.

    Raises:
        ValueError: when a size is free, so that the work depends on the picture.
    """
    layers = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D, keras.layers.Dense)
    return {layer.name: _of_layer(layer) for layer in model.layers if isinstance(layer, layers)}


def _of_layer(layer: keras.Layer) -> int:
    """Each weight of a kernel is multiplied once at every place of the output."""
    shape = layer.output.shape[1:]
    if None in shape:
        raise ValueError(
            f"The output of layer {layer.name!r} has the shape {shape}: found a free size. "
            "Build the model for pictures of a fixed size."
        )
    return math.prod(layer.kernel.shape) * math.prod(shape[:-1])
