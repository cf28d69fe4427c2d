"""What a submission's asserts showed, compared with what the instructor's own solution showed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from autograder.asserts.comparing import Missing, Plan, evaluate, holds, leaves
from autograder.asserts.differences import difference
from autograder.asserts.plain_forms import Malformed, value
from autograder.sandboxed import asserted
from resnets.language import N_, say

MOST_PAYLOAD = 16_000_000
"""Characters of what one cell may show."""
LONGEST = 160
"""Characters of a value in words."""
DID_NOT_RUN = N_("it did not run")
NO_ERROR = N_("no error")
NOT_WRITTEN = N_("This is not written yet.")
ANY_OF = " | "

Event = list[Any]
"""What one assert showed once: for each operand `{"=": form}`, an error, or that it has no form."""


@dataclass(frozen=True)
class Outcome:
    """How one assertion came out.

    Attributes:
        site: its number.
        holds: whether it holds.
        expected, found: in words, where both can be told; else one or both are empty.
        where: where two tables, or two other long values, differ; told in the place of both.
        is_written: whether the student has begun with what is tested.
    """

    site: int
    holds: bool
    expected: str = ""
    found: str = ""
    where: str = ""
    is_written: bool = True


class NotWritten(Missing):
    """There is no value, because the function still raises NotImplementedError."""


def events_of(payloads: Iterable[Any]) -> dict[int, list[Event]]:
    """What a cell sent, by the number of the site; what does not read is left out.

    Args:
        payloads: from beside a submission's code; anything may be in them.
    """
    events: dict[int, list[Event]] = {}
    left = MOST_PAYLOAD
    for payload in payloads:
        if not isinstance(payload, str) or len(payload) > left:
            continue
        left -= len(payload)
        try:
            shown = json.loads(payload)
        except (ValueError, RecursionError):
            continue
        for item in shown if isinstance(shown, list) else []:
            match item:
                case [int(site), list(event)] if not isinstance(site, bool):
                    events.setdefault(site, []).append(event)
    return events


def outcome(number: int, site: dict[str, Any], events: list[Event]) -> Outcome:
    """How one assertion came out.

    Args:
        number: of the site.
        site: as `sites.to_plain` gives it, with what the solution showed.
        events: what the submission showed there.
    """
    recorded = site["recorded"]
    if not events:
        return Outcome(number, False, found=say(DID_NOT_RUN))
    if len(events) != len(recorded):
        if not site["varying"] or not recorded or _differ(recorded, site["given"]):
            return Outcome(number, False, found=_counted(len(events), len(recorded)))
        recorded = [recorded[0]] * len(events)
    check = _raised if site["raises"] else _compared
    for event, right in zip(events, recorded, strict=True):
        result = check(number, site, event, right)
        if not result.holds:
            return result
    return Outcome(number, True)


def _counted(found: int, expected: int) -> str:
    return say("it ran {found} times, expected {expected}", found=found, expected=expected)


def _differ(recorded: list[Event], given: list[bool]) -> bool:
    """Whether what is known of the right answers differs from time to time."""
    known = [
        [part for part, is_given in zip(event, given, strict=False) if is_given]
        for event in recorded
    ]
    return any(one != known[0] for one in known[1:])


def _compared(number: int, site: dict[str, Any], event: Event, right: Event) -> Outcome:
    def operand(position: int) -> Any:
        if site["expects"] and position == 1:
            return _shown(right[0])
        is_theirs = not site["given"][position] or position in site["live"]
        return _shown((event if is_theirs else right)[position])

    try:
        if holds(site["plan"], operand):
            return Outcome(number, True)
    except NotWritten:
        return Outcome(number, False, is_written=False)
    except (Missing, IndexError, TypeError, KeyError) as why:
        return _in_words(number, site, operand, str(why) if isinstance(why, Missing) else "")
    return _in_words(number, site, operand, "")


def _shown(part: Any) -> Any:
    """The value that was shown.

    Raises:
        Missing: there is none; says in words what there is.
    """
    match part:
        case {"=": form}:
            try:
                return value(form)
            except Malformed:
                raise Missing(say("something that cannot be compared")) from None
        case {asserted.ERROR: [list(classes), str(words)]}:
            name = str(classes[0] if classes else "").rpartition(".")[2][:60]
            if classes[:1] == ["builtins.NotImplementedError"]:
                raise NotWritten(say(NOT_WRITTEN))
            raise Missing(f"{name}: {words[:LONGEST]}" if words else name)
        case {asserted.UNKNOWN: str(what)}:
            raise Missing(what[:LONGEST])
    raise Missing(say("something that cannot be compared"))


def _raised(number: int, site: dict[str, Any], event: Event, right: Event) -> Outcome:
    accepted = right[0][asserted.ACCEPTED]
    expected = ANY_OF.join(name.rpartition(".")[2] for name in accepted)
    match event:
        case [_, {asserted.ERROR: [list(classes), str(words)]}]:
            fits = set(accepted) & {c for c in classes if isinstance(c, str)}
            said = not site["match"] or re.search(site["match"], words[:1000])
            if fits and said:
                return Outcome(number, True)
            name = str(classes[0] if classes else "").rpartition(".")[2][:60]
            found = f"{name}: {words[:LONGEST]}" if words else name
            return Outcome(number, False, expected, found)
    return Outcome(number, False, expected, say(NO_ERROR))


def _in_words(number: int, site: dict[str, Any], operand: Any, why: str) -> Outcome:
    """An assertion that does not hold, with both values where there are two."""
    sides = _sides(site["plan"])
    if site["expects"]:
        return _two(number, ["leaf", 1], ["leaf", 0], operand)
    given = [side for side in sides if all(site["given"][n] for n in leaves(side))]
    theirs = [side for side in sides if side not in given]
    if len(sides) == 2 and len(given) == 1:
        return _two(number, given[0], theirs[0], operand)
    if len(theirs) == 2:
        return Outcome(number, False, "", " ; ".join(_told(side, operand) for side in theirs))
    shown = [["leaf", n] for n in sorted(leaves(site["plan"])) if not site["given"][n]]
    found = why or ", ".join(_told(leaf, operand) for leaf in shown[:3])
    return Outcome(number, False, "", found)


def _two(number: int, right: Plan, theirs: Plan, operand: Any) -> Outcome:
    """An assertion that compares two values: both, or where they differ."""
    expected, found = _told(right, operand), _told(theirs, operand)
    try:
        values = evaluate(right, operand), evaluate(theirs, operand)
        long = _is_table(values[1]) or max(len(expected), len(found)) >= LONGEST
        where = difference(*values) if long else ""
    except Exception:  # One of them is not there.
        where = ""
    return Outcome(number, False, where=where) if where else Outcome(number, False, expected, found)


def _is_table(found: Any) -> bool:
    """Whether a value is one that takes several lines to be read."""
    return type(found).__module__.partition(".")[0] == "pandas" or getattr(found, "ndim", 0) > 1


def _sides(plan: Plan) -> list[Plan]:
    match plan:
        case ["cmp", [_], [left, right]]:
            return [left, right]
        case ["not", ["cmp", ["!="], [left, right]]]:
            return [left, right]
        case ["assertion" | "call", _, [left, right, *_], _]:
            return [left, right]
        case ["method", "all" | "equals", ["cmp", [_], [left, right]], _, _]:
            return [left, right]
        case ["method", "equals", left, [right, *_], _]:
            return [left, right]
    return []


def _told(plan: Plan, operand: Any) -> str:
    """A part of a plan in words."""
    try:
        return in_words(evaluate(plan, operand))
    except Missing as why:
        return str(why)
    except Exception as error:
        return type(error).__name__


def in_words(found: Any) -> str:
    """A value on one line, cut where it is long."""
    text = " ".join(repr(found).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
