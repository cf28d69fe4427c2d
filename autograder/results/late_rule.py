"""What is taken off for being late, as a rule on one line: "10 % a day, at most 50 %".

    RULE    = AMOUNT [("a" | "an" | "per" | "each" | "every") PERIOD] {"," FURTHER}
    AMOUNT  = NUMBER ("%" | "point" | "points")
    PERIOD  = [NUMBER] ("minute" | "hour" | "day" | "week")
    FURTHER = "at most" AMOUNT | "after" PERIOD

Per cent are of the points that the assignment is worth, so that a grade given by hand later
changes nothing in what is taken off. Each period that has begun counts whole. "after 15 minutes":
nothing is taken off before; whoever is later still, is late from the due date on.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from autograder.errors import AutograderError
from autograder.notebooks import sanitize

UNITS = {"minute": 60.0, "hour": 3_600.0, "day": 86_400.0, "week": 604_800.0}
NONE = "none"
EXAMPLE = 'write it like "10 % a day, at most 50 %"'
LONGEST = 200

_NUMBER = r"(\d{1,9}(?:\.\d{1,9})?)"
_AMOUNT = re.compile(rf"{_NUMBER}\s*(%|percent|per cent|points?)")
_EVERY = re.compile(r"(.*?)\s+(?:an?|per|each|every)\s+(.*)")
_PERIOD = re.compile(rf"(?:{_NUMBER}\s*|an?\s+)?(minute|hour|day|week)s?")


class LateRuleError(AutograderError):
    """The rule cannot be read; the message is one sentence."""


@dataclass(frozen=True)
class Amount:
    """A number of points, or per cent of what an assignment is worth."""

    number: float
    per_cent: bool

    def points(self, worth: float) -> float:
        """In points."""
        return self.number * worth / 100 if self.per_cent else self.number


@dataclass(frozen=True)
class LateRule:
    """A rule.

    Attributes:
        amount: what is taken off for each period, or once.
        period: in seconds; None for once.
        most: what is taken off at most, or None for all points.
        after: seconds for which nothing is taken off.
    """

    amount: Amount
    period: float | None = None
    most: Amount | None = None
    after: float = 0.0

    def penalty(self, seconds_late: float, worth: float) -> float:
        """The points taken off.

        Args:
            seconds_late: after the due date; not above zero for what was in time.
            worth: points that the assignment is worth.
        """
        if seconds_late <= max(self.after, 0.0):
            return 0.0
        periods = 1 if self.period is None else math.ceil(seconds_late / self.period)
        most = worth if self.most is None else self.most.points(worth)
        return round(min(self.amount.points(worth) * periods, most, worth), 6)


def parse(text: str) -> LateRule | None:
    """The rule in a line; None for "none".

    Raises:
        LateRuleError: it is no rule; the message says what was not understood.
    """
    if len(text) > LONGEST:
        raise _wrong(f"it has {len(text)} letters")
    first, *further = [part.strip() for part in text.strip().lower().split(",")]
    if first == NONE and not further:
        return None
    amount, period = _first(first)
    most, after = None, 0.0
    for part in further:
        word, _, rest = part.partition(" ")
        if part.startswith("at most "):
            most = _amount(part.removeprefix("at most "))
        elif word == "after" and rest:
            after = _period(rest)
        else:
            raise _wrong(f"{_shown(part)} is neither “at most …” nor “after …”")
    return LateRule(amount, period, most, after)


def _first(text: str) -> tuple[Amount, float | None]:
    if every := _EVERY.fullmatch(text):
        return _amount(every[1]), _period(every[2])
    return _amount(text), None


def _amount(text: str) -> Amount:
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        raise _wrong(f"{_shown(text)} is neither per cent nor points")
    amount = Amount(float(found[1]), not found[2].startswith("point"))
    if amount.per_cent and amount.number > 100:
        raise _wrong(f"{_shown(text)} is more than 100 %")
    return amount


def _period(text: str) -> float:
    found = _PERIOD.fullmatch(text.strip())
    seconds = float(found[1] or 1) * UNITS[found[2]] if found else 0.0
    if not seconds:
        raise _wrong(f"{_shown(text)} is no time like “day” or “12 hours”")
    return seconds


def duration(text: str) -> float:
    """The seconds in "2 days", "36 hours", "1 week 12 hours".

    Raises:
        LateRuleError: it is no such time.
    """
    parts = re.findall(r"[\d.]+\s*[a-z]+|\S+", text.strip().lower())
    if not parts or len(text) > LONGEST:
        raise LateRuleError(f"{_shown(text)} is no time like “2 days” or “36 hours”.")
    try:
        return sum(_period(part) for part in parts)
    except LateRuleError:
        raise LateRuleError(f"{_shown(text)} is no time like “2 days” or “36 hours”.") from None


def _wrong(why: str) -> LateRuleError:
    return LateRuleError(f"The rule for late notebooks was not understood ({why}): {EXAMPLE}.")


def _shown(text: str) -> str:
    return f"“{sanitize.line(text, 60)}”"
