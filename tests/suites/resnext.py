"""Answers to notebook 06, each wrong one with the criteria it must lose and words it must be told."""

# ruff: noqa: E501 (an answer is one text, as a student typed it)

from __future__ import annotations

from tests.answers import Answer, swap
from tests.answers import answer as _answer

LEAST = (45, 16)
_AXIS = "Keras' default, -1, is axis 3 of pictures"
_WITHOUT_AXIS = "without axis in BatchNormalization(axis=3*"
_STRICT = "the lists have one length, that of the branches or groups"
_GIVEN = "the line is given"
_PAIRS = {"True → False": _STRICT, "without strict in zip(*": _STRICT}
EQUIVALENT: dict[str, dict[str, str]] = {
    "grouped_conv2d": _PAIRS,
    "form_a": _PAIRS,
    "form_b": _PAIRS,
    "ResNeXtBlock": {_WITHOUT_AXIS: _AXIS},
    "resnext": {
        _WITHOUT_AXIS: _AXIS,
        "without seed in kaiming_normal(seed=0)": _GIVEN,
        "0 → 1": _GIVEN,
        "0 → -1": _GIVEN,
        "without kernel_initializer in Conv2D(64*": _GIVEN,
        "without name in Model(*": _GIVEN,
    },
}

GROUPED = """
    size_in, size_out = X.shape[-1] // groups, W.shape[-1] // groups
    Y = []
    for g in range(groups):
        x = X[..., g * size_in : (g + 1) * size_in]
        w = W[..., g * size_out : (g + 1) * size_out]
        Y.append(conv2d(x, w, stride))
    return ops.concatenate(Y, axis=-1)
"""
GROUPED_DIAGONAL = """
    inside, each = W.shape[2], W.shape[3] // groups
    mask = np.kron(np.eye(groups), np.ones((inside, each))).astype("float32")
    return conv2d(X, ops.tile(W, (1, 1, groups, 1)) * mask, stride)
"""
GROUPED_RECURSIVE = """
    if groups == 1:
        return conv2d(X, W, stride)
    c, n = X.shape[-1] // groups, W.shape[-1] // groups
    first = conv2d(X[:, :, :, :c], W[:, :, :, :n], stride)
    rest = grouped_conv2d(X[:, :, :, c:], W[:, :, :, n:], groups - 1, stride)
    return ops.concatenate([first, rest], axis=3)
"""
A = """
    branches = [conv2d(ops.relu(conv2d(ops.relu(conv2d(X, W1[i])), W2[i])), W3[i]) for i in range(len(W1))]
    return X + sum(branches)
"""
A_STACK = """
    total = ops.zeros_like(X)
    for a, b, c in zip(W1, W2, W3):
        h = ops.maximum(conv2d(X, a), 0.0)
        h = ops.maximum(conv2d(h, b), 0.0)
        total += conv2d(h, c)
    return ops.add(total, X)
"""
B = """
    h = ops.concatenate([ops.relu(conv2d(ops.relu(conv2d(X, W1[i])), W2[i])) for i in range(len(W1))], axis=3)
    return conv2d(h, w3) + X
"""
B_LATE = """
    h = [conv2d(X, w) for w in W1]
    h = [conv2d(ops.relu(x), w) for x, w in zip(h, W2)]
    return X + conv2d(ops.relu(ops.concatenate(h, axis=-1)), w3)
"""
C = """
    Y = conv2d(X, w1)
    Y = ops.maximum(Y, 0.0)
    Y = grouped_conv2d(Y, w2, groups=groups)
    Y = ops.maximum(Y, 0.0)
    Y = conv2d(Y, w3)
    return Y + X
"""
C_ONE_LINE = "return X + conv2d(ops.relu(grouped_conv2d(ops.relu(conv2d(X, w1)), w2, groups)), w3)"
MOVE = """
    return ops.concatenate(W1, axis=3), ops.concatenate(W2, axis=3), ops.concatenate(W3, axis=-2)
"""
MOVE_LIST = """
    w1 = W1[0]
    w2 = W2[0]
    w3 = W3[0]
    for i in range(1, len(W1)):
        w1 = ops.concatenate([w1, W1[i]], axis=-1)
        w2 = ops.concatenate([w2, W2[i]], axis=-1)
        w3 = ops.concatenate([w3, W3[i]], axis=2)
    return [w1, w2, w3]
"""
COMMON = "use_bias=False, kernel_initializer=kaiming_normal(seed=0)"
BLOCK = f"""
    out = 4 * filters
    width = int(filters * width_per_group / 64) * groups
    Y = Conv2D(width, (1, 1), strides=1, padding='valid', name=name + '_conv1', {COMMON})(X)
    Y = BatchNormalization(name=name + '_bn1')(Y)
    Y = keras.layers.ReLU()(Y)
    Y = Conv2D(width, (3, 3), strides=(stride, stride), padding='same', groups=groups, name=name + '_conv2', {COMMON})(Y)
    Y = BatchNormalization(name=name + '_bn2')(Y)
    Y = keras.layers.ReLU()(Y)
    Y = Conv2D(out, (1, 1), strides=1, name=name + '_conv3', {COMMON})(Y)
    Y = BatchNormalization(name=name + '_bn3')(Y)
    short = X
    if stride != 1 or X.shape[-1] != out:
        short = Conv2D(out, (1, 1), strides=stride, name=name + '_shortcut_conv', {COMMON})(short)
        short = BatchNormalization(name=name + '_shortcut_bn')(short)
    Y = keras.layers.add([short, Y])
    return keras.layers.ReLU()(Y)
"""
BLOCK_HELPER = f"""
    def conv_bn(x, n, size, end, s=1, g=1):
        x = Conv2D(n, size, strides=s, padding='same', groups=g, name=name + '_' + end.replace('*', 'conv'), {COMMON})(x)
        return BatchNormalization(name=name + '_' + end.replace('*', 'bn'))(x)
    width = block_width(filters, groups, width_per_group)
    Y = keras.activations.relu(conv_bn(X, width, 1, '*1'))
    Y = keras.activations.relu(conv_bn(Y, width, 3, '*2', stride, groups))
    Y = conv_bn(Y, filters * 4, 1, '*3')
    if stride > 1 or filters * 4 != X.shape[3]:
        X = conv_bn(X, filters * 4, 1, 'shortcut_*', stride)
    return keras.activations.relu(X + Y)
"""
LAYER = """
    X = ResNeXtBlock(X, filters, stride=stride, groups=groups, width_per_group=width_per_group, name=name + '_0')
    for i in range(1, blocks):
        X = ResNeXtBlock(X, filters, groups=groups, width_per_group=width_per_group, name=name + '_' + str(i))
    return X
"""
LAYER_LIST = """
    for i, s in enumerate([stride] + [1] * (blocks - 1)):
        X = ResNeXtBlock(X, filters, s, groups, width_per_group, '{}_{}'.format(name, i))
    return X
"""
GIVEN = """
    X_input = Input(input_shape)
    X = ZeroPadding2D(3)(X_input)
    start = kaiming_normal(seed=0)
    X = Conv2D(64, 7, strides=2, use_bias=False, kernel_initializer=start, name="conv1")(X)
    X = BatchNormalization(axis=3, name="bn1")(X)
    X = Activation("relu")(X)
    X = ZeroPadding2D(1)(X)
    X = MaxPooling2D(3, strides=2)(X)
"""
NET = (
    GIVEN
    + """
    X = resnext_layer(X, 64, blocks[0], 1, groups, width_per_group, name='layer1')
    X = resnext_layer(X, 128, blocks[1], 2, groups, width_per_group, name='layer2')
    X = resnext_layer(X, 256, blocks[2], 2, groups, width_per_group, name='layer3')
    X = resnext_layer(X, 512, blocks[3], 2, groups, width_per_group, name='layer4')
    if include_top:
        X = GlobalAveragePooling2D()(X)
        X = Dense(classes, name='fc' + str(classes))(X)
    return Model(X_input, X)
"""
)
NET_LOOP = (
    GIVEN
    + """
    settings = dict(groups=groups, width_per_group=width_per_group)
    filters = 64
    for i in range(4):
        X = resnext_layer(X, filters, blocks[i], stride=1 if i == 0 else 2, name=f'layer{i + 1}', **settings)
        filters *= 2
    if not include_top:
        return Model(inputs=X_input, outputs=X)
    X = keras.ops.mean(X, axis=(1, 2))
    return Model(inputs=X_input, outputs=Dense(units=classes, name=f'fc{classes}')(X))
"""
)
MEMORY = """
    groups, width_per_group = 32, 4
    numbers = [3, 4, 6, 3]

    def make_layer(X, layer, filters, stride=1):
        settings = {"groups": groups, "width_per_group": width_per_group}
        X = ResNeXtBlock(X, filters, stride, name=f"layer{layer}_0", **settings)
        for number in range(1, numbers[layer - 1]):
            X = ResNeXtBlock(X, filters, name=f"layer{layer}_{number}", **settings)
        return X

    X = make_layer(X, 1, 64)
    X = make_layer(X, 2, 128, stride=2)
    X = make_layer(X, 3, 256, stride=2)
    return make_layer(X, 4, 512, stride=2)
"""
DRAFT = swap(
    MEMORY,
    ("= 32, 4", "= 4, 32"),
    ("[3, 4, 6, 3]", "[3, 4, 6, 4]"),
    (', "width_per_group": width_per_group', ""),
)


def _grouped(title: str, body: str = GROUPED, charged: str = "", says: str = "") -> Answer:
    head = "def grouped_conv2d(X, W, groups, stride=1):\n"
    return _answer("grouped_conv2d", title, head, body, charged, says)


def _width(title: str, body: str, charged: str = "", says: str = "") -> Answer:
    head = "def block_width(filters, groups=1, width_per_group=64):\n"
    return _answer("block_width", title, head, body, charged, says)


def _a(title: str, body: str = A, charged: str = "", says: str = "") -> Answer:
    return _answer("form_a", title, "def form_a(X, W1, W2, W3):\n", body, charged, says)


def _b(title: str, body: str = B, charged: str = "", says: str = "") -> Answer:
    return _answer("form_b", title, "def form_b(X, W1, W2, w3):\n", body, charged, says)


def _c(title: str, body: str = C, charged: str = "", says: str = "") -> Answer:
    return _answer("form_c", title, "def form_c(X, w1, w2, w3, groups):\n", body, charged, says)


def _move(title: str, body: str = MOVE, charged: str = "", says: str = "") -> Answer:
    return _answer("to_form_c", title, "def to_form_c(W1, W2, W3):\n", body, charged, says)


def _block(title: str, body: str = BLOCK, charged: str = "", says: str = "") -> Answer:
    head = "def ResNeXtBlock(X, filters, stride=1, groups=1, width_per_group=64, name='block'):\n"
    return _answer("ResNeXtBlock", title, head, body, charged, says)


def _layer(title: str, body: str = LAYER, charged: str = "", says: str = "") -> Answer:
    head = "def resnext_layer(X, filters, blocks, stride=1, groups=1, width_per_group=64, name='layer'):\n"
    return _answer("resnext_layer", title, head, body, charged, says)


def _net(title: str, body: str = NET, charged: str = "", says: str = "") -> Answer:
    head = "def resnext(blocks, groups=32, width_per_group=4, classes=1000, include_top=True, input_shape=(224, 224, 3)):\n"
    return _answer("resnext", title, head, body, charged, says)


def _memory(title: str, body: str = MEMORY, charged: str = "", says: str = "") -> Answer:
    return _answer(
        "resnext50_from_memory", title, "def resnext50_from_memory(X):\n", body, charged, says
    )


_EACH = "x = X[..., g * size_in : (g + 1) * size_in]"
_FILTERS = "w = W[..., g * size_out : (g + 1) * size_out]"
_MIDDLE = "padding='same', groups=groups, "
_WIDTH = "int(filters * width_per_group / 64) * groups"
_BLOCK_PATHS = "width first_conv first_norm second_conv second_norm third_conv third_norm shortcut_conv end initializer names"

WRONG = [
    _grouped(
        "not written",
        "raise NotImplementedError()",
        "runs one groups width single stride gradient",
        "not written",
    ),
    _grouped(
        "every g-th channel",
        swap(GROUPED, (_EACH, "x = X[..., g::groups]")),
        "groups width stride",
        "every groups-th channel",
    ),
    _grouped(
        "every g-th filter",
        swap(GROUPED, (_FILTERS, "w = W[..., g::groups]")),
        "groups width stride",
        "every groups-th filter",
    ),
    _grouped(
        "the first channels always",
        swap(GROUPED, (_EACH, "x = X[..., :size_in]")),
        "groups width single stride",
        "read the first channels",
    ),
    _grouped(
        "the first filters always",
        swap(GROUPED, (_FILTERS, "w = W[..., :size_out]")),
        "groups width single stride",
        "first filters",
    ),
    _grouped(
        "added",
        swap(GROUPED, ("ops.concatenate(Y, axis=-1)", "sum(Y)")),
        "groups width single stride",
        "are added",
    ),
    _grouped(
        "joined along the rows",
        swap(GROUPED, ("axis=-1", "axis=1")),
        "groups width single stride",
        "another axis",
    ),
    _grouped(
        "stride forgotten",
        swap(GROUPED, ("conv2d(x, w, stride)", "conv2d(x, w)")),
        "stride",
        "stride is ignored",
    ),
    _grouped(
        "in reverse",
        swap(GROUPED, ("ops.concatenate(Y", "ops.concatenate(Y[::-1]")),
        "groups width single stride",
        "reverse",
    ),
    _grouped(
        "Keras does the work",
        "return ops.conv(X, W, strides=stride, padding='same')",
        "runs one groups width single stride gradient",
        "keras.ops.conv does the whole work",
    ),
    _grouped(
        "a layer does the work",
        "return Conv2D(W.shape[-1], W.shape[0], strides=stride, padding='same', groups=groups)(X)",
        "runs one groups width single stride gradient",
        "A Keras layer does the whole work",
    ),
    _grouped(
        "W split along the channels",
        swap(GROUPED, (_FILTERS, "w = W[:, :, g * size_in : (g + 1) * size_in, :]")),
        "runs groups width single stride",
        "channels, but the filters of W read",
    ),
    _grouped(
        "a list is returned",
        swap(GROUPED, ("return ops.concatenate(Y, axis=-1)", "return Y")),
        "groups width single stride",
        "expected",
    ),
    _grouped(
        "NumPy",
        swap(
            GROUPED,
            (
                "return ops.concatenate(Y, axis=-1)",
                "return np.concatenate([ops.convert_to_numpy(ops.stop_gradient(y)) for y in Y], axis=-1)",
            ),
        ),
        "gradient",
        "gradient",
    ),
    _width(
        "not written",
        "raise NotImplementedError()",
        "runs ordinary resnext rounded whole",
        "not written",
    ),
    _width(
        "groups forgotten",
        "return filters * width_per_group // 64",
        "resnext rounded",
        "width of one group",
    ),
    _width(
        "filters forgotten",
        "return width_per_group * groups",
        "ordinary resnext rounded whole",
        "must grow with filters",
    ),
    _width(
        "64 forgotten",
        "return filters * width_per_group * groups",
        "ordinary resnext rounded whole",
        "division by 64",
    ),
    _width(
        "doubled",
        "return 2 * filters if groups > 1 else filters",
        "resnext rounded",
        "twice filters",
    ),
    _width("a float", "return filters * width_per_group / 64 * groups", "rounded whole", "integer"),
    _width(
        "rounded at the end",
        "return int(filters * width_per_group / 64 * groups)",
        "rounded",
        "rounded after",
    ),
    _width(
        "divided by groups",
        "return filters * width_per_group // 64 // groups",
        "resnext rounded",
        "not divided",
    ),
    _width(
        "filters // 64 first",
        "return filters // 64 * width_per_group * groups",
        "rounded",
        "too early",
    ),
    _a("not written", "raise NotImplementedError()", "runs one several gradient", "not written"),
    _a("no shortcut", swap(A, ("X + sum", "sum")), "one several", "shortcut is missing"),
    _a(
        "only the last branch",
        swap(A_STACK, ("total += ", "total = ")),
        "several",
        "Only the last branch",
    ),
    _a(
        "X in every branch",
        swap(
            A_STACK,
            ("total += conv2d(h, c)", "total += X + conv2d(h, c)"),
            ("ops.add(total, X)", "total"),
        ),
        "several",
        "once for each branch",
    ),
    _a(
        "no ReLU in the middle",
        swap(A_STACK, ("ops.maximum(conv2d(h, b), 0.0)", "conv2d(h, b)")),
        "one several",
        "after the second convolution is missing",
    ),
    _a(
        "a ReLU at the end of the branch",
        swap(A_STACK, ("total += conv2d(h, c)", "total += ops.relu(conv2d(h, c))")),
        "one several",
        "after the last convolution",
    ),
    _a(
        "a ReLU after the addition",
        swap(A, ("return X + sum(branches)", "return ops.relu(X + sum(branches))")),
        "one several",
        "after the addition",
    ),
    _a(
        "one branch after the other",
        "Y = X\nfor a, b, c in zip(W1, W2, W3):\n    Y = Y + conv2d(ops.relu(conv2d(ops.relu(conv2d(Y, a)), b)), c)\nreturn Y",
        "several",
        "must start from X",
    ),
    _a(
        "the mean",
        swap(A, ("sum(branches)", "sum(branches) / len(branches)")),
        "several",
        "mean of the branches",
    ),
    _b("not written", "raise NotImplementedError()", "runs one several gradient", "not written"),
    _b("no shortcut", swap(B, (" + X", "")), "one several", "shortcut is missing"),
    _b(
        "no last ReLU",
        swap(B_LATE, ("ops.relu(ops.concatenate(h, axis=-1))", "ops.concatenate(h, axis=-1)")),
        "one several",
        "after the second convolution is missing",
    ),
    _b(
        "added, not joined",
        swap(B, ("ops.concatenate([", "sum(["), ("], axis=3)", "])")),
        "runs several",
        "channels, but the filters of W read",
    ),
    _b(
        "in reverse",
        swap(B, ("for i in range(len(W1))", "for i in reversed(range(len(W1)))")),
        "several",
        "reverse",
    ),
    _b(
        "the kernels of the first branch",
        swap(B, ("W1[i]", "W1[0]"), ("W2[i]", "W2[0]")),
        "several",
        "kernels of the first one",
    ),
    _c("not written", "raise NotImplementedError()", "runs one several gradient", "not written"),
    _c("no shortcut", swap(C, ("Y + X", "Y")), "one several", "shortcut is missing"),
    _c(
        "an ordinary convolution in the middle",
        swap(C, ("grouped_conv2d(Y, w2, groups=groups)", "conv2d(Y, w2)")),
        "runs several",
        "channels, but the filters of W read",
    ),
    _c("no ReLUs", swap(C, ("    Y = ops.maximum(Y, 0.0)\n", "")), "one several", "Both ReLUs"),
    _c(
        "a ReLU at the end",
        swap(C, ("return Y + X", "return ops.relu(Y + X)")),
        "one several",
        "after the addition",
    ),
    _c(
        "all three grouped",
        swap(C, ("Y = conv2d(X, w1)", "Y = grouped_conv2d(X, w1, groups)")),
        "runs several",
        "channels, but the filters of W read",
    ),
    _move("not written", "raise NotImplementedError()", "runs w1 w2 w3", "not written"),
    _move(
        "all along the filters",
        swap(MOVE, ("axis=-2", "axis=-1")),
        "w3",
        "W3 are joined along the wrong axis",
    ),
    _move(
        "all along the channels",
        swap(
            MOVE, ("axis=3), ops.concatenate(W2, axis=3)", "axis=2), ops.concatenate(W2, axis=2)")
        ),
        "w1 w2",
        "W1 are joined along the wrong axis",
    ),
    _move(
        "w2 along the channels",
        swap(MOVE, ("W2, axis=3", "W2, axis=2")),
        "w2",
        "W2 are joined along the wrong axis",
    ),
    _move("stacked", "return ops.stack(W1), ops.stack(W2), ops.stack(W3)", "w1 w2 w3", "new axis"),
    _move(
        "w3 added", swap(MOVE, ("ops.concatenate(W3, axis=-2)", "sum(W3)")), "w3", "W3 are added"
    ),
    _move("only the first branch", "return W1[0], W2[0], W3[0]", "w1 w2 w3", "first branch"),
    _move(
        "in another order",
        "w1, w2, w3 = ops.concatenate(W1, axis=3), ops.concatenate(W2, axis=3), ops.concatenate(W3, axis=2)\nreturn w3, w2, w1",
        "w1 w3",
        "order of the results",
    ),
    _block(
        "not written",
        "raise NotImplementedError()",
        f"runs groups {_BLOCK_PATHS} numbers",
        "not written",
    ),
    _block("no groups", swap(BLOCK, (_MIDDLE, "padding='same', ")), "groups", "groups"),
    _block(
        "filters instead of the width", swap(BLOCK, (_WIDTH, "filters")), "runs width", "filters"
    ),
    _block(
        "groups forgotten in the width",
        swap(BLOCK, (_WIDTH, "int(filters * width_per_group / 64)")),
        "runs width",
        "filters",
    ),
    _block(
        "width_per_group as the width",
        swap(BLOCK, (_WIDTH, "width_per_group * groups")),
        "width",
        "filters",
    ),
    _block(
        "groups in the first convolution, too",
        swap(BLOCK, ("padding='valid', name", "padding='valid', groups=groups, name")),
        f"runs groups {_BLOCK_PATHS}",
        "groups 2, expected 1",
    ),
    _block(
        "groups is always 32",
        swap(BLOCK, (_MIDDLE, "padding='same', groups=32, ")),
        f"runs groups {_BLOCK_PATHS} numbers",
        "divisible by the number of groups",
    ),
    _block(
        "stride on the first 1×1",
        swap(
            BLOCK,
            ("(1, 1), strides=1, padding='valid'", "(1, 1), strides=stride, padding='valid'"),
            ("(3, 3), strides=(stride, stride)", "(3, 3)"),
        ),
        "first_conv second_conv",
        "strides",
    ),
    _block(
        "width returned",
        swap(BLOCK, ("Y = Conv2D(out,", "Y = Conv2D(width,")),
        "runs third_conv",
        "filters",
    ),
    _block(
        "a ReLU too many",
        swap(BLOCK, ("    short = X\n", "    Y = keras.layers.ReLU()(Y)\n    short = X\n")),
        "third_norm",
        "too many",
    ),
    _block(
        "no projection for a stride",
        swap(BLOCK, ("if stride != 1 or X.shape[-1] != out:", "if X.shape[-1] != out:")),
        "runs shortcut_conv",
        "missing",
    ),
    _block(
        "biases",
        swap(BLOCK, ("use_bias=False, ", "")),
        "first_conv second_conv third_conv shortcut_conv",
        "use_bias",
    ),
    _block(
        "no last ReLU", swap(BLOCK, ("return keras.layers.ReLU()(Y)", "return Y")), "end", "missing"
    ),
    _block(
        "Keras' initializer",
        swap(BLOCK, (", kernel_initializer=kaiming_normal(seed=0)", "")),
        "initializer",
        "kaiming_normal",
    ),
    _layer("not written", "raise NotImplementedError()", "runs row passed names", "not written"),
    _layer(
        "width_per_group forgotten",
        swap(LAYER, (", width_per_group=width_per_group", "")),
        "passed",
        "width_per_group",
    ),
    _layer(
        "groups forgotten in the later blocks",
        swap(
            LAYER, ("X = ResNeXtBlock(X, filters, groups=groups,", "X = ResNeXtBlock(X, filters,")
        ),
        "passed",
        "groups",
    ),
    _layer(
        "stride everywhere",
        swap(LAYER, ("(X, filters, groups", "(X, filters, stride, groups")),
        "row",
        "stride",
    ),
    _layer(
        "one block too many",
        swap(LAYER, ("range(1, blocks)", "range(1, blocks + 1)")),
        "row",
        "too many",
    ),
    _layer(
        "names from 1",
        swap(LAYER, ("'_0'", "'_1'"), ("str(i)", "str(i + 1)")),
        "names",
        "expected name",
    ),
    _layer("no stride", swap(LAYER, (" stride=stride,", "")), "row", "stride"),
    _net(
        "not written",
        "raise NotImplementedError()",
        "runs stem layers passed head names numbers",
        "not written",
    ),
    _net(
        "a tensor is returned",
        swap(NET, ("return Model(X_input, X)", "return X")),
        "runs",
        "Expected a keras Model",
    ),
    _net("stride in layer1", swap(NET, ("blocks[0], 1,", "blocks[0], 2,")), "layers", "stride"),
    _net(
        "filters kept",
        swap(NET, ("X, 128", "X, 64"), ("X, 256", "X, 64"), ("X, 512", "X, 64")),
        "layers",
        "filters",
    ),
    _net(
        "groups not passed on",
        swap(NET, (", groups, width_per_group, name", ", width_per_group=width_per_group, name")),
        "passed",
        "groups",
    ),
    _net(
        "groups and width swapped",
        swap(NET, ("groups, width_per_group, name", "width_per_group, groups, name")),
        "passed",
        "groups",
    ),
    _net(
        "32×4d always",
        swap(NET, ("groups, width_per_group, name", "32, 4, name")),
        "passed",
        "always",
    ),
    _net(
        "always ResNeXt-50",
        swap(NET, ("blocks[0]", "3"), ("blocks[1]", "4"), ("blocks[2]", "6"), ("blocks[3]", "3")),
        "layers",
        "always",
    ),
    _net(
        "softmax",
        swap(NET, ("name='fc' + str(classes)", "activation='softmax', name='fc' + str(classes)")),
        "head",
        "softmax",
    ),
    _net("include_top ignored", swap(NET, ("if include_top:", "if True:")), "head", "too many"),
    _net("layers counted from 0", swap(NET, ("'layer1'", "'layer0'")), "names", "layer0"),
    _net(
        "no max pooling",
        swap(NET, ("    X = MaxPooling2D(3, strides=2)(X)\n", "")),
        "stem",
        "missing",
    ),
    _memory("the draft", DRAFT, "groups width blocks", "groups"),
    _memory("groups left", swap(MEMORY, ("= 32, 4", "= 4, 4")), "groups", "groups"),
    _memory("width left", swap(MEMORY, ("= 32, 4", "= 32, 32")), "width", "width_per_group"),
    _memory(
        "the width not passed on",
        swap(MEMORY, (', "width_per_group": width_per_group', "")),
        "width",
        "width_per_group",
    ),
    _memory(
        "the width passed on once",
        swap(
            MEMORY,
            (
                'name=f"layer{layer}_{number}", **settings',
                'name=f"layer{layer}_{number}", groups=groups',
            ),
        ),
        "width",
        "width_per_group",
    ),
    _memory(
        "a block too many left",
        swap(MEMORY, ("[3, 4, 6, 3]", "[3, 4, 6, 4]")),
        "blocks",
        "too many",
    ),
    _memory(
        "numbers of ResNet-101",
        swap(MEMORY, ("[3, 4, 6, 3]", "[3, 4, 23, 3]")),
        "blocks",
        "too many",
    ),
    _memory("stride lost", swap(MEMORY, ("128, stride=2", "128")), "rest", "stride"),
    _memory(
        "one name for all",
        swap(MEMORY, ('{layer}_{number}"', '{layer}_0"')),
        "runs names",
        "the same names",
    ),
    _memory(
        "nothing returned",
        swap(MEMORY, ("return make_layer(X, 4", "make_layer(X, 4")),
        "runs groups width blocks rest names",
        "return",
    ),
]

RIGHT = [
    _grouped("with slices"),
    _grouped("zeros between the groups", GROUPED_DIAGONAL),
    _grouped("one group, then the rest", GROUPED_RECURSIVE),
    _width("as PyTorch writes it", "return int(filters * (width_per_group / 64.0)) * groups"),
    _width("in two steps", "each = filters * width_per_group // 64\nreturn each * groups"),
    _a("a list of branches"),
    _a("with maximum", A_STACK),
    _b("in one line"),
    _b("layer by layer", B_LATE),
    _c("step by step"),
    _c("in one line", C_ONE_LINE),
    _move("in one line"),
    _move("one branch after the other", MOVE_LIST),
    _block("in other words"),
    _block("a helper", BLOCK_HELPER),
    _block("keyword for the addition", swap(BLOCK, ("keras.layers.add([short, Y])", "Y + short"))),
    _layer("in other words"),
    _layer("a list of strides", LAYER_LIST),
    _net("in other words"),
    _net("a loop and an early return", NET_LOOP),
    _memory("repaired"),
    _memory(
        "with plain arguments",
        swap(
            MEMORY,
            ("filters, stride, name=", "filters, stride, groups, width_per_group, name="),
            ('_0", **settings', '_0"'),
        ),
    ),
]
