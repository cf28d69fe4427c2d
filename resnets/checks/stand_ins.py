"""Stand-ins for the blocks a network is built from, so that its own layout can be judged alone.

A stand-in takes the arguments of the block it replaces and hands back a tensor of the right shape.
Its numbers depend on every one of these arguments, so a network with other arguments computes
other numbers, and a mistake inside a student's block is not charged a second time.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import keras

from resnets.checks.graphs import plain
from resnets.checks.stand_in_numbers import channels_of, stand_in_numbers, stride_of

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


def _replacement(name: str, theirs: Any) -> Callable[..., Any]:
    order, defaults = SIGNATURES[name]

    def block(*args: Any, **kwargs: Any) -> Any:
        given = _bind(order, defaults, theirs, args, kwargs)
        x = given.pop("X")
        return StandIn(name, given)(x)

    return block


def _bind(
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


@contextlib.contextmanager
def in_place_of(
    function: Callable[..., Any],
    names: tuple[str, ...],
    make: Callable[[str, Any], Callable[..., Any]] = _replacement,
) -> Iterator[None]:
    """Replace the named functions in the function's globals, aliases included, for a while.

    Args:
        function: whose globals.
        names: of the functions to replace.
        make: gives the replacement for (name, the student's own function or None).
    """
    space = getattr(inspect.unwrap(function), "__globals__", None)
    if space is None or not names:
        yield
        return
    missing = object()
    before: dict[str, Any] = {}
    for name in names:
        theirs = space.get(name, missing)
        replacement = make(name, None if theirs is missing else theirs)
        aliases = {key for key, value in space.items() if value is theirs and theirs is not None}
        for alias in aliases | {name}:
            before.setdefault(alias, space.get(alias, missing))
            space[alias] = replacement
    try:
        yield
    finally:
        for name, value in before.items():
            if value is missing:
                space.pop(name, None)
            else:
                space[name] = value
