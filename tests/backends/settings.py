"""Print what the backend says about precision and determinism, before and after our switches.

    KERAS_BACKEND=torch python -m tests.backends.settings

The switches are read from the framework itself. Last comes whether two trainings are the same.
"""

from __future__ import annotations

import json

import keras
import numpy as np

from resnets import checks
from resnets.reproducible import full_precision, set_reproducible


def allow_tf32() -> None:
    """What somebody does who wants speed."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_tensor_float_32_execution(True)
    elif keras.backend.backend() == "jax":
        import jax

        jax.config.update("jax_default_matmul_precision", "tensorfloat32")
    else:
        import torch

        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True


def tf32() -> list[object]:
    """The framework's own settings."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return [tf.config.experimental.tensor_float_32_execution_enabled()]
    if keras.backend.backend() == "jax":
        import jax

        return [jax.config.jax_default_matmul_precision]
    import torch

    matmul, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    return [matmul.allow_tf32, cudnn.allow_tf32, torch.get_float32_matmul_precision()]


def seen_by_a_check() -> list[object]:
    """The settings while a check runs a student's function."""
    seen = []

    def conv_output_size(*arguments):
        seen.append(tf32())
        return 1

    checks.collect("conv_output_size", conv_output_size, checks.public_cases("conv_output_size"))
    return seen[0]


def deterministic() -> bool:
    """Whether operations are asked to be."""
    if keras.backend.backend() == "tensorflow":
        from tensorflow.python.framework.config import is_op_determinism_enabled

        return is_op_determinism_enabled()
    if keras.backend.backend() == "torch":
        import torch

        return torch.backends.cudnn.deterministic and not torch.backends.cudnn.benchmark
    return True  # on a CPU, JAX is


def trained(seed: int) -> list[np.ndarray]:
    """A network with dropout, after three steps on random pictures."""
    set_reproducible(seed)
    x, y = np.random.standard_normal((16, 8, 8, 3)), np.random.randint(0, 4, 16)
    layers = keras.layers
    model = keras.Sequential(
        [layers.Conv2D(8, 3), layers.ReLU(), layers.Flatten(), layers.Dropout(0.5), layers.Dense(4)]
    )
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(x, y, batch_size=8, epochs=3, verbose=0)
    return model.get_weights()


def same(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def main() -> None:
    found: dict[str, object] = {}
    allow_tf32()
    found["fast"] = tf32()
    with full_precision():
        found["full precision"] = tf32()
    found["afterwards"] = tf32()
    found["in a check"] = seen_by_a_check()
    found["after a check"] = tf32()
    set_reproducible(0)
    found["reproducible"] = tf32()
    found["deterministic"] = deterministic()
    first = trained(3)
    found["same seed, same weights"] = same(first, trained(3))
    found["other seed, same weights"] = same(first, trained(4))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
