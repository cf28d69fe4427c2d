"""The language that a notebook is written in, as its metadata say: `"language": "zh"`."""

from __future__ import annotations

import json

from resnets.language import known_language

KEY = "language"
"""In the notebook's metadata: a short name such as zh; English where it is missing."""


def language_of(notebook: bytes) -> str | None:
    """The language of a notebook file, whatever is in it; None where it says none that is known."""
    try:
        return known_language(json.loads(notebook.decode("utf-8-sig"))["metadata"][KEY])
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
