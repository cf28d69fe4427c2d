"""The report that a student reads: one line for each criterion of the rubric, and the points."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from resnets.checks.catalogue.exercise import Criterion
from resnets.checks.evidence.facts import Failure
from resnets.language import N_, say

NOT_REACHED = N_("not reached")
HIDDEN_REASON = N_(
    "The result is wrong with arguments other than those shown here. Often the code uses a fixed "
    "number or name where it should use one of the function's arguments."
)

EXPLAINED_ABOVE = N_("Correct the other lines first. They may be the cause here, too.")
"""Said of a line that only hidden cases show, where a line that may be told explains the loss."""


@dataclass(frozen=True)
class Item:
    """One line of a report.

    Attributes:
        id: of the criterion.
        title: what it is about.
        expected: what should be there, in a few words.
        found: what is there.
        passed: the verdict.
        points: earned.
        max_points: to be earned.
        message: what is wrong and where, in a sentence or two; empty when passed.
        hidden: whether only hidden cases show the mistake.
        lacks_a_step: whether the message says that a layer is not there.
        line: number of the line where an error came up, 0 if there is none.
        source: text of that line.
        traceback: the story behind an error.
    """

    id: str
    title: str
    expected: str = ""
    found: str = ""
    passed: bool = True
    points: float = 0
    max_points: float = 0
    message: str = ""
    hidden: bool = False
    lacks_a_step: bool = False
    line: int = 0
    source: str = ""
    traceback: str = ""


WORDS = ("expected", "found", "message", "line", "source", "traceback")
"""The fields of a line in which a hidden case's arguments could stand."""


def item_of(criterion: Criterion, **fields: Any) -> Item:
    """Return the line of a criterion; `fields` are those of `Item`."""
    return Item(criterion.id, say(criterion.title), max_points=criterion.points, **fields)


def failed_item(criterion: Criterion, failure: Failure, message: str, hidden: bool) -> Item:
    """Return the line of a criterion that an error kept from being met."""
    return item_of(
        criterion,
        passed=False,
        found=say("an error"),
        message=message,
        hidden=hidden,
        line=failure.line,
        source=failure.source,
        traceback=failure.traceback,
    )


@dataclass(frozen=True)
class Report:
    """The verdict on one graded function.

    Attributes:
        name: of the function.
        items: in the order of the rubric.
        diagram: `DrawnStep`s, see `judging.graphs.comparison`; empty when there is no picture.
        blame: ids of the diagnoses, most telling first; for tests and statistics.
    """

    name: str
    items: tuple[Item, ...] = ()
    diagram: tuple = ()
    blame: tuple[str, ...] = field(default=())

    @property
    def points(self) -> float:
        """Points earned, a whole number where it is one."""
        return _number(sum(item.points for item in self.items))

    @property
    def max_points(self) -> float:
        """Points to be earned."""
        return _number(sum(item.max_points for item in self.items))

    @property
    def points_in_words(self) -> str:
        """The points earned, of those to be earned."""
        return points_in_words(self.points, self.max_points)

    @property
    def passed(self) -> bool:
        """Whether every criterion is met."""
        return all(item.passed for item in self.items)

    @property
    def hidden_reason(self) -> str:
        """What may be told of lines that only hidden cases show; empty when there are none.

        That something is written out which should be an argument is a guess: it is said only where
        no public line explains the loss.
        """
        if not any(item.hidden for item in self.items):
            return ""
        explained = any(not i.passed and not i.hidden and i.message for i in self.items)
        return say(EXPLAINED_ABOVE if explained else HIDDEN_REASON)

    def without_hidden(self) -> Report:
        """Return the report without anything that a hidden case showed, points excepted."""
        bare = Item("", "", message=self.hidden_reason)
        words = {key: getattr(bare, key) for key in WORDS}
        items = tuple(replace(item, **words) if item.hidden else item for item in self.items)
        only_hidden = any(item.hidden for item in self.items)
        return replace(self, items=items, blame=() if only_hidden else self.blame)

    def to_plain(self) -> str:
        """Return the report as text for a terminal."""
        lines = [f"{self.name}: {self.points_in_words}"]
        for item in self.items:
            mark = say("ok  ") if item.passed else say("MISS")
            lines.append(f"  {mark} {item.points:g}/{item.max_points:g}  {item.title}")
            if not item.passed:
                lines.extend(f"         {line}" for line in _details(item))
        return "\n".join(lines)


def _details(item: Item) -> list[str]:
    lines = [item.message] if item.message else []
    if item.line:
        lines.append(say("line {line}: {source}", line=item.line, source=item.source))
    if item.expected or item.found:
        expected, found = item.expected or "–", item.found or "–"
        lines.append(say("expected: {expected} | found: {found}", expected=expected, found=found))
    return lines


def points_in_words(points: float, max_points: float) -> str:
    """Return points earned, of those to be earned, as "3 of 4 points"."""
    return say("{points} of {most} points", points=f"{points:g}", most=f"{max_points:g}")


def _number(value: float) -> float:
    value = round(value, 6)
    return int(value) if value == int(value) else value
