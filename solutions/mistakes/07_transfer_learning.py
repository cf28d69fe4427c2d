"""Mistakes that the checks of notebook 07 recognise by the numbers that come out of them.

Function → mistake → edits (old text, new text) of its solution cell. Each edit replaces all
occurrences. What the student is told about a mistake stands in resnets/checks/catalogue/exercises.
"""

_TURNED = "turned.append(picture[mirrored(rows, height), mirrored(columns, width)])"
_CROP = "return pictures[:, top : top + side, left : left + side]"
_TOP = "(pictures.shape[1] - side) // 2"
_LEFT = "(pictures.shape[2] - side) // 2"
_BRIGHTNESS = "np.sum(pictures * LUMINANCE, axis=-1, keepdims=True)"
_WHERE = "return np.where(grey[:, None, None, None], brightness, pictures)"
_MEAN = (
    "mean = np.sum(pictures * LUMINANCE, axis=-1, keepdims=True).mean(axis=(1, 2), keepdims=True)"
)
_CONTRAST = "pictures = np.clip(mean + c * (pictures - mean), 0, 1)"
_GREY = "grey = np.sum(pictures * LUMINANCE, axis=-1, keepdims=True)"
_SATURATION = "return np.clip(grey + s * (pictures - grey), 0, 1)"
_NORMALISED = "(pictures - mean) / deviation"
_PAIR = "(pictures[chosen], labels[chosen])"
_FREEZE = "layer.trainable = False"
_OLD = "model.layers[:-1]"
_HEAD = 'Dense(classes, activation="softmax")(features)'
_BETTER = 'if history["val_accuracy"][-1] > best:'
_LATE = "layer.trainable = not isinstance(layer, BatchNormalization)"
_FROM = "model.layers[names.index(first) :]"
_COMPILE = 'model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")'

MISTAKES = {
    "read_list_file": {
        "text-labels": [("label = int(label)", "int(label)")],
        "from-0": [("start=1", "start=0")],
        "only-pictures-counted": [
            (
                "    for number, line in enumerate(text.splitlines(), start=1):",
                "    lines = [line.strip() for line in text.splitlines()]\n"
                '    lines = [line for line in lines if line and not line.startswith("#")]\n'
                "    for number, line in enumerate(lines, start=1):",
            )
        ],
        "not-said": [("line {number}: ", "")],
        "no-error": [
            ('            raise ValueError(f"line {number}: there', '            str(f"there'),
            (
                '            raise ValueError(f"line {number}: expected an integer',
                '            str(f"',
            ),
            ('found {label!r}") from None', 'found {label!r}")'),
            (
                '            raise ValueError(f"line {number}: expected a path',
                '            parts.append(f"',
            ),
        ],
        "left-out-silently": [
            (
                '            raise ValueError(f"line {number}: there',
                '            continue\n            str(f"',
            ),
            (
                '            raise ValueError(f"line {number}: expected an integer',
                '            continue\n            str(f"',
            ),
            ('found {label!r}") from None', 'found {label!r}")'),
            (
                '            raise ValueError(f"line {number}: expected a path',
                '            continue\n            str(f"',
            ),
        ],
    },
    "rotate": {
        "clockwise": [("np.deg2rad(angle)", "-np.deg2rad(angle)")],
        "radians": [("np.deg2rad(angle)", "angle")],
        "corner": [
            (" - (height - 1) / 2", ""),
            (" - (width - 1) / 2", ""),
            (" + (height - 1) / 2", ""),
            (" + (width - 1) / 2", ""),
        ],
        "centre-half": [("(height - 1) / 2", "height / 2"), ("(width - 1) / 2", "width / 2")],
        "cut-off": [
            ("np.rint(y_old + (height - 1) / 2)", "np.trunc(y_old + (height - 1) / 2 + 1e-9)"),
            ("np.rint(x_old + (width - 1) / 2)", "np.trunc(x_old + (width - 1) / 2 + 1e-9)"),
        ],
        "black": [
            (
                _TURNED,
                "inside = (mirrored(rows, height) == rows) & (mirrored(columns, width) == columns)\n"
                "        turned.append(picture[mirrored(rows, height), mirrored(columns, width)]"
                " * inside[..., None])",
            )
        ],
        "edge": [
            ("mirrored(rows, height)", "np.clip(rows, 0, height - 1)"),
            ("mirrored(columns, width)", "np.clip(columns, 0, width - 1)"),
        ],
        "wrapped": [
            ("mirrored(rows, height)", "rows % height"),
            ("mirrored(columns, width)", "columns % width"),
        ],
        "border-once": [
            (
                _TURNED,
                "rows, columns = abs(rows), abs(columns)\n"
                "        rows = height - 1 - abs(height - 1 - rows)\n"
                "        columns = width - 1 - abs(width - 1 - columns)\n"
                "        turned.append(picture[rows, columns])",
            )
        ],
        "all-alike": [("zip(pictures, degrees,", "zip(pictures, [degrees[0]] * len(pictures),")],
        "exchanged": [
            (
                "mirrored(rows, height), mirrored(columns, width)",
                "mirrored(columns, height), mirrored(rows, width)",
            )
        ],
        "sheared": [("- y * np.sin", "+ y * np.sin")],
        "not-turned": [("np.deg2rad(angle)", "0 * angle")],
    },
    "centre_crop": {
        "top-left": [(_TOP, "0"), (_LEFT, "0")],
        "bottom-right": [(_TOP, "pictures.shape[1] - side"), (_LEFT, "pictures.shape[2] - side")],
        "rounded-up": [
            (_TOP, "(pictures.shape[1] - side + 1) // 2"),
            (_LEFT, "(pictures.shape[2] - side + 1) // 2"),
        ],
        "height-for-both": [("shape[2]", "shape[1]")],
        "width-for-both": [("shape[1]", "shape[2]")],
        "rows-only": [(_CROP, "return pictures[:, top : top + side]")],
        "columns-only": [(_CROP, "return pictures[:, :, left : left + side]")],
        "exchanged": [(_CROP, "return pictures[:, left : left + side, top : top + side]")],
    },
    "greyscale": {
        "mean": [(_BRIGHTNESS, "pictures.mean(axis=-1, keepdims=True)")],
        "reversed": [("pictures * LUMINANCE", "pictures * LUMINANCE[::-1]")],
        "one-channel": [(_BRIGHTNESS, "pictures[..., :1]")],
        "others": [
            (
                "grey[:, None, None, None], brightness, pictures",
                "grey[:, None, None, None], pictures, brightness",
            )
        ],
        "all-grey": [(_WHERE, "return brightness + 0 * pictures")],
        "none-grey": [(_WHERE, "return pictures + 0")],
        "weighted-only": [(_BRIGHTNESS, "pictures * LUMINANCE")],
        "first-channel": [
            (
                _WHERE,
                "return np.concatenate([np.where(grey[:, None, None, None], brightness, "
                "pictures[..., :1]), pictures[..., 1:]], axis=-1)",
            )
        ],
    },
    "colour_jitter": {
        "brightness-added": [("pictures * b", "pictures + b - 1")],
        "not-clipped": [(", 0, 1)", ", -9e9, 9e9)")],
        "clipped-once": [
            ("np.clip(pictures * b, 0, 1)", "pictures * b"),
            (_CONTRAST, "pictures = mean + c * (pictures - mean)"),
        ],
        "mean-of-batch": [(".mean(axis=(1, 2), keepdims=True)", ".mean()")],
        "mean-of-channels": [(_MEAN, "mean = pictures.mean(axis=(1, 2), keepdims=True)")],
        "plain-mean": [(_MEAN, "mean = pictures.mean(axis=(1, 2, 3), keepdims=True)")],
        "half": [(_MEAN, "mean = 0.5")],
        "contrast-missing": [(_CONTRAST, "")],
        "saturation-missing": [(_SATURATION, "return pictures")],
        "saturation-of-mean": [(_GREY, "grey = mean")],
        "contrast-exchanged": [
            ("mean + c * (pictures - mean)", "mean + s * (pictures - mean)"),
            ("grey + s * (pictures - grey)", "grey + c * (pictures - grey)"),
        ],
        "other-order": [
            (
                f"{_MEAN}\n    {_CONTRAST}\n    {_GREY}\n    {_SATURATION}",
                f"{_GREY}\n    pictures = np.clip(grey + s * (pictures - grey), 0, 1)\n    {_MEAN}\n    return np.clip(mean + c * (pictures - mean), 0, 1)",
            )
        ],
        "grey-of-before": [
            (_CONTRAST, f"{_GREY}\n    {_CONTRAST}"),
            (f"{_GREY}\n    {_SATURATION}", _SATURATION),
        ],
        "blend-reversed": [
            ("mean + c * (pictures - mean)", "pictures + c * (mean - pictures)"),
            ("grey + s * (pictures - grey)", "pictures + s * (grey - pictures)"),
        ],
    },
    "normalise": {
        "no-brackets": [(_NORMALISED, "pictures - mean / deviation")],
        "divided-first": [(_NORMALISED, "pictures / deviation - mean")],
        "mean-added": [(_NORMALISED, "(pictures + mean) / deviation")],
        "multiplied": [(_NORMALISED, "(pictures - mean) * deviation")],
        "variance": [(_NORMALISED, "(pictures - mean) / deviation**2")],
        "root": [(_NORMALISED, "(pictures - mean) / np.sqrt(deviation)")],
        "mean-only": [(_NORMALISED, "pictures - mean")],
        "deviation-only": [(_NORMALISED, "pictures / deviation")],
        "own-mean": [
            (
                _NORMALISED,
                "(pictures - pictures.mean(axis=(0, 1, 2))) / pictures.std(axis=(0, 1, 2))",
            )
        ],
        "bytes": [(_NORMALISED, "(pictures / 255 - mean) / deviation")],
    },
    "make_batches": {
        "order-ignored": [("if order is None:", "if True:")],
        "labels-unordered": [(_PAIR, "(pictures[chosen], labels[start : start + size])")],
        "pictures-unordered": [(_PAIR, "(pictures[start : start + size], labels[chosen])")],
        "inverse": [("    batches = []", "    order = np.argsort(order)\n    batches = []")],
        "reversed": [
            ("order = np.arange(len(pictures))", "order = np.arange(len(pictures))[::-1]")
        ],
        "overlapping": [("start : start + size]", "start : start + size + 1]")],
        "sorted": [
            ("order = np.arange(len(pictures))", "order = np.argsort(labels, kind='stable')")
        ],
    },
    "replace_head": {
        "no-softmax": [(', activation="softmax"', "")],
        "sigmoid": [('"softmax"', '"sigmoid"')],
        "relu": [('"softmax"', '"relu"')],
        "on-old-head": [
            ("model.layers[-1].input", "model.layers[-1].output"),
            (_OLD, "model.layers"),
        ],
        "one-too-many": [("Dense(classes,", "Dense(classes + 1,")],
        "head-frozen": [(_HEAD, _HEAD.replace('softmax"', 'softmax", trainable=False'))],
        "not-frozen": [(_FREEZE, "pass")],
        "norm-learns": [(_FREEZE, "layer.trainable = isinstance(layer, BatchNormalization)")],
        "gamma-only": [
            (
                _FREEZE,
                "layer.trainable = False\n"
                "        if isinstance(layer, BatchNormalization):\n"
                "            layer.trainable = True\n"
                "            layer.gamma.trainable = layer.beta.trainable = False",
            )
        ],
        "norm-only": [(_FREEZE, "layer.trainable = not isinstance(layer, BatchNormalization)")],
        "first-only": [(_OLD, "model.layers[:2]")],
    },
    "train_keeping_best": {
        "loss-of-batches": [
            ("loss += len(x) * model.", "loss += model."),
            ("seen += len(x)", "seen += 1"),
        ],
        "not-divided": [("float(loss / seen)", "float(loss)")],
        "last-batch": [
            ("loss += len(x) * model.", "loss = model."),
            ("float(loss / seen)", "float(loss)"),
        ],
        "mean-of-batches": [
            ("right += np.sum(", "right += np.mean("),
            ("pictures += len(y)", "pictures += 1"),
        ],
        "last-batch-lost": [("for x, y in test_batches:", "for x, y in test_batches[:-1]:")],
        "first-batch-only": [("for x, y in test_batches:", "for x, y in test_batches[:1]:")],
        "percent": [("float(right / pictures)", "float(100 * right / pictures)")],
        "before-training": [
            (
                "        loss = seen = 0\n",
                "        before = model.get_weights()\n        loss = seen = 0\n",
            ),
            (
                "        right = pictures = 0\n",
                "        after = model.get_weights()\n        model.set_weights(before)\n"
                "        right = pictures = 0\n",
            ),
            (
                '        history["loss"]',
                '        model.set_weights(after)\n        history["loss"]',
            ),
        ],
        "last-weights": [("    model.set_weights(best_weights)\n", "")],
        "first-weights": [(_BETTER, "if epoch == 0:")],
        "later-of-equal": [("] > best:", "] >= best:")],
        "worst": [("best = -1", "best = 2"), ("] > best:", "] < best:")],
        "lowest-loss": [
            ("best = -1", "best = 1e9"),
            (_BETTER, "if loss / seen < best:"),
            ('best = history["val_accuracy"][-1]', "best = loss / seen"),
        ],
    },
    "fine_tune": {
        "all-learn": [(_FROM, "model.layers")],
        "norm-learns": [(_LATE, "layer.trainable = True")],
        "one-late": [("names.index(first) :", "names.index(first) + 1 :")],
        "one-stage": [("names.index(first) :]", "names.index(first) :][:1]")],
        "head-frozen": [
            ("names.index(first) :]:", "names.index(first) : -1]:"),
            (_COMPILE, "model.layers[-1].trainable = False\n    " + _COMPILE),
        ],
        "before-not-after": [("names.index(first) :", ": names.index(first)")],
        "usual-rate": [("Adam(rate)", "Adam()")],
        "sgd": [("Adam(rate)", "SGD(rate)")],
    },
}
