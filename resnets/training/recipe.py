"""Recipes: how to train, as data. The network itself stays as it is."""

from dataclasses import dataclass

import keras


@dataclass(frozen=True)
class Recipe:
    """How to train.

    Attributes:
        epochs: Times that every training picture is seen.
        batch_size: Pictures a step.
        optimizer: "adam", or "sgd" with Nesterov momentum.
        rate: Learning rate, the highest one where it changes.
        cosine: Whether the rate falls to nothing along half a cosine (Loshchilov and Hutter 2016,
            "SGDR", without restarts).
        warm_up: Share of all steps in which the rate first rises from nothing.
        momentum: Of SGD.
        smoothing: Share of each label that is spread over all classes (Szegedy et al. 2015,
            "Rethinking the Inception Architecture", section 7).
        shift: Pixels by which training pictures are moved at most, up, down, left or right.
        mirror: Whether every second training picture, on average, is mirrored.
        side: Pixels of the training pictures' sides; test pictures keep theirs, and batch
            normalisation is recalibrated on training pictures of their size (Touvron et al. 2019,
            "Fixing the train-test resolution discrepancy"). None: as they are.
        zero_branches: Whether every residual branch begins at nothing: the last batch
            normalisation before an addition (`bn…_branch2c`) starts with gamma = 0, so a new block
            is the identity (Goyal et al. 2017, "Accurate, Large Minibatch SGD", section 5.1). It
            changes initial values, not the network.
        batch_norm_momentum: Of the moving averages; None: as the model has it.
        recalibrate: Training pictures from which the moving averages are computed afresh before
            each test; 0: none.
        average: Share of all steps, at the end of training, over which the weights are averaged,
            one checkpoint every few steps (see averaging.py); needs `recalibrate`.
        precision: A Keras dtype policy to compute in, "mixed_bfloat16" for example; weights stay
            float32. None: as the model has it.
        quick_start: Whether `prepare_training` shortens the first step.
    """

    epochs: int
    batch_size: int = 32
    optimizer: str = "adam"
    rate: float = 1e-3
    cosine: bool = False
    warm_up: float = 0.0
    momentum: float = 0.9
    smoothing: float = 0.0
    shift: int = 0
    mirror: bool = False
    side: int | None = None
    zero_branches: bool = False
    batch_norm_momentum: float | None = None
    recalibrate: int = 0
    average: float = 0.0
    precision: str | None = None
    quick_start: bool = False

    def __post_init__(self) -> None:
        if self.optimizer not in ("adam", "sgd"):
            raise ValueError(f"Expected the optimizer 'adam' or 'sgd', found {self.optimizer!r}.")
        if self.epochs < 1 or self.batch_size < 1:
            raise ValueError(
                "Expected epochs and batch_size of 1 or more, found "
                f"{self.epochs} and {self.batch_size}."
            )
        if not 0 <= self.warm_up < 1:
            raise ValueError(f"Expected a warm_up from 0 to less than 1, found {self.warm_up}.")
        if not 0 <= self.average <= 1:
            raise ValueError(f"Expected an average from 0 to 1, found {self.average}.")
        if self.average and not self.recalibrate:
            raise ValueError(
                "Expected recalibrate with average: averaged weights need batch norm statistics of "
                "their own."
            )

    def make_optimizer(self, steps: int) -> keras.optimizers.Optimizer:
        """The optimizer for a training of `steps` steps."""
        rate = self._schedule(steps) if self.cosine else self.rate
        if self.optimizer == "adam":
            return keras.optimizers.Adam(rate)
        return keras.optimizers.SGD(rate, momentum=self.momentum, nesterov=True)

    def _schedule(self, steps: int) -> keras.optimizers.schedules.LearningRateSchedule:
        rising = round(self.warm_up * steps)
        if not rising:
            return keras.optimizers.schedules.CosineDecay(self.rate, steps)
        return keras.optimizers.schedules.CosineDecay(
            self.rate / rising, steps - rising, warmup_target=self.rate, warmup_steps=rising
        )


def course(epochs: int = 2) -> Recipe:
    """Notebook 01's recipe: Adam with Keras' defaults, batches of 32."""
    return Recipe(epochs=epochs)


def fast(epochs: int = 4) -> Recipe:
    """A quarter of the course's epochs: benchmarks/time_to_accuracy.py races the two.

    A warm-up lets Adam take twice its usual rate, and the cosine lets it settle. Smoothed labels
    keep it from being too sure of pictures that it has seen. Averaged weights and batch norm
    statistics of their own make each epoch's network the best that its training has to give.
    """
    return Recipe(
        epochs=epochs,
        rate=2e-3,
        cosine=True,
        warm_up=0.2,
        smoothing=0.1,
        recalibrate=360,
        average=0.5,
        quick_start=True,
    )
