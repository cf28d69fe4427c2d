"""Where a bottleneck halves the picture: on its 3×3 convolution, or on its first 1×1.

The paper's own network (He et al. 2015) and keras.applications have the stride on the first 1×1
convolution. Later implementations, PyTorch's among them, moved it to the 3×3 convolution.
"""

from __future__ import annotations

from typing import Any

import keras


def with_stride_on_first(model: keras.Model) -> keras.Model:
    """Return a copy, same weights, whose bottlenecks have the stride on the first 1×1 convolution.

    Args:
        model: a functional model whose bottlenecks' convolutions are named `…_conv1` (1×1),
            `…_conv2` (3×3) and `…_conv3` (1×1), as notebook 04 names them.

    Returns:
        A model with the same names; where there are no bottlenecks, it computes the same.
    """
    names = {layer.name for layer in model.layers}
    moved = {
        layer.name.removesuffix("_conv2"): layer.strides
        for layer in model.layers
        if layer.name.endswith("_conv2") and layer.name.removesuffix("2") + "3" in names
    }

    def copied(layer: keras.Layer) -> keras.Layer:
        config: dict[str, Any] = layer.get_config()
        block, _, number = layer.name.rpartition("_conv")
        if block in moved and number == "1":
            config["strides"] = moved[block]
        if block in moved and number == "2":
            config["strides"] = (1, 1)
        return type(layer).from_config(config)

    copy = keras.models.clone_model(model, clone_function=copied)
    copy.set_weights(model.get_weights())
    return copy
