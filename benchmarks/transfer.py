"""Claim: with few photographs, a network that has read other hands beats one from scratch.

    python benchmarks/transfer.py --photos sign-language-digits.tar.gz

Notebook 01's pretrained network reads the digits 0 to 5. It has never seen a 7, 8 or 9, and the 6
only as another 3 (see pretraining/pictures.py). Here photographs of these four are told apart in
four ways: with its layers frozen and a new head; fine-tuned (after that, the last stage learns,
too, at a tenth of the rate); the same network from scratch; and, as the peer, the plain
convolutional network of notebook 07. Each with 5, 20 and all photographs a class for training, with
the same augmentation and the same number of steps. The 20 people of the test are in no training,
that of the pretrained network included. Their photographs are read after the last step: no epoch is
chosen. Chance is 1 in 4.

Every measurement is written to a file as soon as it is made. Who starts again goes on after the
last one. The archive is the one that `python -m resnets.data` downloads (datasets/README.md).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from resnets.quiet import import_keras

import_keras()

import keras
import numpy as np

from autograder.authoring.solved_namespace import solved_namespace
from resnets.data.archive import Photograph, read_photographs
from resnets.data.photo import load_photo
from resnets.data.photographs import group_by_person, tested_people
from resnets.training import load_pretrained, prepare_training, recalibrate_batch_norm
from resnets.training_curves import draw_weights

FIRST, CLASSES = 6, 4
STEPS = {5: 80, 20: 120, None: 200}
"""Pictures a class (None: all) → steps."""
BATCH = 20
RATE, HEAD_RATE = 1e-3, 3e-3
"""Of a whole network at its beginning; of a new head alone."""
DEGREES = 20
"""By which training pictures are turned at most."""
WAYS = ("frozen", "fine-tuned", "from scratch", "plain CNN")
SOLVED = solved_namespace("07_transfer_learning")


def main() -> None:
    options = _options()
    train, test = split(read_photographs(options.photos.read_bytes()))
    print(f"{len(train[1])} photographs to train on, {len(test[1])} of other people to test on")
    results = read_results(options.results)
    for per_class in STEPS:
        for seed in options.seeds:
            todo = [way for way in WAYS if key_of(way, per_class, seed) not in results]
            for way, accuracy, seconds in measured(
                todo, *chosen(train, per_class, seed), test, seed
            ):
                key = key_of(way, per_class, seed)
                results[key] = accuracy
                line = {"key": key, "accuracy": accuracy, "seconds": round(seconds, 1)}
                with options.results.open("a") as file:
                    file.write(json.dumps(line) + "\n")
                print(f"{key:32} {accuracy:.3f}  {seconds:5.0f} s", flush=True)
    print_table(results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, required=True, metavar="ARCHIVE")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument(
        "--results",
        type=Path,
        default=ROOT / "build" / "transfer.jsonl",
        metavar="FILE",
        help="where measurements are kept",
    )
    options = parser.parse_args()
    if not options.photos.is_file():
        parser.exit(2, f"There is no archive {options.photos}: see datasets/README.md.\n")
    options.results.parent.mkdir(parents=True, exist_ok=True)
    return options


Pictures = tuple[np.ndarray, np.ndarray]
"""Pictures (m, 64, 64, 3) from 0 to 1, and labels (m,) from 0."""


def split(photographs: list[Photograph]) -> tuple[Pictures, Pictures]:
    """Training and test pictures of the digits 6 to 9, by different people."""
    people = group_by_person(photographs)
    tested = tested_people(people)
    return (
        _decoded([p for person in people if person not in tested for p in person]),
        _decoded([p for person in tested for p in person]),
    )


def _decoded(photographs: list[Photograph]) -> Pictures:
    photographs = [p for p in photographs if p.digit >= FIRST]
    x = np.concatenate([load_photo(p.content) for p in photographs])
    return x, np.array([p.digit - FIRST for p in photographs])


def chosen(train: Pictures, per_class: int | None, seed: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Some training pictures of each class, other ones for another seed; and the steps."""
    x, y = train
    stream = np.random.default_rng([seed, per_class or 0])
    each = [stream.permutation(np.flatnonzero(y == label))[:per_class] for label in range(CLASSES)]
    places = np.concatenate(each)
    return x[places], y[places], STEPS[per_class]


def measured(
    ways: list[str], x: np.ndarray, y: np.ndarray, steps: int, test: Pictures, seed: int
) -> Iterator[tuple[str, float, float]]:
    """Way, accuracy and seconds of each training; fine-tuning goes on where frozen has ended."""
    model: keras.Model | None = None
    for way in ways:
        keras.utils.set_random_seed(seed)
        start = time.perf_counter()
        if way == "fine-tuned":
            if model is None:
                model = train_new_head(x, y, steps, seed)
            SOLVED["fine_tune"](model, "res5a_branch2a", RATE / 10)
            run_steps(model, x, y, steps // 2, seed + 1000)
        elif way == "frozen":
            model = train_new_head(x, y, steps, seed)
        else:
            model = new_network(way, seed)
            compile_with(model, steps)
            run_steps(model, x, y, steps, seed)
            if way == "from scratch":  # its moving averages are too slow: see notebook 01
                recalibrate_batch_norm(model, x[:300])
        yield way, accuracy(model, test), time.perf_counter() - start
        if way != "frozen":
            keras.backend.clear_session()


def train_new_head(x: np.ndarray, y: np.ndarray, steps: int, seed: int) -> keras.Model:
    model = SOLVED["replace_head"](load_pretrained(), CLASSES)
    compile_with(model, steps, HEAD_RATE)
    run_steps(model, x, y, steps, seed)
    return model


def new_network(way: str, seed: int) -> keras.Model:
    """A network with random weights."""
    if way == "plain CNN":
        return plain_cnn()
    model = keras.models.clone_model(load_pretrained())
    draw_weights(model, np.random.default_rng(seed))
    for layer in model.layers:  # every block begins as the identity, as in resnets.training.Recipe
        if layer.name.endswith("_branch2c") and hasattr(layer, "gamma"):
            layer.gamma.assign(np.zeros(layer.gamma.shape))
    head = keras.layers.Dense(CLASSES, activation="softmax")
    return keras.Model(model.input, head(model.layers[-1].input))


def plain_cnn() -> keras.Model:
    """The article's convolutional network: 5×5 windows, two poolings, one dense layer."""
    X_input = X = keras.Input((64, 64, 3))
    for filters, pooled in ((16, True), (32, False), (32, True), (64, False)):
        X = keras.layers.Conv2D(filters, 5, padding="same", activation="relu")(X)
        X = keras.layers.MaxPooling2D()(X) if pooled else X
    X = keras.layers.Dense(CLASSES, activation="softmax")(keras.layers.Flatten()(X))
    return keras.Model(X_input, X)


def compile_with(model: keras.Model, steps: int, rate: float = RATE) -> None:
    rate = keras.optimizers.schedules.CosineDecay(rate, steps)
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")


def run_steps(model: keras.Model, x: np.ndarray, y: np.ndarray, steps: int, seed: int) -> None:
    """Train on augmented batches."""
    prepare_training(model, y)
    stream = np.random.default_rng(seed)
    order = np.zeros(0, int)
    for _ in range(steps):
        while len(order) < BATCH:
            order = np.concatenate([order, stream.permutation(len(x))])
        now, order = order[:BATCH], order[BATCH:]
        model.train_on_batch(augmented(x[now], stream), y[now])


def augmented(x: np.ndarray, stream: np.random.Generator) -> np.ndarray:
    """Notebook 07's pipeline, but for the hue: every step is the solution's."""
    m, side = x.shape[:2]
    larger = keras.ops.image.resize(x, (side * 300 // 256,) * 2)
    x = SOLVED["rotate"](keras.ops.convert_to_numpy(larger), stream.uniform(-DEGREES, DEGREES, m))
    x = SOLVED["centre_crop"](x, side)
    x = np.where(stream.random((m, 1, 1, 1)) < 0.5, x[:, :, ::-1], x)
    factors = (stream.uniform(1 - reach, 1 + reach, m) for reach in (0.2, 0.1, 0.1))
    x = SOLVED["colour_jitter"](x, *factors)
    return SOLVED["greyscale"](x, stream.random(m) < 0.1).astype("float32")


def accuracy(model: keras.Model, test: Pictures) -> float:
    x, y = test
    read = [model.predict_on_batch(x[i : i + 60]).argmax(axis=1) for i in range(0, len(x), 60)]
    return float(np.mean(np.concatenate(read) == y))


def key_of(way: str, per_class: int | None, seed: int) -> str:
    return f"{way}, {per_class or 'all'} a class, seed {seed}"


def read_results(path: Path) -> dict[str, float]:
    """What has been measured; a line that was cut off is left out."""
    results = {}
    for line in path.read_text().splitlines() if path.is_file() else []:
        try:
            found = json.loads(line)
            results[found["key"]] = float(found["accuracy"])
        except (ValueError, KeyError):
            continue
    return results


def print_table(results: dict[str, float], write: Callable[[str], None] = print) -> None:
    """Mean of the seeds, and the smallest and the largest, by way and pictures a class."""
    write("\n| way | 5 a class | 20 a class | all |")
    write("| --- | --- | --- | --- |")
    for way in WAYS:
        cells = []
        for per_class in STEPS:
            start = key_of(way, per_class, 0).removesuffix("0")
            found = [value for key, value in results.items() if key.startswith(start)]
            cells.append(
                f"{np.mean(found):.2f} ({min(found):.2f} to {max(found):.2f})" if found else "–"
            )
        write(f"| {way} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
