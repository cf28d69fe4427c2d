"""`python -m pretraining train` makes the pretrained model, `… scores` says how good it is."""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from autograder.authoring.solved_namespace import solved_namespace
from pretraining import pictures
from pretraining.scores import scores
from pretraining.train import Plan, train
from resnets.training import load_pretrained, recalibrate_batch_norm
from resnets.training.pretrained import PRETRAINED, save_pretrained


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m pretraining", description=__doc__)
    parser.add_argument("command", choices=["train", "scores"])
    parser.add_argument(
        "--photographs", type=Path, required=True, help="the archive (datasets/README.md)"
    )
    parser.add_argument("--scenery", type=Path, help="a .tar.gz of any photographs, as backgrounds")
    parser.add_argument("--model", type=Path, default=PRETRAINED, help="the model file")
    parser.add_argument("--steps", type=int, default=Plan.steps)
    parser.add_argument("--rendered", type=int, default=600, help="rendered hands of each digit")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--compiled", action="store_true", help="use torch.compile")
    parser.add_argument(
        "--start",
        type=Path,
        help="a model file to go on from: with everybody, at full strength, at half the rate",
    )
    parser.add_argument("--checkpoint", type=Path, help="where to keep the weights on the way")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    photos = pictures.photographs(options.photographs)
    if options.command == "train":
        _train(options, photos)
    _print_scores(options.model, photos)


def _train(options: argparse.Namespace, photos: pictures.Photographs) -> None:
    plan = Plan(steps=options.steps)
    if options.start:
        model = load_pretrained(options.start)
        plan = replace(plan, ease=0.0, join=0.0, rate=plan.rate / 2)
    else:
        model = solved_namespace("01_residual_networks")["ResNet50"]()
    recent = train(
        model,
        photos,
        pictures.rendered(options.rendered, seed=100),
        plan,
        scenery=pictures.scenery(options.scenery) if options.scenery else None,
        compiled=options.compiled,
        checkpoint=options.checkpoint,
    )
    recalibrate_batch_norm(model, recent.permute(0, 2, 3, 1).numpy())
    save_pretrained(model, options.model)


def _print_scores(path: Path, photos: pictures.Photographs) -> None:
    model = load_pretrained(path)

    def predict(batch: torch.Tensor) -> torch.Tensor:
        probabilities = model.predict(batch.permute(0, 2, 3, 1).numpy(), verbose=0)
        return torch.from_numpy(np.argmax(probabilities, 1))

    for name, score in scores(predict, photos).items():
        print(f"{score:7.1%}  {name.strip()}")


if __name__ == "__main__":
    main()
