"""Training: what makes notebook 01's network learn faster, and its pretrained weights.

averaging.py    the mean of several checkpoints
batch_norm.py   moving averages computed afresh
by_hand.py      what a training loop written by hand holds, and Keras' own step
first_step.py   a first step without the wait
fused_optimizers.py   Adam and SGD in a few operations
recipe.py       how to train, as data
loop.py         training as a recipe says, with the clock running
pretrained.py   the trained model
imagenet.py     ResNet-152 with weights from ImageNet, where there is a network
"""

from resnets.training.batch_norm import (
    batch_statistics,
    recalibrate_batch_norm,
    set_statistics,
)
from resnets.training.by_hand import NumpyBatches, Training, keras_step
from resnets.training.first_step import prepare_training
from resnets.training.imagenet import load_resnet152
from resnets.training.loop import Epoch, Pictures, train
from resnets.training.pretrained import load_pretrained
from resnets.training.recipe import Recipe, course, fast

__all__ = [
    "Epoch",
    "NumpyBatches",
    "Pictures",
    "Recipe",
    "Training",
    "batch_statistics",
    "course",
    "fast",
    "keras_step",
    "load_pretrained",
    "load_resnet152",
    "prepare_training",
    "recalibrate_batch_norm",
    "set_statistics",
    "train",
]
