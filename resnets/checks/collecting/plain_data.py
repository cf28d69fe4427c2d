"""Reduction of layers' configurations to plain data, which JSON can hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from resnets.checks.evidence.facts import MAX_TEXT


def plain(value: Any, depth: int = 0) -> Any:
    """Reduce a configuration to what JSON can hold; what it cannot hold becomes its type's name."""
    if value is None or isinstance(value, bool | int | float | str):
        return value[:MAX_TEXT] if isinstance(value, str) else value
    if isinstance(value, np.generic):
        return value.item()
    if depth > 5:
        return "…"
    if isinstance(value, dict):
        if "class_name" in value:
            module = str(value.get("module", ""))
            return {
                "class_name": str(value["class_name"]),
                "module": module,
                "config": plain(value.get("config"), depth + 1),
            }
        return {str(key): plain(item, depth + 1) for key, item in list(value.items())[:50]}
    if isinstance(value, list | tuple):
        return [plain(item, depth + 1) for item in list(value)[:50]]
    if isinstance(value, np.ndarray) or hasattr(value, "shape"):
        shape = "×".join(str(size) for size in value.shape)
        return float(value) if shape == "" else f"array of {shape}"
    return f"<{getattr(value, '__name__', type(value).__name__)}>"
