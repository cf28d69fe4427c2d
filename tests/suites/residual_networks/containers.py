"""Blocks whose layers stand in a `Sequential` or in a nested `Model`, right and wrong."""

from __future__ import annotations

from tests.answers import Answer, swap

COMPONENT = """
def component(stage, block, letter, *arguments, **settings):
    return keras.Sequential([
        Conv2D(*arguments, name=f"res{stage}{block}_branch{letter}",
               kernel_initializer=glorot_uniform(seed=0), **settings),
        BatchNormalization(axis=3, name=f"bn{stage}{block}_branch{letter}"),
    ])
"""
IDENTITY_SEQUENTIAL = f"""{COMPONENT}
def identity_block(X, f, filters, stage, block):
    F1, F2, F3 = filters
    main = keras.Sequential([
        component(stage, block, "2a", F1, 1), Activation("relu"),
        component(stage, block, "2b", F2, f, padding="same"), Activation("relu"),
        component(stage, block, "2c", F3, 1),
    ])
    return Activation("relu")(Add()([main(X), X]))
"""
IDENTITY_MODEL = f"""{COMPONENT}
def identity_block(X, f, filters, stage, block):
    start = Input((None, None, X.shape[-1]))
    Y = component(stage, block, "2a", filters[0], 1)(start)
    Y = component(stage, block, "2b", filters[1], f, padding="same")(Activation("relu")(Y))
    Y = component(stage, block, "2c", filters[2], 1)(Activation("relu")(Y))
    return Activation("relu")(Model(start, Y)(X) + X)
"""
IDENTITY_IN_ITSELF = f"""{COMPONENT}
def identity_block(X, f, filters, stage, block):
    Y = Activation("relu")(component(stage, block, "2a", filters[0], 1)(X))
    Y = component(stage, block, "2b", filters[1], f, padding="same")(Y)
    Y = component(stage, block, "2c", filters[2], 1)(Activation("relu")(Y))
    whole = Model(X, Activation("relu")(Add()([Y, X])))
    return Model(X, whole(X))(X)
"""
CONVOLUTIONAL_SEQUENTIAL = f"""{COMPONENT}
def convolutional_block(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    relu = keras.Sequential([Input((None, None, None)), Activation("relu")])
    Y = relu(component(stage, block, "2a", F1, 1, s)(X))
    Y = relu(component(stage, block, "2b", F2, f, padding="same")(Y))
    Y = component(stage, block, "2c", F3, 1)(Y)
    return relu(Y + component(stage, block, "1", F3, 1, s)(X))
"""
NETWORK_IN_MODELS = """
def stage(X, number, width, blocks, s=2):
    start = keras.Input(X.shape[1:])
    filters = [width, width, 4 * width]
    Y = convolutional_block(start, 3, filters, number, "a", s)
    for n in range(1, blocks):
        Y = identity_block(Y, 3, filters, number, "abcdef"[n])
    return Model(start, Y)(X)

def ResNet50(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = keras.Sequential([
        ZeroPadding2D(3),
        Conv2D(64, 7, 2, name="conv1", kernel_initializer=glorot_uniform(0)),
        BatchNormalization(name="bn_conv1"), Activation("relu"), MaxPooling2D(3, 2),
    ])(inputs)
    X = stage(X, 2, 64, 3, 1)
    X = stage(X, 3, 128, 4)
    X = stage(X, 4, 256, 6)
    X = stage(X, 5, 512, 3)
    head = keras.Sequential([
        AveragePooling2D(2, name="avg_pool"), Flatten(),
        Dense(classes, "softmax", name=f"fc{classes}", kernel_initializer=glorot_uniform(0)),
    ])
    return Model(inputs, head(X), name="ResNet50")
"""
OWN_LAYER = """
class MainPath(keras.layers.Layer):
    def __init__(self, filters, f):
        super().__init__()
        self.convs = [Conv2D(n, k, padding="same", kernel_initializer=glorot_uniform(seed=0))
                      for n, k in zip(filters, (1, f, 1))]
        self.norms = [BatchNormalization(axis=3) for n in filters]

    def call(self, X):
        for n in range(3):
            X = self.norms[n](self.convs[n](X))
            X = X if n == 2 else keras.ops.relu(X)
        return X

    def compute_output_shape(self, shape):
        return shape

def identity_block(X, f, filters, stage, block):
    return Activation("relu")(MainPath(filters, f)(X) + X)
"""


def _answer(title: str, source: str, charged: str = "", says: str = "") -> Answer:
    function = source.split("\ndef ")[-1].partition("(")[0]
    return Answer(function, title, (), tuple(charged.split()), says, source)


_MAIN = "first_conv first_norm first_relu second_conv second_norm second_relu third_conv third_norm"

RIGHT = [
    _answer("a Sequential of Sequentials", IDENTITY_SEQUENTIAL),
    _answer("a nested model", IDENTITY_MODEL),
    _answer("a model of a model of X itself", IDENTITY_IN_ITSELF),
    _answer("a Sequential called three times", CONVOLUTIONAL_SEQUENTIAL),
    _answer("stages as models", NETWORK_IN_MODELS),
]
WRONG = [
    _answer(
        "5 filters too many in a Sequential",
        swap(IDENTITY_SEQUENTIAL, ('"2b", F2, f', '"2b", F2 + 5, f')),
        "second_conv",
        "filters",
    ),
    _answer(
        "no ReLU in a nested model",
        swap(IDENTITY_MODEL, ('padding="same")(Activation("relu")(Y))', 'padding="same")(Y)')),
        "first_relu",
        "ReLU is missing",
    ),
    _answer(
        "no names in a Sequential",
        swap(IDENTITY_SEQUENTIAL, (' name=f"res{stage}{block}_branch{letter}",\n', "\n")),
        "names",
        "res1a_branch2a",
    ),
    _answer(
        "training fixed where a Sequential is called",
        swap(IDENTITY_SEQUENTIAL, ("main(X)", "main(X, training=False)")),
        "first_norm second_norm third_norm",
        "training=False",
    ),
    _answer(
        "strides in a Sequential",
        swap(CONVOLUTIONAL_SEQUENTIAL, ('"2a", F1, 1, s)', '"2a", F1, 1, 2)')),
        "runs first_conv",
        "strides",
    ),
    _answer(
        "a stage as a model, without a block",
        swap(NETWORK_IN_MODELS, ("256, 6)", "256, 5)")),
        "stage4",
        "missing",
    ),
    _answer(
        "layers in a class of its own",
        OWN_LAYER,
        f"{_MAIN} initializer names",
        "MainPath is a class",
    ),
]
