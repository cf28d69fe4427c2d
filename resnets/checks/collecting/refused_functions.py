"""Library functions that would do a whole exercise: refused while a student's function is tried."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import keras

from resnets.checks.catalogue.array_exercise import ArrayExercise
from resnets.language import say


class NotYourOwn(RuntimeError):
    """The function called what it was asked to be written instead of."""


@contextlib.contextmanager
def refused(exercise: ArrayExercise) -> Iterator[None]:
    """Within the body, Keras' layers and the functions that would do all the work refuse to."""
    if not exercise.own_work:
        yield
        return

    def refusing(what: str) -> Callable[..., Any]:
        def refuse(*args: Any, **kwargs: Any) -> Any:
            raise NotYourOwn(
                say(
                    "{what} does the whole work. Write {name} with simpler operations.",
                    what=what,
                    name=exercise.name,
                )
            )

        return refuse

    before = {name: getattr(keras.ops, name) for name in exercise.own_work}
    layer_call = keras.Layer.__call__
    for name in before:
        setattr(keras.ops, name, refusing(f"keras.ops.{name}"))
    keras.Layer.__call__ = refusing(say("A Keras layer"))
    try:
        yield
    finally:
        keras.Layer.__call__ = layer_call
        for name, value in before.items():
            setattr(keras.ops, name, value)
