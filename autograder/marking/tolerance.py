"""Text compared with the numbers in it taken as numbers."""

from __future__ import annotations

import math
import re

from resnets.checks.evidence.tolerances import PRINTED

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


class Tolerant(str):
    """A text that equals another when what is not numbers is the same and the numbers are close.

    White space counts as little as in NumPy's printing: any amount is one space.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and _close(str(self), str(other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def _close(one: str, other: str) -> bool:
    if one == other:
        return True
    if _words(one) != _words(other):
        return False
    pairs = zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    return all(
        math.isclose(float(a), float(b), rel_tol=PRINTED.relative, abs_tol=PRINTED.absolute)
        for a, b in pairs
    )


def _words(text: str) -> list[str]:
    return " ".join(_NUMBER.sub(" 0 ", text).split()).split(" ")
