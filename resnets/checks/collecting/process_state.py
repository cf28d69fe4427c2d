"""The state of the process, put back as it was: random generators, Keras' settings and counters."""

from __future__ import annotations

import contextlib
import copy
import random
import sys
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras.src.backend.common import global_state


@contextlib.contextmanager
def unchanged_state() -> Iterator[None]:
    """Put random generators, Keras' settings and its name counters back as they were."""
    numpy_state, python_state = np.random.get_state(), random.getstate()
    trackers = (global_state.GLOBAL_STATE_TRACKER, global_state.GLOBAL_SETTINGS_TRACKER)
    before = [_snapshot(vars(tracker)) for tracker in trackers]
    recursion_limit, epsilon = sys.getrecursionlimit(), keras.config.epsilon()
    seed = vars(trackers[0]).get("global_seed_generator")
    seed_value = None if seed is None else keras.ops.convert_to_numpy(seed.state.value)
    try:
        yield
    finally:
        global_state.GLOBAL_STATE_TRACKER, global_state.GLOBAL_SETTINGS_TRACKER = trackers
        for tracker, values in zip(trackers, before, strict=True):
            vars(tracker).clear()
            vars(tracker).update(values)
        if seed is not None:
            seed.state.assign(seed_value)
        np.random.set_state(numpy_state)
        random.setstate(python_state)
        sys.setrecursionlimit(recursion_limit)
        keras.config.set_epsilon(epsilon)


def _snapshot(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: copy.copy(value) if isinstance(value, dict | list | set) else value
        for key, value in values.items()
    }
