"""Keras imported without the remarks that its backend writes to the terminal.

TensorFlow's C++ libraries tell every importing process about processor features and missing GPU
drivers, and have no setting that stops it. For a student these lines look like errors.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path


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
    """Imports Keras and its backend without their remarks; does nothing where that has happened."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if "keras" not in sys.modules:
        with native_messages_kept_back():
            import keras

            if keras.backend.backend() == "tensorflow" and not _nvidia_card():
                # CUDA's library, where it is installed without a card, complains when it is first
                # asked for one; so it is asked here.
                import tensorflow as tf

                tf.config.list_physical_devices("GPU")


def _nvidia_card() -> bool:
    return any(Path("/dev").glob("nvidia*"))
