"""Pictures and labels: three sources behind `load_dataset`, and the course's small helpers."""

from resnets.data.batches import (
    convert_to_one_hot,
    forward_propagation_for_predict,
    predict,
    random_mini_batches,
)
from resnets.data.class_folders import find_class_folders, save_class_indices
from resnets.data.errors import DatasetError
from resnets.data.flowers import find_flowers
from resnets.data.load import load_dataset
from resnets.data.photo import load_photo

__all__ = [
    "DatasetError",
    "convert_to_one_hot",
    "find_class_folders",
    "find_flowers",
    "forward_propagation_for_predict",
    "load_dataset",
    "load_photo",
    "predict",
    "random_mini_batches",
    "save_class_indices",
]
