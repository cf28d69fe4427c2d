"""The students' one import: everything that the notebooks use, and nothing but re-exports."""

from resnets.quiet import import_keras
from resnets.validate_button import run_only_what_is_graded

import_keras()
run_only_what_is_graded()

from resnets.array_gradients import gradients_of
from resnets.checks import check, hint, progress, reset, total
from resnets.data import (
    DatasetError,
    convert_to_one_hot,
    find_class_folders,
    find_flowers,
    load_dataset,
    load_photo,
    random_mini_batches,
    save_class_indices,
)
from resnets.flops import multiply_adds
from resnets.gradients import gradient_norms
from resnets.groups import with_split_groups
from resnets.hands import rendered_hands
from resnets.initializers import GlorotUniform, KaimingNormal, glorot_uniform, kaiming_normal
from resnets.plots.architecture import plot_architecture
from resnets.plots.blocks import draw_block
from resnets.plots.channels import plot_channels
from resnets.plots.confusion import plot_confusion
from resnets.plots.curves import plot_bars, plot_gradients, plot_history
from resnets.plots.forms import plot_forms
from resnets.plots.lines import plot_curves
from resnets.plots.live import LiveCurves
from resnets.plots.model_plot import plot_model
from resnets.plots.padding import plot_padding
from resnets.plots.pictures import plot_pictures
from resnets.plots.signs import plot_prediction, plot_signs
from resnets.printing import rounded
from resnets.progress import Progress
from resnets.reproducible import set_reproducible
from resnets.strides import with_stride_on_first
from resnets.training import (
    NumpyBatches,
    Training,
    batch_statistics,
    keras_step,
    load_pretrained,
    load_resnet152,
    prepare_training,
    recalibrate_batch_norm,
    set_statistics,
)
from resnets.training_curves import draw_weights, training_curves

__all__ = [
    "DatasetError",
    "GlorotUniform",
    "KaimingNormal",
    "LiveCurves",
    "NumpyBatches",
    "Progress",
    "Training",
    "batch_statistics",
    "check",
    "convert_to_one_hot",
    "draw_block",
    "draw_weights",
    "find_class_folders",
    "find_flowers",
    "glorot_uniform",
    "gradient_norms",
    "gradients_of",
    "hint",
    "kaiming_normal",
    "keras_step",
    "load_dataset",
    "load_photo",
    "load_pretrained",
    "load_resnet152",
    "multiply_adds",
    "plot_architecture",
    "plot_bars",
    "plot_channels",
    "plot_confusion",
    "plot_curves",
    "plot_forms",
    "plot_gradients",
    "plot_history",
    "plot_model",
    "plot_padding",
    "plot_pictures",
    "plot_prediction",
    "plot_signs",
    "prepare_training",
    "progress",
    "random_mini_batches",
    "recalibrate_batch_norm",
    "rendered_hands",
    "reset",
    "rounded",
    "save_class_indices",
    "set_reproducible",
    "set_statistics",
    "total",
    "training_curves",
    "with_split_groups",
    "with_stride_on_first",
]
