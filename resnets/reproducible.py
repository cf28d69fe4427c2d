"""The same numbers every time: seeds, full float32 precision, deterministic operations.

A GPU may round the factors of float32 products to TF32, whose mantissa has 10 bits instead of 23
(NVIDIA, "A100 Tensor Core GPU Architecture", 2020). That is fast and good enough for training, but
numbers that are compared with printed ones then differ in the third digit. Each backend has a
switch of its own; here they have one face.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import keras

from resnets.quiet import native_messages_kept_back


def set_reproducible(seed: int = 0) -> None:
    """Make what follows give the same numbers in every run, at full float32 precision.

    Seeds Python, NumPy and the backend, turns TF32 off, and asks for deterministic operations:
    TensorFlow and cuDNN (with PyTorch) obey at once. JAX reads XLA_FLAGS when it starts, so there
    the environment must hold `--xla_gpu_deterministic_ops=true`; on a CPU nothing is needed.

    Args:
        seed: any integer from 0 to 2³² - 1.

    Raises:
        ValueError: the seed is no such integer.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ValueError(
            f"set_reproducible: seed must be an integer from 0 to 2**32 - 1, found {seed!r}; "
            "write set_reproducible(0)."
        )
    with native_messages_kept_back():  # Keras seeds TensorFlow, too, and so imports it
        keras.utils.set_random_seed(seed)
    _PRECISIONS[keras.backend.backend()].full()
    _be_deterministic()


@contextlib.contextmanager
def full_precision() -> Iterator[None]:
    """Within the body float32 means float32; afterwards the backend's settings are as before."""
    precision = _PRECISIONS[keras.backend.backend()]
    before = precision.read()
    precision.full()
    try:
        yield
    finally:
        precision.restore(before)


def precision_settings() -> dict[str, Any]:
    """What the backend says at this moment about the precision of its float32 products."""
    return _PRECISIONS[keras.backend.backend()].read()


class _TensorFlow:
    @staticmethod
    def read() -> dict[str, Any]:
        import tensorflow as tf

        return {"tensor_float_32": tf.config.experimental.tensor_float_32_execution_enabled()}

    @staticmethod
    def full() -> None:
        _TensorFlow.restore({"tensor_float_32": False})

    @staticmethod
    def restore(settings: dict[str, Any]) -> None:
        import tensorflow as tf

        tf.config.experimental.enable_tensor_float_32_execution(settings["tensor_float_32"])


class _Jax:
    @staticmethod
    def read() -> dict[str, Any]:
        import jax

        return {"matmul_precision": jax.config.jax_default_matmul_precision}

    @staticmethod
    def full() -> None:
        _Jax.restore({"matmul_precision": "highest"})

    @staticmethod
    def restore(settings: dict[str, Any]) -> None:
        import jax

        jax.config.update("jax_default_matmul_precision", settings["matmul_precision"])


class _Torch:
    @staticmethod
    def read() -> dict[str, Any]:
        import torch

        return {
            "matmul_precision": torch.get_float32_matmul_precision(),
            "cudnn_tf32": torch.backends.cudnn.allow_tf32,
        }

    @staticmethod
    def full() -> None:
        _Torch.restore({"matmul_precision": "highest", "cudnn_tf32": False})

    @staticmethod
    def restore(settings: dict[str, Any]) -> None:
        import torch

        torch.set_float32_matmul_precision(settings["matmul_precision"])
        torch.backends.cudnn.allow_tf32 = settings["cudnn_tf32"]


_PRECISIONS = {"tensorflow": _TensorFlow, "jax": _Jax, "torch": _Torch}


def _be_deterministic() -> None:
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    elif backend == "torch":
        import torch

        torch.backends.cudnn.deterministic = True
        torch.backends.cudnn.benchmark = False
