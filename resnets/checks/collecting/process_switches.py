"""Switches that a call throws for the whole process, and that no function of a notebook needs.

Most are put back for the time of a check, so that it judges the function and not the switch.
Eager execution cannot be put back: the call that switched it off is named.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

import keras

EAGER_IS_OFF = (
    "Eager execution is switched off for the whole notebook. Delete "
    "tf.compat.v1.disable_eager_execution() or disable_v2_behavior(). Then restart the kernel and "
    "run the cells again."
)


def thrown() -> str:
    """Which switch keeps every function of the notebook from running, in a sentence; or nothing."""
    tensorflow = sys.modules.get("tensorflow")
    if keras.backend.backend() == "tensorflow" and tensorflow is not None:
        return "" if tensorflow.executing_eagerly() else EAGER_IS_OFF
    return ""


@contextlib.contextmanager
def standard_settings() -> Iterator[None]:
    """Within the body: numbers of single precision, channels last, no mixed precision."""
    floatx, channels = keras.config.floatx(), keras.config.image_data_format()
    policy = keras.config.dtype_policy()
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_floatx(floatx)
        keras.config.set_image_data_format(channels)
        keras.config.set_dtype_policy(policy)
