"""Answers to notebook 05, each wrong one with the criteria it must lose and words it must be told."""

# ruff: noqa: E501 (an answer is one text, as a student typed it)

from __future__ import annotations

from tests.answers import Answer, swap
from tests.answers import answer as _answer

LEAST = (50, 17)
BACKENDS = ("tensorflow",)  # train_step is written with its tape
_AXIS = "Keras' default, -1, is axis 3 of pictures"
_WITHOUT_AXIS = "without axis in BatchNormalization(axis=3*"
_GIVEN = "a given line, for other backends"
_SYMMETRIC = "CategoricalAccuracy compares two largest places: which is which makes no difference"
_STRICT = "what is zipped has one length: strict only guards against a slip"
EQUIVALENT = {
    "post_activation_bottleneck": {_WITHOUT_AXIS: _AXIS},
    "pre_activation_bottleneck": {_WITHOUT_AXIS: _AXIS},
    "train_step": {
        "without if keras.backend.backend() != 'tensorflow':": _GIVEN,
        "if keras.backend.backend() != 'tensorflow' → False": _GIVEN,
        "without return keras_step(training, images, labels)": _GIVEN,
        "arguments swapped in keras_step(*": _GIVEN,
        "arguments swapped in training.train_accuracy*": _SYMMETRIC,
        "without strict in zip(gradients*": _STRICT,
        "True → False (2)": _STRICT,
    },
    "test_step": {
        "without training in training.model(*": "a model that is called is in inference mode",
        "arguments swapped in training.val_accuracy*": _SYMMETRIC,
    },
}

COMMON = "use_bias=False, kernel_initializer=kaiming_normal(seed=0)"
POST = f"""
    out = 4 * filters
    Y = Conv2D(filters, (1, 1), name=name + '_conv1', {COMMON})(X)
    Y = BatchNormalization(name=name + '_bn1')(Y)
    Y = keras.layers.ReLU()(Y)
    Y = Conv2D(filters, (3, 3), strides=(stride, stride), padding='same', name=name + '_conv2', {COMMON})(Y)
    Y = BatchNormalization(name=name + '_bn2')(Y)
    Y = keras.layers.ReLU()(Y)
    Y = Conv2D(out, (1, 1), name=name + '_conv3', {COMMON})(Y)
    Y = BatchNormalization(name=name + '_bn3')(Y)
    short = X
    if stride != 1 or X.shape[-1] != out:
        short = Conv2D(out, (1, 1), strides=stride, name=name + '_shortcut_conv', {COMMON})(X)
        short = BatchNormalization(name=name + '_shortcut_bn')(short)
    Y = Y + short
    return keras.layers.ReLU()(Y)
"""
POST_SEQUENTIAL = f"""
    main = keras.Sequential([
        Conv2D(filters, 1, name=name + '_conv1', {COMMON}),
        BatchNormalization(name=name + '_bn1'),
        Activation('relu'),
        Conv2D(filters, 3, strides=stride, padding='same', name=name + '_conv2', {COMMON}),
        BatchNormalization(name=name + '_bn2'),
        Activation('relu'),
        Conv2D(4 * filters, 1, name=name + '_conv3', {COMMON}),
        BatchNormalization(name=name + '_bn3'),
    ])
    downsample = None
    if stride != 1 or X.shape[-1] != 4 * filters:
        downsample = keras.Sequential([
            Conv2D(4 * filters, 1, strides=stride, name=name + '_shortcut_conv', {COMMON}),
            BatchNormalization(name=name + '_shortcut_bn'),
        ])
    identity = X if downsample is None else downsample(X)
    return Activation('relu')(Add()([main(X), identity]))
"""
POST_CLASS = f"""
    class Bottleneck:
        expansion = 4
        def __init__(self, out_channel, downsample=None):
            self.conv1 = Conv2D(out_channel, kernel_size=1, name=name + '_conv1', {COMMON})
            self.bn1 = BatchNormalization(name=name + '_bn1')
            self.conv2 = Conv2D(out_channel, kernel_size=3, strides=stride, padding='SAME', name=name + '_conv2', {COMMON})
            self.bn2 = BatchNormalization(name=name + '_bn2')
            self.conv3 = Conv2D(out_channel * self.expansion, kernel_size=1, name=name + '_conv3', {COMMON})
            self.bn3 = BatchNormalization(name=name + '_bn3')
            self.relu = keras.layers.ReLU()
            self.downsample = downsample
            self.add = Add()
        def __call__(self, inputs):
            identity = inputs
            if self.downsample is not None:
                identity = self.downsample(inputs)
            x = self.relu(self.bn1(self.conv1(inputs)))
            x = self.relu(self.bn2(self.conv2(x)))
            x = self.bn3(self.conv3(x))
            x = self.add([x, identity])
            return self.relu(x)
    down = None
    if stride != 1 or X.shape[-1] != filters * 4:
        conv = Conv2D(filters * 4, kernel_size=1, strides=stride, name=name + '_shortcut_conv', {COMMON})
        bn = BatchNormalization(name=name + '_shortcut_bn')
        down = lambda x: bn(conv(x))
    return Bottleneck(filters, down)(X)
"""
POST_LAYER = f"""
    class Bottleneck(keras.layers.Layer):
        def __init__(self, out_channel, strides=1):
            super().__init__()
            self.conv1 = Conv2D(out_channel, 1, {COMMON})
            self.bn1 = BatchNormalization()
            self.conv2 = Conv2D(out_channel, 3, strides=strides, padding='same', {COMMON})
            self.bn2 = BatchNormalization()
            self.conv3 = Conv2D(out_channel * 4, 1, {COMMON})
            self.bn3 = BatchNormalization()
        def call(self, x):
            x = keras.ops.relu(self.bn1(self.conv1(x)))
            x = keras.ops.relu(self.bn2(self.conv2(x)))
            return self.bn3(self.conv3(x))
    Y = Bottleneck(filters, stride)(X)
    if stride != 1 or X.shape[-1] != 4 * filters:
        X = Conv2D(4 * filters, 1, strides=stride, name=name + '_shortcut_conv', {COMMON})(X)
        X = BatchNormalization(name=name + '_shortcut_bn')(X)
    return Activation('relu')(Add()([Y, X]))
"""
PRE = f"""
    out = 4 * filters
    Y = BatchNormalization(name=name + '_bn1')(X)
    Y = keras.layers.ReLU()(Y)
    short = X
    if stride != 1 or X.shape[-1] != out:
        short = Conv2D(out, (1, 1), strides=stride, name=name + '_shortcut_conv', {COMMON})(Y)
    Y = Conv2D(filters, (1, 1), name=name + '_conv1', {COMMON})(Y)
    Y = BatchNormalization(name=name + '_bn2')(Y)
    Y = keras.layers.ReLU()(Y)
    Y = Conv2D(filters, (3, 3), strides=(stride, stride), padding='same', name=name + '_conv2', {COMMON})(Y)
    Y = BatchNormalization(name=name + '_bn3')(Y)
    Y = keras.layers.ReLU()(Y)
    Y = Conv2D(out, (1, 1), name=name + '_conv3', {COMMON})(Y)
    Y = Y + short
    return Y
"""
PRE_HELPER = f"""
    def norm_relu(x, number):
        return keras.activations.relu(BatchNormalization(axis=3, name=f'{{name}}_bn{{number}}')(x))
    def conv(x, n, size, end, s=1):
        return Conv2D(n, size, strides=s, padding='same', name=f'{{name}}_{{end}}', {COMMON})(x)
    active = norm_relu(X, 1)
    Y = conv(active, filters, 1, 'conv1')
    Y = conv(norm_relu(Y, 2), filters, 3, 'conv2', stride)
    Y = conv(norm_relu(Y, 3), filters * 4, 1, 'conv3')
    if stride > 1 or filters * 4 != X.shape[3]:
        return keras.layers.add([Y, conv(active, filters * 4, 1, 'shortcut_conv', stride)])
    return keras.layers.add([Y, X])
"""
PRE_CLASS = f"""
    class Bottleneck:
        def __init__(self, channel):
            self.bn1 = BatchNormalization(name=name + '_bn1')
            self.conv1 = Conv2D(channel, 1, name=name + '_conv1', {COMMON})
            self.bn2 = BatchNormalization(name=name + '_bn2')
            self.conv2 = Conv2D(channel, 3, strides=stride, padding='SAME', name=name + '_conv2', {COMMON})
            self.bn3 = BatchNormalization(name=name + '_bn3')
            self.conv3 = Conv2D(channel * 4, 1, name=name + '_conv3', {COMMON})
            self.downsample = None
            if stride != 1 or X.shape[-1] != channel * 4:
                self.downsample = Conv2D(channel * 4, 1, strides=stride, name=name + '_shortcut_conv', {COMMON})
            self.relu = keras.layers.ReLU()
        def __call__(self, inputs):
            x = self.relu(self.bn1(inputs))
            identity = inputs if self.downsample is None else self.downsample(x)
            x = self.conv1(x)
            x = self.conv2(self.relu(self.bn2(x)))
            x = self.conv3(self.relu(self.bn3(x)))
            return Add()([x, identity])
    return Bottleneck(filters)(X)
"""
PRE_SEQUENTIAL = f"""
    first = keras.Sequential([BatchNormalization(name=name + '_bn1'), Activation('relu')])
    rest = keras.Sequential([
        Conv2D(filters, 1, name=name + '_conv1', {COMMON}),
        BatchNormalization(name=name + '_bn2'),
        Activation('relu'),
        Conv2D(filters, 3, strides=stride, padding='same', name=name + '_conv2', {COMMON}),
        BatchNormalization(name=name + '_bn3'),
        Activation('relu'),
        Conv2D(4 * filters, 1, name=name + '_conv3', {COMMON}),
    ])
    Y = first(X)
    if stride != 1 or X.shape[-1] != 4 * filters:
        X = Conv2D(4 * filters, 1, strides=stride, name=name + '_shortcut_conv', {COMMON})(Y)
    return Add()([rest(Y), X])
"""
ARTICLE = swap(
    PRE,
    (
        "    Y = BatchNormalization(name=name + '_bn3')(Y)\n    Y = keras.layers.ReLU()(Y)\n",
        "    Y = BatchNormalization(name=name + '_bn3')(Y)\n",
    ),
    ("    return Y\n", "    return keras.layers.ReLU()(Y)\n"),
)
GIVEN = "    if keras.backend.backend() != 'tensorflow':\n        return keras_step(training, images, labels)\n"
TRAIN = f"""
{GIVEN}
    with tf.GradientTape() as tape:
        output = training.model(images, training=True)
        loss = training.loss(labels, output)
    gradients = tape.gradient(loss, training.model.trainable_variables)
    training.optimizer.apply_gradients(zip(gradients, training.model.trainable_variables))
    training.train_loss.update_state(loss, sample_weight=tf.shape(images)[0])
    training.train_accuracy.update_state(labels, output)
"""
TEST = """
    output = training.model(images, training=False)
    t_loss = training.loss(labels, output)
    training.val_loss.update_state(t_loss, sample_weight=keras.ops.shape(images)[0])
    training.val_accuracy.update_state(labels, output)
"""
EPOCH = """
    training.train_loss.reset_state()
    training.train_accuracy.reset_state()
    training.val_loss.reset_state()
    training.val_accuracy.reset_state()
    t1 = time.perf_counter()
    for images, labels in train_batches:
        train_step(training, images, labels)
    seconds = time.perf_counter() - t1
    for images, labels in val_batches:
        test_step(training, images, labels)
    return {
        'loss': float(training.train_loss.result()),
        'accuracy': float(training.train_accuracy.result()),
        'val_loss': float(training.val_loss.result()),
        'val_accuracy': float(training.val_accuracy.result()),
        'seconds': seconds,
    }
"""
EPOCH_LATE = swap(
    EPOCH,
    (
        "    training.train_loss.reset_state()\n    training.train_accuracy.reset_state()\n    training.val_loss.reset_state()\n    training.val_accuracy.reset_state()\n",
        "",
    ),
    ("    return {", "    log = {"),
    (
        "        'seconds': seconds,\n    }\n",
        "        'seconds': seconds,\n    }\n    for metric in (training.train_loss, training.train_accuracy, training.val_loss, training.val_accuracy):\n        metric.reset_state()\n    return log\n",
    ),
)
EPOCH_STEPS = """
    for part in ('train', 'val'):
        for kind in ('loss', 'accuracy'):
            getattr(training, f'{part}_{kind}').reset_state()
    start = time.time()
    for index, (images, labels) in enumerate(train_batches):
        train_step(training, images, labels)
    log = {'seconds': time.time() - start}
    log['loss'] = training.train_loss.result()
    log['accuracy'] = training.train_accuracy.result()
    for batch in val_batches:
        test_step(training, *batch)
    log['val_loss'] = training.val_loss.result()
    log['val_accuracy'] = training.val_accuracy.result()
    return log
"""
KEEP = """
    path = os.path.join(folder, 'best_loss.txt')
    best = float('inf')
    if os.path.exists(path):
        with open(path) as file:
            best = float(file.read())
    if val_loss < best:
        model.save_weights(os.path.join(folder, 'best.weights.h5'))
        with open(path, 'w') as file:
            file.write(str(val_loss))
        return True
    return False
"""
KEEP_TRY = """
    note = Path(folder) / 'best.npy'
    try:
        best = np.load(note)
    except FileNotFoundError:
        best = np.inf
    better = bool(val_loss < best)
    if better:
        model.save_weights(f'{folder}/best.weights.h5', overwrite=True)
        np.save(note, val_loss)
    return better
"""
KEEP_HISTORY = """
    file = Path(folder, 'losses.json')
    losses = json.loads(file.read_text()) if file.is_file() else []
    better = not losses or val_loss < min(losses)
    file.write_text(json.dumps(losses + [val_loss]))
    if better:
        model.save_weights(Path(folder, 'best.weights.h5'))
    return better
"""


def _post(title: str, body: str = POST, charged: str = "", says: str = "") -> Answer:
    head = "def post_activation_bottleneck(X, filters, stride=1, name='block'):\n"
    return _answer("post_activation_bottleneck", title, head, body, charged, says)


def _pre(title: str, body: str = PRE, charged: str = "", says: str = "") -> Answer:
    head = "def pre_activation_bottleneck(X, filters, stride=1, name='block'):\n"
    return _answer("pre_activation_bottleneck", title, head, body, charged, says)


def _train(
    title: str, body: str = TRAIN, charged: str = "", says: str = "", above: str = ""
) -> Answer:
    head = f"{above}def train_step(training, images, labels):\n"
    return _answer("train_step", title, head, body, charged, says)


def _test(
    title: str, body: str = TEST, charged: str = "", says: str = "", above: str = ""
) -> Answer:
    head = f"{above}def test_step(training, images, labels):\n"
    return _answer("test_step", title, head, body, charged, says)


def _epoch(title: str, body: str = EPOCH, charged: str = "", says: str = "") -> Answer:
    head = "def run_epoch(training, train_step, test_step, train_batches, val_batches):\n"
    return _answer("run_epoch", title, head, body, charged, says)


def _keep(
    title: str, body: str = KEEP, charged: str = "", says: str = "", above: str = ""
) -> Answer:
    head = f"{above}def keep_best(model, val_loss, folder):\n"
    return _answer("keep_best", title, head, body, charged, says)


_CHOICE = "if stride != 1 or X.shape[-1] != out:"
_FIRST = "Conv2D(filters, (1, 1), name"
_MIDDLE = "Conv2D(filters, (3, 3), strides=(stride, stride)"
_POST_ALL = "first_conv first_norm second_conv second_norm third_conv third_norm shortcut_conv shortcut_norm shortcut last_relu initializer names"
_PRE_ALL = "first_norm first_conv second_norm second_conv third_norm third_conv shortcut_conv shortcut nothing_after initializer names"
_APPLY = (
    "    training.optimizer.apply_gradients(zip(gradients, training.model.trainable_variables))\n"
)
_COUNT = ", sample_weight=tf.shape(images)[0])"
_RESETS = "    training.train_loss.reset_state()\n    training.train_accuracy.reset_state()\n    training.val_loss.reset_state()\n    training.val_accuracy.reset_state()\n"
_TRAIN_ALL = "weights averages others optimizer loss accuracy compiled"
_TRIED = "    for images, labels in val_batches:\n        test_step(training, images, labels)\n"

WRONG = [
    _post("not written", "raise NotImplementedError()", f"runs {_POST_ALL} numbers", "not written"),
    _post(
        "no last ReLU",
        swap(POST, ("return keras.layers.ReLU()(Y)", "return Y")),
        "last_relu",
        "missing",
    ),
    _post(
        "ReLU before the addition",
        swap(
            POST,
            (
                "    Y = Y + short\n    return keras.layers.ReLU()(Y)",
                "    Y = keras.layers.ReLU()(Y)\n    return Y + short",
            ),
        ),
        "last_relu",
        "before the addition",
    ),
    _post(
        "stride on the first convolution",
        swap(
            POST,
            (_FIRST, "Conv2D(filters, (1, 1), strides=stride, name"),
            (_MIDDLE, "Conv2D(filters, (3, 3), strides=1"),
        ),
        "first_conv second_conv",
        "strides",
    ),
    _post(
        "channels alone",
        swap(POST, (_CHOICE, "if X.shape[-1] != out:")),
        "runs shortcut_conv shortcut_norm",
        "missing",
    ),
    _post("always projected", swap(POST, (_CHOICE, "if True:")), "shortcut_conv", "too many"),
    _post(
        "batch norm of the shortcut forgotten",
        swap(POST, ("        short = BatchNormalization(name=name + '_shortcut_bn')(short)\n", "")),
        "shortcut_norm",
        "missing",
    ),
    _post(
        "biases",
        swap(POST, ("use_bias=False, ", "")),
        "first_conv second_conv third_conv shortcut_conv",
        "use_bias True, expected False",
    ),
    _post("no shortcut", swap(POST, ("    Y = Y + short\n", "")), "shortcut", "added"),
    _post(
        "he_normal",
        swap(POST, ("kaiming_normal(seed=0)", "'he_normal'")),
        "initializer",
        "expected kaiming_normal(seed=0)",
    ),
    _post(
        "a layer of its own",
        POST_LAYER,
        "first_conv first_norm second_conv second_norm third_conv third_norm initializer names",
        "Bottleneck is a class of your own",
    ),
    _pre("not written", "raise NotImplementedError()", f"runs {_PRE_ALL} numbers", "not written"),
    _pre("the article's", ARTICLE, "third_norm nothing_after", "ReLU"),
    _pre(
        "ReLU after the addition",
        swap(PRE, ("    return Y\n", "    return keras.layers.ReLU()(Y)\n")),
        "nothing_after",
        "too many",
    ),
    _pre(
        "no third ReLU",
        swap(
            PRE,
            (
                "    Y = BatchNormalization(name=name + '_bn3')(Y)\n    Y = keras.layers.ReLU()(Y)\n",
                "    Y = BatchNormalization(name=name + '_bn3')(Y)\n",
            ),
        ),
        "third_norm",
        "missing",
    ),
    _pre(
        "no first batch norm and ReLU",
        swap(
            PRE,
            (
                "    Y = BatchNormalization(name=name + '_bn1')(X)\n    Y = keras.layers.ReLU()(Y)\n",
                "    Y = X\n",
            ),
        ),
        "first_norm",
        "missing",
    ),
    _pre(
        "ReLU before batch norm",
        swap(
            PRE,
            (
                "    Y = BatchNormalization(name=name + '_bn2')(Y)\n    Y = keras.layers.ReLU()(Y)\n",
                "    Y = keras.layers.ReLU()(Y)\n    Y = BatchNormalization(name=name + '_bn2')(Y)\n",
            ),
        ),
        "second_norm",
        "wrong place",
    ),
    _pre(
        "identity after batch norm and ReLU",
        swap(PRE, ("    short = X\n", "    short = Y\n")),
        "shortcut",
        "input",
    ),
    _pre(
        "projection of X itself",
        swap(PRE, (f"_shortcut_conv', {COMMON})(Y)", f"_shortcut_conv', {COMMON})(X)")),
        "shortcut",
        "ReLU",
    ),
    _pre(
        "batch norm after the projection",
        swap(
            PRE,
            (
                f"_shortcut_conv', {COMMON})(Y)\n",
                f"_shortcut_conv', {COMMON})(Y)\n        short = BatchNormalization()(short)\n",
            ),
        ),
        "shortcut_conv",
        "too many",
    ),
    _pre(
        "a last batch norm",
        swap(PRE, ("    Y = Y + short\n", "    Y = BatchNormalization()(Y)\n    Y = Y + short\n")),
        "third_conv",
        "too many",
    ),
    _pre(
        "channels alone",
        swap(PRE, (_CHOICE, "if X.shape[-1] != out:")),
        "runs shortcut_conv",
        "missing",
    ),
    _pre("always projected", swap(PRE, (_CHOICE, "if True:")), "shortcut_conv", "too many"),
    _pre(
        "stride on the first convolution",
        swap(
            PRE,
            (_FIRST, "Conv2D(filters, (1, 1), strides=stride, name"),
            (_MIDDLE, "Conv2D(filters, (3, 3), strides=1"),
        ),
        "first_conv second_conv",
        "strides",
    ),
    _pre(
        "no shortcut",
        swap(PRE, ("    Y = Y + short\n", "")),
        "shortcut_conv shortcut",
        "added",
    ),
    _pre(
        "names from 0",
        swap(PRE, ("'_bn1'", "'_bn0'"), ("'_bn2'", "'_bn1'"), ("'_bn3'", "'_bn2'")),
        "names",
        "layer2_0_bn0",
    ),
    _train(
        "not written",
        f"{GIVEN}    raise NotImplementedError()",
        f"runs {_TRAIN_ALL}",
        "not written",
    ),
    _train(
        "nothing done",
        f"{GIVEN}    pass",
        "weights averages optimizer loss accuracy compiled",
        "not change",
    ),
    _train(
        "inference mode",
        swap(TRAIN, ("training=True", "training=False")),
        "weights averages",
        "inference mode",
    ),
    _train(
        "mode not given", swap(TRAIN, (", training=True", "")), "weights averages", "inference mode"
    ),
    _train("no step", swap(TRAIN, (_APPLY, "")), "weights optimizer", "do not change"),
    _train(
        "labels and output exchanged",
        swap(TRAIN, ("training.loss(labels, output)", "training.loss(output, labels)")),
        "weights optimizer loss",
        "wrong order",
    ),
    _train(
        "the model outside of the tape",
        swap(
            TRAIN,
            (
                "    with tf.GradientTape() as tape:\n        output = training.model(images, training=True)\n",
                "    output = training.model(images, training=True)\n    with tf.GradientTape() as tape:\n",
            ),
        ),
        f"runs {_TRAIN_ALL}",
        "No gradient",
    ),
    _train(
        "a step by hand",
        swap(
            TRAIN,
            (
                _APPLY,
                "    for w, g in zip(training.model.trainable_variables, gradients):\n        w.assign_sub(0.2 * g)\n",
            ),
        ),
        "optimizer loss accuracy",
        "remembers",
    ),
    _train(
        "an optimizer of its own",
        swap(
            TRAIN,
            (
                _APPLY,
                _APPLY.replace("training.optimizer", "keras.optimizers.SGD(0.2, momentum=0.9)"),
            ),
        ),
        "runs optimizer loss accuracy compiled",
        "forgets",
    ),
    _train("each batch counts the same", swap(TRAIN, (_COUNT, ")")), "loss", "however small"),
    _train(
        "metrics called, unweighted",
        swap(TRAIN, (f"train_loss.update_state(loss{_COUNT}", "train_loss(loss)")),
        "loss",
        "however small",
    ),
    _train(
        "no accuracy",
        swap(TRAIN, ("    training.train_accuracy.update_state(labels, output)\n", "")),
        "accuracy",
        "not updated",
    ),
    _train(
        "metrics of validation",
        swap(
            TRAIN,
            ("training.train_loss", "training.val_loss"),
            ("training.train_accuracy", "training.val_accuracy"),
        ),
        "loss accuracy others",
        "val_loss",
    ),
    _train(
        "metrics reset",
        swap(
            TRAIN,
            (
                "    training.train_loss.update",
                "    training.train_loss.reset_state()\n    training.train_accuracy.reset_state()\n    training.train_loss.update",
            ),
        ),
        "loss accuracy",
        "reset",
    ),
    _train(
        "a Python number",
        swap(
            TRAIN,
            (f"update_state(loss{_COUNT}", "update_state(loss.numpy(), sample_weight=len(images))"),
        ),
        "runs compiled",
        "numpy",
    ),
    _train(
        "the model called again for the accuracy",
        swap(
            TRAIN,
            (
                "update_state(labels, output)",
                "update_state(labels, training.model(images, training=True))",
            ),
        ),
        "averages",
        "twice",
    ),
    _test(
        "not written",
        "raise NotImplementedError()",
        "runs mode loss accuracy others compiled",
        "not written",
    ),
    _test(
        "training mode", swap(TEST, ("training=False", "training=True")), "mode", "training mode"
    ),
    _test(
        "each batch counts the same",
        swap(TEST, (", sample_weight=keras.ops.shape(images)[0])", ")")),
        "loss",
        "however small",
    ),
    _test(
        "metrics of training",
        swap(
            TEST,
            ("training.val_loss", "training.train_loss"),
            ("training.val_accuracy", "training.train_accuracy"),
        ),
        "mode loss accuracy others",
        "train_loss",
    ),
    _test(
        "output and labels exchanged",
        swap(TEST, ("training.loss(labels, output)", "training.loss(output, labels)")),
        "loss",
        "wrong order",
    ),
    _test(
        "no loss",
        swap(
            TEST,
            (
                "    training.val_loss.update_state(t_loss, sample_weight=keras.ops.shape(images)[0])\n",
                "",
            ),
        ),
        "loss",
        "not updated",
    ),
    _test(
        "metrics reset",
        swap(
            TEST,
            (
                "    training.val_loss.update",
                "    training.val_loss.reset_state()\n    training.val_accuracy.reset_state()\n    training.val_loss.update",
            ),
        ),
        "loss accuracy",
        "reset",
    ),
    _epoch(
        "not written",
        "raise NotImplementedError()",
        "runs trained validated log reset seconds",
        "not written",
    ),
    _epoch("nothing reset", swap(EPOCH, (_RESETS, "")), "reset", "epoch before"),
    _epoch(
        "validation not reset",
        swap(
            EPOCH,
            ("    training.val_loss.reset_state()\n    training.val_accuracy.reset_state()\n", ""),
        ),
        "reset",
        "epoch before",
    ),
    _epoch(
        "the last batch dropped, as the article does",
        swap(
            EPOCH,
            (
                _TRIED,
                "    val_step_num = len(val_batches) - 1\n    for index, (images, labels) in enumerate(val_batches):\n        test_step(training, images, labels)\n        if index + 1 == val_step_num:\n            break\n",
            ),
        ),
        "validated",
        "last validation batch",
    ),
    _epoch(
        "seconds of all",
        swap(
            EPOCH,
            ("    seconds = time.perf_counter() - t1\n", ""),
            ("'seconds': seconds", "'seconds': time.perf_counter() - t1"),
        ),
        "seconds",
        "clock",
    ),
    _epoch(
        "trained on validation",
        swap(EPOCH, ("        test_step(", "        train_step(")),
        "trained validated seconds",
        "must not learn from them",
    ),
    _epoch(
        "a tuple",
        swap(
            EPOCH,
            ("    return {", "    log = {"),
            ("    }\n", "    }\n    return tuple(log.values())\n"),
        ),
        "log reset seconds",
        "dictionary",
    ),
    _epoch(
        "nothing returned",
        swap(EPOCH, ("    return {", "    log = {")),
        "log reset seconds",
        "dictionary",
    ),
    _epoch(
        "per cent",
        swap(
            EPOCH,
            (
                "float(training.val_accuracy.result())",
                "100 * float(training.val_accuracy.result())",
            ),
        ),
        "log reset",
        "val_accuracy",
    ),
    _epoch(
        "other names",
        swap(EPOCH, ("'val_loss'", "'test_loss'"), ("'val_accuracy'", "'test_accuracy'")),
        "log reset",
        "val_loss and val_accuracy",
    ),
    _epoch(
        "validated in the loop",
        swap(
            EPOCH,
            (
                "    seconds = time",
                "        for x, y in val_batches:\n            test_step(training, x, y)\n    seconds = time",
            ),
            (_TRIED, ""),
        ),
        "validated seconds",
        "within the loop",
    ),
    _keep(
        "not written",
        "raise NotImplementedError()",
        "runs first best returned restart folder",
        "not written",
    ),
    _keep(
        "never updated, as the article does",
        """
    best_test_loss = float('inf')
    if val_loss < best_test_loss:
        model.save_weights(os.path.join(folder, 'best.weights.h5'))
        return True
    return False
""",
        "best returned",
        "every epoch",
    ),
    _keep(
        "as good as the best",
        swap(KEEP, ("val_loss < best", "val_loss <= best")),
        "best returned",
        "equal to the best",
    ),
    _keep(
        "the highest",
        swap(KEEP, ("val_loss < best", "val_loss > best"), ("float('inf')", "-float('inf')")),
        "best returned",
        "highest",
    ),
    _keep(
        "better than the epoch before",
        """
    note = Path(folder) / 'last.json'
    last = json.loads(note.read_text()) if note.exists() else float('inf')
    note.write_text(json.dumps(val_loss))
    if val_loss < last:
        model.save_weights(Path(folder) / 'best.weights.h5')
        return True
    return False
""",
        "best returned",
        "epoch before",
    ),
    _keep(
        "a variable of the notebook",
        """
    global best
    if val_loss < best:
        best = val_loss
        model.save_weights(Path(folder) / 'best.weights.h5')
        return True
    return False
""",
        "first best returned restart folder",
        "variable",
        above="best = float('inf')\n\n",
    ),
    _keep(
        "a dictionary of the notebook",
        """
    if val_loss < best.get(folder, float('inf')):
        best[folder] = val_loss
        model.save_weights(Path(folder) / 'best.weights.h5')
        return True
    return False
""",
        "restart",
        "forgotten",
        above="best = {}\n\n",
    ),
    _keep(
        "another file",
        swap(KEEP, ("best.weights.h5", "model.weights.h5")),
        "first best restart folder",
        "best.weights.h5",
    ),
    _keep(
        "nothing returned",
        swap(KEEP, ("        return True\n    return False\n", "")),
        "returned",
        "returns nothing",
    ),
]

RIGHT = [
    _post("in other words"),
    _post("Sequential", POST_SEQUENTIAL),
    _post("a class that is called, as the article's", POST_CLASS),
    _pre("in other words"),
    _pre("two helpers", PRE_HELPER),
    _pre("a class that is called", PRE_CLASS),
    _pre("Sequential", PRE_SEQUENTIAL),
    _train("in other words"),
    _train("compiled already", above="@tf.function\n"),
    _train(
        "apply, and the loss from its function",
        swap(
            TRAIN,
            (
                "training.loss(labels, output)",
                "keras.ops.mean(keras.losses.categorical_crossentropy(labels, output))",
            ),
            (
                _APPLY,
                "    training.optimizer.apply(gradients, training.model.trainable_variables)\n",
            ),
        ),
    ),
    _train("the number of pictures by len", swap(TRAIN, ("tf.shape(images)[0]", "len(images)"))),
    _train(
        "metrics called, the loss of each picture",
        swap(
            TRAIN,
            (
                f"training.train_loss.update_state(loss{_COUNT}",
                "training.train_loss(keras.losses.categorical_crossentropy(labels, output))",
            ),
        ),
    ),
    _test("in other words"),
    _test("compiled already", above="@tf.function\n"),
    _test("mode not given", swap(TEST, (", training=False", ""))),
    _epoch("in other words"),
    _epoch("reset at the end", EPOCH_LATE),
    _epoch("tensors in the log", EPOCH_STEPS),
    _keep("in other words"),
    _keep("tries to read", KEEP_TRY),
    _keep("all losses", KEEP_HISTORY),
]
