"""Mistakes that the checks of notebook 03 recognise by the numbers that come out of them.

Function → mistake → edits (old text, new text) of its solution cell, as in 02_building_blocks.py.
"""

_NORM = "        X = BatchNormalization(axis=3)(X)\n"
_RELU = '        X = Activation("relu")(X)\n'
_PROJECTION = "    return BatchNormalization(axis=3)(X)\n"
_CHOICE = "if stride != 1 or X.shape[-1] != filters:"
_SLICE = "X[:, ::stride, ::stride, :]"
_PAD = "ops.pad(X, [(0, 0), (0, 0), (0, 0), (0, filters - X.shape[-1])])"
_ADD = "    Y = Add()([Y, make_shortcut(X, filters, stride)])\n"
_MAIN_RELU = '    Y = Activation("relu")(Y)\n'
_LAST = '    return Activation("relu")(Y)\n'
_STRIDE = "stride = 2 if stage > 0 and block == 0 else 1"
_STEM = "    X = BatchNormalization(axis=3)(X)\n"
_STEM_RELU = '    X = Activation("relu")(X)\n'

MISTAKES = {
    "plain_block": {
        "relu-first": [(_NORM + _RELU, _RELU + _NORM)],
        "stride-second": [("(stride, 1)", "(1, stride)")],
    },
    "shortcut_A": {
        "zeros-before": [("(0, filters - X.shape[-1])", "(filters - X.shape[-1], 0)")],
        "zeros-around": [
            (
                "(0, filters - X.shape[-1])",
                "((filters - X.shape[-1]) // 2, (filters - X.shape[-1] + 1) // 2)",
            )
        ],
        "average": [(_SLICE, "keras.layers.AveragePooling2D(stride, padding='same')(X)")],
        "maximum": [(_SLICE, "MaxPooling2D(stride, padding='same')(X)")],
        "offset": [(_SLICE, "X[:, stride - 1 :: stride, stride - 1 :: stride, :]")],
        "stride-ignored": [(_SLICE, "X")],
        "ones": [("X.shape[-1])])", "X.shape[-1])], constant_values=1)")],
        "first-repeated": [
            (_PAD, "ops.concatenate([X] + [X[..., :1]] * (filters - X.shape[-1]), -1)")
        ],
        "repeated": [
            (_PAD, "ops.concatenate([X] * (filters // X.shape[-1] + 1), -1)[..., :filters]")
        ],
        "rows-only": [(_SLICE, "X[:, ::stride]")],
        "projected": [(_PAD, "Conv2D(filters, 1, use_bias=False)(X)")],
    },
    "shortcut_C": {
        "stride-ignored": [("strides=(stride, stride)", "strides=1")],
        "no-norm": [(_PROJECTION, "    return X\n")],
        "relu": [(_PROJECTION, '    return Activation("relu")(BatchNormalization(axis=3)(X))\n')],
        "identity-kept": [
            (
                "    X = Conv2D(",
                "    if stride == 1 and filters == X.shape[-1]:\n        return X\n    X = Conv2D(",
            )
        ],
    },
    "shortcut_B": {
        "always": [(_CHOICE, "if True:")],
        "channels-only": [(_CHOICE, "if X.shape[-1] != filters:")],
        "stride-only": [(_CHOICE, "if stride != 1:")],
        "both-needed": [(" or ", " and ")],
        "exchanged": [(_CHOICE, "if stride == 1 and X.shape[-1] == filters:")],
        "stride-ignored": [("(X, filters, stride)\n    return X", "(X, filters)\n    return X")],
        "no-norm": [
            (
                "shortcut_C(X, filters, stride)\n    return X",
                "Conv2D(filters, 1, strides=stride, use_bias=False)(X)\n    return X",
            )
        ],
        "relu": [
            (
                "return shortcut_C(X, filters, stride)\n    return X",
                "return Activation('relu')(shortcut_C(X, filters, stride))\n    return X",
            )
        ],
    },
    "residual_block": {
        "relu-before-add": [(_ADD, _MAIN_RELU + _ADD), (_LAST, "    return Y\n")],
        "relu-before-and-after": [(_ADD, _MAIN_RELU + _ADD)],
        "no-last-relu": [(_LAST, "    return Y\n")],
        "no-shortcut": [(_ADD, "")],
        "main-through-shortcut": [
            ("make_shortcut(X, filters, stride)", "make_shortcut(Y, filters, 1)")
        ],
        "always-B": [("[shortcut]", '["B"]')],
        "plain-identity": [("make_shortcut(X, filters, stride)", "X")],
        "stride-second": [
            ("(3, 3), strides=(stride, stride), **settings)(X)", "(3, 3), **settings)(X)"),
            ("(3, 3), **settings)(Y)", "(3, 3), strides=(stride, stride), **settings)(Y)"),
        ],
        "relu-first": [
            (
                "    Y = BatchNormalization(axis=3)(Y)\n" + _MAIN_RELU,
                _MAIN_RELU + "    Y = BatchNormalization(axis=3)(Y)\n",
            )
        ],
    },
    "network": {
        "stride-everywhere": [(_STRIDE, "stride = 2 if stage > 0 else 1")],
        "stride-stage-1": [(_STRIDE, "stride = 2 if block == 0 else 1")],
        "no-strides": [(_STRIDE, "stride = 1")],
        "width-kept": [("width * 2**stage", "width")],
        "width-grows": [("width * 2**stage", "width * (stage + 1)")],
        "softmax": [("Dense(classes)", 'Dense(classes, activation="softmax")')],
        "always-plain": [("if shortcut is None:", "if True:")],
        "shortcut-lost": [
            ("residual_block(X, filters, stride, shortcut)", "residual_block(X, filters, stride)")
        ],
        "first-block-only": [("range(n)", "range(1)")],
        "one-too-few": [("range(n)", "range(n - 1)")],
        "no-stem-norm": [(_STEM, "")],
        "no-stem-relu": [(_STEM_RELU, "")],
    },
}
