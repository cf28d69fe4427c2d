"""Stand-ins for the functions of notebook 03."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from resnets.checks.collecting.stand_ins.residual_networks import StandIn


def stand_in(name: str, theirs: Any) -> Callable[..., Any]:
    """In place of a student's earlier function: its shape, and numbers that tell its arguments."""

    def block(X: Any, filters: int, stride: int = 1, shortcut: str | None = None) -> Any:
        kind = {} if shortcut is None and name != "residual_block" else {"kind": shortcut or "B"}
        return StandIn(name, {"filters": [filters], "s": stride} | kind)(X)

    return block
