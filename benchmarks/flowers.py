"""Article 000's experiment: the bottlenecks of 2015 and 2016 on photographs of five flowers.

    python benchmarks/flowers.py --photos datasets/flowers

trains two networks that differ in their block only, from several starting points, with notebook
05's own train_step, test_step and run_epoch. Prints each run's epochs, and at the end a table: the
mean over the seeds and how far they differ. The folder, or an archive of one, holds
train/<class>/*.jpg and val/<class>/*.jpg, as `python -m resnets.data flowers` makes it. A folder
(--work) keeps what is done, so a run that was stopped goes on where it was; --table prints the
table of what there is, --curves also every epoch.

By default the setting is small, for 2 processor cores: pictures of 64×64 pixels, and ResNet-50
with a quarter of its filters. --full is the article's: 224×224, all filters, batches of 64, 60
epochs.
"""

import argparse
import json
import os
import statistics
import tarfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import resnets_utils  # noqa: F401  (imports Keras quietly)

import keras
import numpy as np
import tensorflow as tf

from autograder.authoring.solved_namespace import solved_namespace
from resnets.data import find_class_folders
from resnets.training import Training

KINDS = ("post_activation_bottleneck", "pre_activation_bottleneck")
MEAN = (123.68, 116.78, 103.94)
"""Mean red, green and blue of ImageNet, as the article subtracts them."""


def main() -> None:
    options = _options()
    options.work.mkdir(parents=True, exist_ok=True)
    if not options.table:
        if options.threads:
            tf.config.threading.set_intra_op_parallelism_threads(options.threads)
            tf.config.threading.set_inter_op_parallelism_threads(options.threads)
        notebook = solved_namespace("05_identity_mappings")
        folder = _unpacked(options.photos, options.work)
        for seed in range(options.seeds):
            for kind in KINDS:
                run(notebook, folder, kind, seed, options)
    print(table(options))
    if options.curves:
        print(curves(options))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, help="a folder of the pictures, or a .tar.gz of it")
    parser.add_argument("--work", type=Path, default=Path("build/flowers"), help="what is kept")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--size", type=int, default=64, help="side of a picture in pixels")
    parser.add_argument("--filters", type=int, default=16, help="of the first layer")
    parser.add_argument("--blocks", type=int, nargs="+", default=[3, 4, 6, 3])
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=0, help="at most so many; 0: all")
    parser.add_argument("--full", action="store_true", help="the article's own setting")
    parser.add_argument("--table", action="store_true", help="print what is there, train nothing")
    parser.add_argument("--curves", action="store_true", help="print every epoch, too, as Python")
    options = parser.parse_args()
    if options.full:
        options.size, options.filters, options.blocks = 224, 64, [3, 4, 6, 3]
        options.batch, options.epochs = 64, 60
    if not options.table and (options.photos is None or not options.photos.exists()):
        parser.exit(2, f"There is no {options.photos}: give a folder or an archive by --photos.\n")
    return options


def _unpacked(archive: Path, work: Path) -> Path:
    """The folder that holds train/ and val/."""
    if archive.is_dir():
        return archive
    folder = work / "pictures"
    if not folder.is_dir():
        part = work / "pictures.part"
        with tarfile.open(archive) as tar:
            tar.extractall(part, filter="data")
        part.rename(folder)
    return next(path.parent for path in sorted(folder.rglob("train")) if path.is_dir())


def batches(folder: Path, part: str, names: list[str] | None, seed: int, options) -> tuple:
    """One part of the pictures as tf.data, and the names of its classes."""
    found = find_class_folders(folder / part, names)
    pictures = np.stack([_picture(path, options.size) for path in found.paths])
    labels = keras.utils.to_categorical(found.labels, len(found.names))
    data = tf.data.Dataset.from_tensor_slices((pictures, labels))
    if part == "train":
        data = data.shuffle(len(pictures), seed=seed).map(
            lambda x, y: (tf.image.random_flip_left_right(x, seed=seed), y)
        )
    data = data.batch(options.batch, drop_remainder=part == "train")
    return data.map(lambda x, y: (tf.cast(x, tf.float32) - MEAN, y)).prefetch(2), found.names


def _picture(path: str, size: int) -> np.ndarray:
    picture = tf.io.decode_image(tf.io.read_file(path), 3, expand_animations=False)
    small = tf.image.resize(picture, (size, size), antialias=True)
    return np.clip(np.round(small), 0, 255).astype("uint8")


def run(notebook: dict, folder: Path, kind: str, seed: int, options: argparse.Namespace) -> None:
    """Train one network, or go on with it."""
    place = options.work / f"{_setting(options)}-{kind}-{seed}"
    keras.utils.set_random_seed(seed)
    train, names = batches(folder, "train", None, seed, options)
    val, _ = batches(folder, "val", names, seed, options)
    shape = (options.size, options.size, 3)
    block = notebook[kind]
    model = notebook["network"](
        block, options.blocks, options.filters, len(names), shape, large=True
    )
    _draw(model, seed)
    training = Training(model)
    log = training.restore(place)
    steps = [
        tf.function(notebook[name], reduce_retracing=True, autograph=False)
        for name in ("train_step", "test_step")
    ]
    while len(log) < options.epochs:
        log.append(notebook["run_epoch"](training, *steps, train, val))
        training.save(place, log)
        notebook["keep_best"](model, log[-1]["val_loss"], place)
        words = ", ".join(f"{key} {value:.3f}" for key, value in log[-1].items())
        clock = time.strftime("%H:%M:%S")
        print(f"{clock} {kind} seed {seed} epoch {len(log)}: {words}", flush=True)
    keras.backend.clear_session()


def _draw(model: keras.Model, seed: int) -> None:
    """Draw every kernel anew from the seed, with the deviation of kaiming_normal."""
    stream = np.random.default_rng(seed)
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            kernel = layer.kernel
            rows, columns, _, filters = kernel.shape
            deviation = np.sqrt(2 / (rows * columns * filters))
            kernel.assign(stream.normal(0, deviation, kernel.shape))


def _setting(options: argparse.Namespace) -> str:
    """The setting in a name: only runs of one setting belong into one table."""
    blocks = "-".join(map(str, options.blocks))
    return f"{options.size}px-{blocks}x{options.filters}-batch{options.batch}"


def _logs(options: argparse.Namespace) -> dict[str, list[list[dict[str, float]]]]:
    """By the kind of block, each run's epochs."""
    return {
        kind: [
            json.loads(file.read_text(encoding="utf-8"))
            for file in sorted(options.work.glob(f"{_setting(options)}-{kind}-*/log.json"))
        ]
        for kind in KINDS
    }


def curves(options: argparse.Namespace) -> str:
    """What notebook 05 draws: by measure and block, a row of numbers for each seed."""
    shown = {
        key: {
            kind: [[round(epoch[key], 3) for epoch in log] for log in runs]
            for kind, runs in _logs(options).items()
        }
        for key in ("loss", "val_loss", "val_accuracy")
    }
    return json.dumps(shown)


def table(options: argparse.Namespace) -> str:
    """What all runs of a setting have come to, as Markdown."""
    logs = _logs(options)
    counts = [len(log) for runs in logs.values() for log in runs]
    if not counts:
        return "Nothing is trained yet."
    epochs = min(counts)
    lines = [
        f"{_setting(options)}, after {epochs} epochs; mean over the seeds (smallest to largest)",
        "",
        "| block | seeds | training loss | validation loss | validation accuracy | best validation "
        "loss | seconds an epoch |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for kind, runs in logs.items():
        if runs:
            last = [log[epochs - 1] for log in runs]
            columns = [
                _spread([end[key] for end in last], 3)
                for key in ("loss", "val_loss", "val_accuracy")
            ]
            columns.append(_spread([min(e["val_loss"] for e in log[:epochs]) for log in runs], 3))
            seconds = [statistics.median(e["seconds"] for e in log[:epochs]) for log in runs]
            columns.append(_spread(seconds, 0))
            lines.append(f"| {kind} | {len(runs)} | {' | '.join(columns)} |")
    return "\n".join(lines)


def _spread(values: list[float], digits: int) -> str:
    low, mean, high = min(values), statistics.mean(values), max(values)
    return f"{mean:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


if __name__ == "__main__":
    main()
