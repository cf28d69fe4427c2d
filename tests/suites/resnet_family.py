"""Answers to notebook 04, each wrong one with the criteria it must lose and words it must be told."""

# ruff: noqa: E501 (an answer is one text, as a student typed it)

from __future__ import annotations

from tests.answers import Answer, swap
from tests.answers import answer as _answer

LEAST = (40, 15)
_AXIS = "Keras' default, -1, is axis 3 of pictures"
_WITHOUT_AXIS = "without axis in BatchNormalization(axis=3*"
_ALWAYS_GIVEN = "layer_from_memory always passes the stride"
EQUIVALENT = {
    "BasicBlock": {_WITHOUT_AXIS: _AXIS},
    "Bottleneck": {_WITHOUT_AXIS: _AXIS},
    "resnet": {
        _WITHOUT_AXIS: _AXIS,
        "without name in Model(X_input, X, name=f'resnet{depth}')": "the line is given",
    },
    "bottleneck_from_memory": {_WITHOUT_AXIS: _AXIS},
    "layer_from_memory": {
        "no default of stride (2)": _ALWAYS_GIVEN,
        "1 → 2 (2)": _ALWAYS_GIVEN,
        "1 → 0 (2)": _ALWAYS_GIVEN,
    },
}

COMMON = "use_bias=False, kernel_initializer=kaiming_normal(seed=0)"
BASIC = f"""
    short = X
    Y = Conv2D(filters, (3, 3), strides=(stride, stride), padding='same', name=f'{{name}}_conv1', {COMMON})(X)
    Y = BatchNormalization(name=f'{{name}}_bn1')(Y)
    Y = keras.layers.ReLU()(Y)
    Y = Conv2D(filters, (3, 3), strides=1, padding='same', name=f'{{name}}_conv2', {COMMON})(Y)
    Y = BatchNormalization(name=f'{{name}}_bn2')(Y)
    if stride != 1 or X.shape[-1] != filters:
        short = Conv2D(filters, 1, strides=stride, padding='valid', name=f'{{name}}_shortcut_conv', {COMMON})(X)
        short = BatchNormalization(name=f'{{name}}_shortcut_bn')(short)
    Y = Y + short
    return keras.layers.ReLU()(Y)
"""
BASIC_SEQUENTIAL = f"""
    main = keras.Sequential([
        Conv2D(filters, 3, strides=stride, padding='same', name=name + '_conv1', {COMMON}),
        BatchNormalization(name=name + '_bn1'),
        Activation('relu'),
        Conv2D(filters, 3, padding='same', name=name + '_conv2', {COMMON}),
        BatchNormalization(name=name + '_bn2'),
    ])
    downsample = None
    if stride != 1 or X.shape[-1] != filters:
        downsample = keras.Sequential([
            Conv2D(filters, 1, strides=stride, name=name + '_shortcut_conv', {COMMON}),
            BatchNormalization(name=name + '_shortcut_bn'),
        ])
    identity = X if downsample is None else downsample(X)
    return Activation('relu')(Add()([main(X), identity]))
"""
BASIC_LAYER = f"""
    class Block(keras.layers.Layer):
        expansion = 1
        def __init__(self, out_channel, stride=1):
            super().__init__()
            self.conv1 = Conv2D(out_channel, 3, strides=stride, padding='same', {COMMON})
            self.bn1 = BatchNormalization()
            self.conv2 = Conv2D(out_channel, 3, padding='same', {COMMON})
            self.bn2 = BatchNormalization()
        def call(self, x):
            out = keras.ops.relu(self.bn1(self.conv1(x)))
            return self.bn2(self.conv2(out))
    Y = Block(filters, stride)(X)
    if stride != 1 or X.shape[-1] != filters:
        X = Conv2D(filters, 1, strides=stride, name=name + '_shortcut_conv', {COMMON})(X)
        X = BatchNormalization(name=name + '_shortcut_bn')(X)
    return Activation('relu')(Add()([Y, X]))
"""
BASIC_CLASS = f"""
    class Block:
        def __init__(self):
            self.conv1 = Conv2D(filters, 3, strides=stride, padding='same', name=name + '_conv1', {COMMON})
            self.bn1 = BatchNormalization(name=name + '_bn1')
            self.conv2 = Conv2D(filters, 3, padding='same', name=name + '_conv2', {COMMON})
            self.bn2 = BatchNormalization(name=name + '_bn2')
            self.downsample = None
            if stride != 1 or X.shape[-1] != filters:
                conv = Conv2D(filters, 1, strides=stride, name=name + '_shortcut_conv', {COMMON})
                bn = BatchNormalization(name=name + '_shortcut_bn')
                self.downsample = lambda x: bn(conv(x))
        def __call__(self, x):
            identity = x
            if self.downsample is not None:
                identity = self.downsample(x)
            x = keras.ops.relu(self.bn1(self.conv1(x)))
            x = self.bn2(self.conv2(x))
            x += identity
            return keras.ops.relu(x)
    return Block()(X)
"""
BOTTLE = f"""
    out = 4 * filters
    Y = Conv2D(filters, (1, 1), strides=1, padding='valid', name=name + '_conv1', {COMMON})(X)
    Y = BatchNormalization(name=name + '_bn1')(Y)
    Y = keras.layers.ReLU()(Y)
    Y = Conv2D(filters, (3, 3), strides=(stride, stride), padding='same', name=name + '_conv2', {COMMON})(Y)
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
BOTTLE_HELPER = f"""
    def conv_bn(x, n, size, end, s=1):
        x = Conv2D(n, size, strides=s, padding='same', name=name + '_' + end.replace('*', 'conv'), {COMMON})(x)
        return BatchNormalization(name=name + '_' + end.replace('*', 'bn'))(x)
    Y = keras.activations.relu(conv_bn(X, filters, 1, '*1'))
    Y = keras.activations.relu(conv_bn(Y, filters, 3, '*2', stride))
    Y = conv_bn(Y, filters * 4, 1, '*3')
    if stride > 1 or filters * 4 != X.shape[3]:
        X = conv_bn(X, filters * 4, 1, 'shortcut_*', stride)
    return keras.activations.relu(X + Y)
"""
LAYER = """
    X = kind(X, filters, stride=stride, name=name + '_0')
    for i in range(1, blocks):
        X = kind(X, filters, name=name + '_' + str(i))
    return X
"""
LAYER_LIST = """
    strides = [stride] + [1] * (blocks - 1)
    for i, s in enumerate(strides):
        X = kind(X=X, filters=filters, stride=s, name='{}_{}'.format(name, i))
    return X
"""
LAYER_ONE_BY_ONE = """
    def build(x, i):
        return x if i == blocks else build(kind(x, filters, stride if i == 0 else 1, f'{name}_{i}'), i + 1)
    return build(X, 0)
"""
NET = """
    blocks = {18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3]}[depth]
    block = BasicBlock if depth < 50 else Bottleneck
    inputs = keras.Input(input_shape)
    x = ZeroPadding2D((3, 3))(inputs)
    x = Conv2D(64, (7, 7), strides=(2, 2), padding='valid', use_bias=False, kernel_initializer=kaiming_normal(seed=0), name='conv1')(x)
    x = BatchNormalization(name='bn1')(x)
    x = keras.layers.ReLU()(x)
    x = ZeroPadding2D((1, 1))(x)
    x = MaxPooling2D((3, 3), strides=(2, 2))(x)
    x = make_layer(x, block, 64, blocks[0], name='layer1')
    x = make_layer(x, block, 128, blocks[1], stride=2, name='layer2')
    x = make_layer(x, block, 256, blocks[2], stride=2, name='layer3')
    x = make_layer(x, block, 512, blocks[3], stride=2, name='layer4')
    if include_top:
        x = GlobalAveragePooling2D()(x)
        x = Dense(classes, name='fc' + str(classes))(x)
    return Model(inputs=inputs, outputs=x)
"""
NET_EARLY = swap(
    NET,
    (
        "    if include_top:\n        x = GlobalAveragePooling2D()(x)\n        x = Dense(classes, name='fc' + str(classes))(x)\n    return Model(inputs=inputs, outputs=x)",
        "    if not include_top:\n        return Model(inputs, x)\n    x = GlobalAveragePooling2D(name='avg_pool')(x)\n    return Model(inputs, Dense(units=classes, activation=None, name=f'fc{classes}')(x))",
    ),
)
NET_MEAN = swap(NET, ("GlobalAveragePooling2D()(x)", "keras.ops.mean(x, axis=(1, 2))"))
NET_IFS = swap(
    NET,
    (
        "    block = BasicBlock if depth < 50 else Bottleneck\n",
        "    if depth in (18, 34):\n        block = BasicBlock\n    else:\n        block = Bottleneck\n",
    ),
    ("name='layer1')", "name='layer1', stride=1)"),
)
MEMORY = """
    conv1 = Conv2D(filters, kernel_size=1, use_bias=False)
    bn1 = BatchNormalization(axis=3)
    conv2 = Conv2D(filters, kernel_size=3, strides=stride, padding="same", use_bias=False)
    bn2 = BatchNormalization(axis=3)
    conv3 = Conv2D(4 * filters, kernel_size=1, use_bias=False)
    bn3 = BatchNormalization(axis=3)
    relu = Activation("relu")

    shortcut = X
    if stride != 1 or X.shape[-1] != 4 * filters:
        shortcut = Conv2D(4 * filters, kernel_size=1, strides=stride, use_bias=False)(shortcut)
        shortcut = BatchNormalization(axis=3)(shortcut)

    Y = relu(bn1(conv1(X)))
    Y = relu(bn2(conv2(Y)))
    Y = bn3(conv3(Y))
    return relu(Add()([Y, shortcut]))
"""
DRAFT = swap(
    MEMORY,
    ("kernel_size=3, strides=stride", "kernel_size=stride, strides=1"),
    ("conv3 = Conv2D", "conv1 = Conv2D"),
    ("bn3 = Batch", "bn1 = Batch"),
    ("kernel_size=1, strides=stride, use_bias=False)", "kernel_size=1, strides=stride)"),
    (
        "        shortcut = Conv2D",
        "        shortcut = ZeroPadding2D(1)(shortcut)\n        shortcut = Conv2D",
    ),
)
THREE_LEFT = swap(
    DRAFT,
    ("conv1 = Conv2D(4", "conv3 = Conv2D(4"),
    ("bn1 = BatchNormalization(axis=3)\n    relu", "bn3 = BatchNormalization(axis=3)\n    relu"),
)
ROW = """
class Network:
    def __init__(self, X):
        self.X = X

    def make_layer(self, filters, blocks, stride=1):
        self.X = bottleneck_from_memory(
            self.X,
            filters,
            stride,
        )
        for _ in range(1, blocks):
            self.X = bottleneck_from_memory(self.X, filters)


def layer_from_memory(X, filters, blocks, stride=1):
    network = Network(X)
    network.make_layer(filters, blocks, stride)
    return network.X
"""


def _basic(title: str, body: str = BASIC, charged: str = "", says: str = "") -> Answer:
    head = "def BasicBlock(X, filters, stride=1, name='block'):\n"
    return _answer("BasicBlock", title, head, body, charged, says)


def _bottle(title: str, body: str = BOTTLE, charged: str = "", says: str = "") -> Answer:
    head = "def Bottleneck(X, filters, stride=1, name='block'):\n"
    return _answer("Bottleneck", title, head, body, charged, says)


def _layer(title: str, body: str = LAYER, charged: str = "", says: str = "") -> Answer:
    head = "def make_layer(X, kind, filters, blocks, stride=1, name='layer'):\n"
    return _answer("make_layer", title, head, body, charged, says)


def _net(title: str, body: str = NET, charged: str = "", says: str = "") -> Answer:
    head = "def resnet(depth, classes=1000, include_top=True, input_shape=(224, 224, 3)):\n"
    return _answer("resnet", title, head, body, charged, says)


def _memory(title: str, body: str = MEMORY, charged: str = "", says: str = "") -> Answer:
    head = "def bottleneck_from_memory(X, filters, stride=1):\n"
    return _answer("bottleneck_from_memory", title, head, body, charged, says)


def _row(title: str, text: str = ROW, charged: str = "", says: str = "") -> Answer:
    return Answer("layer_from_memory", title, (), tuple(charged.split()), says, text)


FIRST = "strides=(stride, stride), padding='same', name=f'{name}_conv1'"
SECOND = "strides=1, padding='same', name=f'{name}_conv2'"
CHOICE = "if stride != 1 or X.shape[-1] != filters:"
SHORT = "short = Conv2D(filters, 1, strides=stride, padding='valid'"
MIDDLE = "Conv2D(filters, (3, 3), strides=(stride, stride), padding='same'"
WIDE = "if stride != 1 or X.shape[-1] != out:"
_PATHS = "first_conv first_norm first_relu second_conv second_norm shortcut_conv shortcut_norm shortcut last_relu initializer names"
_PATHS3 = "first_conv first_norm second_conv second_norm third_conv third_norm shortcut_conv shortcut_norm shortcut last_relu initializer names"
_STEM = "x = Conv2D(64, (7, 7), strides=(2, 2), padding='valid', use_bias=False, kernel_initializer=kaiming_normal(seed=0), name='conv1')(x)"

WRONG = [
    _basic("not written", "raise NotImplementedError()", f"runs {_PATHS} numbers", "not written"),
    _basic(
        "nothing returned",
        swap(BASIC, ("return keras", "Y = keras")),
        f"runs {_PATHS} numbers",
        "return",
    ),
    _basic(
        "channels alone",
        swap(BASIC, (CHOICE, "if X.shape[-1] != filters:")),
        "runs shortcut_conv shortcut_norm",
        "missing",
    ),
    _basic(
        "stride alone",
        swap(BASIC, (CHOICE, "if stride != 1:")),
        "runs shortcut_conv shortcut_norm",
        "missing",
    ),
    _basic(
        "both needed", swap(BASIC, (" or ", " and ")), "runs shortcut_conv shortcut_norm", "missing"
    ),
    _basic("always projected", swap(BASIC, (CHOICE, "if True:")), "shortcut_conv", "too many"),
    _basic(
        "never projected",
        swap(BASIC, (CHOICE, "if False:")),
        "runs shortcut_conv shortcut_norm",
        "missing",
    ),
    _basic(
        "a bias in each convolution",
        swap(BASIC, ("use_bias=False, ", "")),
        "first_conv second_conv shortcut_conv",
        "use_bias True, expected False",
    ),
    _basic(
        "stride on both convolutions",
        swap(BASIC, (SECOND, SECOND.replace("strides=1", "strides=stride"))),
        "runs second_conv",
        "strides",
    ),
    _basic(
        "stride on the second",
        swap(
            BASIC,
            (FIRST, FIRST.replace("(stride, stride)", "1")),
            (SECOND, SECOND.replace("strides=1", "strides=stride")),
        ),
        "first_conv second_conv",
        "strides",
    ),
    _basic(
        "stride of 2 always",
        swap(
            BASIC,
            (FIRST, FIRST.replace("(stride, stride)", "2")),
            (SHORT, SHORT.replace("strides=stride", "strides=2")),
        ),
        "runs first_conv shortcut_conv",
        "always",
    ),
    _basic(
        "no padding",
        swap(BASIC, (SECOND, SECOND.replace("'same'", "'valid'"))),
        f"runs {_PATHS}",
        "padding",
    ),
    _basic(
        "ReLU before the addition",
        swap(
            BASIC,
            (
                "    Y = Y + short\n    return keras.layers.ReLU()(Y)",
                "    Y = keras.layers.ReLU()(Y)\n    return Y + short",
            ),
        ),
        "last_relu",
        "before the addition",
    ),
    _basic(
        "no last ReLU",
        swap(BASIC, ("return keras.layers.ReLU()(Y)", "return Y")),
        "last_relu",
        "missing",
    ),
    _basic("no shortcut", swap(BASIC, ("    Y = Y + short\n", "")), "shortcut", "added"),
    _basic(
        "batch norm of the shortcut forgotten",
        swap(
            BASIC, ("        short = BatchNormalization(name=f'{name}_shortcut_bn')(short)\n", "")
        ),
        "shortcut_norm",
        "missing",
    ),
    _basic(
        "shortcut of 3×3",
        swap(BASIC, (SHORT, SHORT.replace("filters, 1", "filters, 3").replace("valid", "same"))),
        "shortcut_conv",
        "kernel_size",
    ),
    _basic(
        "shortcut from the main path",
        swap(BASIC, (f"_shortcut_conv', {COMMON})(X)", f"_shortcut_conv', {COMMON})(Y)")),
        "runs shortcut",
        "not at the block's input",
    ),
    _basic(
        "Keras' initializer",
        swap(BASIC, (", kernel_initializer=kaiming_normal(seed=0)", "")),
        "initializer",
        "expected kaiming_normal(seed=0)",
    ),
    _basic(
        "he_normal",
        swap(BASIC, ("kaiming_normal(seed=0)", "'he_normal'")),
        "initializer",
        "expected kaiming_normal(seed=0)",
    ),
    _basic(
        "another seed", swap(BASIC, ("seed=0", "seed=1")), "initializer", "kaiming_normal(seed=1)"
    ),
    _basic(
        "no names",
        swap(BASIC, ("name=f'{name}_conv1', ", ""), ("name=f'{name}_bn1'", "")),
        "names",
        "no name",
    ),
    _basic(
        "a fixed name", swap(BASIC, ("f'{name}_conv1'", "'block_conv1'")), "names", "block_conv1"
    ),
    _basic(
        "a layer of its own",
        BASIC_LAYER,
        "first_conv first_norm first_relu second_conv second_norm initializer names",
        "Block is a class of your own",
    ),
    _basic(
        "padding as PyTorch writes it",
        swap(BASIC, (SECOND, SECOND.replace("padding='same'", "padding=1"))),
        f"runs {_PATHS} numbers",
        "padding",
    ),
    _basic(
        "bias=False as PyTorch writes it",
        swap(BASIC, ("use_bias", "bias")),
        f"runs {_PATHS} numbers",
        "bias",
    ),
    _bottle("not written", "raise NotImplementedError()", f"runs {_PATHS3} numbers", "not written"),
    _bottle(
        "stride on the first",
        swap(
            BOTTLE,
            ("(1, 1), strides=1, padding='valid'", "(1, 1), strides=stride, padding='valid'"),
            ("strides=(stride, stride)", "strides=1"),
        ),
        "first_conv second_conv",
        "strides",
    ),
    _bottle(
        "kernel of the stride",
        swap(BOTTLE, (MIDDLE, "Conv2D(filters, stride, strides=1, padding='same'")),
        "runs second_conv",
        "kernel_size",
    ),
    _bottle(
        "no stride",
        swap(BOTTLE, (MIDDLE, MIDDLE.replace("(stride, stride)", "1"))),
        "runs second_conv",
        "strides",
    ),
    _bottle(
        "no expansion",
        swap(BOTTLE, ("out = 4 * filters", "out = filters")),
        "third_conv shortcut_conv",
        "filters",
    ),
    _bottle(
        "expansion of 2",
        swap(BOTTLE, ("4 * filters", "2 * filters")),
        "third_conv shortcut_conv",
        "filters",
    ),
    _bottle(
        "everything expanded",
        swap(BOTTLE, ("Conv2D(filters, (3, 3)", "Conv2D(out, (3, 3)")),
        "second_conv",
        "filters",
    ),
    _bottle(
        "condition with filters",
        swap(BOTTLE, (WIDE, "if stride != 1 or X.shape[-1] != filters:")),
        "shortcut_conv",
        "too many",
    ),
    _bottle(
        "channels alone",
        swap(BOTTLE, ("stride != 1 or ", "")),
        "runs shortcut_conv shortcut_norm",
        "missing",
    ),
    _bottle(
        "projection without a stride",
        swap(
            BOTTLE, ("strides=stride, name=name + '_shortcut_conv'", "name=name + '_shortcut_conv'")
        ),
        "runs shortcut_conv",
        "strides",
    ),
    _bottle(
        "ReLU after the third batch norm",
        swap(BOTTLE, ("_bn3')(Y)", "_bn3')(Y)\n    Y = keras.layers.ReLU()(Y)")),
        "third_norm",
        "too many",
    ),
    _bottle(
        "middle ReLU forgotten",
        swap(BOTTLE, ("_bn2')(Y)\n    Y = keras.layers.ReLU()(Y)", "_bn2')(Y)")),
        "second_norm",
        "missing",
    ),
    _bottle(
        "shortcut not added",
        swap(BOTTLE, ("    Y = keras.layers.add([short, Y])\n", "")),
        "shortcut",
        "added",
    ),
    _bottle("names of notebook 1", swap(BOTTLE, ("'_conv1'", "'_branch2a'")), "names", "_branch2a"),
    _bottle(
        "glorot_uniform",
        swap(BOTTLE, ("kaiming_normal", "glorot_uniform")),
        "initializer",
        "glorot_uniform(seed=0)",
    ),
    _bottle(
        "concatenated",
        swap(BOTTLE, ("keras.layers.add([short, Y])", "keras.layers.concatenate([short, Y])")),
        "shortcut",
        "Concatenate",
    ),
    _layer(
        "not written",
        "raise NotImplementedError()",
        "runs first others names numbers",
        "not written",
    ),
    _layer(
        "stride in every block",
        swap(LAYER, ("kind(X, filters, name", "kind(X, filters, stride, name")),
        "others",
        "stride=2, expected stride=1",
    ),
    _layer(
        "stride in no block",
        swap(LAYER, ("stride=stride, ", "")),
        "first",
        "stride=1, expected stride=2",
    ),
    _layer(
        "one block too many",
        swap(LAYER, ("range(1, blocks)", "range(1, blocks + 1)")),
        "others",
        "too many",
    ),
    _layer(
        "one block too few",
        swap(LAYER, ("range(1, blocks)", "range(2, blocks)")),
        "others",
        "missing",
    ),
    _layer(
        "always a bottleneck",
        swap(LAYER, ("kind(", "Bottleneck(")),
        "first others",
        "expected BasicBlock, found Bottleneck",
    ),
    _layer("expanded twice", swap(LAYER, ("filters", "4 * filters")), "first others", "filters"),
    _layer(
        "no names",
        swap(LAYER, (", name=name + '_0'", ""), (", name=name + '_' + str(i)", "")),
        "runs names",
        "name",
    ),
    _layer(
        "one name for all", swap(LAYER, ("'_' + str(i)", "'_0'")), "runs names", "the same names"
    ),
    _layer(
        "names from 1",
        swap(LAYER, ("'_0'", "'_1'"), ("str(i)", "str(i + 1)")),
        "names",
        "expected name",
    ),
    _layer(
        "the first block again",
        swap(LAYER, ("X = kind(X, filters, name", "Y = kind(X, filters, name")),
        "others names",
        "missing",
    ),
    _layer(
        "a Sequential of functions",
        "return keras.Sequential([kind(X, filters, stride if i == 0 else 1, f'{name}_{i}') for i in range(blocks)])(X)",
        "runs first others names numbers",
        "layer",
    ),
    _net(
        "not written",
        "raise NotImplementedError()",
        "runs padding stem pool layer1 layer2 layer3 layer4 head initializer names numbers",
        "not written",
    ),
    _net(
        "a tensor is returned",
        swap(NET, ("return Model(inputs=inputs, outputs=x)", "return x")),
        "runs",
        "Expected a keras Model",
    ),
    _net(
        "padding same in the first convolution",
        swap(
            NET,
            ("    x = ZeroPadding2D((3, 3))(inputs)\n", "    x = inputs\n"),
            ("padding='valid'", "padding='same'"),
        ),
        "padding stem",
        "ZeroPadding2D",
    ),
    _net(
        "no padding before the pooling",
        swap(NET, ("    x = ZeroPadding2D((1, 1))(x)\n", "")),
        "padding",
        "missing",
    ),
    _net(
        "a bias in the first convolution", swap(NET, ("use_bias=False, ", "")), "stem", "use_bias"
    ),
    _net("no first stride", swap(NET, ("(7, 7), strides=(2, 2)", "(7, 7)")), "stem", "strides"),
    _net(
        "pooling of 2×2",
        swap(NET, ("MaxPooling2D((3, 3)", "MaxPooling2D((2, 2)")),
        "pool",
        "pool_size",
    ),
    _net(
        "average pooling first",
        swap(
            NET,
            (
                "MaxPooling2D((3, 3), strides=(2, 2))",
                "keras.layers.AveragePooling2D((3, 3), strides=(2, 2))",
            ),
        ),
        "pool",
        "AveragePooling2D",
    ),
    _net(
        "stride in layer1",
        swap(NET, ("blocks[0], name", "blocks[0], stride=2, name")),
        "layer1",
        "stride=2, expected stride=1",
    ),
    _net(
        "no stride in layer3",
        swap(NET, ("blocks[2], stride=2", "blocks[2]")),
        "layer3",
        "stride=1, expected stride=2",
    ),
    _net(
        "bottlenecks everywhere",
        swap(NET, ("BasicBlock if depth < 50 else Bottleneck", "Bottleneck")),
        "layer1 layer2 layer3 layer4",
        "kind=Bottleneck, expected kind=BasicBlock",
    ),
    _net(
        "bottlenecks from 34 on",
        swap(NET, ("depth < 50", "depth < 34")),
        "layer1 layer2 layer3 layer4",
        "kind",
    ),
    _net(
        "numbers of 101 wrong",
        swap(NET, ("[3, 4, 23, 3]", "[3, 4, 22, 3]")),
        "layer3",
        "blocks=22, expected blocks=23",
    ),
    _net(
        "152 as 101",
        swap(NET, ("[3, 8, 36, 3]", "[3, 4, 36, 3]")),
        "layer2",
        "blocks=4, expected blocks=8",
    ),
    _net(
        "last layer of four blocks, as in the article's ResNeXt",
        swap(NET, ("50: [3, 4, 6, 3]", "50: [3, 4, 6, 4]")),
        "layer4",
        "blocks=4, expected blocks=3",
    ),
    _net(
        "filters expanded",
        swap(
            NET,
            ("block, 64", "block, 256"),
            ("block, 128", "block, 512"),
            ("block, 256, blocks[2]", "block, 1024, blocks[2]"),
            ("block, 512, blocks[3]", "block, 2048, blocks[3]"),
        ),
        "layer1 layer2 layer3 layer4",
        "filters",
    ),
    _net(
        "softmax",
        swap(NET, ("name='fc' + str(classes)", "activation='softmax', name='fc' + str(classes)")),
        "head",
        "softmax",
    ),
    _net("include_top ignored", swap(NET, ("if include_top:", "if True:")), "head", "too many"),
    _net(
        "pooling without include_top",
        swap(
            NET,
            (
                "    if include_top:\n        x = GlobalAveragePooling2D()(x)\n",
                "    x = GlobalAveragePooling2D()(x)\n    if include_top:\n",
            ),
        ),
        "head",
        "too many",
    ),
    _net(
        "1000 classes always",
        swap(
            NET,
            ("Dense(classes, name='fc' + str(classes))", "Dense(1000, name='fc' + str(classes))"),
        ),
        "head",
        "always 1000",
    ),
    _net(
        "Flatten instead of pooling",
        swap(NET, ("GlobalAveragePooling2D()(x)", "keras.layers.Flatten()(x)")),
        "head",
        "Flatten",
    ),
    _net(
        "name of the dense layer",
        swap(NET, ("name='fc' + str(classes)", "name='fc'")),
        "names",
        "'fc'",
    ),
    _net(
        "layers without names",
        swap(NET, (", name='layer1'", ""), (", name='layer2'", "")),
        "runs names",
        "name",
    ),
    _net("layers counted from 0", swap(NET, ("'layer1'", "'layer0'")), "names", "layer0"),
    _net(
        "shape of the picture fixed",
        swap(NET, ("keras.Input(input_shape)", "keras.Input((224, 224, 3))")),
        "runs",
        "224",
    ),
    _net(
        "Keras' initializer",
        swap(NET, ("kernel_initializer=kaiming_normal(seed=0), ", "")),
        "initializer",
        "kaiming_normal",
    ),
    _net(
        "no batch norm at the start",
        swap(NET, ("    x = BatchNormalization(name='bn1')(x)\n", "")),
        "stem",
        "missing",
    ),
    _memory("the draft", DRAFT, "runs overwritten window stride padding bias rest", "bn3"),
    _memory("only what Python says", THREE_LEFT, "runs window stride padding bias", "kernel_size"),
    _memory(
        "kernel left",
        swap(MEMORY, ("kernel_size=3, strides", "kernel_size=stride, strides")),
        "window",
        "kernel_size",
    ),
    _memory(
        "stride left",
        swap(MEMORY, ("kernel_size=3, strides=stride", "kernel_size=3, strides=1")),
        "runs stride",
        "strides",
    ),
    _memory(
        "padding left",
        swap(
            MEMORY,
            (
                "        shortcut = Conv2D",
                "        shortcut = ZeroPadding2D(1)(shortcut)\n        shortcut = Conv2D",
            ),
        ),
        "runs padding",
        "ZeroPadding2D too many",
    ),
    _memory(
        "bias left",
        swap(MEMORY, ("strides=stride, use_bias=False)(shortcut)", "strides=stride)(shortcut)")),
        "bias",
        "use_bias",
    ),
    _memory(
        "conv1 twice",
        swap(
            MEMORY,
            ("conv3 = Conv2D", "conv1 = Conv2D"),
            ("bn3 = ", "bn1 = "),
            ("bn3(conv3(Y))", "bn1(conv1(Y))"),
        ),
        "runs",
        "weights for",
    ),
    _memory(
        "conv3 of filters",
        swap(MEMORY, ("conv3 = Conv2D(4 * filters", "conv3 = Conv2D(filters")),
        "runs overwritten",
        "filters",
    ),
    _memory(
        "a ReLU too many",
        swap(MEMORY, ("Y = bn3(conv3(Y))", "Y = relu(bn3(conv3(Y)))")),
        "overwritten",
        "too many",
    ),
    _row(
        "self left",
        swap(ROW, ("make_layer(self, ", "make_layer(")),
        "runs expansion first others",
        "make_layer",
    ),
    _row(
        "filters left",
        swap(
            ROW,
            ("            filters,\n", "            4 * filters,\n"),
            ("(self.X, filters)", "(self.X, 4 * filters)"),
        ),
        "expansion",
        "filters",
    ),
    _row(
        "filters mended once",
        swap(ROW, ("(self.X, filters)", "(self.X, 4 * filters)")),
        "expansion",
        "filters",
    ),
    _row(
        "stride lost",
        swap(ROW, ("            stride,\n", "")),
        "first",
        "stride=1, expected stride=2",
    ),
    _row(
        "stride everywhere",
        swap(ROW, ("(self.X, filters)", "(self.X, filters, stride)")),
        "others",
        "stride=2, expected stride=1",
    ),
    _row(
        "one block too many",
        swap(ROW, ("range(1, blocks)", "range(blocks)")),
        "first others",
        "too many",
    ),
    _row(
        "the start is returned",
        swap(ROW, ("return network.X", "return X")),
        "expansion first others",
        "missing",
    ),
]

RIGHT = [
    _basic("in other words"),
    _basic("in Sequentials", BASIC_SEQUENTIAL),
    _basic("a class of layers, as in PyTorch", BASIC_CLASS),
    _basic("keras.layers.add", swap(BASIC, ("Y + short", "keras.layers.add([Y, short])"))),
    _basic(
        "ReLU inside nothing", swap(BASIC, ("keras.layers.ReLU()(Y)", "keras.ops.maximum(Y, 0.0)"))
    ),
    _bottle("in other words"),
    _bottle("a helper", BOTTLE_HELPER),
    _bottle(
        "VarianceScaling",
        swap(
            BOTTLE,
            (
                "kaiming_normal(seed=0)",
                "keras.initializers.VarianceScaling(2.0, 'fan_out', 'untruncated_normal', seed=0)",
            ),
        ),
    ),
    _layer("in other words"),
    _layer("a list of strides", LAYER_LIST),
    _layer("recursive", LAYER_ONE_BY_ONE),
    _net("in other words"),
    _net("an early return", NET_EARLY),
    _net("the mean instead of a layer", NET_MEAN),
    _net("with ifs", NET_IFS),
    _memory("repaired"),
    _memory("with relu of keras", swap(MEMORY, ('Activation("relu")', "keras.layers.ReLU()"))),
    _row("repaired"),
    _row(
        "without a class",
        "def layer_from_memory(X, filters, blocks, stride=1):\n    for number in range(blocks):\n        X = bottleneck_from_memory(X, filters, stride if number == 0 else 1)\n    return X\n",
    ),
]
