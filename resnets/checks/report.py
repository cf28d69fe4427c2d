"""What a student reads: one line for each criterion, as a table, as plain text, as numbers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

NOT_REACHED = "not reached"
HIDDEN_REASON = (
    "With other arguments than those shown here it goes wrong: look for a number or a name that "
    "is written out where an argument belongs."
)


@dataclass(frozen=True)
class Item:
    """One line of a report.

    Attributes:
        id: of the criterion.
        title: what it is about.
        asked: what should be there, in a few words.
        found: what is there.
        passed: the verdict.
        points: earned.
        max_points: to be earned.
        message: what is wrong and where, in a sentence or two; empty when passed.
        hidden: whether only hidden cases show the mistake.
        line: number of the line where an error came up, 0 if there is none.
        source: text of that line.
        traceback: the story behind an error.
    """

    id: str
    title: str
    asked: str = ""
    found: str = ""
    passed: bool = True
    points: float = 0
    max_points: float = 0
    message: str = ""
    hidden: bool = False
    line: int = 0
    source: str = ""
    traceback: str = ""


@dataclass(frozen=True)
class Report:
    """The verdict on one graded function.

    Attributes:
        name: of the function.
        items: in the order of the rubric.
        diagram: steps to draw, see `resnets.checks.picture`; empty when there is nothing to draw.
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
    def passed(self) -> bool:
        """Whether every criterion is met."""
        return all(item.passed for item in self.items)

    def without_hidden(self) -> Report:
        """Return the report without anything that a hidden case showed, points excepted."""
        items = tuple(
            replace(
                item, asked="", found="", message=HIDDEN_REASON, line=0, source="", traceback=""
            )
            if item.hidden
            else item
            for item in self.items
        )
        only_hidden = any(item.hidden for item in self.items)
        return replace(self, items=items, blame=() if only_hidden else self.blame)

    def to_plain(self) -> str:
        """Return the report as text for a terminal."""
        lines = [f"{self.name}: {self.points:g} of {self.max_points:g} points"]
        for item in self.items:
            mark = "ok  " if item.passed else "MISS"
            lines.append(f"  {mark} {item.points:g}/{item.max_points:g}  {item.title}")
            if not item.passed:
                lines.extend(f"         {line}" for line in _details(item))
        return "\n".join(lines)

    def to_html(self) -> str:
        """Return the report as a piece of HTML that needs nothing from outside."""
        from resnets.checks.html import report_to_html

        return report_to_html(self)


def _details(item: Item) -> list[str]:
    lines = [item.message] if item.message else []
    if item.line:
        lines.append(f"line {item.line}: {item.source}")
    if item.asked or item.found:
        lines.append(f"asked: {item.asked or '–'} | found: {item.found or '–'}")
    return lines


def _number(value: float) -> float:
    value = round(value, 6)
    return int(value) if value == int(value) else value
