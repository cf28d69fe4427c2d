"""Mistakes that the checks of notebook 02 recognise by the numbers that come out of them.

Function → mistake → edits (old text, new text) of its solution cell. Each edit replaces all
occurrences. What the student is told about a mistake stands in resnets/checks/catalogue/exercises.
"""

_AMOUNTS = "amounts.append((total // 2, total - total // 2))"
_TOTAL = "max((places - 1) * stride + kernel - size, 0)"

_PADDING_OF_POOLS = {
    "padding-ignored": [("    height, width =", "    padding = 'valid'\n    height, width =")],
    "stride-is-size": [("    height, width =", "    stride = size\n    height, width =")],
    "stride-ignored": [("    height, width =", "    stride = 1\n    height, width =")],
    "last-missing": [("in range(size)", "in range(max(size - 1, 1))")],
}

MISTAKES = {
    "conv_output_size": {
        "no-first-place": [("// stride + 1", "// stride")],
        "one-end": [("2 * padding", "padding")],
        "number-ignored": [("size + 2 * padding - kernel", "size - kernel")],
        "same-is-size": [("return -(-size // stride)", "return size")],
        "same-down": [("return -(-size // stride)", "return size // stride")],
        "rounds-up": [
            (
                "(size + 2 * padding - kernel) // stride",
                "-(-(size + 2 * padding - kernel) // stride)",
            )
        ],
        "stride-ignored": [("// stride", "// 1")],
        "same-half-kernel": [
            (
                "return -(-size // stride)",
                "return (size + 2 * (kernel // 2) - kernel) // stride + 1",
            )
        ],
    },
    "conv2d": {
        "flipped": [("W[u, v]", "W[rows - 1 - u, columns - 1 - v]")],
        "transposed": [
            (
                "    rows, columns = W",
                "    W = ops.transpose(W, (1, 0, 2, 3))\n    rows, columns = W",
            )
        ],
        "extra-before": [(_AMOUNTS, "amounts.append((total - total // 2, total // 2))")],
        "all-before": [(_AMOUNTS, "amounts.append((total, 0))")],
        "all-after": [(_AMOUNTS, "amounts.append((0, total))")],
        "half-kernel": [(_AMOUNTS, "amounts.append((kernel // 2, kernel // 2))")],
        "stride-1-padding": [(_TOTAL, "kernel - 1")],
        "edge-padding": [("constant_values=value", "mode='edge'"), ("ops.pad(X,", "np.pad(X,")],
        "stride-ignored": [("    rows, columns = W", "    stride = 1\n    rows, columns = W")],
        "padding-ignored": [
            ("    rows, columns = W", "    padding = 'valid'\n    rows, columns = W")
        ],
        "always-same": [("    rows, columns = W", "    padding = 'same'\n    rows, columns = W")],
        "one-channel": [
            ("    rows, columns = W", "    X, W = X[..., :1], W[:, :, :1]\n    rows, columns = W")
        ],
        "mean": [("    return Y", "    return Y / (rows * columns)")],
        "first-picture": [("    rows, columns = W", "    X = X[:1]\n    rows, columns = W")],
        "last-missing": [
            ("in range(rows)", "in range(max(rows - 1, 1))"),
            ("in range(columns)", "in range(max(columns - 1, 1))"),
        ],
        "only-last": [("Y = Y + ops", "Y = ops")],
        "square-window": [
            ("rows, columns = W.shape[:2]", "rows = columns = W.shape[0]"),
            ("W[u, v]", "W[u, min(v, W.shape[1] - 1)]"),
        ],
        "square-picture": [("conv_output_size(X.shape[2]", "conv_output_size(X.shape[1]")],
    },
    "batch_norm": {
        "batch-axis-only": [
            ("axis=axes), ops.var(X, axis=axes)", "axis=0), ops.var(X, axis=0)"),
            ("* mean\n", "* ops.mean(X, axis=axes)\n"),
            ("* variance\n", "* ops.var(X, axis=axes)\n"),
        ],
        "all-axes": [("range(len(X.shape) - 1)", "range(len(X.shape))")],
        "per-picture": [("axis=axes)", "axis=axes[1:], keepdims=True)")],
        "over-channels": [("axis=axes)", "axis=-1, keepdims=True)")],
        "momentum-swapped": [
            ("momentum * moving", "(1 - momentum) * moving"),
            ("(1 - momentum) * mean", "momentum * mean"),
            ("(1 - momentum) * variance", "momentum * variance"),
        ],
        "averages-not-updated": [
            ("        moving_mean = momentum", "        unused = momentum"),
            ("        moving_variance = momentum", "        unused = momentum"),
        ],
        "averages-replaced": [
            ("momentum * moving_mean + (1 - momentum) * mean", "mean"),
            ("momentum * moving_variance + (1 - momentum) * variance", "variance"),
        ],
        "uses-averages": [
            ("    Y = gamma", "    mean, variance = old\n    Y = gamma"),
            ("    if training", "    old = mean, variance\n    if training"),
        ],
        "uses-new-averages": [
            ("    Y = gamma", "    mean, variance = moving_mean, moving_variance\n    Y = gamma")
        ],
        "uses-batch": [
            (
                "    Y = gamma",
                "    axes = tuple(range(len(X.shape) - 1))\n"
                "    mean, variance = ops.mean(X, axis=axes), ops.var(X, axis=axes)\n    Y = gamma",
            )
        ],
        "moves-in-inference": [
            ("    if training:", "    if True:"),
            ("    Y = gamma", "    if not training:\n        mean, variance = old\n    Y = gamma"),
            ("    if True:", "    old = mean, variance\n    if True:"),
        ],
        "unbiased": [
            (
                "ops.var(X, axis=axes)",
                "ops.var(X, axis=axes) * (n := float(np.prod(X.shape[:-1]))) / (n - 1)",
            )
        ],
        "unbiased-average": [
            ("* variance\n", "* variance * (n := float(np.prod(X.shape[:-1]))) / (n - 1)\n")
        ],
        "no-root": [("ops.sqrt(variance + epsilon)", "(variance + epsilon)")],
        "epsilon-outside": [("ops.sqrt(variance + epsilon)", "(ops.sqrt(variance) + epsilon)")],
        "no-epsilon": [("variance + epsilon", "variance")],
        "gamma-beta-swapped": [("gamma * (X", "beta * (X"), (") + beta", ") + gamma")],
        "no-gamma": [("gamma * (X", "(X")],
        "no-beta": [(") + beta", ")")],
        "beta-first": [
            (
                "gamma * (X - mean) / ops.sqrt(variance + epsilon) + beta",
                "gamma * ((X - mean) / ops.sqrt(variance + epsilon) + beta)",
            )
        ],
        "deviation-average": [("(1 - momentum) * variance", "(1 - momentum) * ops.sqrt(variance)")],
        "momentum-fixed": [
            ("    mean, variance = moving", "    momentum = 0.99\n    mean, variance = moving")
        ],
        "epsilon-fixed": [
            ("    mean, variance = moving", "    epsilon = 1e-3\n    mean, variance = moving")
        ],
        "one-step-late": [
            (
                "(1 - momentum) * variance",
                "(1 - momentum) * ops.mean((X - moving_mean) ** 2, axis=axes)",
            )
        ],
    },
    "max_pool": _PADDING_OF_POOLS
    | {
        "extra-before": [
            ("    X = pad(X,", "    X = X[:, ::-1, ::-1]\n    X = pad(X,"),
            ("axis=0)", "axis=0)[:, ::-1, ::-1]"),
        ],
        "over-channels": [("axis=0)", "axis=(0, 4), keepdims=True)[0]")],
        "everything": [
            (
                "    height, width",
                "    return ops.max(X, axis=(1, 2), keepdims=True)\n    height, width",
            )
        ],
        "height-only": [("for v in range(size)", "for v in range(1)")],
        "from-zero": [
            ("return ops.max(", "return ops.maximum(0.0, ops.max("),
            ("axis=0)", "axis=0))"),
        ],
        "zero-padding": [("value=-np.inf", "value=0.0")],
        "mean": [("ops.max(", "ops.mean(")],
        "min": [("ops.max(", "ops.min("), ("-np.inf", "np.inf")],
        "absolute": [
            ("ops.stack([s[", "ops.abs(ops.stack([s["),
            ("for s in slices])", "for s in slices]))"),
            ("-np.inf", "0.0"),
        ],
    },
    "avg_pool": _PADDING_OF_POOLS
    | {
        "extra-before": [
            (
                "    return sums(X) / sums(ops.ones_like(X))",
                "    X = X[:, ::-1, ::-1]\n    return (sums(X) / sums(ops.ones_like(X)))[:, ::-1, ::-1]",
            )
        ],
        "over-channels": [
            (
                "return sums(X) / sums(ops.ones_like(X))",
                "return ops.mean(sums(X) / sums(ops.ones_like(X)), axis=-1, keepdims=True)",
            )
        ],
        "everything": [
            (
                "    height, width",
                "    return ops.mean(X, axis=(1, 2), keepdims=True)\n    height, width",
            )
        ],
        "height-only": [("for v in range(size)", "for v in range(1)")],
        "counts-padding": [("sums(ops.ones_like(X))", "size**2")],
        "sum": [(" / sums(ops.ones_like(X))", "")],
        "max": [
            (
                "return sum(s[:, :height, :width, :] for s in slices)",
                "return ops.max(ops.stack([s[:, :height, :width, :] for s in slices]), axis=0)",
            ),
            (
                "pad(X, (size, size), stride, padding)",
                "pad(X, (size, size), stride, padding, -np.inf)",
            ),
            (" / sums(ops.ones_like(X))", ""),
        ],
        "divides-by-size": [("sums(ops.ones_like(X))", "size")],
    },
    "fully_connected": {
        "no-bias": [(", W) + b", ", W)")],
        "bias-subtracted": [(", W) + b", ", W) - b")],
        "relu": [
            (
                "return ops.matmul(ops.reshape(X, (X.shape[0], -1)), W) + b",
                "return ops.relu(ops.matmul(ops.reshape(X, (X.shape[0], -1)), W) + b)",
            )
        ],
        "softmax": [
            (
                "return ops.matmul(ops.reshape(X, (X.shape[0], -1)), W) + b",
                "return ops.softmax(ops.matmul(ops.reshape(X, (X.shape[0], -1)), W) + b)",
            )
        ],
        "W-transposed": [
            (", W) + b", ", W if W.shape[0] != W.shape[1] else ops.transpose(W)) + b")
        ],
        "batch-last": [
            (
                "ops.reshape(X, (X.shape[0], -1))",
                "ops.reshape(ops.transpose(X, (0, *range(len(X.shape) - 1, 0, -1))), (X.shape[0], -1))",
            )
        ],
    },
}

_N1 = 'ops.relu(batch_norm(Y, *params["bn1"], training)[0])'
_N2 = 'ops.relu(batch_norm(Y, *params["bn2"], training)[0])'
_N3 = 'Y = batch_norm(Y, *params["bn3"], training)[0]'
_CHOICE = "if stride != 1 or X.shape[-1] != Y.shape[-1]:"
_NORM = '        X = batch_norm(X, *params["bn_shortcut"], training)[0]\n'
_RELU = "relu(X + Y)"

MISTAKES["bottleneck"] = {
    "no-shortcut": [(_RELU, "relu(Y)")],
    "always-projected": [(_CHOICE, "if True:")],
    "no-shortcut-norm": [(_NORM, "")],
    "shortcut-relu": [(_NORM, _NORM + "        X = ops.relu(X)\n")],
    "no-last-relu": [("ops." + _RELU, "X + Y")],
    "relu-before-add": [("ops." + _RELU, "X + ops.relu(Y)")],
    "relu-before-and-after": [(_RELU, "relu(X + ops.relu(Y))")],
    "no-first-relu": [(_N1, _N1[9:-1])],
    "no-second-relu": [(_N2, _N2[9:-1])],
    "no-inner-relus": [(_N1, _N1[9:-1]), (_N2, _N2[9:-1])],
    "stride-second": [
        ('params["W1"], stride)', 'params["W1"])'),
        ('params["W2"])', 'params["W2"], stride)'),
    ],
    "stride-third": [
        ('params["W1"], stride)', 'params["W1"])'),
        ('params["W3"])', 'params["W3"], stride)'),
    ],
    "training-ignored": [(", training)[0]", ", False)[0]")],
    "always-training": [(", training)[0]", ", True)[0]")],
    "adds-itself": [("X + Y", "Y + Y")],
    "no-bn1": [(_N1, "ops.relu(Y)")],
    "no-bn2": [(_N2, "ops.relu(Y)")],
    "no-bn3": [(_N3, "Y = Y")],
    "relu-before-norm": [
        (_N1, _N1[9:-1].replace("(Y,", "(ops.relu(Y),")),
        (_N2, _N2[9:-1].replace("(Y,", "(ops.relu(Y),")),
    ],
    "subsampled-shortcut": [(_CHOICE, "X = X[:, ::stride, ::stride]; stride = 1\n    " + _CHOICE)],
    "shared-norm": [
        (
            'params["bn2"]',
            'params["bn1" if len(params["bn1"][0]) == len(params["bn2"][0]) else "bn2"]',
        )
    ],
    "multiplied": [("X + Y", "X * Y")],
    "averaged": [("X + Y", "(X + Y) / 2")],
}
