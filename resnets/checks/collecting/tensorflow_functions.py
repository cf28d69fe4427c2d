"""TensorFlow's functions on Keras' symbolic tensors, as in Keras 2: a dispatcher for `tf.…`.

Keras 3 refuses `tf.nn.relu(X)` while a model is put together. Students who learned it so are not
wrong about residual networks, so the call is turned into an operation of the graph.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

_SAME = {
    "relu": keras.ops.relu,
    "add": keras.ops.add,
    "add_v2": keras.ops.add,
    "maximum": keras.ops.maximum,
}
_installed = False


class TensorFlowFunction(keras.Operation):
    """A TensorFlow function as an operation of a Keras graph."""

    def __init__(self, function: Callable[..., Any], label: str) -> None:
        super().__init__()
        self.function, self.label = function, label

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Apply the function to arrays of the backend."""
        return self.function(*args, **kwargs)


def accept_symbolic_tensors() -> None:
    """Install the dispatcher once; without TensorFlow as backend there is nothing to do."""
    global _installed
    if _installed or keras.backend.backend() != "tensorflow":
        return
    _installed = True
    import tensorflow as tf

    base = tf.__internal__.dispatch.GlobalOpDispatcher

    class Dispatcher(base):
        """Called by TensorFlow for arguments that it cannot convert."""

        def handle(self, op: Any, args: Any, kwargs: Any) -> Any:
            flat = keras.tree.flatten((args, kwargs))
            if not any(isinstance(item, keras.KerasTensor) for item in flat):
                return self.NOT_SUPPORTED
            label = getattr(op, "__name__", str(op))
            kwargs = {key: value for key, value in kwargs.items() if key != "name"}
            same = _SAME.get(label)
            if same is not None:
                return same(*args, *kwargs.values())
            return TensorFlowFunction(op, label)(*args, **kwargs)

    Dispatcher().register()
