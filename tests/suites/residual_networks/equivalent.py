"""Mutants of notebook 01 that change nothing, and answers that are wrong in hidden cases only."""

from __future__ import annotations

_COMMON = {
    "without strides in *strides=(1, 1)*": "strides of 1 are Keras' default",
    "without padding in *kernel_size=(1, 1)*": "a 1×1 kernel needs no padding",
    "'valid' → 'same'*": "it stands at 1×1 kernels only, which need no padding",
    "without axis in BatchNormalization(axis=3*": "Keras' default, -1, is axis 3 of pictures",
}
EQUIVALENT = {
    "identity_block": _COMMON,
    "convolutional_block": _COMMON,
    "ResNet50": {
        "without axis in BatchNormalization(axis=3*": _COMMON[
            "without axis in BatchNormalization(axis=3*"
        ],
        "without name in Model(*": "a model's name is not worth a point, only a wrong one is named",
        "without s in convolutional_block(X, f=3, filters=filters*": "s=2 is the block's default",
    },
}
ONLY_WHEN_MARKED = {
    "identity_block: works only for the public shapes": "it knows the public cases by heart",
    "identity_block: numbers right by chance": "f is 2 or 3 whatever else is passed",
}
