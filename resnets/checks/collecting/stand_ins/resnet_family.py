"""Stand-ins for the functions of notebook 04."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from resnets.checks.collecting.stand_ins.residual_networks import StandIn, bind

_BLOCK = ("X", "filters", "stride", "name"), {"stride": 1, "name": "block"}
SIGNATURES: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "BasicBlock": _BLOCK,
    "Bottleneck": _BLOCK,
    "make_layer": (
        ("X", "kind", "filters", "blocks", "stride", "name"),
        {"stride": 1, "name": "layer"},
    ),
    "bottleneck_from_memory": (("X", "filters", "stride"), {"stride": 1}),
}


def stand_in(name: str, theirs: Any) -> Callable[..., Any]:
    """In place of a block or a layer of blocks: its shape, and numbers that tell its arguments."""
    order, defaults = SIGNATURES[name]

    def block(*args: Any, **kwargs: Any) -> Any:
        given = bind(order, defaults, theirs, args, kwargs)
        x = given.pop("X")
        if "kind" in given:
            given["kind"] = _kind(given["kind"])
        else:
            given = {"kind": name} | given
        return StandIn(name, given)(x)

    block.__name__ = block.__qualname__ = name
    return block


def _kind(function: Any) -> str:
    """The name of the function that builds one block."""
    if not callable(function):
        raise TypeError(
            f"make_layer's kind must be the function BasicBlock or Bottleneck; found {function!r}"
        )
    return getattr(function, "__name__", type(function).__name__)
