"""Right answers to notebook 01, written in other ways. None may lose a point."""

from __future__ import annotations

from tests.answers import Answer, Edit
from tests.suites.residual_networks.wrong import LAYERS

RELU = '    X = Activation("relu")(X)\n'
ADD = "Add()([X, X_shortcut])"


def _other_ways(function: str) -> list[Answer]:
    def way(title: str, *edits: Edit, source: str = "") -> Answer:
        return Answer(function, title, edits, source=source, imports=LAYERS)

    return [
        way("as it is"),
        way("ReLU layers", Edit('Activation("relu")', "ReLU()", 0)),
        way("keras.ops.relu", Edit('Activation("relu")(X)', "keras.ops.relu(X)", 0)),
        way(
            "keras.activations.relu", Edit('Activation("relu")(X)', "keras.activations.relu(X)", 0)
        ),
        way(
            "an activation function object",
            Edit('Activation("relu")', "Activation(keras.activations.relu)", 0),
        ),
        way("keras.ops.maximum", Edit('Activation("relu")(X)', "keras.ops.maximum(X, 0)", 0)),
        way("tf.nn.relu", Edit('Activation("relu")(X)', "__import__('tensorflow').nn.relu(X)", 0)),
        way(
            "tf.nn.relu as activation",
            Edit('Activation("relu")', "Activation(__import__('tensorflow').nn.relu)", 0),
        ),
        way(
            "a Lambda", Edit('Activation("relu")', "Lambda(lambda t: keras.ops.maximum(t, 0.0))", 0)
        ),
        way(
            "relu in a where",
            Edit('Activation("relu")(X)', "keras.ops.where(X > 0, X, keras.ops.zeros_like(X))", 3),
        ),
        way(
            "activation in a last sum",
            Edit('Activation("relu")(X)', "(X + keras.ops.abs(X)) / 2", 3),
        ),
        way(
            "LeakyReLU that does not leak",
            Edit('Activation("relu")', "LeakyReLU(negative_slope=0.0)", 2),
        ),
        way("the other order", Edit(ADD, "Add()([X_shortcut, X])")),
        way("a plus", Edit(ADD, "X + X_shortcut")),
        way("a plus, the other way round", Edit(ADD, "X_shortcut + X")),
        way("keras.layers.add", Edit(ADD, "keras.layers.add([X, X_shortcut])")),
        way("keras.ops.add", Edit(ADD, "keras.ops.add(X, X_shortcut)")),
        way("tf.add", Edit(ADD, "__import__('tensorflow').add(X, X_shortcut)")),
        way("in-place plus", Edit("    X = " + ADD, "    X += X_shortcut")),
        way("a tuple", Edit(ADD, "Add()((X, X_shortcut))")),
        way("twice the average", Edit(ADD, "2 * Average()([X, X_shortcut])")),
        way("a named addition", Edit(ADD, 'Add(name="sum")([X, X_shortcut])')),
        way("named activations", Edit('Activation("relu")', 'Activation("relu", name="last")', 3)),
        way(
            "integers",
            Edit("kernel_size=(1, 1)", "kernel_size=1", 0),
            Edit("kernel_size=(f, f)", "kernel_size=f"),
            Edit("strides=(1, 1)", "strides=1", 0),
        ),
        way("lists", Edit("kernel_size=(f, f)", "kernel_size=[f, f]")),
        way("axis -1", Edit("axis=3", "axis=-1", 0)),
        way("axis left out", Edit("axis=3, ", "", 0)),
        way("same around 1 by 1", Edit('padding="valid"', 'padding="same"', 0)),
        way("padding left out", Edit('        padding="valid",\n', "", 0)),
        way("padding in capitals", Edit('"same"', '"SAME"')),
        way("strides left out", Edit("        strides=(1, 1),\n", "", 0)),
        way(
            "filters by index",
            Edit(
                "F1, F2, F3 = filters", "F1 = filters[0]\n    F2 = filters[1]\n    F3 = filters[-1]"
            ),
        ),
        way(
            "f-strings",
            Edit('"res" + str(stage) + block + "_branch"', 'f"res{stage}{block}_branch"'),
        ),
        way(
            "defaults spelled out",
            Edit('padding="same"', 'padding="same", use_bias=True, dilation_rate=(1, 1), groups=1'),
            Edit(
                'name=bn_name_base + "2b"', 'name=bn_name_base + "2b", momentum=0.99, epsilon=0.001'
            ),
        ),
        way(
            "bias initializer spelled out",
            Edit('padding="same"', 'padding="same", bias_initializer="zeros"'),
        ),
        way(
            "keras' own initializer",
            Edit("glorot_uniform(seed=0)", "keras.initializers.GlorotUniform(seed=0)", 0),
        ),
        way(
            "one initializer for all",
            Edit(
                "    F1, F2, F3 = filters",
                "    start = glorot_uniform(seed=0)\n    F1, F2, F3 = filters",
            ),
            Edit("kernel_initializer=glorot_uniform(seed=0)", "kernel_initializer=start", 0),
        ),
        way(
            "full names",
            Edit("Conv2D(", "keras.layers.Conv2D(", 0),
            Edit("BatchNormalization(", "keras.layers.BatchNormalization(", 0),
        ),
        way("Convolution2D", Edit("Conv2D(", "Convolution2D(", 0)),
        way("something printed", Edit("    return X", '    print("done", X.shape)\n    return X')),
        way("another variable", Edit("X_shortcut", "X0", 0)),
        way(
            "explicit padding",
            Edit('padding="same",', "padding='valid',"),
            Edit(
                "    X = Conv2D(\n        filters=F2",
                "    X = ZeroPadding2D((((f - 1) // 2, f // 2), ((f - 1) // 2, f // 2)))(X)\n"
                "    X = Conv2D(\n        filters=F2",
            ),
        ),
        way("dropout of nothing", Edit(RELU, RELU + "    X = Dropout(0.0)(X)\n", 2)),
        way("a ReLU of a ReLU", Edit(RELU, RELU + RELU, 1)),
        way("a linear activation", Edit(RELU, RELU + '    X = Activation("linear")(X)\n', 1)),
        way(
            "ReLU inside batch norm's line",
            Edit(
                'X = BatchNormalization(axis=3, name=bn_name_base + "2b")(X)\n'
                '    X = Activation("relu")(X)',
                'X = Activation("relu")(BatchNormalization(axis=3, name=bn_name_base + "2b")(X))',
            ),
        ),
        way(
            "the filters list emptied",
            Edit(
                "F1, F2, F3 = filters", "F3, F2, F1 = filters.pop(), filters.pop(), filters.pop()"
            ),
        ),
        way(
            "a random seed set",
            Edit("    return X", "    keras.utils.set_random_seed(3)\n    return X"),
        ),
    ]


IDENTITY_LOOP = """
def identity_block(X, f, filters, stage, block):
    def component(T, n, kernel, letter, last=False):
        T = Conv2D(n, kernel, padding="same", name=f"res{stage}{block}_branch2{letter}",
                   kernel_initializer=glorot_uniform(seed=0))(T)
        T = BatchNormalization(name=f"bn{stage}{block}_branch2{letter}")(T)
        return T if last else ReLU()(T)

    Y = X
    for n, kernel, letter in zip(filters, (1, f, 1), "abc"):
        Y = component(Y, n, kernel, letter, last=letter == "c")
    return ReLU()(Y + X)
"""

CONVOLUTIONAL_LOOP = """
def convolutional_block(X, f, filters, stage, block, s=2):
    start = dict(kernel_initializer=glorot_uniform(seed=0))
    F1, F2, F3 = filters
    side = Conv2D(F3, 1, s, name=f"res{stage}{block}_branch1", **start)(X)
    side = BatchNormalization(-1, name=f"bn{stage}{block}_branch1")(side)
    specs = [(F1, 1, s, "a"), (F2, f, 1, "b"), (F3, 1, 1, "c")]
    for n, kernel, stride, letter in specs:
        X = Conv2D(n, kernel, stride, "same", name=f"res{stage}{block}_branch2{letter}", **start)(X)
        X = BatchNormalization(-1, name=f"bn{stage}{block}_branch2{letter}")(X)
        if letter != "c":
            X = Activation("relu")(X)
    return Activation("relu")(keras.layers.add([side, X]))
"""

NETWORK_LOOP = """
STAGES = {2: (64, 3), 3: (128, 4), 4: (256, 6), 5: (512, 3)}

def stage(X, number, width, blocks):
    filters = (width, width, 4 * width)
    X = convolutional_block(X, 3, filters, number, "a", 1 if number == 2 else 2)
    for n in range(1, blocks):
        X = identity_block(X, 3, filters, number, "abcdef"[n])
    return X

def ResNet50(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(shape=input_shape)
    X = ZeroPadding2D(3)(inputs)
    X = Conv2D(64, 7, 2, name="conv1", kernel_initializer=glorot_uniform(0))(X)
    X = ReLU()(BatchNormalization(name="bn_conv1")(X))
    X = MaxPool2D(3, 2)(X)
    for number, (width, blocks) in STAGES.items():
        X = stage(X, number, width, blocks)
    X = Flatten()(AvgPool2D(2, name="avg_pool")(X))
    X = Dense(classes, name=f"fc{classes}", kernel_initializer=glorot_uniform(0))(X)
    return Model(inputs, Softmax()(X))
"""

NETWORK = [
    Answer("ResNet50", title, edits, source=source, imports=LAYERS)
    for title, edits, source in (
        ("as it is", (), ""),
        ("loops, other layers for the same", (), NETWORK_LOOP),
        ("ReLU layer", (Edit('Activation("relu")', "ReLU()"),), ""),
        ("tf.nn.relu", (Edit('Activation("relu")(X)', "__import__('tensorflow').nn.relu(X)"),), ""),
        (
            "a separate softmax",
            (
                Edit('        activation="softmax",\n', ""),
                Edit("    return Model", '    X = Activation("softmax")(X)\n    return Model'),
            ),
            "",
        ),
        (
            "keras.ops.softmax",
            (
                Edit('        activation="softmax",\n', ""),
                Edit("    return Model", "    X = keras.ops.softmax(X)\n    return Model"),
            ),
            "",
        ),
        ("Reshape for Flatten", (Edit("Flatten()", "Reshape((-1,))"),), ""),
        (
            "integers",
            (
                Edit("(7, 7)", "7"),
                Edit("strides=(2, 2)", "strides=2", 0),
                Edit("ZeroPadding2D((3, 3))", "ZeroPadding2D(3)"),
            ),
            "",
        ),
        (
            "strides of the average pooling",
            (Edit("AveragePooling2D((2, 2)", "AveragePooling2D(2, strides=2"),),
            "",
        ),
        ("axis -1", (Edit("axis=3", "axis=-1"),), ""),
        ("model without a name", (Edit(', name="ResNet50"', ""),), ""),
        (
            "a named input",
            (Edit("Input(input_shape)", 'Input(shape=input_shape, name="picture")'),),
            "",
        ),
        (
            "blocks called by position",
            (
                Edit(
                    'X, f=3, filters=[64, 64, 256], stage=2, block="b"',
                    'X, 3, (64, 64, 256), 2, "b"',
                ),
            ),
            "",
        ),
        ("s left out where it is 2", (Edit(', block="a", s=2', ', block="a"'),), ""),
        (
            "compiled",
            (
                Edit(
                    '    return Model(inputs=X_input, outputs=X, name="ResNet50")',
                    '    model = Model(inputs=X_input, outputs=X, name="ResNet50")\n'
                    '    model.compile(optimizer="adam", loss="categorical_crossentropy")\n'
                    "    return model",
                ),
            ),
            "",
        ),
        (
            "summary printed",
            (
                Edit(
                    '    return Model(inputs=X_input, outputs=X, name="ResNet50")',
                    '    model = Model(inputs=X_input, outputs=X, name="ResNet50")\n'
                    "    model.summary()\n    return model",
                ),
            ),
            "",
        ),
        (
            "padding in the convolution",
            (
                Edit(
                    "X = ZeroPadding2D((3, 3))(X_input)",
                    "X = ZeroPadding2D(((3, 3), (3, 3)))(X_input)",
                ),
            ),
            "",
        ),
    )
]

RIGHT = [
    *_other_ways("identity_block"),
    Answer("identity_block", "a loop and a helper", source=IDENTITY_LOOP, imports=LAYERS),
    *_other_ways("convolutional_block"),
    Answer("convolutional_block", "a loop", source=CONVOLUTIONAL_LOOP, imports=LAYERS),
    *NETWORK,
]
