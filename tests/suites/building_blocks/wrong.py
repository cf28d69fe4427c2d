"""Wrong answers to notebook 02, each with the criteria it must lose and words it must be told.

Most are written from scratch, as students would, and not as the solution with a mistake in it.
"""

# ruff: noqa: E501 (an answer is one text, as a student typed it)

from __future__ import annotations

from tests.answers import Answer, swap
from tests.answers import answer as _answer


def _size(title: str, body: str, charged: str = "", says: str = "") -> Answer:
    head = "def conv_output_size(size, kernel, stride=1, padding='same'):\n"
    return _answer("conv_output_size", title, head, body, charged, says)


PAD = """
def pad(X, window, stride, padding, value=0.0):
    if padding == "valid":
        return X
    widths = [(0, 0)]
    for axis in (0, 1):
        n, k = X.shape[1 + axis], window[axis]
        total = max((-(-n // stride) - 1) * stride + k - n, 0)
        widths.append((total // 2, total - total // 2))
    widths.append((0, 0))
    return ops.pad(X, widths, constant_values=value)

"""
IM2COL = """
    kh, kw, c, n = W.shape
    X = pad(X, (kh, kw), stride, padding)
    oh, ow = (X.shape[1] - kh) // stride + 1, (X.shape[2] - kw) // stride + 1
    columns = []
    for i in range(kh):
        for j in range(kw):
            columns.append(X[:, i:i + (oh - 1) * stride + 1:stride, j:j + (ow - 1) * stride + 1:stride])
    columns = ops.concatenate(columns, axis=-1)
    return ops.matmul(columns, ops.reshape(W, (kh * kw * c, n)))
"""


def _conv(
    title: str, body: str = IM2COL, charged: str = "", says: str = "", pad: str = PAD
) -> Answer:
    head = pad + "\ndef conv2d(X, W, stride=1, padding='same'):\n"
    return _answer("conv2d", title, head, body, charged, says)


NORM = """
    axes = list(range(len(X.shape) - 1))
    if training:
        m = ops.mean(X, axis=axes)
        v = ops.mean(ops.square(X - m), axis=axes)
        new_m = moving_mean * momentum + m * (1 - momentum)
        new_v = moving_variance * momentum + v * (1 - momentum)
    else:
        m, v = moving_mean, moving_variance
        new_m, new_v = m, v
    normal = (X - m) / ops.sqrt(v + epsilon)
    return normal * gamma + beta, new_m, new_v
"""


def _norm(title: str, body: str = NORM, charged: str = "", says: str = "") -> Answer:
    head = (
        "def batch_norm(X, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, "
        "epsilon=1e-3):\n"
    )
    return _answer("batch_norm", title, head, body, charged, says)


POOL = """
    X = pad(X, (size, size), stride, padding, FILL)
    oh, ow = (X.shape[1] - size) // stride + 1, (X.shape[2] - size) // stride + 1
    parts = []
    for i in range(size):
        for j in range(size):
            parts.append(X[:, i:i + (oh - 1) * stride + 1:stride, j:j + (ow - 1) * stride + 1:stride])
"""
MAX = POOL.replace("FILL", "float('-inf')") + (
    "    best = parts[0]\n    for part in parts[1:]:\n        best = ops.maximum(best, part)\n"
    "    return best\n"
)
AVG = """
    real = pad(X[:1, :, :, :1] * 0 + 1, (size, size), stride, padding)
    X = pad(X, (size, size), stride, padding)
    oh, ow = (X.shape[1] - size) // stride + 1, (X.shape[2] - size) // stride + 1
    total, count = 0, 0
    for i in range(size):
        for j in range(size):
            rows = slice(i, i + (oh - 1) * stride + 1, stride)
            columns = slice(j, j + (ow - 1) * stride + 1, stride)
            total = total + X[:, rows, columns]
            count = count + real[:, rows, columns]
    return total / count
"""


MAX_HEAD = "def max_pool(X, size, stride, padding='valid'):\n"
AVG_HEAD = "def avg_pool(X, size, stride, padding='valid'):\n"


def _max(
    title: str, body: str = MAX, charged: str = "", says: str = "", head: str = MAX_HEAD
) -> Answer:
    return _answer("max_pool", title, head, body, charged, says)


def _avg(
    title: str, body: str = AVG, charged: str = "", says: str = "", head: str = AVG_HEAD
) -> Answer:
    return _answer("avg_pool", title, head, body, charged, says)


def _dense(title: str, body: str, charged: str = "", says: str = "") -> Answer:
    return _answer("fully_connected", title, "def fully_connected(X, W, b):\n", body, charged, says)


BLOCK = """
    def norm(x, name):
        gamma, beta, mean, variance = params[name]
        y, _, _ = batch_norm(x, gamma, beta, mean, variance, training)
        return y

    shortcut = X
    Z = conv2d(X, params['W1'], stride=stride, padding='valid')
    Z = norm(Z, 'bn1')
    Z = ops.relu(Z)
    Z = conv2d(Z, params['W2'], stride=1, padding='same')
    Z = norm(Z, 'bn2')
    Z = ops.relu(Z)
    Z = conv2d(Z, params['W3'], stride=1, padding='valid')
    Z = norm(Z, 'bn3')
    if shortcut.shape != Z.shape:
        shortcut = conv2d(shortcut, params['W_shortcut'], stride=stride, padding='valid')
        shortcut = norm(shortcut, 'bn_shortcut')
    Z = Z + shortcut
    return ops.relu(Z)
"""


def _block(title: str, body: str = BLOCK, charged: str = "", says: str = "") -> Answer:
    head = "def bottleneck(X, params, stride=1, training=False):\n"
    return _answer("bottleneck", title, head, body, charged, says)


_ALL_SIZES = "valid same number"
_ALL_CONV = "valid stride same even same_stride"
_ALL_NORM = "training averages inference unchanged settings"
_ALL_BLOCK = "identity width stride training"
_SIZE = """
    if padding == 'same':
        return (size + stride - 1) // stride
    p = 0 if padding == 'valid' else padding
    return (size - kernel + 2 * p) // stride + 1
"""

WRONG = [
    # conv_output_size
    _size(
        "not written", "raise NotImplementedError()", "runs valid same number whole", "not written"
    ),
    _size("no return", "places = size // stride", _ALL_SIZES + " whole", "return"),
    _size(
        "true division",
        swap(_SIZE, ("// stride + 1", "/ stride + 1")),
        "valid number whole",
        "3.5, expected 3",
    ),
    _size(
        "floats",
        swap(
            _SIZE,
            ("return (size + ", "return float(size + "),
            (
                "return (size - kernel + 2 * p) // stride + 1",
                "return float((size - kernel + 2 * p) // stride + 1)",
            ),
        ),
        "whole",
        "integer",
    ),
    _size(
        "1 forgotten", swap(_SIZE, ("// stride + 1", "// stride")), "valid number", "one place more"
    ),
    _size("same rounds down", swap(_SIZE, ("size + stride - 1", "size")), "same", "rounded up"),
    _size(
        "same is the size",
        swap(_SIZE, ("(size + stride - 1) // stride", "size")),
        "same",
        "depend on the stride",
    ),
    _size("padding once", swap(_SIZE, ("2 * p", "p")), "number", "both ends"),
    _size("padding squared", swap(_SIZE, ("2 * p", "p ** 2")), "number", "114, expected 112"),
    _size(
        "rounded up",
        swap(
            _SIZE,
            ("(size - kernel + 2 * p) // stride + 1", "-((kernel - size - 2 * p) // stride) + 1"),
        ),
        "valid number",
        "beyond the end",
    ),
    _size(
        "PyTorch's same",
        "if padding == 'same':\n    padding = kernel // 2\nif padding == 'valid':\n    padding = 0\nreturn (size - kernel + 2 * padding) // stride + 1",
        "same",
        "kernel // 2",
    ),
    _size(
        "numbers not handled",
        swap(_SIZE, ("0 if padding == 'valid' else padding", "0")),
        "number",
        "ignored",
    ),
    _size(
        "a name misspelt",
        swap(_SIZE, ("kernel + 2", "kernle + 2")),
        "runs valid number",
        "Did you mean 'kernel'",
    ),
    # conv2d
    _conv(
        "not written", "raise NotImplementedError()", "runs gradient " + _ALL_CONV, "not written"
    ),
    _conv(
        "the library",
        "return ops.conv(X, W, stride, padding)",
        "runs gradient " + _ALL_CONV,
        "does the whole work",
    ),
    _conv(
        "a Keras layer",
        "return keras.layers.Conv2D(W.shape[-1], W.shape[:2], stride, padding, use_bias=False)(X)",
        "runs gradient " + _ALL_CONV,
        "Keras layer",
    ),
    _conv("mathematician's convolution", "    W = W[::-1, ::-1]\n" + IM2COL, _ALL_CONV, "flipped"),
    _conv(
        "filters transposed",
        "    W = ops.transpose(W, (1, 0, 2, 3))\n" + IM2COL,
        _ALL_CONV,
        "swapped",
    ),
    _conv(
        "extra pixel before",
        pad=swap(PAD, ("(total // 2, total - total // 2)", "(total - total // 2, total // 2)")),
        charged="even same_stride",
        says="must be after the picture",
    ),
    _conv(
        "PyTorch's padding",
        pad=swap(PAD, ("total // 2, total - total // 2", "k // 2, k // 2")),
        charged="even same_stride",
        says="shape",
    ),
    _conv(
        "padding for stride 1",
        pad=swap(PAD, ("max((-(-n // stride) - 1) * stride + k - n, 0)", "k - 1")),
        charged="same_stride",
        says="stride",
    ),
    _conv(
        "all padding in front",
        pad=swap(PAD, ("(total // 2, total - total // 2)", "(total, 0)")),
        charged="same even same_stride",
        says="must be after the picture",
    ),
    _conv(
        "all padding behind",
        pad=swap(PAD, ("(total // 2, total - total // 2)", "(0, total)")),
        charged="same even same_stride",
        says="must be before the picture",
    ),
    _conv(
        "reflected border",
        pad=swap(PAD, ("constant_values=value", "mode='reflect'")),
        charged="same even same_stride",
        says="border",
    ),
    _conv(
        "no padding at all",
        pad="def pad(X, window, stride, padding, value=0.0):\n    return X\n",
        charged="same even same_stride",
        says="Nothing is padded",
    ),
    _conv(
        "always padded",
        swap(IM2COL, ("stride, padding)\n", "stride, 'same')\n")),
        "valid stride",
        "although padding is 'valid'",
    ),
    _conv(
        "stride for rows only",
        swap(
            IM2COL,
            ("(X.shape[2] - kw) // stride + 1", "X.shape[2] - kw + 1"),
            ("j:j + (ow - 1) * stride + 1:stride", "j:j + ow"),
        ),
        "stride same_stride",
        "shape",
    ),
    _conv(
        "stride 2 always",
        "    stride = 2\n" + IM2COL,
        "valid stride same even same_stride",
        "expected",
    ),
    _conv(
        "stride after the fact",
        "    step, stride = stride, 1\n"
        + swap(
            IM2COL,
            (
                "return ops.matmul(columns, ops.reshape(W, (kh * kw * c, n)))",
                "return ops.matmul(columns, ops.reshape(W, (kh * kw * c, n)))[:, ::step, ::step]",
            ),
        ),
        "same_stride",
        "begins at another pixel",
    ),
    _conv(
        "divided by the window",
        swap(IM2COL, ("(kh * kw * c, n)))", "(kh * kw * c, n))) / (kh * kw)")),
        _ALL_CONV,
        "averaged over the window",
    ),
    _conv(
        "relu inside",
        swap(
            IM2COL,
            (
                "return ops.matmul(columns, ops.reshape(W, (kh * kw * c, n)))",
                "return ops.relu(ops.matmul(columns, ops.reshape(W, (kh * kw * c, n))))",
            ),
        ),
        _ALL_CONV,
        "negative number has become 0",
    ),
    _conv(
        "square windows",
        swap(IM2COL, ("kh, kw, c, n = W.shape", "kh, kw, c, n = W.shape\n    kw = kh")),
        "runs valid stride same even same_stride",
        "reshape",
    ),
    _conv(
        "a bias of one",
        swap(IM2COL, ("(kh * kw * c, n)))", "(kh * kw * c, n))) + 1")),
        _ALL_CONV,
        "constant",
    ),
    _conv(
        "first picture only",
        "    X = X[:1]\n" + IM2COL,
        "valid stride same same_stride",
        "first picture",
    ),
    _conv(
        "sums replaced",
        "kh, kw = W.shape[:2]\nX = pad(X, (kh, kw), stride, padding)\noh, ow = (X.shape[1] - kh) // stride + 1, (X.shape[2] - kw) // stride + 1\nfor i in range(kh):\n    for j in range(kw):\n        Y = ops.matmul(X[:, i:i + (oh - 1) * stride + 1:stride, j:j + (ow - 1) * stride + 1:stride], W[i, j])\nreturn Y",
        "valid stride same even same_stride",
        "replaces the sum",
    ),
    _conv(
        "NumPy instead of ops",
        "import numpy as np\nX, W = np.asarray(X), np.asarray(W)\nkh, kw, c, n = W.shape\nX = np.asarray(pad(X, (kh, kw), stride, padding))\noh, ow = (X.shape[1] - kh) // stride + 1, (X.shape[2] - kw) // stride + 1\nY = np.zeros((len(X), oh, ow, n), 'float32')\nfor i in range(oh):\n    for j in range(ow):\n        Y[:, i, j] = np.tensordot(X[:, i*stride:i*stride+kh, j*stride:j*stride+kw], W, 3)\nreturn Y",
        "gradient",
        "keras.ops",
    ),
    _conv(
        "gradient stopped",
        swap(
            IM2COL,
            (
                "columns = ops.concatenate(columns, axis=-1)",
                "columns = ops.stop_gradient(ops.concatenate(columns, axis=-1))",
            ),
        ),
        "gradient",
        "gradient",
    ),
    _conv(
        "assignment to a tensor",
        "Y = ops.zeros((X.shape[0], 2, 2, W.shape[-1]))\nY[:, 0, 0] = 1.0\nreturn Y",
        "runs gradient " + _ALL_CONV,
        "cannot be changed in place",
    ),
    # batch_norm
    _norm(
        "not written", "raise NotImplementedError()", "runs gradient " + _ALL_NORM, "not written"
    ),
    _norm(
        "the library",
        "return ops.batch_normalization(X, moving_mean, moving_variance, -1, beta, gamma, epsilon), moving_mean, moving_variance",
        "runs gradient " + _ALL_NORM,
        "does the whole work",
    ),
    _norm(
        "only Y",
        swap(NORM, ("+ beta, new_m, new_v", "+ beta")),
        _ALL_NORM + " gradient",
        "3 values",
    ),
    _norm(
        "moments over the batch only",
        swap(NORM, ("list(range(len(X.shape) - 1))", "0")),
        "training averages settings",
        "expected",
    ),
    _norm(
        "one mean for everything",
        swap(NORM, ("len(X.shape) - 1", "len(X.shape)")),
        "training averages settings",
        "over all axes",
    ),
    _norm(
        "layer norm",
        swap(
            NORM,
            ("m = ops.mean(X, axis=axes)", "m = ops.mean(X, axis=-1, keepdims=True)"),
            (
                "v = ops.mean(ops.square(X - m), axis=axes)",
                "v = ops.var(X, axis=-1, keepdims=True)",
            ),
        ),
        "training averages settings",
        "layer norm",
    ),
    _norm(
        "axes of pictures only",
        swap(NORM, ("list(range(len(X.shape) - 1))", "[0, 1, 2]")),
        "runs training averages",
        "reduction dimension",
    ),
    _norm(
        "momentum the other way round",
        swap(
            NORM,
            (
                "moving_mean * momentum + m * (1 - momentum)",
                "moving_mean * (1 - momentum) + m * momentum",
            ),
            (
                "moving_variance * momentum + v * (1 - momentum)",
                "moving_variance * (1 - momentum) + v * momentum",
            ),
        ),
        "averages settings",
        "swapped",
    ),
    _norm(
        "moving mean only",
        swap(
            NORM,
            ("new_v = moving_variance * momentum + v * (1 - momentum)", "new_v = moving_variance"),
        ),
        "averages settings",
        "must be updated",
    ),
    _norm(
        "averages never move",
        swap(
            NORM,
            ("new_m = moving_mean * momentum + m * (1 - momentum)", "new_m = moving_mean"),
            ("new_v = moving_variance * momentum + v * (1 - momentum)", "new_v = moving_variance"),
        ),
        "averages settings",
        "must be updated",
    ),
    _norm(
        "batch moments handed back",
        swap(
            NORM,
            ("moving_mean * momentum + m * (1 - momentum)", "m"),
            ("moving_variance * momentum + v * (1 - momentum)", "v"),
        ),
        "averages settings",
        "replaced",
    ),
    _norm(
        "normalises with the new averages",
        swap(NORM, ("normal =", "m, v = new_m, new_v\n    normal =")),
        "training settings",
        "new moving averages",
    ),
    _norm(
        "training ignored",
        swap(NORM, ("if training:", "if True:")),
        "inference unchanged settings",
        "Use the moving averages",
    ),
    _norm(
        "never in training",
        swap(NORM, ("if training:", "if False:")),
        "training averages settings",
        "averages",
    ),
    _norm(
        "variance with n - 1",
        swap(
            NORM,
            (
                "ops.mean(ops.square(X - m), axis=axes)",
                "ops.sum(ops.square(X - m), axis=axes) / (np.prod(X.shape[:-1]) - 1)",
            ),
        ),
        "training averages settings",
        "n - 1",
    ),
    _norm(
        "PyTorch's moving variance",
        swap(
            NORM,
            (
                "v * (1 - momentum)",
                "v * (1 - momentum) * np.prod(X.shape[:-1]) / (np.prod(X.shape[:-1]) - 1)",
            ),
        ),
        "averages settings",
        "PyTorch",
    ),
    _norm(
        "no square root",
        swap(NORM, ("ops.sqrt(v + epsilon)", "(v + epsilon)")),
        "training inference settings",
        "square root",
    ),
    _norm(
        "epsilon outside",
        swap(NORM, ("ops.sqrt(v + epsilon)", "(ops.sqrt(v) + epsilon)")),
        "training inference settings",
        "before the square root",
    ),
    _norm(
        "epsilon 1e-5",
        swap(NORM, ("v + epsilon", "v + 1e-5")),
        "training inference settings",
        "epsilon",
    ),
    _norm("epsilon fixed", swap(NORM, ("v + epsilon", "v + 0.001")), "settings", "always 0.001"),
    _norm(
        "momentum fixed",
        swap(NORM, ("new_m =", "momentum = 0.99\n        new_m =")),
        "settings",
        "always 0.99",
    ),
    _norm(
        "gamma and beta exchanged",
        swap(NORM, ("normal * gamma + beta", "normal * beta + gamma")),
        "training inference settings",
        "swapped",
    ),
    _norm(
        "beta first",
        swap(NORM, ("normal * gamma + beta", "(normal + beta) * gamma")),
        "training inference settings",
        "after the multiplication",
    ),
    _norm(
        "beta forgotten",
        swap(NORM, ("* gamma + beta", "* gamma")),
        "training inference settings",
        "beta is missing",
    ),
    _norm(
        "absolute deviation",
        swap(NORM, ("ops.square(X - m)", "ops.abs(X - m)")),
        "training averages settings",
        "new_variance has the right shape",
    ),
    _norm(
        "each picture alone",
        swap(
            NORM,
            ("m = ops.mean(X, axis=axes)", "m = ops.mean(X, axis=axes[1:], keepdims=True)"),
            (
                "v = ops.mean(ops.square(X - m), axis=axes)",
                "v = ops.mean(ops.square(X - m), axis=axes[1:], keepdims=True)",
            ),
        ),
        "training averages settings",
        "on its own",
    ),
    _norm(
        "averages returned in the other order",
        swap(NORM, ("+ beta, new_m, new_v", "+ beta, new_v, new_m")),
        "averages unchanged settings",
        "order of the results",
    ),
    # pooling
    _max(
        "not written",
        "raise NotImplementedError()",
        "runs valid overlap same gradient",
        "not written",
    ),
    _max(
        "the library",
        "return ops.max_pool(X, size, stride, padding)",
        "runs valid overlap same gradient",
        "does the whole work",
    ),
    _max("padded with zeros", swap(MAX, ("float('-inf')", "0.0")), "same", "never the largest"),
    _max(
        "default padding",
        MAX,
        "valid",
        "has shape",
        head="def max_pool(X, size, stride, padding='same'):\n",
    ),
    _max(
        "a pad without its value",
        MAX,
        "same",
        "never the largest",
        head=PAD.replace(", constant_values=value", "") + MAX_HEAD,
    ),
    _max("padded with -1", swap(MAX, ("float('-inf')", "-1.0")), "same", "at the border"),
    _max(
        "mean instead",
        POOL.replace("FILL", "0.0") + "    return sum(parts) / len(parts)\n",
        "valid overlap same",
        "mean of each window",
    ),
    _max(
        "smallest",
        swap(MAX, ("-inf", "inf"), ("ops.maximum", "ops.minimum")),
        "valid overlap same",
        "smallest",
    ),
    _max("stride ignored", "    stride = size\n" + MAX, "overlap same", "side by side"),
    _max(
        "channels mixed",
        swap(MAX, ("return best", "return ops.max(best, axis=-1, keepdims=True)")),
        "valid overlap same",
        "channels are mixed",
    ),
    _max(
        "global",
        "return ops.max(X, axis=(1, 2), keepdims=True)",
        "valid overlap same",
        "whole picture",
    ),
    _max(
        "never padded",
        swap(MAX, ("X = pad(X, (size, size), stride, padding, float('-inf'))", "pass")),
        "same",
        "Nothing is padded",
    ),
    _max(
        "window one too small",
        swap(MAX, ("range(size)", "range(max(size - 1, 1))")),
        "valid overlap same",
        "last column of the window",
    ),
    _max(
        "from zero",
        swap(MAX, ("best = parts[0]", "best = ops.zeros_like(parts[0])")),
        "valid overlap same",
        "begins at 0",
    ),
    _avg(
        "padding counted", swap(AVG, ("total / count", "total / size ** 2")), "same", "real pixels"
    ),
    _avg(
        "divided by size",
        swap(AVG, ("total / count", "total / size")),
        "valid overlap same",
        "size × size",
    ),
    _avg(
        "default padding",
        AVG,
        "valid",
        "has shape",
        head="def avg_pool(X, size, stride, padding='same'):\n",
    ),
    _avg("sum", swap(AVG, ("total / count", "total")), "valid overlap same", "sum of each window"),
    _avg(
        "largest number",
        "return ops.max_pool(X, size, stride, padding)",
        "runs valid overlap same gradient",
        "does the whole work",
    ),
    _avg("largest number by hand", MAX, "valid overlap same", "largest number"),
    _avg("never padded", "    padding = 'valid'\n" + AVG, "same", "Nothing is padded"),
    _avg("stride ignored", "    stride = 1\n" + AVG, "valid overlap same", "by one pixel"),
    # fully_connected
    _dense(
        "bias forgotten",
        "return ops.matmul(ops.reshape(X, (X.shape[0], -1)), W)",
        "rows pictures",
        "not added",
    ),
    _dense("not flattened", "return ops.matmul(X, W) + b", "runs pictures", "expected (3, 5)"),
    _dense(
        "softmax",
        "return ops.softmax(ops.matmul(ops.reshape(X, (len(X), -1)), W) + b)",
        "rows pictures",
        "softmax",
    ),
    _dense(
        "batch flattened, too",
        "return ops.matmul(ops.reshape(X, (1, -1)), W) + b",
        "runs rows pictures gradient",
        "size-incompatible",
    ),
    # bottleneck
    _block(
        "not written", "raise NotImplementedError()", "runs gradient " + _ALL_BLOCK, "not written"
    ),
    _block(
        "the article's choice",
        swap(BLOCK, ("shortcut.shape != Z.shape", "shortcut.shape[-1] != Z.shape[-1]")),
        "runs stride training",
        "(2,3,2,4) and (2,5,4,4)",
    ),
    _block(
        "stride alone decides",
        swap(BLOCK, ("shortcut.shape != Z.shape", "stride != 1")),
        "runs width",
        "(2,3,4,5) and (2,3,4,3)",
    ),
    _block(
        "subsampled without a projection",
        swap(
            BLOCK,
            (
                "    if shortcut.shape != Z.shape:",
                "    if shortcut.shape[-1] == Z.shape[-1]:\n        shortcut = shortcut[:, ::stride, ::stride]\n    else:",
            ),
        ),
        "stride training",
        "only skipped",
    ),
    _block(
        "always projected",
        swap(BLOCK, ("shortcut.shape != Z.shape", "True")),
        "identity training",
        "although the shapes fit",
    ),
    _block("no shortcut", swap(BLOCK, ("Z = Z + shortcut", "pass")), _ALL_BLOCK, "no shortcut"),
    _block(
        "main path added to itself",
        swap(BLOCK, ("Z = Z + shortcut", "Z = Z + Z")),
        _ALL_BLOCK,
        "added to itself",
    ),
    _block(
        "no last ReLU",
        swap(BLOCK, ("return ops.relu(Z)", "return Z")),
        _ALL_BLOCK,
        "after the addition, is missing",
    ),
    _block(
        "ReLU before the addition",
        swap(
            BLOCK,
            ("Z = Z + shortcut", "Z = ops.relu(Z) + shortcut"),
            ("return ops.relu(Z)", "return Z"),
        ),
        _ALL_BLOCK,
        "before the addition",
    ),
    _block(
        "a third ReLU",
        swap(BLOCK, ("Z = norm(Z, 'bn3')", "Z = ops.relu(norm(Z, 'bn3'))")),
        _ALL_BLOCK,
        "one ReLU too many",
    ),
    _block(
        "ReLU on the shortcut",
        swap(
            BLOCK,
            (
                "shortcut = norm(shortcut, 'bn_shortcut')",
                "shortcut = ops.relu(norm(shortcut, 'bn_shortcut'))",
            ),
        ),
        "width stride training",
        "linear",
    ),
    _block(
        "shortcut without norm",
        swap(BLOCK, ("shortcut = norm(shortcut, 'bn_shortcut')", "pass")),
        "width stride training",
        "after the projection on the shortcut is missing",
    ),
    _block(
        "stride on the 3×3",
        swap(
            BLOCK,
            ("params['W1'], stride=stride", "params['W1'], stride=1"),
            ("params['W2'], stride=1", "params['W2'], stride=stride"),
        ),
        "width stride training",
        "second convolution",
    ),
    _block(
        "training forgotten",
        swap(BLOCK, ("variance, training)", "variance, False)")),
        "training",
        "not passed to",
    ),
    _block(
        "always training",
        swap(BLOCK, ("variance, training)", "variance, True)")),
        "identity width stride",
        "in training mode",
    ),
    _block(
        "first ReLU missing",
        swap(BLOCK, ("Z = norm(Z, 'bn1')\n    Z = ops.relu(Z)", "Z = norm(Z, 'bn1')")),
        _ALL_BLOCK,
        "first batch norm is missing",
    ),
    _block(
        "second norm missing",
        swap(BLOCK, ("Z = norm(Z, 'bn2')", "pass")),
        _ALL_BLOCK,
        "second convolution is missing",
    ),
    _block(
        "valid in the middle",
        swap(BLOCK, ("stride=1, padding='same'", "stride=1, padding='valid'")),
        "runs gradient " + _ALL_BLOCK,
        "(2,2,3,4) and (2,4,5,4)",
    ),
    _block(
        "gradient of the main path stopped",
        swap(BLOCK, ("Z = norm(Z, 'bn3')", "Z = ops.stop_gradient(norm(Z, 'bn3'))")),
        "gradient",
        "gradient",
    ),
    _block(
        "norms all the same",
        swap(BLOCK, ("params[name]", "params['bn1']")),
        "runs identity width stride training",
        "(2,4,5,3) and (2)",
    ),
    _block(
        "paths multiplied", swap(BLOCK, ("Z + shortcut", "Z * shortcut")), _ALL_BLOCK, "multiplied"
    ),
]
