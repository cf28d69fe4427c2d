"""The site's page on `resnets_utils`, made from the names that it hands on."""

from __future__ import annotations

import importlib
import inspect

TITLES = {
    "checks": "Checks",
    "data": "Data",
    "hands": "Drawn hands",
    "initializers": "Initializers",
    "plots": "Pictures",
    "training": "Training",
}
"""Rooms of resnets whose names have a heading of their own."""
OTHERS = "Tools"
MODULE = "resnets_utils"


def api_page() -> str:
    """Return the page, in MyST Markdown: every public name, under its room's heading."""
    module = importlib.import_module(MODULE)
    groups: dict[str, list[str]] = {title: [] for title in [*TITLES.values(), OTHERS]}
    for name in sorted(module.__all__, key=str.lower):
        room = getattr(module, name).__module__.split(".")[1]
        groups[TITLES.get(room, OTHERS)].append(_entry(module, name))
    parts = [f"# {MODULE}\n\n{inspect.cleandoc(module.__doc__ or '')}\n"]
    for title, entries in groups.items():
        if entries:
            parts.append(f"## {title}\n\n```{{eval-rst}}\n" + "\n".join(entries) + "```\n")
    return "\n".join(parts)


def _entry(module: object, name: str) -> str:
    if inspect.isclass(getattr(module, name)):
        return f".. autoclass:: {MODULE}.{name}\n   :members:\n"
    return f".. autofunction:: {MODULE}.{name}\n"
