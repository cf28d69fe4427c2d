"""How much sooner our recipe brings notebook 01's unchanged ResNet50 to 95 % test accuracy.

The goal is four times; the ratio that comes out is printed.

    python benchmarks/time_to_accuracy.py --photos sign-language-digits.tar.gz

races notebook 01's recipe (Adam, batches of 32) against `resnets.training.fast`: same network, same
photographs, same machine, in turns, once for every seed. A run's time counts from before its first
step, tracing and recalibration included and tests not, to the first epoch from which the test
accuracy is 95 % and never again below 93 %. A run of the course's recipe that does not get there in
its epochs counts with all its time, so the ratio errs against us.

    python benchmarks/time_to_accuracy.py --photos … --two-epochs

compares the accuracies after two epochs instead. The archive is the one that `python -m
resnets.data` downloads (datasets/README.md). Without --photos the race is on rendered hands.
"""

import argparse
import os
import statistics
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

from autograder.authoring.solved_namespace import solved_namespace
from resnets.data.archive import read_photographs
from resnets.data.photographs import PINNED, verified_signs
from resnets.hands import rendered_hands
from resnets.training import Epoch, Pictures, Recipe, course, fast, train

GOAL, FLOOR = 0.95, 0.93


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, metavar="ARCHIVE", help="the photographs' archive")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=4, help="of our recipe")
    parser.add_argument("--course-epochs", type=int, default=22, help="of the course's, at most")
    parser.add_argument("--two-epochs", action="store_true")
    options = parser.parse_args()
    if options.photos and not options.photos.is_file():
        parser.exit(
            2,
            f"There is no archive {options.photos}: datasets/README.md says where it is from. "
            "Without --photos the race is on rendered hands.\n",
        )
    recipes = {"course": course(options.course_epochs), "ours": fast(options.epochs)}
    if options.two_epochs:
        recipes = {"course": course(2), "ours": fast(2)}
    build = solved_namespace("01_residual_networks")["ResNet50"]
    pictures = photographs(options.photos) if options.photos else rendered()
    runs: dict[str, list[list[Epoch]]] = {name: [] for name in recipes}
    for seed in range(options.seeds):
        for name, recipe in recipes.items():
            runs[name].append(run(build(), pictures, recipe, name, seed))
    (compare_two_epochs if options.two_epochs else compare_times)(runs)


def photographs(archive: Path) -> Pictures:
    """The course's split of the photographs: no hand is in both parts."""
    signs = verified_signs(read_photographs(archive.read_bytes()), PINNED)
    return Pictures(
        signs.train_x.astype("float32") / 255,
        signs.train_y[0],
        signs.test_x.astype("float32") / 255,
        signs.test_y[0],
    )


def rendered() -> Pictures:
    """As many rendered hands."""
    train_x, train_y = rendered_hands(180, seed=1)
    test_x, test_y = rendered_hands(20, seed=2)
    return Pictures(
        train_x.astype("float32") / 255, train_y, test_x.astype("float32") / 255, test_y
    )


def run(
    model: keras.Model, pictures: Pictures, recipe: Recipe, name: str, seed: int
) -> list[Epoch]:
    """One training. The course's ends two steady epochs after it got there."""
    keras.utils.set_random_seed(seed)
    history: list[Epoch] = []

    def report(epoch: Epoch) -> bool:
        history.append(epoch)
        print(
            f"{name:>7} seed {seed} epoch {epoch.number:2} {epoch.seconds:7.1f} s "
            f"loss {epoch.loss:.3f} accuracy {epoch.accuracy:.3f}",
            flush=True,
        )
        first = steady(history)
        return first is not None and not recipe.cosine and epoch.number >= first.number + 2

    return train(model, pictures, recipe, seed=seed, after_epoch=report)


def steady(history: list[Epoch]) -> Epoch | None:
    """The first epoch with 95 % after which no epoch has less than 93 %."""
    for i, epoch in enumerate(history):
        if epoch.accuracy >= GOAL and all(later.accuracy >= FLOOR for later in history[i:]):
            return epoch
    return None


def compare_times(runs: dict[str, list[list[Epoch]]]) -> None:
    seconds = {}
    for name, histories in runs.items():
        reached = [steady(history) for history in histories]
        times = [(r or h[-1]).seconds for r, h in zip(reached, histories, strict=True)]
        seconds[name] = statistics.median(times)
        failed = sum(epoch is None for epoch in reached)
        note = f", {failed} of {len(times)} never got there" if failed else ""
        last = statistics.median(history[-1].accuracy for history in histories)
        print(
            f"{name:>7}: median {seconds[name]:.1f} s to {GOAL:.0%} "
            f"({min(times):.1f} to {max(times):.1f}{note}); accuracy at the end {last:.3f}"
        )
    print(f"ratio: {seconds['course'] / seconds['ours']:.2f}")


def compare_two_epochs(runs: dict[str, list[list[Epoch]]]) -> None:
    for name, histories in runs.items():
        ends = [history[-1].accuracy for history in histories]
        print(
            f"{name:>7}: median accuracy after two epochs {statistics.median(ends):.3f} "
            f"({min(ends):.3f} to {max(ends):.3f}), {histories[0][-1].seconds:.1f} s"
        )


if __name__ == "__main__":
    main()
