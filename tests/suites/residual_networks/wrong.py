"""Wrong answers to notebook 01, each with the criteria it must lose and words it must be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.answers import Answer, Edit, solution

LAYERS = "from keras.layers import *"  # some use more layers than the notebook's given cells import


def _answer(function: str, title: str, charged: str, says: str, *edits: Edit, source: str = ""):
    return Answer(function, title, edits, tuple(charged.split()), says, source, LAYERS)


def _identity(title: str, charged: str, says: str, *edits: Edit, source: str = "") -> Answer:
    return _answer("identity_block", title, charged, says, *edits, source=source)


def _convolutional(title: str, charged: str, says: str, *edits: Edit, source: str = "") -> Answer:
    return _answer("convolutional_block", title, charged, says, *edits, source=source)


def _network(title: str, charged: str, says: str, *edits: Edit, source: str = "") -> Answer:
    return _answer("ResNet50", title, charged, says, *edits, source=source)


def _endless(make: Callable[..., Answer], title: str, edit: Edit) -> Answer:
    """An answer that never comes to an end: two seconds are enough to see that."""
    return replace(make(title, "runs", "still running", edit), seconds=2)


RELU = '    X = Activation("relu")(X)\n'
NORM_A = 'X = BatchNormalization(axis=3, name=bn_name_base + "2a")(X)\n'
NORM_B = 'X = BatchNormalization(axis=3, name=bn_name_base + "2b")(X)\n'
NORM_C = 'X = BatchNormalization(axis=3, name=bn_name_base + "2c")(X)\n'
ADD = "    X = Add()([X, X_shortcut])\n"
SEED = "kernel_initializer=glorot_uniform(seed=0)"


NOTHING = (
    "shortcut first_conv first_norm first_relu second_conv second_norm second_relu third_conv "
    "third_norm last_relu initializer names"
)


def _shared_mistakes(make) -> list[Answer]:
    """Mistakes in the main path and at its end, which both blocks can have."""
    return [
        make(
            "padding valid in the middle",
            "runs second_conv",
            "padding 'valid'",
            Edit('padding="same"', 'padding="valid"'),
        ),
        make(
            "padding left out in the middle",
            "runs second_conv",
            "padding 'valid'",
            Edit('        padding="same",\n', ""),
        ),
        make(
            "f ignored",
            "second_conv",
            "whatever f is. Use f.",
            Edit("kernel_size=(f, f)", "kernel_size=(3, 3)"),
        ),
        make(
            "f and 1 swapped",
            "runs first_conv second_conv",
            "kernel_size",
            Edit("kernel_size=(1, 1)", "kernel_size=(f, f)"),
            Edit("kernel_size=(f, f)", "kernel_size=(1, 1)", 2),
        ),
        make(
            "f for the third kernel",
            "runs third_conv",
            "kernel_size",
            Edit("kernel_size=(1, 1)", "kernel_size=(f, f)", 2),
        ),
        make(
            "f by 1 kernel",
            "second_conv",
            "kernel_size",
            Edit("kernel_size=(f, f)", "kernel_size=(f, 1)"),
        ),
        make(
            "filters F1 and F2 swapped",
            "first_conv second_conv",
            "filters",
            Edit("F1, F2, F3 = filters", "F2, F1, F3 = filters"),
        ),
        make(
            "F1 in the second component", "second_conv", "filters", Edit("filters=F2", "filters=F1")
        ),
        make(
            "F2 in the first component", "first_conv", "filters", Edit("filters=F1", "filters=F2")
        ),
        make(
            "F2 in the third component",
            "runs third_conv",
            "filters",
            Edit("filters=F3", "filters=F2"),
        ),
        make(
            "stride in the second convolution",
            "runs second_conv",
            "strides",
            Edit(
                'strides=(1, 1),\n        padding="same"', 'strides=(2, 2),\n        padding="same"'
            ),
        ),
        make(
            "dilated",
            "second_conv",
            "dilation_rate",
            Edit('padding="same"', 'padding="same", dilation_rate=2'),
        ),
        make(
            "no bias in the second convolution",
            "second_conv",
            "use_bias",
            Edit('padding="same"', 'padding="same", use_bias=False'),
        ),
        make(
            "no bias in the first",
            "first_conv",
            "use_bias",
            Edit('padding="valid"', 'padding="valid", use_bias=False'),
        ),
        make(
            "regularizer",
            "second_conv",
            "kernel_regularizer",
            Edit('padding="same"', 'padding="same", kernel_regularizer="l2"'),
        ),
        make(
            "constraint",
            "second_conv",
            "kernel_constraint",
            Edit('padding="same"', 'padding="same", kernel_constraint="max_norm"'),
        ),
        make(
            "frozen convolution",
            "second_conv",
            "trainable",
            Edit('padding="same"', 'padding="same", trainable=False'),
        ),
        make(
            "frozen batch norm",
            "second_norm",
            "trainable",
            Edit('name=bn_name_base + "2b"', 'name=bn_name_base + "2b", trainable=False'),
        ),
        make(
            "separable convolution",
            "second_conv",
            "SeparableConv2D",
            Edit("X = Conv2D(\n        filters=F2", "X = SeparableConv2D(\n        filters=F2"),
            Edit(f"        {SEED},\n", "", 2),
        ),
        make(
            "transposed convolution",
            "second_conv",
            "Conv2DTranspose",
            Edit("X = Conv2D(\n        filters=F2", "X = Conv2DTranspose(\n        filters=F2"),
        ),
        make(
            "first batch norm missing",
            "first_norm",
            "BatchNormalization is missing",
            Edit(f"    {NORM_A}", ""),
        ),
        make(
            "second batch norm missing",
            "second_norm",
            "BatchNormalization is missing",
            Edit(f"    {NORM_B}", ""),
        ),
        make(
            "third batch norm missing",
            "third_norm",
            "BatchNormalization is missing",
            Edit(f"    {NORM_C}", ""),
        ),
        make(
            "batch norm twice",
            "second_norm",
            "too many",
            Edit(f"    {NORM_B}", f"    {NORM_B}    X = BatchNormalization(axis=3)(X)\n"),
        ),
        make(
            "batch norm over the height",
            "second_norm",
            "axis",
            Edit('axis=3, name=bn_name_base + "2b"', 'axis=1, name=bn_name_base + "2b"'),
        ),
        make(
            "batch norm over the width everywhere",
            "first_norm second_norm third_norm",
            "axis",
            Edit('axis=3, name=bn_name_base + "2a"', 'axis=2, name=bn_name_base + "2a"'),
            Edit('axis=3, name=bn_name_base + "2b"', 'axis=2, name=bn_name_base + "2b"'),
            Edit('axis=3, name=bn_name_base + "2c"', 'axis=2, name=bn_name_base + "2c"'),
        ),
        make(
            "momentum",
            "second_norm",
            "momentum",
            Edit('name=bn_name_base + "2b"', 'name=bn_name_base + "2b", momentum=0.9'),
        ),
        make(
            "epsilon",
            "second_norm",
            "epsilon",
            Edit('name=bn_name_base + "2b"', 'name=bn_name_base + "2b", epsilon=1e-5'),
        ),
        make(
            "no beta",
            "third_norm",
            "center",
            Edit('name=bn_name_base + "2c"', 'name=bn_name_base + "2c", center=False'),
        ),
        make(
            "no gamma",
            "third_norm",
            "scale",
            Edit('name=bn_name_base + "2c"', 'name=bn_name_base + "2c", scale=False'),
        ),
        make(
            "gamma starts at zero",
            "initializer",
            "gamma_initializer",
            Edit('name=bn_name_base + "2c"', 'name=bn_name_base + "2c", gamma_initializer="zeros"'),
        ),
        make(
            "layer norm",
            "second_norm",
            "LayerNormalization",
            Edit(
                'BatchNormalization(axis=3, name=bn_name_base + "2b")',
                'LayerNormalization(axis=3, name=bn_name_base + "2b")',
            ),
        ),
        make(
            "batch norm called with training",
            "second_norm",
            "training=True",
            Edit(f"    {NORM_B}", f"    {NORM_B}".replace("(X)\n", "(X, training=True)\n")),
        ),
        make(
            "batch norm called without training",
            "third_norm",
            "training=False",
            Edit(f"    {NORM_C}", f"    {NORM_C}".replace("(X)\n", "(X, training=False)\n")),
        ),
        make("first ReLU missing", "first_relu", "ReLU is missing", Edit(RELU, "", 1)),
        make("second ReLU missing", "second_relu", "ReLU is missing", Edit(RELU, "", 2)),
        make("last ReLU missing", "last_relu", "ReLU is missing", Edit(RELU, "", 3)),
        make(
            "all ReLUs missing",
            "first_relu second_relu last_relu",
            "ReLU is missing",
            Edit(RELU, "", 0),
        ),
        make(
            "third component has a ReLU",
            "third_norm",
            "too many",
            Edit(f"    {NORM_C}", f"    {NORM_C}{RELU}"),
        ),
        make(
            "ReLU before the addition",
            "last_relu",
            "found it before the addition",
            Edit(RELU, "", 3),
            Edit(ADD, RELU + ADD),
        ),
        make(
            "ReLU before batch norm",
            "first_norm",
            "wrong place",
            Edit(f"    {NORM_A}{RELU}", f"{RELU}    {NORM_A}"),
        ),
        make(
            "batch norm before the convolution",
            "second_conv",
            "wrong place",
            Edit(f"    {NORM_B}", ""),
            Edit(
                "    X = Conv2D(\n        filters=F2",
                f"    {NORM_B}    X = Conv2D(\n        filters=F2",
            ),
        ),
        make(
            "ReLU inside the convolution too",
            "second_conv",
            "too many",
            Edit('padding="same"', 'padding="same", activation="relu"'),
        ),
        make(
            "sigmoid",
            "second_relu",
            "sigmoid",
            Edit('Activation("relu")', 'Activation("sigmoid")', 2),
        ),
        make("leaky ReLU", "last_relu", "LeakyReLU", Edit('Activation("relu")', "LeakyReLU()", 3)),
        make(
            "tanh at the end",
            "last_relu",
            "tanh",
            Edit('Activation("relu")', 'Activation("tanh")', 3),
        ),
        make(
            "ReLU cut at six",
            "first_relu",
            "ReLU",
            Edit('Activation("relu")', "ReLU(max_value=6)", 1),
        ),
        make(
            "softmax at the end",
            "last_relu",
            "softmax",
            Edit('Activation("relu")', 'Activation("softmax")', 3),
        ),
        make(
            "dropout after the second component",
            "second_relu",
            "Dropout",
            Edit(f"    {NORM_B}{RELU}", f"    {NORM_B}{RELU}    X = Dropout(0.5)(X)\n"),
        ),
        make(
            "dropout before the addition",
            "third_norm",
            "Dropout",
            Edit(ADD, f"    X = Dropout(0.1)(X)\n{ADD}"),
        ),
        make(
            "noise",
            "third_norm",
            "GaussianNoise",
            Edit(ADD, f"    X = GaussianNoise(0.1)(X)\n{ADD}"),
        ),
        make(
            "pooling at the end",
            "last_relu",
            "MaxPooling2D",
            Edit("    return X", "    X = MaxPooling2D(1, strides=2)(X)\n    return X"),
        ),
        make(
            "an additional component",
            "third_norm",
            "too many",
            Edit(ADD, "    X = Conv2D(F3, 1)(X)\n" + ADD),
        ),
        make("nothing added", "shortcut", "Nothing is added", Edit(ADD, "")),
        make(
            "main path dropped at the addition",
            "shortcut",
            "main path is not added",
            Edit("[X, X_shortcut]", "[X_shortcut, X_shortcut]"),
        ),
        make(
            "X added to itself", "shortcut", "adds X to itself", Edit("[X, X_shortcut]", "[X, X]")
        ),
        make(
            "concatenated",
            "shortcut",
            "Concatenate",
            Edit("Add()([X, X_shortcut])", "Concatenate()([X, X_shortcut])"),
        ),
        make(
            "multiplied",
            "shortcut",
            "Multiply",
            Edit("Add()([X, X_shortcut])", "Multiply()([X, X_shortcut])"),
        ),
        make(
            "averaged",
            "shortcut",
            "Average",
            Edit("Add()([X, X_shortcut])", "Average()([X, X_shortcut])"),
        ),
        make(
            "subtracted",
            "shortcut",
            "Subtract",
            Edit("Add()([X, X_shortcut])", "Subtract()([X, X_shortcut])"),
        ),
        make(
            "maximum",
            "shortcut",
            "Maximum",
            Edit("Add()([X, X_shortcut])", "Maximum()([X, X_shortcut])"),
        ),
        make("added twice", "shortcut", "too many", Edit(ADD, ADD + ADD)),
        make("seed 1", "initializer", "seed", Edit("seed=0", "seed=1")),
        make("seed missing", "initializer", "seed", Edit("seed=0", "", 2)),
        make("initializer left out", "initializer", "seed", Edit(f"        {SEED},\n", "", 3)),
        make(
            "he_normal", "initializer", "HeNormal", Edit(SEED, 'kernel_initializer="he_normal"', 0)
        ),
        make(
            "random_uniform",
            "initializer",
            "RandomUniform",
            Edit(SEED, 'kernel_initializer="random_uniform"', 1),
        ),
        make("zeros", "initializer", "Zeros", Edit(SEED, 'kernel_initializer="zeros"', 3)),
        make(
            "bias starts at one",
            "initializer",
            "bias_initializer",
            Edit('padding="same"', 'padding="same", bias_initializer="ones"'),
        ),
        make(
            "name 2a twice", "names", "2b", Edit('conv_name_base + "2b"', 'conv_name_base + "2a"')
        ),
        make(
            "batch norm names missing", "names", "no name", Edit(', name=bn_name_base + "2b"', "")
        ),
        make(
            "convolution name missing",
            "names",
            "no name",
            Edit('        name=conv_name_base + "2c",\n', ""),
        ),
        make(
            "names bn and res swapped",
            "names",
            ", expected '",
            Edit('conv_name_base = "res"', 'conv_name_base = "bn"'),
            Edit('bn_name_base = "bn"', 'bn_name_base = "res"'),
        ),
        make(
            "stage written out",
            "names",
            "whatever stage and block are",
            Edit('"res" + str(stage) + block', '"res1a"'),
        ),
        make(
            "block left out of the names",
            "names",
            ", expected '",
            Edit("str(stage) + block", "str(stage)", 0),
        ),
        make("names in capitals", "names", ", expected '", Edit('"_branch"', '"_Branch"', 0)),
        make("nothing returned", "runs", "None", Edit("    return X", "")),
        make(
            "a Model returned",
            "runs",
            "Model",
            Edit("    return X", "    return keras.Sequential([Conv2D(1, 1)])"),
        ),
        make("a list returned", "runs", "list", Edit("    return X", "    return [X, X_shortcut]")),
        make(
            "the shortcut returned",
            "shortcut",
            "does not return the end of the block",
            Edit("    return X", "    return X_shortcut"),
        ),
        make(
            "a NumPy array returned",
            "runs",
            "NumPy",
            Edit("    return X", "    return np.zeros((3, 4, 4, 6))"),
        ),
        make(
            "X made anew",
            "runs",
            "does not depend on the input",
            Edit("    X_shortcut = X\n", "    X = Input(X.shape[1:])\n    X_shortcut = X\n"),
        ),
        make(
            "a name with a typo",
            "runs",
            "'X_shorcut' is not defined. Did you mean 'X_shortcut'?",
            Edit("[X, X_shortcut]", "[X, X_shorcut]"),
        ),
        make(
            "an argument with a typo", "runs", "paddding", Edit('padding="same"', 'paddding="same"')
        ),
        make("padding that is none", "runs", "padding", Edit('padding="same"', 'padding="some"')),
        make("Add without a list", "runs", "list", Edit("[X, X_shortcut]", "X, X_shortcut")),
        make(
            "layer not called",
            "runs",
            "is not called",
            Edit(RELU, '    X = Activation("relu")\n', 2),
        ),
        make(
            "four filters unpacked",
            "runs",
            "unpack",
            Edit("F1, F2, F3 = filters", "F1, F2, F3, F4 = filters"),
        ),
        make("text and number joined", "runs", "str(", Edit("str(stage)", "stage")),
        _endless(
            make,
            "an endless loop",
            Edit("    return X", "    while True:\n        pass"),
        ),
        make("exit", "runs", "ends the program", Edit("    return X", "    raise SystemExit")),
        _endless(
            make,
            "a try around everything and a loop",
            Edit(
                "    return X",
                "    while True:\n        try:\n            pass\n        except BaseException:\n"
                "            pass\n",
            ),
        ),
        make(
            "state and X printed, then an error",
            "runs",
            "divided by zero",
            Edit("    return X", "    print(X)\n    return X / (1 - 1) if 1 / 0 else X"),
        ),
    ]


IDENTITY = [
    *_shared_mistakes(_identity),
    _identity(
        "padding same in the first one by stride 2",
        "runs first_conv",
        "strides",
        Edit("strides=(1, 1)", "strides=(2, 2)"),
    ),
    _identity(
        "shortcut saved after the first component",
        "runs shortcut",
        "starts after",
        Edit("    X_shortcut = X\n", ""),
        Edit("    # Second component", "    X_shortcut = X\n    # Second component"),
    ),
    _identity(
        "shortcut saved before the addition",
        "shortcut",
        "adds X to itself",
        Edit("    X_shortcut = X\n", ""),
        Edit(ADD, "    X_shortcut = X\n" + ADD),
    ),
    _identity(
        "convolution on the shortcut",
        "shortcut",
        "Conv2D",
        Edit(ADD, "    X_shortcut = Conv2D(F3, 1)(X_shortcut)\n" + ADD),
    ),
    _identity(
        "convolution and batch norm on the shortcut",
        "shortcut",
        "Conv2D",
        Edit(ADD, "    X_shortcut = BatchNormalization(axis=3)(Conv2D(F3, 1)(X_shortcut))\n" + ADD),
    ),
    _identity(
        "ReLU on the shortcut",
        "shortcut",
        "ReLU",
        Edit(ADD, '    X_shortcut = Activation("relu")(X_shortcut)\n' + ADD),
    ),
    _identity(
        "batch norm on the shortcut",
        "shortcut",
        "BatchNormalization",
        Edit(ADD, "    X_shortcut = BatchNormalization(axis=3)(X_shortcut)\n" + ADD),
    ),
    _identity(
        "shortcut scaled",
        "shortcut",
        "one Multiply too many",
        Edit("[X, X_shortcut]", "[X, 0.5 * X_shortcut]"),
    ),
    _identity(
        "shortcut added before the third batch norm",
        "third_norm",
        "found it after the addition",
        Edit(f"    {NORM_C}", ""),
        Edit(ADD, ADD + f"    {NORM_C}"),
    ),
    _identity(
        "shortcut subtracted with a minus",
        "shortcut",
        "Subtract",
        Edit("Add()([X, X_shortcut])", "X - X_shortcut"),
    ),
    _identity(
        "X added three times",
        "shortcut",
        "adds X to itself",
        Edit("[X, X_shortcut]", "[X, X, X_shortcut]"),
    ),
    _identity(
        "second component left out",
        "second_conv second_norm second_relu",
        "missing",
        Edit(
            solution("identity_block")
            .split("    # Second component")[1]
            .split("    # Third component")[0],
            "\n",
        ),
    ),
    _identity(
        "third component left out",
        "runs third_conv third_norm",
        "missing",
        Edit(
            solution("identity_block")
            .split("    # Third component")[1]
            .split("    # Last step")[0],
            "\n",
        ),
    ),
    _identity(
        "only the input returned",
        NOTHING,
        "unchanged",
        source="def identity_block(X, f, filters, stage, block):\n    return X\n",
    ),
    _identity(
        "not written",
        "runs",
        "not written yet",
        source="def identity_block(X, f, filters, stage, block):\n"
        "    # YOUR CODE HERE\n    raise NotImplementedError()\n",
    ),
    _identity(
        "endless recursion",
        "runs",
        "calls itself",
        Edit("    X_shortcut = X", "    X_shortcut = identity_block(X, f, filters, stage, block)"),
    ),
    _identity(
        "the second component reads the shortcut",
        "first_conv first_norm first_relu",
        "missing",
        Edit(
            'kernel_size=(f, f),\n        strides=(1, 1),\n        padding="same",\n'
            '        name=conv_name_base + "2b",\n'
            "        kernel_initializer=glorot_uniform(seed=0),\n    )(X)",
            'kernel_size=(f, f),\n        strides=(1, 1),\n        padding="same",\n'
            '        name=conv_name_base + "2b",\n'
            "        kernel_initializer=glorot_uniform(seed=0),\n    )(X_shortcut)",
        ),
    ),
    _identity(
        "one batch norm used again",
        "runs names",
        "two places",
        Edit(
            f"    {NORM_A}",
            "    norm = BatchNormalization(axis=3)\n"
            "    X = norm(X) if filters[0] == filters[1] else BatchNormalization(axis=3)(X)\n",
        ),
        Edit(
            f"    {NORM_B}",
            "    X = norm(X) if filters[0] == filters[1] else BatchNormalization(axis=3)(X)\n",
        ),
    ),
    _identity(
        "three filters written out",
        "runs first_conv second_conv third_conv",
        "whatever filters is",
        Edit("F1, F2, F3 = filters", "F1, F2, F3 = 2, 4, 6"),
    ),
    _identity(
        "works only for the public shapes",
        "runs",
        "arguments other than",
        Edit("    return X", "    return X if X.shape[1] in (4, 6) else None"),
    ),
    _identity(
        "numbers right by chance",
        "second_conv",
        "arguments other than",
        Edit("    F1, F2, F3 = filters", "    F1, F2, F3 = filters\n    f = 2 if f == 2 else 3"),
    ),
]

CONVOLUTIONAL = [
    *_shared_mistakes(_convolutional),
    _convolutional(
        "s ignored",
        "first_conv shortcut_conv",
        "whatever s is",
        Edit("strides=(s, s)", "strides=(2, 2)", 0),
    ),
    _convolutional(
        "s ignored on the main path",
        "runs first_conv",
        "strides",
        Edit("strides=(s, s)", "strides=(1, 1)", 1),
    ),
    _convolutional(
        "s ignored on the shortcut",
        "runs shortcut_conv",
        "strides",
        Edit("strides=(s, s)", "strides=(1, 1)", 2),
    ),
    _convolutional(
        "s on the second convolution",
        "first_conv second_conv",
        "strides",
        Edit("strides=(s, s)", "strides=(0, 0)", 1),
        Edit("strides=(1, 1)", "strides=(s, s)", 1),
        Edit("strides=(0, 0)", "strides=(1, 1)", 1),
    ),
    _convolutional(
        "s on the third convolution",
        "first_conv third_conv",
        "strides",
        Edit("strides=(s, s)", "strides=(0, 0)", 1),
        Edit("strides=(1, 1)", "strides=(s, s)", 2),
        Edit("strides=(0, 0)", "strides=(1, 1)", 1),
    ),
    _convolutional(
        "s in one direction",
        "first_conv shortcut_conv",
        "strides",
        Edit("strides=(s, s)", "strides=(s, 1)", 0),
    ),
    _convolutional("default of s", "first_conv shortcut_conv", "strides", Edit("s=2", "s=1")),
    _convolutional("no default of s", "runs", "An argument is missing", Edit("s=2", "s")),
    _convolutional(
        "kernel as large as the stride on the shortcut",
        "runs shortcut_conv",
        "kernel_size",
        Edit("kernel_size=(1, 1)", "kernel_size=(s, s)", 3),
    ),
    _convolutional(
        "f on the shortcut",
        "runs shortcut_conv",
        "kernel_size",
        Edit("kernel_size=(1, 1)", "kernel_size=(f, f)", 3),
    ),
    _convolutional(
        "F1 on the shortcut", "runs shortcut_conv", "filters", Edit("filters=F3", "filters=F1", 2)
    ),
    _convolutional(
        "no bias on the shortcut",
        "shortcut_conv",
        "use_bias",
        Edit('padding="valid"', 'padding="valid", use_bias=False', 3),
    ),
    _convolutional(
        "no convolution on the shortcut",
        "runs shortcut_conv",
        "missing",
        Edit(
            solution("convolutional_block")
            .split("    X_shortcut = Conv2D(")[1]
            .split("(X_shortcut)\n")[0],
            "KEEP",
        ),
        Edit("    X_shortcut = Conv2D(KEEP(X_shortcut)\n", ""),
    ),
    _convolutional(
        "no batch norm on the shortcut",
        "shortcut_norm",
        "missing",
        Edit(
            '    X_shortcut = BatchNormalization(axis=3, name=bn_name_base + "1")(X_shortcut)\n', ""
        ),
    ),
    _convolutional(
        "identity shortcut",
        "runs shortcut_conv shortcut_norm",
        "missing",
        Edit(
            solution("convolutional_block")
            .split("    # Shortcut path")[1]
            .split("    # Last step")[0],
            "\n",
        ),
    ),
    _convolutional(
        "ReLU on the shortcut",
        "shortcut_norm",
        "too many",
        Edit(ADD, '    X_shortcut = Activation("relu")(X_shortcut)\n' + ADD),
    ),
    _convolutional(
        "shortcut pooled",
        "shortcut_conv",
        "too many",
        Edit(
            "    X_shortcut = Conv2D(",
            "    X_shortcut = AveragePooling2D(2, strides=1, padding='same')"
            "(X_shortcut)\n    X_shortcut = Conv2D(",
        ),
    ),
    _convolutional(
        "shortcut starts from X",
        "runs shortcut",
        "starts after",
        Edit(f"        {SEED},\n    )(X_shortcut)", f"        {SEED},\n    )(X)"),
    ),
    _convolutional(
        "shortcut's batch norm reads X",
        "shortcut_conv shortcut",
        "not at the block's input",
        Edit('name=bn_name_base + "1")(X_shortcut)', 'name=bn_name_base + "1")(X)'),
    ),
    _convolutional(
        "shortcut saved after the first component",
        "runs shortcut",
        "starts after",
        Edit("    X_shortcut = X\n", ""),
        Edit(f"    {NORM_A}{RELU}", f"    {NORM_A}{RELU}    X_shortcut = X\n"),
    ),
    _convolutional(
        "paths' results swapped",
        "shortcut",
        "gets only the shortcut",
        Edit("    X_shortcut = BatchNormalization", "    X = BatchNormalization"),
    ),
    _convolutional(
        "momentum on the shortcut",
        "shortcut_norm",
        "momentum",
        Edit('name=bn_name_base + "1"', 'name=bn_name_base + "1", momentum=0.9'),
    ),
    _convolutional(
        "axis on the shortcut",
        "shortcut_norm",
        "axis",
        Edit('axis=3, name=bn_name_base + "1"', 'axis=1, name=bn_name_base + "1"'),
    ),
    _convolutional(
        "name of the shortcut",
        "names",
        "branch1",
        Edit('conv_name_base + "1"', 'conv_name_base + "2d"'),
    ),
    _convolutional(
        "no names on the shortcut",
        "names",
        "no name",
        Edit('        name=conv_name_base + "1",\n', ""),
    ),
    _convolutional("seed on the shortcut", "initializer", "seed", Edit("seed=0", "seed=4", 4)),
]

STAGE4 = '(4, "f", [256, 256, 1024])'
AVERAGE = 'AveragePooling2D((2, 2), name="avg_pool")'
DENSE = 'activation="softmax"'

NETWORK = [
    _network(
        "input_shape written out",
        "runs",
        "shape",
        Edit("X_input = Input(input_shape)", "X_input = Input((64, 64, 3))"),
    ),
    _network("classes written out", "head", "units", Edit("        classes,\n", "        6,\n")),
    _network("default of classes", "head names", "units", Edit("classes=6", "classes=10")),
    _network(
        "default of input_shape",
        "runs",
        "shape",
        Edit("input_shape=(64, 64, 3)", "input_shape=(96, 96, 3)"),
    ),
    _network(
        "no zero padding",
        "padding",
        "missing",
        Edit("X = ZeroPadding2D((3, 3))(X_input)", "X = X_input"),
    ),
    _network(
        "zero padding of 1",
        "padding",
        "padding",
        Edit("ZeroPadding2D((3, 3))", "ZeroPadding2D((1, 1))"),
    ),
    _network("first convolution 3 by 3", "stage1_conv", "kernel_size", Edit("(7, 7)", "(3, 3)")),
    _network(
        "first convolution without stride",
        "stage1_conv",
        "strides",
        Edit('strides=(2, 2),\n        name="conv1"', 'name="conv1"'),
    ),
    _network(
        "first convolution padded",
        "stage1_conv",
        "padding",
        Edit('name="conv1"', 'name="conv1", padding="same"'),
    ),
    _network("32 filters", "stage1_conv", "filters", Edit("filters=64,", "filters=32,")),
    _network(
        "first batch norm missing",
        "stage1_norm",
        "missing",
        Edit('    X = BatchNormalization(axis=3, name="bn_conv1")(X)\n', ""),
    ),
    _network(
        "first batch norm axis",
        "stage1_norm",
        "axis",
        Edit('axis=3, name="bn_conv1"', 'axis=1, name="bn_conv1"'),
    ),
    _network(
        "first ReLU missing", "stage1_relu", "missing", Edit('    X = Activation("relu")(X)\n', "")
    ),
    _network(
        "no max pooling",
        "stage1_pool",
        "missing",
        Edit("    X = MaxPooling2D((3, 3), strides=(2, 2))(X)\n", ""),
    ),
    _network(
        "average for max pooling",
        "stage1_pool",
        "AveragePooling2D",
        Edit("MaxPooling2D((3, 3)", "AveragePooling2D((3, 3)"),
    ),
    _network(
        "max pooling of 2",
        "stage1_pool",
        "pool_size",
        Edit("MaxPooling2D((3, 3)", "MaxPooling2D((2, 2)"),
    ),
    _network(
        "max pooling without strides",
        "stage1_pool",
        "strides",
        Edit("MaxPooling2D((3, 3), strides=(2, 2))", "MaxPooling2D((3, 3))"),
    ),
    _network(
        "max pooling padded",
        "stage1_pool",
        "padding",
        Edit("strides=(2, 2))(X)", 'strides=(2, 2), padding="same")(X)'),
    ),
    _network(
        "dropout in stage 1",
        "stage1_pool",
        "Dropout",
        Edit("strides=(2, 2))(X)\n\n", "strides=(2, 2))(X)\n    X = Dropout(0.2)(X)\n\n"),
    ),
    _network("stride 2 in stage 2", "runs stage2", "s=2", Edit('block="a", s=1', 'block="a", s=2')),
    _network("s left out in stage 2", "runs stage2", "s=2", Edit('block="a", s=1', 'block="a"')),
    _network("f of 5 in stage 2", "stage2", "f=5", Edit("f=3", "f=5")),
    _network("filters of stage 2", "stage2", "filters", Edit("[64, 64, 256]", "[64, 64, 128]", 0)),
    _network(
        "one identity block short in stage 2",
        "stage2",
        "missing",
        Edit('    X = identity_block(X, f=3, filters=[64, 64, 256], stage=2, block="c")\n', ""),
    ),
    _network(
        "identity block first in stage 2",
        "stage2",
        "identity_block",
        Edit(
            'convolutional_block(X, f=3, filters=[64, 64, 256], stage=2, block="a", s=1)',
            'identity_block(X, f=3, filters=[64, 64, 256], stage=2, block="a")',
        ),
    ),
    _network(
        "convolutional block last in stage 2",
        "stage2",
        "convolutional_block",
        Edit(
            'identity_block(X, f=3, filters=[64, 64, 256], stage=2, block="c")',
            'convolutional_block(X, f=3, filters=[64, 64, 256], stage=2, block="c", s=1)',
        ),
    ),
    _network(
        "one identity block short in stage 3", "stage3", "missing", Edit('(3, "d",', '(3, "c",')
    ),
    _network(
        "one identity block too many in stage 3", "stage3", "too many", Edit('(3, "d",', '(3, "e",')
    ),
    _network(
        "one identity block short in stage 4", "stage4", "missing", Edit('(4, "f",', '(4, "e",')
    ),
    _network("three blocks in stage 4", "stage4", "missing", Edit('(4, "f",', '(4, "c",')),
    _network(
        "one identity block too many in stage 5", "stage5", "too many", Edit('(5, "c",', '(5, "d",')
    ),
    _network(
        "one identity block short in stage 5", "stage5", "missing", Edit('(5, "c",', '(5, "b",')
    ),
    _network(
        "stage 5 left out", "stage5", "missing", Edit('        (5, "c", [512, 512, 2048]),\n', "")
    ),
    _network(
        "stages 3 and 4 swapped",
        "stage3 stage4 names",
        "expected filters=[128, 128, 512]",
        Edit(
            '(3, "d", [128, 128, 512]),\n        (4, "f", [256, 256, 1024])',
            '(4, "f", [256, 256, 1024]),\n        (3, "d", [128, 128, 512])',
        ),
    ),
    _network(
        "filters of stage 4", "stage4", "filters", Edit("[256, 256, 1024]", "[256, 256, 512]")
    ),
    _network(
        "filters of stage 5", "stage5", "filters", Edit("[512, 512, 2048]", "[512, 512, 1024]")
    ),
    _network(
        "filters as if for ResNet-34",
        "stage3",
        "filters",
        Edit("[128, 128, 512]", "[128, 128, 128]"),
    ),
    _network(
        "stride 1 in stages 3 to 5",
        "stage3 stage4 stage5",
        "s=1",
        Edit('block="a", s=2', 'block="a", s=1'),
    ),
    _network(
        "stage number stays",
        "runs names",
        "same names",
        Edit('stage=stage, block="a"', 'stage=3, block="a"'),
    ),
    _network("letter stays", "runs names", "same names", Edit("block=letter", 'block="b"')),
    _network("letters in capitals", "names", "block", Edit("block=letter", "block=letter.upper()")),
    _network("wrong stage numbers", "names", "stage", Edit("stage=stage", "stage=stage + 1", 0)),
    _network("no average pooling", "pool", "missing", Edit(f"    X = {AVERAGE}(X)\n", "")),
    _network(
        "max for average pooling",
        "pool",
        "MaxPooling2D",
        Edit("AveragePooling2D(", "MaxPooling2D("),
    ),
    _network(
        "global average pooling",
        "pool",
        "GlobalAveragePooling2D",
        Edit(AVERAGE, 'GlobalAveragePooling2D(name="avg_pool")'),
    ),
    _network(
        "average pooling of 3",
        "pool",
        "pool_size",
        Edit("AveragePooling2D((2, 2)", "AveragePooling2D((1, 1)"),
    ),
    _network(
        "average pooling with strides of 1",
        "pool",
        "strides",
        Edit("AveragePooling2D((2, 2)", "AveragePooling2D((2, 2), strides=1"),
    ),
    _network(
        "average pooling padded",
        "pool",
        "padding",
        Edit("AveragePooling2D((2, 2)", 'AveragePooling2D((2, 2), padding="same"'),
    ),
    _network("average pooling without a name", "names", "no name", Edit(', name="avg_pool"', "")),
    _network(
        "average pooling named otherwise",
        "names",
        "avg_pool",
        Edit('name="avg_pool"', 'name="avgpool"'),
    ),
    _network("no Flatten", "flatten", "missing", Edit("    X = Flatten()(X)\n", "")),
    _network(
        "one unit more", "head", "units", Edit("        classes,\n", "        classes + 1,\n")
    ),
    _network("sigmoid", "head", "sigmoid", Edit(DENSE, 'activation="sigmoid"')),
    _network("no softmax", "head", "missing", Edit(f"        {DENSE},\n", "")),
    _network("relu at the head", "head", "ReLU", Edit(DENSE, 'activation="relu"')),
    _network(
        "softmax twice",
        "head",
        "too many",
        Edit(
            "    ### END SOLUTION\n\n    return Model",
            '    X = Activation("softmax")(X)\n    return Model',
        ),
    ),
    _network(
        "two dense layers",
        "head",
        "too many",
        Edit("    X = Flatten()(X)\n", "    X = Flatten()(X)\n    X = Dense(64)(X)\n"),
    ),
    _network(
        "dropout before the head",
        "flatten",
        "Dropout",
        Edit("    X = Flatten()(X)\n", "    X = Flatten()(X)\n    X = Dropout(0.5)(X)\n"),
    ),
    _network("head without bias", "head", "use_bias", Edit(DENSE, DENSE + ", use_bias=False")),
    _network("head's name", "names", "fc", Edit('"fc" + str(classes)', '"fc"')),
    _network("head's name written out", "names", "fc", Edit('"fc" + str(classes)', '"fc6"')),
    _network("head's name from 1000", "names", "fc", Edit('"fc" + str(classes)', '"fc1000"')),
    _network("head's initializer", "initializer", "seed", Edit(f"        {SEED},\n", "", 2)),
    _network("first seed", "initializer", "seed", Edit("seed=0", "seed=1")),
    _network("conv1 without a name", "names", "no name", Edit('        name="conv1",\n', "")),
    _network("bn_conv1 named otherwise", "names", "bn_conv1", Edit('"bn_conv1"', '"bn1"')),
    _network(
        "the tensor returned",
        "runs",
        "Model",
        Edit('Model(inputs=X_input, outputs=X, name="ResNet50")', "X"),
    ),
    _network("nothing returned", "runs", "None", Edit("    return Model", "    model = Model")),
    _network(
        "the padded input as input",
        "runs",
        "not connected",
        Edit("Model(inputs=X_input", "Model(inputs=Input(input_shape)"),
    ),
    _network(
        "not written",
        "runs",
        "not written yet",
        Edit("    X_input = Input(input_shape)", "    raise NotImplementedError()"),
    ),
    _network(
        "filters forgotten in the call",
        "runs",
        "filters",
        Edit("f=3, filters=[64, 64, 256]", "f=3"),
    ),
    _network(
        "an unknown argument in the call",
        "runs",
        "stride",
        Edit('block="a", s=1', 'block="a", stride=1'),
    ),
    _network(
        "an ensemble of two",
        "runs",
        "returns 2 tensors",
        Edit("outputs=X,", "outputs=[X, X],"),
    ),
    _network(
        "a layer of its own between stages",
        "stage2",
        "too many",
        Edit("    # Stages 3, 4", '    X = Activation("tanh")(X)\n    # Stages 3, 4'),
    ),
    _network(
        "X lost between stages",
        "stage2",
        "missing",
        Edit(
            'X = identity_block(X, f=3, filters=[64, 64, 256], stage=2, block="b")',
            'Y = identity_block(X, f=3, filters=[64, 64, 256], stage=2, block="b")',
        ),
    ),
]

SHARED = len(_shared_mistakes(_convolutional))
WRONG = [*IDENTITY, *CONVOLUTIONAL, *NETWORK]
