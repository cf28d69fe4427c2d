"""Wrong answers to notebook 03, each with the criteria it must lose and words it must be told."""

# ruff: noqa: E501 (an answer is one text, as a student typed it)

from __future__ import annotations

from tests.answers import Answer, swap
from tests.answers import answer as _answer

_AXIS = "Keras' default, -1, is axis 3 of pictures"
EQUIVALENT = {
    "plain_block": {"without axis in BatchNormalization(axis=3)": _AXIS},
    "shortcut_A": {
        "if stride != 1 → True": "a slice with a step of 1 takes every pixel",
        "1 → 0 (2)": "a slice with a step of 1 takes every pixel",
        "if filters != X.shape[-1] → True": "no channels are appended where none are missing",
        "1 → 0 (3)": "no channels are appended where none are missing",
    },
    "shortcut_C": {"without axis in BatchNormalization(axis=3)": _AXIS},
    "residual_block": {"without axis in BatchNormalization(axis=3)*": _AXIS},
    "network": {
        "without axis in BatchNormalization(axis=3)": _AXIS,
        "operator in depth - 2": "6n + 4 divided by 6 is n, too, rounded down",
        "2 → 1": "6n + 1 divided by 6 is n, too, rounded down",
    },
}

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
SEQUENTIAL = f"""
    return keras.Sequential([
        {CONV.replace("STRIDE", "stride")}, BatchNormalization(), keras.layers.ReLU(),
        keras.Sequential([{CONV.replace("STRIDE", "1")}, BatchNormalization()]), keras.layers.ReLU(),
    ])(X)
"""
OWN_PLAIN = f"""
    class Twice(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.convs = [{CONV.replace("STRIDE", "stride")}, {CONV.replace("STRIDE", "1")}]
            self.norms = [BatchNormalization(), BatchNormalization()]
        def call(self, X):
            for conv, norm in zip(self.convs, self.norms):
                X = ops.relu(norm(conv(X)))
            return X
    return Twice()(X)
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
    x = Conv2D(filters, 1, strides=stride, padding='valid', use_bias=False, kernel_initializer='he_normal')(X)
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
NESTED = f"""
    start = Input(X.shape[1:])
    Y = {CONV.replace("STRIDE", "stride")}(start)
    Y = BatchNormalization()(Y)
    Y = keras.layers.ReLU()(Y)
    Y = {CONV.replace("STRIDE", "1")}(Y)
    Y = BatchNormalization()(Y)
    main = Model(start, Y)
    return Activation('relu')(main(X) + make_shortcut(X, filters, stride))
"""
NETWORK = """
    n = (depth - 2) // 6
    inputs = Input(input_shape)
    x = Conv2D(width, 3, padding='same', use_bias=False, kernel_initializer='he_normal')(inputs)
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
    _plain("stride on the second", swap(PLAIN, ("strides=1", "strides=S"), ("strides=stride", "strides=1"), ("strides=S", "strides=stride")), "stride", "The first convolution must have it"),
    _plain("one convolution", swap(PLAIN, (f"    {SECOND}\n    Y = BatchNormalization()(Y)\n    Y = keras.layers.ReLU()(Y)\n", "")), _P, "found it once"),
    _plain("no batch norm", swap(PLAIN, ("    Y = BatchNormalization()(Y)\n", "")), _P, "BatchNormalization twice, found it not at all"),
    _plain("no last ReLU", swap(PLAIN, ("    Y = keras.layers.ReLU()(Y)\n    return Y", "    return Y")), _P, "ReLU twice, found it once"),
    _plain("ReLU before batch norm", swap(PLAIN, ("Y = BatchNormalization()(Y)\n    Y = keras.layers.ReLU()(Y)", "Y = keras.layers.ReLU()(Y)\n    Y = BatchNormalization()(Y)")), _P, "too early"),
    _plain("with a shortcut", swap(PLAIN, ("return Y", "return Y + X if X.shape == Y.shape else Y")), "same", "Add not at all, found it once"),
    _plain("filters of the input", swap(PLAIN, ("Conv2D(filters, 3, strides=1", "Conv2D(X.shape[-1], 3, strides=1")), "width stride", "filters"),
    _plain("sigmoid", swap(PLAIN, ("keras.layers.ReLU()", "Activation('sigmoid')")), _P, "sigmoid not at all, found it twice"),
    _plain("no initializer", swap(PLAIN, (", kernel_initializer='he_normal'", "")), "initializer", "Convolution 1 has kernel_initializer glorot_uniform"),
    _plain("he_uniform", swap(PLAIN, ("'he_normal'", "'he_uniform'")), "initializer", "expected he_normal"),
    _plain("he_normal once", swap(PLAIN, (SECOND, SECOND.replace(", kernel_initializer='he_normal'", ""))), "initializer", "Convolution 2 has kernel_initializer glorot_uniform"),
    _plain("no padding in a Sequential", swap(SEQUENTIAL, ("strides=1, padding='same'", "strides=1")), "runs " + _P, "padding"),
    _plain("a layer of its own", OWN_PLAIN, _P, "Twice is a class"),
    _plain("dropout", swap(PLAIN, ("return Y", "return keras.layers.Dropout(0.5)(Y)")), _P, "Dropout"),
    _short("A", "not written", "raise NotImplementedError()", "runs " + _S, "not written"),
    _short("A", "X as it is", "return X", "width stride both", "expected ("),
    _short("A", "zeros in front", swap(A, ("[x] + [zeros] * missing", "[zeros] * missing + [x]")), "width both", "zeros are before the channels"),
    _short("A", "average pooling", swap(A, ("MaxPooling2D(1, strides=stride)", "keras.layers.AveragePooling2D(stride, padding='same')")), "stride both", "averaged"),
    _short("A", "max pooling", swap(A, ("MaxPooling2D(1, strides=stride)", "MaxPooling2D(stride, padding='same')")), "stride both", "largest pixels"),
    _short("A", "no stride", swap(A, ("MaxPooling2D(1, strides=stride)(X)", "X")), "stride both", "stride is ignored"),
    _short("A", "no channels", swap(A, ("missing > 0", "False")), "width both", "shape"),
    _short("A", "ones", swap(A, ("zeros_like", "ones_like")), "width both", "contain ones"),
    _short("A", "channels repeated", swap(A, ("[x] + [zeros] * missing", "[x] + [x[..., :1]] * missing")), "width both", "first channel of X is repeated"),
    _short("A", "a projection", C, _S, "found it once"),
    _short("C", "no batch norm", swap(C, ("BatchNormalization()(x)", "x")), _S, "batch norm"),
    _short("C", "a ReLU", swap(C, ("BatchNormalization()(x)", "keras.layers.ReLU()(BatchNormalization()(x))")), _S, "one ReLU too many"),
    _short("C", "3×3", swap(C, ("filters, 1, strides=stride, padding='valid'", "filters, 3, strides=stride, padding='same'")), _S, "kernel_size"),
    _short("C", "bias", swap(C, (", use_bias=False", "")), _S, "use_bias"),
    _short("C", "no initializer", swap(C, (", kernel_initializer='he_normal'", "")), "initializer", "glorot_uniform"),
    _short("C", "no batch norm in a Sequential", "return keras.Sequential([Conv2D(filters, 1, strides=stride, use_bias=False, kernel_initializer='he_normal')])(X)", _S, "batch norm"),
    _short("A", "channels compared with the width", "X = X[:, ::stride, ::stride]\nif filters != X.shape[-2]:\n    X = ops.pad(X, [(0, 0), (0, 0), (0, 0), (0, filters - X.shape[-1])])\nreturn X", "width", "shape"),
    _short("C", "stride forgotten", swap(C, ("strides=stride", "strides=1")), "stride both", "stride"),
    _short("C", "only when needed", "if stride == 1 and filters == X.shape[-1]:\n    return X\n" + "\n".join(line[4:] for line in C.splitlines()), "same", "projects there"),
    _short("B", "channels alone", swap(B, ("stride == 1 and ", "")), "stride", "channels only"),
    _short("B", "stride alone", swap(B, (" and filters == X.shape[-1]", "")), "width", "stride only"),
    _short("B", "both needed", swap(B, ("stride == 1 and", "stride == 1 or")), "width stride", "One of the two is enough"),
    _short("B", "always", "return shortcut_C(X, filters, stride)", "same", "X itself"),
    _short("B", "the other way round", swap(B, ("X if same else shortcut_C(X, filters, stride)", "shortcut_C(X, filters, stride) if same else X")), _S, "swapped"),
    _short("B", "stride not passed on", swap(B, ("filters, stride)", "filters)")), "stride both", "stride"),
    _short("B", "zeros", swap(B, ("shortcut_C", "shortcut_A")), "width stride both", "Conv2D once, found it not at all"),
    _residual("not written", "raise NotImplementedError()", "runs " + _R, "not written"),
    _residual("no shortcut", swap(RESIDUAL, ("    Y = Y + short\n", "")), _R, "not added"),
    _residual("plain_block and a shortcut", "return plain_block(X, filters, stride) + make_shortcut(X, filters, stride)", _R, "must be after the addition"),
    _residual("a ReLU too many", swap(RESIDUAL, ("    Y = Y + short\n", "    Y = keras.layers.ReLU()(Y) + short\n")), _R, "one ReLU too many"),
    _residual("no last ReLU", swap(RESIDUAL, ("    Y = keras.layers.ReLU()(Y)\n    return Y", "    return Y")), _R, "is missing"),
    _residual("shortcut of the main path", swap(RESIDUAL, ("Y = Y + short", "Y = Y + make_shortcut(Y, filters, 1)")), _R, "starts from the main path"),
    _residual("always B", swap(RESIDUAL, ("make_shortcut(X", "shortcut_B(X")), "kinds", "always B"),
    _residual("identity only", swap(RESIDUAL, ("make_shortcut(X, filters, stride)", "X")), "runs " + _R, "X itself is added"),
    _residual("shortcut without stride", swap(RESIDUAL, ("make_shortcut(X, filters, stride)", "make_shortcut(X, filters)")), "runs change kinds", "shape"),
    _residual("stride on the second", swap(RESIDUAL, ("strides=1", "strides=S"), ("strides=stride", "strides=1"), ("strides=S", "strides=stride")), "change kinds", "The first convolution must have it"),
    _residual("three convolutions", swap(RESIDUAL, ("    Y = Y + short\n", f"    {SECOND}\n    Y = BatchNormalization()(Y)\n    Y = Y + short\n")), _R, "Conv2D twice, found it 3 times"),
    _residual("multiplied", swap(RESIDUAL, ("Y + short", "Y * short")), _R, "Multiply not at all, found it once"),
    _residual("no initializer", swap(RESIDUAL, (", kernel_initializer='he_normal'", "")), "initializer", "glorot_uniform"),
    _residual("ReLU missing in a nested model", swap(NESTED, ("keras.layers.ReLU()(Y)", "Y")), _R, "ReLU"),
    _network("not written", "raise NotImplementedError()", "runs " + _N, "not written"),
    _network("a tensor instead of a model", swap(NETWORK, ("return Model(inputs, x)", "return x")), _N, "expected a model"),
    _network("depth blocks", swap(NETWORK, ("(depth - 2) // 6", "depth // 6 + 1")), _N, "block "),
    _network("one block a stage", swap(NETWORK, ("range(n)", "range(1)")), "plain residual depth settings", "only one block"),
    _network("no strides", swap(NETWORK, ("(2 * width, 2)", "(2 * width, 1)"), ("(4 * width, 2)", "(4 * width, 1)")), _N, "stages 2 and 3"),
    _network("stride in every block", swap(NETWORK, ("stride if k == 0 else 1", "stride")), "plain residual depth settings", "only in the first block"),
    _network("width not doubled", swap(NETWORK, ("2 * width", "width"), ("4 * width", "width")), _N, "double"),
    _network("softmax", swap(NETWORK, ("Dense(classes)", "Dense(classes, activation='softmax')")), _N, "softmax"),
    _network("always residual", swap(NETWORK, (" if shortcut else plain_block(x, filters, s)", "")), "plain depth", "block "),
    _network("always plain", swap(NETWORK, ("if shortcut else", "if False else")), "residual depth settings", "always plain"),
    _network("shortcut not passed on", swap(NETWORK, ("filters, s, shortcut)", "filters, s)")), "residual settings", "not passed to"),
    _network("width fixed", swap(NETWORK, ("n = (depth", "width = 16\n    n = (depth")), "plain residual depth settings", "filters"),
    _network("no pooling", swap(NETWORK, ("GlobalAveragePooling2D()", "keras.layers.Flatten()")), _N, "Expected "),
    _network("maximum pooling", swap(NETWORK, ("GlobalAveragePooling2D()", "keras.layers.GlobalMaxPooling2D()")), _N, "Expected "),
    _network("no batch norm at first", swap(NETWORK, ("    x = BatchNormalization()(x)\n", "")), _N, "first convolution is missing"),
    _network("no initializer", swap(NETWORK, (", kernel_initializer='he_normal'", "")), "initializer", "glorot_uniform"),
    _network("softmax in a Sequential", swap(NETWORK, ("Dense(classes)(x)", "keras.Sequential([Dense(classes), keras.layers.Softmax()])(x)")), _N, "softmax"),
    _network("ten classes", swap(NETWORK, ("Dense(classes)", "Dense(10)")), _N, "10"),
]  # fmt: skip

RIGHT = [
    _plain("layers"),
    _plain("keras.ops", swap(PLAIN, ("keras.layers.ReLU()(Y)", "ops.relu(Y)"))),
    _plain("activation by name", swap(PLAIN, ("keras.layers.ReLU()", "Activation('relu')"), ("filters, 3,", "filters, (3, 3),"))),
    _plain("zero padding by hand", swap(PLAIN, (SECOND, "Y = Conv2D(filters, 3, use_bias=False, kernel_initializer='he_normal')(keras.layers.ZeroPadding2D(1)(Y))"))),
    _plain("a Sequential", SEQUENTIAL),
    _plain("a helper that returns a Sequential", "def part(s):\n    return keras.Sequential([Conv2D(filters, 3, s, 'same', use_bias=False, kernel_initializer=keras.initializers.HeNormal(seed=1)), BatchNormalization(), Activation('relu')])\nreturn part(1)(part(stride)(X))"),
    _plain("he_normal by another name", swap(PLAIN, ("'he_normal'", "keras.initializers.VarianceScaling(2.0, 'fan_in', 'truncated_normal')"))),
    _short("C", "a Sequential", "return keras.Sequential([Conv2D(filters, 1, stride, use_bias=False, kernel_initializer='he_normal'), BatchNormalization()])(X)"),
    _residual("a nested model", NESTED),
    _network("stem and head as Sequentials", swap(NETWORK, ("    x = BatchNormalization()(x)\n    x = Activation('relu')(x)\n", "    x = keras.Sequential([BatchNormalization(), Activation('relu')])(x)\n"), ("    x = GlobalAveragePooling2D()(x)\n    x = Dense(classes)(x)\n", "    x = keras.Sequential([GlobalAveragePooling2D(), Dense(classes)])(x)\n"))),
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
