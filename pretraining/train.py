"""The training loop."""

import math
import queue
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import keras
import torch
from torch import Tensor
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn, update_bn

from pretraining.augment import Augmentation
from pretraining.pictures import CLASSES, Hands, Photographs
from pretraining.scores import scores
from pretraining.torch_mirror import Mirror

REPORT_EVERY = 0.17  # of the steps


@dataclass(frozen=True)
class Plan:
    """What training does.

    Attributes:
        steps: How many.
        batch_size: Pictures a step.
        rate: Highest learning rate of SGD with Nesterov momentum.
        warm_up: Share of the steps in which the rate rises to it.
        decay: Weight decay of kernels.
        smoothing: Of the labels.
        averaging: Share of the averaged weights that each step keeps.
        rendered: Share of rendered hands in a batch.
        join: Share of the steps after which the first session, until then only measured on, is
            trained on too; 1 for never.
        small_side: Pixels of the pictures in the first part of the training, at about half the
            cost of 64. The network pools both to a single place before its last layer.
        ease: Share of the steps in which the augmentation grows to its full strength.
        small_until: Share of the steps for which pictures are small.
    """

    steps: int = 8000
    batch_size: int = 64
    rate: float = 0.03
    momentum: float = 0.9
    warm_up: float = 0.04
    decay: float = 5e-4
    smoothing: float = 0.05
    averaging: float = 0.99
    rendered: float = 0.35
    join: float = 0.7
    small_side: int = 48
    small_until: float = 0.5
    ease: float = 0.4
    seed: int = 0

    def strength(self, done: float) -> float:
        """How far pictures are changed: gently at first, or the network learns nothing for long."""
        return 1.0 if done >= self.ease else 0.15 + 0.85 * done / self.ease


def train(
    model: keras.Model,
    photos: Photographs,
    drawn: Hands,
    plan: Plan,
    *,
    scenery: Tensor | None = None,
    compiled: bool = False,
    checkpoint: Path | None = None,
) -> Tensor:
    """Train a Keras model by way of its mirror in PyTorch; the model gets the averaged weights.

    Returns:
        The pictures of the last steps, (m, 3, 64, 64): averaged weights need batch-norm statistics
        of their own (Izmailov et al. 2018, "Averaging Weights", section 3.2).
    """
    torch.manual_seed(plan.seed)
    mirror = Mirror(model).to(memory_format=torch.channels_last)
    average = AveragedModel(mirror, multi_avg_fn=get_ema_multi_avg_fn(plan.averaging))
    optimizer = torch.optim.SGD(
        [
            {"params": [p for p in mirror.parameters() if p.ndim > 1], "weight_decay": plan.decay},
            {"params": [p for p in mirror.parameters() if p.ndim == 1]},
        ],
        lr=plan.rate,
        momentum=plan.momentum,
        nesterov=True,
    )
    forward = torch.compile(mirror) if compiled else mirror
    augment = Augmentation(torch.Generator().manual_seed(plan.seed), scenery)
    batches = _ahead(_batches(photos, drawn, plan, augment))
    report_at = REPORT_EVERY
    recent: deque[Tensor] = deque(maxlen=12)
    for step, (pictures, digits) in enumerate(batches):
        done = step / plan.steps
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * _rate(done, plan.warm_up)
        recent.append(pictures)
        if done < plan.small_until:
            pictures = functional.interpolate(
                pictures, plan.small_side, mode="bilinear", antialias=True
            )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = forward(pictures.contiguous(memory_format=torch.channels_last))
        loss = functional.cross_entropy(logits.float(), digits, label_smoothing=plan.smoothing)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        average.update_parameters(mirror)
        if step % 20 == 0:
            right = (logits.argmax(1) == digits).float().mean().item()
            print(f"{done:6.1%} step {step} loss {loss.item():.3f} right {right:.2f}")
        if done >= report_at:
            report_at += REPORT_EVERY
            update_bn(recent, average)  # averaged weights need statistics of their own
            if checkpoint:
                torch.save(average.module.state_dict(), checkpoint)
            for name, score in scores(predictor(average.module), photos, hard_views=1).items():
                print(f"        {score:.3f} {name}", flush=True)
    average.module.copy_to(model)
    return torch.cat(list(recent))


def predictor(module: torch.nn.Module):
    """Digits for pictures, 64 at a time."""

    @torch.no_grad()
    def predict(pictures: Tensor) -> Tensor:
        module.eval()
        return torch.cat([module(part).argmax(1) for part in pictures.split(64)])

    return predict


def _rate(done: float, warm_up: float) -> float:
    """A short rise, then half a cosine down to nothing."""
    if done < warm_up:
        return (done + 0.1 * warm_up) / (1.1 * warm_up)
    return 0.5 * (1 + math.cos(math.pi * (done - warm_up) / (1 - warm_up)))


def _batches(
    photos: Photographs, drawn: Hands, plan: Plan, augment: Augmentation
) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches with all digits equally likely; every fourth but gently changed."""
    random = augment.random
    everything = photos.train + photos.first_session + drawn
    sources = torch.tensor(
        [0] * len(photos.train) + [1] * len(photos.first_session) + [2] * len(drawn)
    )
    for step in range(plan.steps):
        joined = step >= plan.join * plan.steps
        weights = torch.zeros(len(everything))
        for digit in range(CLASSES):
            own = everything.digits == digit
            photo = own & ((sources == 0) | ((sources == 1) & joined))
            weights[photo] = (1 - plan.rendered) / photo.sum()
            weights[own & (sources == 2)] = plan.rendered / (own & (sources == 2)).sum()
        which = torch.multinomial(weights, plan.batch_size, generator=random)
        augment.strength = 0.4 if step % 4 == 0 else plan.strength(step / plan.steps)
        yield augment(everything, which), everything.digits[which]


def _ahead(batches: Iterator, depth: int = 4) -> Iterator:
    """The same batches, made in a thread of their own while the network works."""
    ready: queue.Queue = queue.Queue(depth)
    over = object()

    def work() -> None:
        for batch in batches:
            ready.put(batch)
        ready.put(over)

    threading.Thread(target=work, daemon=True).start()
    while (batch := ready.get()) is not over:
        yield batch
