"""Right answers to notebook 02 that are written in other ways than the solution."""

# ruff: noqa: E501 (an answer is one text, as a student typed it)

from __future__ import annotations

from tests.answers import Answer, swap
from tests.suites.building_blocks.wrong import (
    AVG,
    BLOCK,
    MAX,
    NORM,
    PAD,
    _avg,
    _block,
    _conv,
    _dense,
    _max,
    _norm,
    _size,
)

_LOOPS = """
    kh, kw, c, n = W.shape
    X = pad(X, (kh, kw), stride, padding)
    rows = []
    for i in range((X.shape[1] - kh) // stride + 1):
        row = []
        for j in range((X.shape[2] - kw) // stride + 1):
            window = X[:, i * stride:i * stride + kh, j * stride:j * stride + kw, :]
            row.append(ops.tensordot(window, W, axes=3))
        rows.append(ops.stack(row, axis=1))
    return ops.stack(rows, axis=1)
"""
_EINSUM = """
    k1, k2 = W.shape[0], W.shape[1]
    H, V = conv_output_size(X.shape[1], k1, stride, padding), conv_output_size(X.shape[2], k2, stride, padding)
    P = pad(X, [k1, k2], stride, padding)
    take = lambda u, v: P[:, u:u + 1 + (H - 1) * stride:stride, v:v + 1 + (V - 1) * stride:stride]
    return sum(ops.einsum('bhwc,cn->bhwn', take(u, v), W[u, v]) for u in range(k1) for v in range(k2))
"""
_MATRIX = """
    out = ops.image.extract_patches(pad(X, W.shape[:2], stride, padding), tuple(W.shape[:2]), stride, padding="valid")
    return ops.matmul(out, ops.reshape(W, (-1, W.shape[-1])))
"""
_WINDOWS = """
    P = pad(X, (size, size), stride, padding, -1e30)
    best = [
        [
            ops.max(P[:, i:i + size, j:j + size], axis=(1, 2))
            for j in range(0, P.shape[2] - size + 1, stride)
        ]
        for i in range(0, P.shape[1] - size + 1, stride)
    ]
    return ops.transpose(ops.stack([ops.stack(row) for row in best]), (2, 0, 1, 3))
"""

RIGHT: list[Answer] = [
    _size("range", "if padding == 'same':\n    return len(range(0, size, stride))\np = 0 if padding == 'valid' else padding\nreturn len(range(0, size + 2 * p - kernel + 1, stride))"),
    _size("divmod", "import math\nif padding == 'same':\n    return math.ceil(size / stride)\nif padding == 'valid':\n    return math.ceil((size - kernel + 1) / stride)\nreturn conv_output_size(size + 2 * padding, kernel, stride, 'valid')"),
    _size("NumPy's integers", "import numpy as np\nif padding == 'same':\n    return np.int64(np.ceil(size / stride))\np = {'valid': 0}.get(padding, padding)\nreturn np.int64((size + p + p - kernel) // stride + 1)"),
    _conv("im2col"),
    _conv("loop over places", _LOOPS),
    _conv("einsum", _EINSUM),
    _conv("extract_patches", _MATRIX),
    _conv("padding by concatenation", pad=swap(PAD, ("    return ops.pad(X, widths, constant_values=value)", "    (_, _), (t, b), (l, r), _ = widths\n    m, h, w, c = X.shape\n    full = lambda *s: ops.full(s, value, dtype=X.dtype)\n    X = ops.concatenate([full(m, t, w, c), X, full(m, b, w, c)], axis=1)\n    return ops.concatenate([full(m, t + h + b, l, c), X, full(m, t + h + b, r, c)], axis=2)"))),
    _norm("by hand"),
    _norm("moments", swap(NORM, ("m = ops.mean(X, axis=axes)", "m, v = ops.moments(X, axes=axes)"), ("        v = ops.mean(ops.square(X - m), axis=axes)\n", ""))),
    _norm("in one go", "m, v = moving_mean, moving_variance\nif training:\n    flat = ops.reshape(X, (-1, X.shape[-1]))\n    m = ops.mean(flat, axis=0)\n    v = ops.mean(flat * flat, axis=0) - m * m\n    moving_mean = moving_mean - (1 - momentum) * (moving_mean - m)\n    moving_variance = moving_variance - (1 - momentum) * (moving_variance - v)\nscale = gamma * ops.rsqrt(v + epsilon)\nreturn [X * scale + (beta - m * scale), moving_mean, moving_variance]"),
    _norm("averages without gradient", swap(NORM, ("new_m = moving_mean * momentum + m *", "new_m = moving_mean * momentum + ops.stop_gradient(m) *"))),
    _max("as you go"),
    _max("loop over places", _WINDOWS),
    _avg("counting"),
    _avg("pads of one", swap(AVG, ("X[:1, :, :, :1] * 0 + 1", "ops.ones((1, X.shape[1], X.shape[2], 1))"))),
    _max("no helper", "    pad_ = pad\n" + swap(MAX, ("X = pad(", "X = pad_("))),
    _dense("product", "flat = ops.reshape(X, (len(X), W.shape[0]))\nreturn flat @ W + b"),
    _dense("einsum", "flat = ops.reshape(X, (X.shape[0], -1))\nreturn ops.add(b, ops.einsum('md,du->mu', flat, W))"),
    _block("norms in a helper"),
    _block("1×1 as a product", swap(BLOCK, ("Z = conv2d(X, params['W1'], stride=stride, padding='valid')", "Z = ops.matmul(X[:, ::stride, ::stride], params['W1'][0, 0])"))),
    _block("a loop", "Z = X\nfor n in '123':\n    Z = conv2d(Z, params['W' + n], stride if n == '1' else 1)\n    Z = batch_norm(Z, *params['bn' + n], training)[0]\n    Z = ops.relu(Z) if n != '3' else Z\nif stride > 1 or params['W3'].shape[-1] != X.shape[-1]:\n    X = batch_norm(conv2d(X, params['W_shortcut'], stride), *params['bn_shortcut'], training=training)[0]\nreturn ops.maximum(Z + X, 0)"),
]  # fmt: skip
