"""Wrong answers to notebook 03, each with the criteria it must lose and words it must be told."""

# ruff: noqa: E501 (an answer is one text, as a student typed it)

from __future__ import annotations

from tests.answers import Answer, swap
from tests.answers import answer as _answer

CONV = "Conv2D(filters, 3, strides=STRIDE, padding='same', use_bias=False, kernel_initializer='he_normal')"
PLAIN = f"""
    Y = {CONV.replace("STRIDE", "stride")}(X)
    Y = BatchNormalization()(Y)
    Y = keras.layers.ReLU()(Y)
    Y = {CONV.replace("STRIDE", "1")}(Y)
    Y = BatchNormalization()(Y)
    Y = keras.layers.ReLU()(Y)
    return Y
"""
A = """
    x = MaxPooling2D(1, strides=stride)(X)
    missing = filters - X.shape[-1]
    if missing > 0:
        zeros = ops.zeros_like(x[..., :1])
        x = ops.concatenate([x] + [zeros] * missing, axis=-1)
    return x
"""
C = """
    x = Conv2D(filters, 1, strides=stride, padding='valid', use_bias=False)(X)
    return BatchNormalization()(x)
"""
B = """
    same = stride == 1 and filters == X.shape[-1]
    return X if same else shortcut_C(X, filters, stride)
"""
RESIDUAL = f"""
    short = make_shortcut(X, filters, stride)
    Y = {CONV.replace("STRIDE", "stride")}(X)
    Y = BatchNormalization()(Y)
    Y = keras.layers.ReLU()(Y)
    Y = {CONV.replace("STRIDE", "1")}(Y)
    Y = BatchNormalization()(Y)
    Y = Y + short
    Y = keras.layers.ReLU()(Y)
    return Y
"""
NETWORK = """
    n = (depth - 2) // 6
    inputs = Input(input_shape)
    x = Conv2D(width, 3, padding='same', use_bias=False)(inputs)
    x = BatchNormalization()(x)
    x = Activation('relu')(x)
    for filters, stride in ((width, 1), (2 * width, 2), (4 * width, 2)):
        for k in range(n):
            s = stride if k == 0 else 1
            x = residual_block(x, filters, s, shortcut) if shortcut else plain_block(x, filters, s)
    x = GlobalAveragePooling2D()(x)
    x = Dense(classes)(x)
    return Model(inputs, x)
"""


def _plain(title: str, body: str = PLAIN, charged: str = "", says: str = "") -> Answer:
    return _answer(
        "plain_block", title, "def plain_block(X, filters, stride=1):\n", body, charged, says
    )


def _short(name: str, title: str, body: str, charged: str = "", says: str = "") -> Answer:
    name = f"shortcut_{name}"
    return _answer(name, title, f"def {name}(X, filters, stride=1):\n", body, charged, says)


def _residual(title: str, body: str = RESIDUAL, charged: str = "", says: str = "") -> Answer:
    head = (
        'def residual_block(X, filters, stride=1, shortcut="B"):\n'
        '    make_shortcut = {"A": shortcut_A, "B": shortcut_B, "C": shortcut_C}[shortcut]\n'
    )
    return _answer("residual_block", title, head, body, charged, says)


def _network(title: str, body: str = NETWORK, charged: str = "", says: str = "") -> Answer:
    head = "def network(depth, shortcut=None, width=16, input_shape=(32, 32, 3), classes=10):\n"
    return _answer("network", title, head, body, charged, says)


SECOND = f"Y = {CONV.replace('STRIDE', '1')}(Y)"
FIRST = f"Y = {CONV.replace('STRIDE', 'stride')}(X)"
_P = "same width stride"
_S = "same width stride both"
_R = "same change kinds"
_N = "plain residual depth settings"

WRONG = [
    _plain("not written", "raise NotImplementedError()", "runs " + _P, "not written"),
    _plain("nothing returned", swap(PLAIN, ("return Y", "pass")), _P, "nothing (None)"),
    _plain("biases", swap(PLAIN, (", use_bias=False", "")), _P, "use_bias"),
    _plain("no padding", swap(PLAIN, (SECOND, SECOND.replace("'same'", "'valid'"))), "runs " + _P, "padding"),
    _plain("5×5", swap(PLAIN, ("Conv2D(filters, 3", "Conv2D(filters, 5")), _P, "kernel_size"),
    _plain("stride ignored", swap(PLAIN, ("strides=stride", "strides=1")), "stride", "strides"),
    _plain("stride twice", swap(PLAIN, ("strides=1", "strides=stride")), "stride", "strides"),
    _plain("stride on the second", swap(PLAIN, ("strides=1", "strides=S"), ("strides=stride", "strides=1"), ("strides=S", "strides=stride")), "stride", "not to the second"),
    _plain("one convolution", swap(PLAIN, (f"    {SECOND}\n    Y = BatchNormalization()(Y)\n    Y = keras.layers.ReLU()(Y)\n", "")), _P, "Conv2D occurs once"),
    _plain("no batch norm", swap(PLAIN, ("    Y = BatchNormalization()(Y)\n", "")), _P, "BatchNormalization occurs nowhere"),
    _plain("no last ReLU", swap(PLAIN, ("    Y = keras.layers.ReLU()(Y)\n    return Y", "    return Y")), _P, "ReLU occurs once"),
    _plain("ReLU before batch norm", swap(PLAIN, ("Y = BatchNormalization()(Y)\n    Y = keras.layers.ReLU()(Y)", "Y = keras.layers.ReLU()(Y)\n    Y = BatchNormalization()(Y)")), _P, "too early"),
    _plain("with a shortcut", swap(PLAIN, ("return Y", "return Y + X if X.shape == Y.shape else Y")), "same", "Add occurs once"),
    _plain("filters of the input", swap(PLAIN, ("Conv2D(filters, 3, strides=1", "Conv2D(X.shape[-1], 3, strides=1")), "width stride", "filters"),
    _plain("sigmoid", swap(PLAIN, ("keras.layers.ReLU()", "Activation('sigmoid')")), _P, "sigmoid occurs twice"),
    _plain("dropout", swap(PLAIN, ("return Y", "return keras.layers.Dropout(0.5)(Y)")), _P, "Dropout"),
    _short("A", "not written", "raise NotImplementedError()", "runs " + _S, "not written"),
    _short("A", "X as it is", "return X", "width stride both", "was asked"),
    _short("A", "zeros in front", swap(A, ("[x] + [zeros] * missing", "[zeros] * missing + [x]")), "width both", "before the channels"),
    _short("A", "average pooling", swap(A, ("MaxPooling2D(1, strides=stride)", "keras.layers.AveragePooling2D(stride, padding='same')")), "stride both", "averaged"),
    _short("A", "max pooling", swap(A, ("MaxPooling2D(1, strides=stride)", "MaxPooling2D(stride, padding='same')")), "stride both", "largest pixels"),
    _short("A", "no stride", swap(A, ("MaxPooling2D(1, strides=stride)(X)", "X")), "stride both", "stride is ignored"),
    _short("A", "no channels", swap(A, ("missing > 0", "False")), "width both", "shape"),
    _short("A", "ones", swap(A, ("zeros_like", "ones_like")), "width both", "hold ones"),
    _short("A", "channels repeated", swap(A, ("[x] + [zeros] * missing", "[x] + [x[..., :1]] * missing")), "width both", "first channel of X is repeated"),
    _short("A", "a projection", C, _S, "Conv2D occurs once"),
    _short("C", "no batch norm", swap(C, ("BatchNormalization()(x)", "x")), _S, "batch norm"),
    _short("C", "a ReLU", swap(C, ("BatchNormalization()(x)", "keras.layers.ReLU()(BatchNormalization()(x))")), _S, "There is a ReLU"),
    _short("C", "3×3", swap(C, ("filters, 1, strides=stride, padding='valid'", "filters, 3, strides=stride, padding='same'")), _S, "kernel_size"),
    _short("C", "bias", swap(C, (", use_bias=False", "")), _S, "use_bias"),
    _short("C", "stride forgotten", swap(C, ("strides=stride", "strides=1")), "stride both", "stride"),
    _short("C", "only when needed", "if stride == 1 and filters == X.shape[-1]:\n    return X\n" + "\n".join(line[4:] for line in C.splitlines()), "same", "still projects"),
    _short("B", "channels alone", swap(B, ("stride == 1 and ", "")), "stride", "channels only"),
    _short("B", "stride alone", swap(B, (" and filters == X.shape[-1]", "")), "width", "stride only"),
    _short("B", "both needed", swap(B, ("stride == 1 and", "stride == 1 or")), "width stride", "Either change"),
    _short("B", "always", "return shortcut_C(X, filters, stride)", "same", "X itself"),
    _short("B", "the other way round", swap(B, ("X if same else shortcut_C(X, filters, stride)", "shortcut_C(X, filters, stride) if same else X")), _S, "exchanged"),
    _short("B", "stride not passed on", swap(B, ("filters, stride)", "filters)")), "stride both", "stride"),
    _short("B", "zeros", swap(B, ("shortcut_C", "shortcut_A")), "width stride both", "Conv2D occurs nowhere"),
    _residual("not written", "raise NotImplementedError()", "runs " + _R, "not written"),
    _residual("no shortcut", swap(RESIDUAL, ("    Y = Y + short\n", "")), _R, "not added"),
    _residual("plain_block and a shortcut", "return plain_block(X, filters, stride) + make_shortcut(X, filters, stride)", _R, "after the addition"),
    _residual("a ReLU too many", swap(RESIDUAL, ("    Y = Y + short\n", "    Y = keras.layers.ReLU()(Y) + short\n")), _R, "never subtract"),
    _residual("no last ReLU", swap(RESIDUAL, ("    Y = keras.layers.ReLU()(Y)\n    return Y", "    return Y")), _R, "is missing"),
    _residual("shortcut of the main path", swap(RESIDUAL, ("Y = Y + short", "Y = Y + make_shortcut(Y, filters, 1)")), _R, "starts from the main path"),
    _residual("always B", swap(RESIDUAL, ("make_shortcut(X", "shortcut_B(X")), "kinds", "always takes shortcut B"),
    _residual("identity only", swap(RESIDUAL, ("make_shortcut(X, filters, stride)", "X")), "runs " + _R, "X is added as it is"),
    _residual("shortcut without stride", swap(RESIDUAL, ("make_shortcut(X, filters, stride)", "make_shortcut(X, filters)")), "runs change kinds", "shape"),
    _residual("stride on the second", swap(RESIDUAL, ("strides=1", "strides=S"), ("strides=stride", "strides=1"), ("strides=S", "strides=stride")), "change kinds", "not to the second"),
    _residual("three convolutions", swap(RESIDUAL, ("    Y = Y + short\n", f"    {SECOND}\n    Y = BatchNormalization()(Y)\n    Y = Y + short\n")), _R, "Conv2D occurs 3 times"),
    _residual("multiplied", swap(RESIDUAL, ("Y + short", "Y * short")), _R, "Multiply occurs once"),
    _network("not written", "raise NotImplementedError()", "runs " + _N, "not written"),
    _network("a tensor instead of a model", swap(NETWORK, ("return Model(inputs, x)", "return x")), _N, "a model was asked"),
    _network("depth blocks", swap(NETWORK, ("(depth - 2) // 6", "depth // 6 + 1")), _N, "block occurs"),
    _network("one block a stage", swap(NETWORK, ("range(n)", "range(1)")), "plain residual depth settings", "one block only"),
    _network("no strides", swap(NETWORK, ("(2 * width, 2)", "(2 * width, 1)"), ("(4 * width, 2)", "(4 * width, 1)")), _N, "stages 2 and 3"),
    _network("stride in every block", swap(NETWORK, ("stride if k == 0 else 1", "stride")), "plain residual depth settings", "Only the first block"),
    _network("width not doubled", swap(NETWORK, ("2 * width", "width"), ("4 * width", "width")), _N, "double"),
    _network("softmax", swap(NETWORK, ("Dense(classes)", "Dense(classes, activation='softmax')")), _N, "softmax"),
    _network("always residual", swap(NETWORK, (" if shortcut else plain_block(x, filters, s)", "")), "plain depth", "block occurs"),
    _network("always plain", swap(NETWORK, ("if shortcut else", "if False else")), "residual depth settings", "plain whatever"),
    _network("shortcut not passed on", swap(NETWORK, ("filters, s, shortcut)", "filters, s)")), "residual settings", "not passed on"),
    _network("width fixed", swap(NETWORK, ("n = (depth", "width = 16\n    n = (depth")), "plain residual depth settings", "filters"),
    _network("no pooling", swap(NETWORK, ("GlobalAveragePooling2D()", "keras.layers.Flatten()")), _N, "occurs"),
    _network("maximum pooling", swap(NETWORK, ("GlobalAveragePooling2D()", "keras.layers.GlobalMaxPooling2D()")), _N, "occurs"),
    _network("no batch norm at first", swap(NETWORK, ("    x = BatchNormalization()(x)\n", "")), _N, "first convolution is missing"),
    _network("ten classes", swap(NETWORK, ("Dense(classes)", "Dense(10)")), _N, "10"),
]  # fmt: skip

RIGHT = [
    _plain("layers"),
    _plain("keras.ops", swap(PLAIN, ("keras.layers.ReLU()(Y)", "ops.relu(Y)"))),
    _plain("activation by name", swap(PLAIN, ("keras.layers.ReLU()", "Activation('relu')"), ("filters, 3,", "filters, (3, 3),"))),
    _plain("zero padding by hand", swap(PLAIN, (SECOND, "Y = Conv2D(filters, 3, use_bias=False)(keras.layers.ZeroPadding2D(1)(Y))"))),
    _short("A", "1×1 pooling", A),
    _short("A", "slices", "x = X[:, ::stride, ::stride]\nzeros = filters - X.shape[3]\nreturn ops.pad(x, ((0, 0), (0, 0), (0, 0), (0, zeros)))"),
    _short("A", "average of one pixel", swap(A, ("MaxPooling2D(1", "keras.layers.AveragePooling2D(1"))),
    _short("C", "short", C),
    _short("C", "same padding", swap(C, ("padding='valid'", "padding='same'"))),
    _short("B", "one line", B),
    _short("B", "by hand", "if X.shape[-1] != filters or stride > 1:\n    X = Conv2D(filters, 1, stride, use_bias=False)(X)\n    X = BatchNormalization()(X)\nreturn X"),
    _residual("plus"),
    _residual("Add layer", swap(RESIDUAL, ("Y + short", "Add()([short, Y])"), ("keras.layers.ReLU()(Y)\n    return Y", "ops.relu(Y)\n    return Y"))),
    _network("table"),
    _network("named arguments", swap(NETWORK, ("(x, filters, s, shortcut)", "(X=x, filters=filters, stride=s, shortcut=shortcut)"), ("plain_block(x, filters, s)", "plain_block(x, filters=filters, stride=s)"))),
    _network("mean", swap(NETWORK, ("GlobalAveragePooling2D()(x)", "ops.mean(x, axis=(1, 2))"))),
]  # fmt: skip
