"""Claim: a ResNet50 trained on rendered hands alone reads photographs that it has never seen.

    python benchmarks/rendered_hands.py --photos sign-language-digits.tar.gz

trains notebook 01's ResNet50 twice with one recipe, on 1,080 pictures each: on rendered hands and,
as the peer, on photographs. Both are tested on 120 photographs of people whom neither has seen; the
network of the rendered hands also on all photographs of the digits 0 to 5 in the archive and on
rendered hands of another seed. Chance is 1 in 6. Without --photos only the rendered rows appear.
The archive is the one that `python -m resnets.data` downloads (datasets/README.md).
"""

import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from autograder.authoring.solved_namespace import solved_namespace
from resnets.data.archive import read_photographs
from resnets.data.photo import load_photo
from resnets.data.photographs import PINNED, verified_signs
from resnets.hands import rendered_hands
from resnets.training import Epoch, Pictures, fast, train

PER_CLASS = 180
TRAIN_SEED, TEST_SEED = 1, 2
GOAL = 0.60


def main() -> None:
    options = _options()
    keras.utils.set_random_seed(options.seed)
    start = time.perf_counter()
    hands = rendered_hands(PER_CLASS, TRAIN_SEED)
    seconds = time.perf_counter() - start
    print(f"drew {len(hands[0])} hands in {seconds:.1f} s ({seconds / len(hands[0]):.4f} s each)")
    network = trained(*hands, options)
    rows = [("rendered", "rendered, another seed", rendered_hands(20, TEST_SEED))]
    if options.photos:
        photographs = read_photographs(options.photos.read_bytes())
        signs = verified_signs(photographs, PINNED)
        digits = [p for p in photographs if p.digit < 6]
        everything = (
            np.rint(255 * np.concatenate([load_photo(p.content) for p in digits])),
            np.array([p.digit for p in digits]),
        )
        held_out = signs.test_x, signs.test_y[0]
        rows += [
            ("rendered", "photographs, all", everything),
            ("rendered", "photographs, held out", held_out),
        ]
    print(f"\n{'trained on':<14} {'tested on':<24} {'pictures':>8} {'accuracy':>9}")
    reached = [report(network, *row) for row in rows]
    if options.photos:
        peer = trained(signs.train_x, signs.train_y[0], options)
        ceiling = report(peer, "photographs", "photographs, held out", held_out)
        print(f"{'chance':<48} {1 / 6:>9.3f}")
        print(f"\nrendered / photographs on held-out photographs: {reached[2] / ceiling:.3f}")
        met = "reached" if reached[1] >= GOAL else "missed"
        print(f"goal {GOAL:.2f} on all photographs: {met} with {reached[1]:.3f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, metavar="ARCHIVE", help="the photographs' archive")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0, help="of weights and order of pictures")
    options = parser.parse_args()
    if options.photos and not options.photos.is_file():
        parser.exit(
            2, f"There is no archive {options.photos}: datasets/README.md says where it is.\n"
        )
    return options


def trained(x: np.ndarray, y: np.ndarray, options: argparse.Namespace) -> keras.Model:
    """Notebook 01's ResNet50, trained from scratch by notebook 08's recipe."""
    model = solved_namespace("01_residual_networks")["ResNet50"]()
    few = slice(0, 120)  # what it is watched on while it trains
    pictures = Pictures(scaled(x), y, scaled(x)[few], y[few])
    train(model, pictures, fast(options.epochs), seed=options.seed, after_epoch=show)
    return model


def show(epoch: Epoch) -> None:
    print(f"  epoch {epoch.number:2} {epoch.seconds:6.1f} s loss {epoch.loss:.3f}", flush=True)


def report(
    model: keras.Model, trained_on: str, tested_on: str, data: tuple[np.ndarray, np.ndarray]
) -> float:
    """Print and return the accuracy."""
    x, y = data
    found = model.predict(scaled(x), batch_size=120, verbose=0).argmax(1)
    accuracy = float((found == y).mean())
    print(f"{trained_on:<14} {tested_on:<24} {len(y):>8} {accuracy:>9.3f}", flush=True)
    return accuracy


def scaled(x: np.ndarray) -> np.ndarray:
    return x.astype(np.float32) / 255


if __name__ == "__main__":
    main()
