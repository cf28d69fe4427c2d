"""Keras imported without the remarks that its backend writes to the terminal.

TensorFlow's C++ libraries tell every importing process about processor features and missing GPU
drivers, and have no setting that stops it. For a student these lines look like errors.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

BACKENDS = ("tensorflow", "jax", "torch")


@contextlib.contextmanager
def native_messages_kept_back() -> Iterator[None]:
    """Keeps back what compiled code writes to file descriptor 2; shows it if the block fails."""
    sys.stderr.flush()
    try:
        terminal = os.dup(2)
    except OSError:  # no standard error at all: nothing to keep back
        yield
        return
    with tempfile.TemporaryFile() as messages:
        os.dup2(messages.fileno(), 2)
        try:
            yield
        except BaseException:
            messages.seek(0)
            os.write(terminal, messages.read())
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)


def import_keras() -> None:
    """Imports Keras and its backend without their remarks; does nothing where that has happened.

    Raises:
        ImportError: the backend that a settings file or the environment names is none of ours.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # oneDNN's convolutions are faster on every processor (benchmarks/onednn.py), but TensorFlow
    # takes them of its own accord only where there is AVX-512.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    if "keras" in sys.modules:
        return
    with native_messages_kept_back():
        keras = _import_with_a_backend()
        if keras.backend.backend() == "tensorflow" and not _nvidia_card():
            # CUDA's library, where it is installed without a card, complains when it is first
            # asked for one; so it is asked here.
            import tensorflow as tf

            tf.config.list_physical_devices("GPU")
    # Keras makes a new tf.function for every call of a grouped convolution, of which TensorFlow
    # warns. Whoever calls the layer can do nothing about it.
    logging.getLogger("tensorflow").addFilter(lambda record: "retracing" not in str(record.msg))
    _use_the_courses_settings(keras)


def _import_with_a_backend() -> ModuleType:
    try:
        import keras
    except Exception as error:
        backend, where = os.environ.get("KERAS_BACKEND"), "the variable KERAS_BACKEND"
        if not backend:
            backend, where = _settings().get("backend"), str(_settings_file())
        if backend in (None, *BACKENDS):
            raise
        raise ImportError(
            f"{where} sets Keras' backend to {backend!r}; expected one of {', '.join(BACKENDS)}. "
            "Write tensorflow there, restart the kernel, and run the cells again."
        ) from error
    return keras


def _use_the_courses_settings(keras: ModuleType) -> None:
    """Sets settings of another project's file aside, in this process, and says so."""
    for name, expected in (("floatx", "float32"), ("image_data_format", "channels_last")):
        if (found := getattr(keras.config, name)()) != expected:
            getattr(keras.config, f"set_{name}")(expected)
            print(
                f"{_settings_file()} sets {name} to {found}; this course needs {expected} and "
                "uses it here.",
                file=sys.stderr,
            )


def _settings_file() -> Path:
    """Where Keras reads settings from."""
    return Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"), "keras.json")


def _settings() -> dict[str, object]:
    try:
        settings = json.loads(_settings_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return settings if isinstance(settings, dict) else {}


def _nvidia_card() -> bool:
    return any(Path("/dev").glob("nvidia*"))
