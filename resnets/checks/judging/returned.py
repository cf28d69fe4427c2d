"""What a function returned, in words."""

from __future__ import annotations

import re

from resnets.language import say


def kind_in_words(returned: str) -> str:
    """Say what evidence calls `returned`: "list of 2", "ndarray", a type's name."""
    several = re.fullmatch(r"(\w+) of (\d+)", returned)
    if several is None:
        return returned
    return say("{kind} of {count}", kind=several[1], count=several[2])
