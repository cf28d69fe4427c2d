"""Stand-ins for the blocks of notebook 01."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable
from typing import Any

import keras

from resnets.checks.collecting.plain_data import plain
from resnets.checks.evidence.stand_in_numbers import channels_of, stand_in_numbers, stride_of

SIGNATURES: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "identity_block": (("X", "f", "filters", "stage", "block"), {}),
    "convolutional_block": (("X", "f", "filters", "stage", "block", "s"), {"s": 2}),
}


class StandIn(keras.Operation):
    """One call of a block: shape and some numbers, nothing else."""

    def __init__(self, stand_in_for: str, arguments: dict[str, Any]) -> None:
        super().__init__()
        self.stand_in_for = stand_in_for
        self.arguments = plain(arguments)
        self._stride = stride_of(self.arguments)
        self._channels = channels_of(self.arguments)

    def compute_output_spec(self, x: Any) -> keras.KerasTensor:
        """Shape of the block's output: the stride rounds up, as valid 1×1 kernels do."""
        if len(x.shape) != 4:
            raise ValueError(
                f"{self.stand_in_for} takes a tensor of 4 axes (batch, height, width, channels); "
                f"this one has {len(x.shape)}."
            )
        batch, height, width, _ = x.shape
        sides = [None if n is None else -(-n // self._stride) for n in (height, width)]
        return keras.KerasTensor((batch, *sides, self._channels), dtype=x.dtype)

    def call(self, x: Any) -> Any:
        """Pick, scale, shift and bend channels of the strided picture."""
        pictures = keras.ops.convert_to_numpy(x)
        numbers = stand_in_numbers(self.stand_in_for, self.arguments, pictures)
        return keras.ops.convert_to_tensor(numbers)


def stand_in(name: str, theirs: Any) -> Callable[..., Any]:
    """In place of a block: its shape, and numbers that tell its arguments."""
    order, defaults = SIGNATURES[name]

    def block(*args: Any, **kwargs: Any) -> Any:
        given = bind(order, defaults, theirs, args, kwargs)
        x = given.pop("X")
        return StandIn(name, given)(x)

    return block


def bind(
    order: tuple[str, ...], defaults: dict[str, Any], theirs: Any, args: Any, kwargs: Any
) -> dict[str, Any]:
    """Sort arguments by the course's signature; the student's own may have other names."""
    names = list(order)
    own_defaults = dict(defaults)
    with contextlib.suppress(TypeError, ValueError):
        parameters = list(inspect.signature(theirs).parameters.values())
        if len(parameters) == len(order):
            names = [parameter.name for parameter in parameters]
            own_defaults |= {
                key: parameter.default
                for key, parameter in zip(order, parameters, strict=True)
                if parameter.default is not parameter.empty
            }
    canonical = dict(zip(names, order, strict=True))
    if len(args) > len(order):
        raise TypeError(f"{len(args)} arguments were given to a block that takes {len(order)}")
    given = dict(zip(order, args, strict=False))
    for key, value in kwargs.items():
        name = canonical.get(key, key)
        if name not in order:
            raise TypeError(f"the block got an unexpected keyword argument '{key}'")
        given[name] = value
    missing = [key for key in order if key not in given and key not in own_defaults]
    if missing:
        raise TypeError(f"missing 1 required positional argument: '{missing[0]}'")
    return {key: given.get(key, own_defaults.get(key)) for key in order}
