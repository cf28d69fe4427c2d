"""Wrong answers to notebook 07, each with the criteria it must lose and words it must be told."""

# ruff: noqa: E501 (an answer is one text, as a student typed it)

from __future__ import annotations

from tests.answers import Answer, Edit, answer, swap

LEAST = (45, 16)

_STRICT = "what is zipped has one length: strict only guards against a slip"
EQUIVALENT: dict[str, dict[str, str]] = {
    "rotate": {"without strict in zip(*": _STRICT, "True → False": _STRICT},
    "train_keeping_best": {
        "without model.reset_metrics()": "newer versions of Keras reset by themselves",
        "1 → 2": "every number below 0 is lower than every accuracy",
        "1 → 0": "it only shows where no picture at all is read in every epoch",
    },
    "colour_jitter": {
        "arguments swapped in np.clip(*": "the larger of a number and 0 has no order",
        "0 → -1": "a number from 0 to 1, times a factor, is never below 0",
    },
}

LIST = """
    rows = []
    folder = os.path.dirname(list_file)
    number = 0
    for line in open(list_file, encoding="utf-8-sig"):
        number = number + 1
        line = line.strip()
        if line == "" or line[0] == "#":
            continue
        pieces = line.split()
        if len(pieces) == 1:
            raise ValueError(f"Line {number} has no label.")
        label = pieces[-1]
        name = line[: len(line) - len(label)].strip()
        try:
            label = int(label)
        except ValueError:
            raise ValueError(f"Line {number}: the label {label} is no integer.")
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            raise ValueError(f"Line {number}: {path} is missing.")
        rows.append((path, label))
    return rows
"""
ROTATE = """
    m, height, width, channels = pictures.shape
    new = np.zeros_like(pictures)
    for i in range(m):
        t = degrees[i] * np.pi / 180
        for r in range(height):
            for c in range(width):
                y, x = r - (height - 1) / 2, c - (width - 1) / 2
                old_x = x * np.cos(t) - y * np.sin(t)
                old_y = x * np.sin(t) + y * np.cos(t)
                row = int(round(old_y + (height - 1) / 2))
                column = int(round(old_x + (width - 1) / 2))
                new[i, r, c] = pictures[i, mirrored(row, height), mirrored(column, width)]
    return new
"""
CROP = """
    m, height, width, channels = pictures.shape
    down = (height - side) // 2
    right = (width - side) // 2
    return pictures[:, down:down + side, right:right + side, :]
"""
GREY = """
    new = pictures.copy()
    for i in range(len(pictures)):
        if grey[i]:
            gray = 0.299 * pictures[i, :, :, 0] + 0.587 * pictures[i, :, :, 1] + 0.114 * pictures[i, :, :, 2]
            for channel in range(3):
                new[i, :, :, channel] = gray
    return new
"""
JITTER = """
    new = []
    for p, b, c, s in zip(pictures, brightness, contrast, saturation):
        p = np.clip(b * p, 0, 1)
        m = (p @ LUMINANCE).mean()
        p = np.clip(c * p + (1 - c) * m, 0, 1)
        g = (p @ LUMINANCE)[:, :, None]
        p = np.clip(s * p + (1 - s) * g, 0, 1)
        new.append(p)
    return np.array(new)
"""
BATCHES = """
    batches = []
    if order is not None:
        pictures = pictures[order]
        labels = labels[order]
    i = 0
    while i < len(pictures):
        batches.append((pictures[i:i + size], labels[i:i + size]))
        i += size
    return batches
"""
HEAD = """
    X = model.layers[-2].output
    for layer in model.layers:
        layer.trainable = False
    X = Dense(classes)(X)
    X = keras.layers.Softmax()(X)
    return keras.Model(inputs=model.input, outputs=X)
"""
TRAIN = """
    losses, accuracies, kept = [], [], []
    x_test = np.concatenate([x for x, y in test_batches])
    y_test = np.concatenate([y for x, y in test_batches])
    for epoch in range(epochs):
        total_loss, n = 0, 0
        for x, y in train_batches(epoch):
            model.reset_metrics()
            total_loss += model.train_on_batch(x, y) * len(x)
            n += len(x)
        losses.append(total_loss / n)
        p = model.predict(x_test, verbose=0)
        accuracies.append(np.mean(np.argmax(p, axis=1) == y_test))
        kept.append([np.array(w) for w in model.get_weights()])
    model.set_weights(kept[int(np.argmax(accuracies))])
    return {"loss": losses, "val_accuracy": accuracies}
"""
TUNE = """
    found = False
    for layer in model.layers:
        if layer.name == first:
            found = True
        if found and not isinstance(layer, BatchNormalization):
            layer.trainable = True
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
"""


def _list(title: str, body: str = LIST, charged: str = "", says: str = "") -> Answer:
    return answer("read_list_file", title, "def read_list_file(list_file):\n", body, charged, says)


def _rotate(title: str, body: str = ROTATE, charged: str = "", says: str = "") -> Answer:
    return answer("rotate", title, "def rotate(pictures, degrees):\n", body, charged, says)


def _crop(title: str, body: str = CROP, charged: str = "", says: str = "") -> Answer:
    return answer("centre_crop", title, "def centre_crop(pictures, side):\n", body, charged, says)


def _grey(title: str, body: str = GREY, charged: str = "", says: str = "") -> Answer:
    return answer("greyscale", title, "def greyscale(pictures, grey):\n", body, charged, says)


def _jitter(title: str, body: str = JITTER, charged: str = "", says: str = "") -> Answer:
    head = "def colour_jitter(pictures, brightness, contrast, saturation):\n"
    return answer("colour_jitter", title, head, body, charged, says)


def _normal(title: str, body: str, charged: str = "", says: str = "") -> Answer:
    head = "def normalise(pictures, mean, deviation):\n"
    return answer("normalise", title, head, body, charged, says)


def _batches(title: str, body: str = BATCHES, charged: str = "", says: str = "") -> Answer:
    head = "def make_batches(pictures, labels, size, order=None):\n"
    return answer("make_batches", title, head, body, charged, says)


def _head(title: str, body: str = HEAD, charged: str = "", says: str = "") -> Answer:
    head = "def replace_head(model, classes):\n"
    return answer("replace_head", title, head, body, charged, says)


def _train(title: str, body: str = TRAIN, charged: str = "", says: str = "") -> Answer:
    head = "def train_keeping_best(model, train_batches, test_batches, epochs):\n"
    return answer("train_keeping_best", title, head, body, charged, says)


def _edited(function: str, title: str, charged: str, says: str, *edits: tuple[str, str]) -> Answer:
    """The solution with texts exchanged."""
    changes = tuple(Edit(old, new) for old, new in edits)
    return Answer(function, title, changes, tuple(charged.split()), says)


def _tune(title: str, body: str = TUNE, charged: str = "", says: str = "") -> Answer:
    head = "def fine_tune(model, first, rate):\n"
    return answer("fine_tune", title, head, body, charged, says)


_ALL_LISTS = "plain spaces left_out windows label missing"
_ALL_TURNS = "none quarter angle border"
_ALL_JITTERS = "brightness contrast saturation range all"
_ALL_HEADS = "head names frozen averages learns"

WRONG: list[Answer] = [
    # read_list_file
    _list("nothing", "pass", _ALL_LISTS, "is missing, or it is not a number"),
    _list("as in the article", "rows = []\nwith open(list_file) as f:\n    for line in f.readlines():\n        name, label = line.strip().split(' ')\n        rows.append((Path(list_file).parent / name, int(label)))\nreturn rows", "runs spaces left_out windows label missing", "cannot be unpacked"),
    _list("labels as texts", swap(LIST, ("label = int(label)", "int(label)")), "plain spaces left_out windows", "labels are texts"),
    _list("counts from 0", swap(LIST, ("number = 0", "number = -1")), "label missing", "counted from 0"),
    _list("counts pictures only", swap(LIST, ("        number = number + 1\n", ""), ("continue\n", "continue\n        number = number + 1\n")), "label missing", "Only the lines of pictures are counted"),
    _list("names no line", swap(LIST, ("Line {number}", "It")), "label missing", "does not name the line"),
    _list("does not look for the picture", swap(LIST, ("not os.path.exists(path)", "False")), "missing", "There is no error"),
    _list("leaves a missing picture out", swap(LIST, ('raise ValueError(f"Line {number}: {path} is missing.")', "continue")), "missing", "There is no error"),
    _list("int without a word", swap(LIST, ('raise ValueError(f"Line {number}: the label {label} is no integer.")', "raise")), "label", "does not name the line"),
    _list("another kind of error", swap(LIST, ('raise ValueError(f"Line {number}: {path}', 'raise FileNotFoundError(f"Line {number}: {path}')), "missing", "There is no error"),
    _list("path as it stands", swap(LIST, ("os.path.join(folder, name)", "name")), "runs " + _ALL_LISTS, "is missing"),
    _list("comments are pictures", swap(LIST, (' or line[0] == "#"', "")), "runs left_out", "Line"),
    _list("byte order mark", swap(LIST, ("utf-8-sig", "utf-8")), "runs windows", "Line 1"),
    _list("first piece is the path", swap(LIST, ("name = line[: len(line) - len(label)].strip()", "name = pieces[0]")), "runs spaces windows", "is missing"),
    _list("spaces joined anew", swap(LIST, ("name = line[: len(line) - len(label)].strip()", "name = ' '.join(pieces[:-1])")), "runs spaces", "is missing"),
    # rotate
    _rotate("nothing", "pass", _ALL_TURNS, "return at the end"),
    _rotate("not turned", "return pictures", "quarter angle border", "not turned"),
    _rotate("clockwise", swap(ROTATE, ("degrees[i]", "-degrees[i]")), "quarter angle border", "turn to the right"),
    _rotate("radians", swap(ROTATE, ("degrees[i] * np.pi / 180", "degrees[i]")), "quarter angle border", "np.deg2rad"),
    _rotate("about a corner", swap(ROTATE, (" - (height - 1) / 2", ""), (" - (width - 1) / 2", ""), (" + (height - 1) / 2", ""), (" + (width - 1) / 2", "")), "quarter angle border", "about a corner"),
    _rotate("half a pixel off", swap(ROTATE, ("(height - 1) / 2", "height / 2"), ("(width - 1) / 2", "width / 2")), "quarter angle border", "half a pixel off"),
    _rotate("black corners", swap(ROTATE, ("new[i, r, c]", "if 0 <= row < height and 0 <= column < width:\n                    new[i, r, c]")), "border", "are black"),
    _rotate("border repeated", swap(ROTATE, ("mirrored(row, height), mirrored(column, width)", "min(max(row, 0), height - 1), min(max(column, 0), width - 1)")), "border", "repeat the border pixel"),
    _rotate("wrapped", swap(ROTATE, ("mirrored(row, height), mirrored(column, width)", "row % height, column % width")), "border", "on the other side"),
    _rotate("int instead of round", swap(ROTATE, ("int(round(old_y + (height - 1) / 2))", "int(old_y + (height - 1) / 2 + 1e-9)"), ("int(round(old_x + (width - 1) / 2))", "int(old_x + (width - 1) / 2 + 1e-9)")), "angle border", "nearest pixel"),
    _rotate("all alike", swap(ROTATE, ("degrees[i]", "degrees[0]")), "quarter angle border", "like the first one"),
    _rotate("both sines plus", swap(ROTATE, ("- y * np.sin(t)", "+ y * np.sin(t)")), "quarter angle border", "signs of both sines"),
    _rotate("one picture", swap(ROTATE, ("return new", "return new[0]")), _ALL_TURNS, "has shape"),
    # centre_crop
    _crop("nothing", "pass", "even odd wide", "return at the end"),
    _crop("upper left", "return pictures[:, :side, :side]", "even odd wide", "upper left"),
    _crop("rounded up", swap(CROP, ("(height - side) // 2", "(height - side + 1) // 2"), ("(width - side) // 2", "(width - side + 1) // 2")), "odd wide", "at the bottom"),
    _crop("height for both", swap(CROP, ("(width - side)", "(height - side)")), "wide", "Use the width"),
    _crop("rows only", swap(CROP, ("right:right + side", ":")), "even odd wide", "Only rows are removed"),
    _crop("true division", swap(CROP, ("// 2", "/ 2")), "runs even odd wide", "integers"),
    _crop("batch is cropped", "down = (pictures.shape[0] - side) // 2\nright = (pictures.shape[1] - side) // 2\nreturn pictures[down:down + side, right:right + side]", "even odd wide", "has shape"),
    # greyscale
    _grey("nothing", "pass", "all some kept", "return at the end"),
    _grey("plain mean", swap(GREY, ("0.299 * pictures[i, :, :, 0] + 0.587 * pictures[i, :, :, 1] + 0.114 * pictures[i, :, :, 2]", "pictures[i].mean(axis=-1)")), "all some kept", "Green looks brighter"),
    _grey("blue first", swap(GREY, ("0.299", "w0"), ("0.114", "0.299"), ("w0", "0.114")), "all some kept", "blue, green, red"),
    _grey("all grey", swap(GREY, ("if grey[i]", "if True")), "some", "also where grey is False"),
    _grey("the others", swap(GREY, ("if grey[i]", "if not grey[i]")), "all some kept", "wrong pictures are grey"),
    _grey("into the array", swap(GREY, ("pictures.copy()", "pictures")), "kept", "changes the array"),
    _grey("one channel left", "return np.where(grey[:, None, None, None], (pictures @ LUMINANCE)[..., None], pictures)[..., :1]", "all some kept", "has shape"),
    _grey("no sum", "return np.where(grey[:, None, None, None], pictures * LUMINANCE, pictures)", "all some kept", "not added up"),
    # colour_jitter
    _jitter("nothing", "pass", _ALL_JITTERS + " kept", "return at the end"),
    _jitter("added", swap(JITTER, ("b * p", "p + b - 1")), "brightness range all", "Multiply by the factor"),
    _jitter("not clipped", swap(JITTER, ("np.clip(b * p, 0, 1)", "b * p"), ("np.clip(c * p + (1 - c) * m, 0, 1)", "c * p + (1 - c) * m"), ("np.clip(s * p + (1 - s) * g, 0, 1)", "s * p + (1 - s) * g")), "range", "above 1 or below 0"),
    _jitter("clipped at the end", swap(JITTER, ("np.clip(b * p, 0, 1)", "b * p"), ("np.clip(c * p + (1 - c) * m, 0, 1)", "c * p + (1 - c) * m")), "range", "after each step"),
    _jitter("plain mean", swap(JITTER, ("(p @ LUMINANCE).mean()", "p.mean()")), "contrast range all", "with the weights LUMINANCE"),
    _jitter("mean of each channel", swap(JITTER, ("(p @ LUMINANCE).mean()", "p.mean(axis=(0, 1))")), "contrast range all", "a mean for each channel"),
    _jitter("about 0.5", swap(JITTER, ("(p @ LUMINANCE).mean()", "0.5")), "contrast range all", "distance from 0.5"),
    _jitter("no saturation", swap(JITTER, ("p = np.clip(s * p + (1 - s) * g, 0, 1)", "pass")), "saturation range all", "saturation does not change"),
    _jitter("no contrast", swap(JITTER, ("p = np.clip(c * p + (1 - c) * m, 0, 1)", "pass")), "contrast range all", "contrast does not change"),
    _jitter("grey of before", swap(JITTER, ("        g = (p @ LUMINANCE)[:, :, None]\n", ""), ("        m = (p", "        g = (p @ LUMINANCE)[:, :, None]\n        m = (p")), "range all", "before the contrast"),
    _jitter("factors the wrong way round", swap(JITTER, ("c * p + (1 - c) * m", "(1 - c) * p + c * m"), ("s * p + (1 - s) * g", "(1 - s) * p + s * g")), _ALL_JITTERS + " kept", "wrong way round"),
    _jitter("in place", swap(JITTER, ("    new = []\n", "    new = []\n    pictures *= brightness[:, None, None, None].astype('float32')\n"), ("b * p", "p")), "kept", "changes the array"),
    # normalise
    _normal("nothing", "pass", "mean deviation both kept", "return at the end"),
    _normal("no brackets", "return pictures - mean / deviation", "deviation both", "in brackets"),
    _normal("divided first", "return pictures / deviation - mean", "both", "Subtract the mean first"),
    _normal("mean added", "return (pictures + mean) / deviation", "mean both", "Subtract it"),
    _normal("multiplied", "return (pictures - mean) * deviation", "deviation both", "Divide"),
    _normal("in place", "pictures -= mean.astype('float32')\npictures /= deviation.astype('float32')\nreturn pictures", "kept", "changes the array"),
    _normal("divided by 255", "return (pictures / 255.0 - mean) / deviation", "mean deviation both kept", "between 0 and 1 already"),
    _normal("its own mean", "return (pictures - pictures.mean(axis=(0, 1, 2))) / pictures.std(axis=(0, 1, 2))", "mean deviation both kept", "own mean and deviation"),
    # make_batches
    _batches("nothing", "pass", "test train last", "return at the end"),
    _batches("last one lost", swap(BATCHES, ("i < len(pictures)", "i + size <= len(pictures)")), "last", "6 values"),
    _batches("labels stay", swap(BATCHES, ("        labels = labels[order]\n", "")), "train last", "labels do not"),
    _batches("pictures stay", swap(BATCHES, ("        pictures = pictures[order]\n", "")), "train last", "pictures do not"),
    _batches("order ignored", swap(BATCHES, ("order is not None", "False")), "train last", "order is ignored"),
    _batches("argsort", swap(BATCHES, ("    if order is not None:\n", "    if order is not None:\n        order = np.argsort(order)\n")), "train last", "other way round"),
    _batches("overlapping", swap(BATCHES, ("pictures[i:i + size]", "pictures[i:i + size + 1]"), ("labels[i:i + size]", "labels[i:i + size + 1]")), "test train last", "overlap"),
    _batches("always shuffled", swap(BATCHES, ("    batches = []\n", "    batches = []\n    if order is None:\n        order = np.random.default_rng(3).permutation(len(pictures))\n")), "test last", "numbers differ"),
    _batches("only pictures", swap(BATCHES, ("(pictures[i:i + size], labels[i:i + size])", "pictures[i:i + size]")), "test train last", "3, expected 6 values"),
    # replace_head
    _head("nothing", "pass", _ALL_HEADS, "is missing, or it is not a number"),
    _head("no softmax", swap(HEAD, ("X = keras.layers.Softmax()(X)", "pass")), "head", "softmax is missing"),
    _head("sigmoid", swap(HEAD, ("Dense(classes)(X)", "Dense(classes, activation='sigmoid')(X)"), ("X = keras.layers.Softmax()(X)", "pass")), "head", "ends with a sigmoid"),
    _head("on the old head", swap(HEAD, ("model.layers[-2].output", "model.output")), "head learns", "probabilities of the old head"),
    _head("not frozen", swap(HEAD, ("layer.trainable = False", "pass")), "frozen averages", "not frozen"),
    _head("the model is frozen at the end", swap(HEAD, ("return keras.Model(inputs=model.input, outputs=X)", "new = keras.Model(inputs=model.input, outputs=X)\n    new.trainable = False\n    return new")), "learns", "head is frozen, too"),
    _head("norm learns", swap(HEAD, ("layer.trainable = False", "layer.trainable = isinstance(layer, BatchNormalization)")), "frozen averages", "Batch norm is not frozen"),
    _head("averages only in PyTorch's way", swap(HEAD, ("layer.trainable = False", "if not isinstance(layer, BatchNormalization):\n            layer.trainable = False\n        else:\n            layer.gamma.trainable = layer.beta.trainable = False")), "averages", "Gamma and beta are frozen"),
    _head("model in a model", "model.trainable = False\nfeatures = Model(model.input, model.layers[-2].output)\nreturn keras.Sequential([Input(model.input_shape[1:]), features, Dense(classes, activation='softmax')])", "names", "A model inside a model"),
    _head("the old model", "model.trainable = False\nreturn model", "head learns", "has shape"),
    _head("too many classes", swap(HEAD, ("Dense(classes)", "Dense(classes + 1)")), "head learns", "one output too many"),
    # train_keeping_best
    _edited("train_keeping_best", "mean of the losses", "loss", "not the mean over all pictures", ("len(x) * model", "model"), ("seen += len(x)", "seen += 1")),
    _edited("train_keeping_best", "mean of the batches", "accuracy best", "mean of the batches' accuracies", ("np.sum(", "np.mean("), ("pictures += len(y)", "pictures += 1")),
    _edited("train_keeping_best", "weights not put back", "best", "weights of the last epoch", ("    model.set_weights(best_weights)\n", "")),
    _edited("train_keeping_best", "a reference only", "best", "weights of the last epoch", ("model.get_weights()", "model.weights"), ("model.set_weights(best_weights)", "model.set_weights([np.array(w) for w in best_weights])")),
    _edited("train_keeping_best", "best never updated", "best", "weights of the last epoch", ('            best = history["val_accuracy"][-1]\n', "")),
    _edited("train_keeping_best", "later of equal ones", "best", "Keep the first", ("] > best", "] >= best")),
    _edited("train_keeping_best", "worst", "best", "worst epoch", ("best = -1", "best = 2"), ("] > best", "] < best")),
    _edited("train_keeping_best", "per cent", "accuracy", "in per cent", ("right / pictures", "100 * right / pictures")),
    _edited("train_keeping_best", "last test batch lost", "accuracy", "last test batch", ("in test_batches:", "in test_batches[:-1]:")),
    _train("nothing", "pass", "loss accuracy best", "is not as expected"),
    _train("only the loss decides", swap(TRAIN, ("np.argmax(accuracies)", "np.argmin(losses)")), "best", "lowest loss"),
    _train("same batches in every epoch", swap(TRAIN, ("train_batches(epoch)", "train_batches(0)")), "loss accuracy best", "is not as expected"),
    # fine_tune
    _tune("nothing", "pass", "learns rate", "have not changed"),
    _tune("all learn", swap(TUNE, ("found = False", "found = True")), "frozen", "must stay frozen"),
    _tune("norm learns", swap(TUNE, (" and not isinstance(layer, BatchNormalization)", "")), "norm", "Batch norm learns"),
    _tune("usual rate", swap(TUNE, ("learning_rate=rate", "")), "learns rate", "usual one"),
    _tune("SGD", swap(TUNE, ("optimizers.Adam", "optimizers.SGD")), "learns", "optimizer is SGD"),
    _tune("only the named layer", swap(TUNE, ("found = True", "layer.trainable = True")), "learns", "All layers after it must learn"),
    _tune("not compiled", swap(TUNE, ('model.compile(optimizer=keras.optimizers.Adam(learning_rate=rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])', "pass")), "frozen learns norm rate", "could not be trained"),
    _tune("the layers before", "place = [layer.name for layer in model.layers].index(first)\nfor layer in model.layers[:place]:\n    layer.trainable = not isinstance(layer, BatchNormalization)\nmodel.compile(keras.optimizers.Adam(rate), 'sparse_categorical_crossentropy')", "frozen learns", "expected those after it"),
]  # fmt: skip

RIGHT: list[Answer] = [
    _list("os.path and split"),
    _list("a regular expression", "import re\nrows = []\nfor n, raw in enumerate(Path(list_file).read_bytes().decode('utf-8-sig').split('\\n'), 1):\n    raw = raw.strip()\n    if not raw or raw.startswith('#'):\n        continue\n    match = re.fullmatch(r'(.+)\\s+(-?\\d+)', raw)\n    if match is None:\n        raise ValueError(f'line {n}: no path and integer label')\n    path = Path(list_file).parent / match[1].strip()\n    if not path.exists():\n        raise ValueError(f'in line {n} there is no {path}')\n    rows.append([str(path), int(match[2])])\nreturn rows"),
    _rotate("pixel by pixel"),
    _rotate("padded first", "m, h, w, _ = pictures.shape\nreach = h + w\nwide = np.pad(pictures, [(0, 0), (reach, reach), (reach, reach), (0, 0)], mode='symmetric')\nout = []\nfor p, a in zip(wide, degrees):\n    t = np.radians(a)\n    y, x = np.mgrid[:h, :w]\n    y, x = y - (h - 1) / 2, x - (w - 1) / 2\n    r = np.rint(np.sin(t) * x + np.cos(t) * y + (h - 1) / 2).astype(int) + reach\n    c = np.rint(np.cos(t) * x - np.sin(t) * y + (w - 1) / 2).astype(int) + reach\n    out.append(p[r, c])\nreturn np.array(out)"),
    _rotate("a matrix for all", "m, h, w, _ = pictures.shape\nt = np.deg2rad(degrees)[:, None, None]\ny = np.arange(h)[None, :, None] - (h - 1) / 2\nx = np.arange(w)[None, None, :] - (w - 1) / 2\nrows = np.rint(x * np.sin(t) + y * np.cos(t) + (h - 1) / 2).astype(int)\ncolumns = np.rint(x * np.cos(t) - y * np.sin(t) + (w - 1) / 2).astype(int)\nreturn pictures[np.arange(m)[:, None, None], mirrored(rows, h), mirrored(columns, w)]"),
    _crop("with the channels"),
    _crop("Keras' layer", "return keras.layers.CenterCrop(side, side)(pictures)"),
    _grey("picture by picture"),
    _grey("product with a matrix", "weights = np.outer(LUMINANCE, np.ones(3, 'float32'))\nreturn np.stack([p @ weights if g else p for p, g in zip(pictures, grey)])"),
    _jitter("picture by picture"),
    _jitter("blends", "def bright(p):\n    return (p * LUMINANCE).sum(axis=-1, keepdims=True)\ndef blend(p, other, share):\n    share = share.reshape(-1, 1, 1, 1)\n    return np.minimum(np.maximum(other + share * (p - other), 0), 1)\np = blend(pictures, 0, brightness)\np = blend(p, bright(p).mean(axis=(1, 2), keepdims=True), contrast)\nreturn blend(p, bright(p), saturation)"),
    _normal("one channel after the other", "new = np.empty(pictures.shape)\nfor i in range(pictures.shape[-1]):\n    new[..., i] = (pictures[..., i] - mean[i]) / deviation[i]\nreturn new"),
    _normal("two fractions", "return pictures / deviation - mean / deviation"),
    _batches("a while loop"),
    _batches("np.array_split", "if order is None:\n    order = range(len(labels))\norder = np.asarray(order)\nreturn [(pictures[o], labels[o]) for o in np.split(order, np.arange(size, len(order), size))]"),
    _head("a softmax layer of its own"),
    _head("frozen as a whole", "features = model.layers[-2].output\nmodel.trainable = False\nhead = Dense(classes, activation='softmax', name='new')\nreturn Model(model.input, head(features))"),
    _train("all weights kept"),
    _train("fit", "history = {'loss': [], 'val_accuracy': []}\nbest, weights = -np.inf, None\nfor epoch in range(epochs):\n    losses = []\n    for x, y in train_batches(epoch):\n        h = model.fit(x, y, batch_size=len(x), epochs=1, shuffle=False, verbose=0)\n        losses += [h.history['loss'][0]] * len(x)\n    right = [p == t for x, y in test_batches for p, t in zip(np.argmax(model(x), -1), y)]\n    history['loss'].append(np.mean(losses))\n    history['val_accuracy'].append(np.mean(right))\n    if np.mean(right) > best:\n        best, weights = np.mean(right), model.get_weights()\nmodel.set_weights(weights)\nreturn history"),
    _tune("a loop with a flag"),
    _tune("compiled before", "model.compile(keras.optimizers.Adam(rate), keras.losses.SparseCategoricalCrossentropy())\nplace = model.layers.index(model.get_layer(first))\nfor i, layer in enumerate(model.layers):\n    if i >= place:\n        layer.trainable = type(layer) is not BatchNormalization"),
]  # fmt: skip
