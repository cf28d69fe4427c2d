"""Who was late, and what that costs: kept in the course folder, and told wherever marks are told.

The due date is the gradebook's (Formgrader > Manage Assignments), the time of handing in that of
timestamp.txt. A student's extension stands in the course folder's extensions.csv,

    student,assignment,extension
    anna,01_residual_networks,2 days

or in the gradebook (`Gradebook.grant_extension`); the file comes first. An empty assignment means
all of them. `grade` finds out who was late; `feedback` and `export` tell what it found.
"""

from __future__ import annotations

import csv
import io
import json
import math
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from autograder.course.files import (
    NotAFile,
    as_number,
    parse_kept,
    read_untrusted,
    reason,
    write_atomically,
)
from autograder.course.folder import Course
from autograder.course.verdict import Verdict
from autograder.notebooks import sanitize
from autograder.results import late_rule
from autograder.results.late_rule import LateRule, LateRuleError
from resnets.language import say

FILE = "extensions.csv"
LARGEST = 1 << 20
COLUMNS = ("student", "assignment", "extension")
_EPOCH = datetime(1970, 1, 1)
"""nbgrader's database holds a length of time as the date that is so long after this one."""


@dataclass
class Lateness:
    """What is known of an assignment.

    Attributes:
        rule: in words; empty where there is none.
        seconds: how late students were, by their ids; those in time are left out.
        extensions: seconds, by the student's id, that extensions.csv gave.
        due: when it was due, in UTC, as ISO 8601; empty where that is not known.
    """

    rule: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    extensions: dict[str, float] = field(default_factory=dict)
    due: str = ""

    def on(self, student: str, verdict: Verdict) -> tuple[float, float]:
        """Seconds late, and the points that are taken off."""
        seconds, rule = self.seconds.get(student, 0.0), self._rule()
        if rule is None or not seconds or not verdict.max_score:
            return seconds, 0.0
        return seconds, rule.penalty(seconds, verdict.max_score)

    def _rule(self) -> LateRule | None:
        try:
            return late_rule.parse(self.rule or late_rule.NONE)
        except LateRuleError:  # Somebody has changed the file.
            return None


def load(course: Course, assignment: str) -> Lateness:
    """What `remember` kept; nothing where it kept nothing."""
    try:
        kept = parse_kept(_memory(course, assignment).read_text(encoding="utf-8"))
        numbers = [kept["seconds"], kept["extensions"]]
        seconds, extensions = ({str(k): as_number(v) for k, v in one.items()} for one in numbers)
        return Lateness(str(kept["rule"]), seconds, extensions, str(kept["due"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Lateness()


def remember(
    course: Course, assignment: str, times: Mapping[str, datetime], rule: str | None = None
) -> list[str]:
    """Finds out who was late, and keeps it; see `find_out`.

    Returns:
        What is wrong with the due date or extensions.csv, or with keeping it, one sentence each.
    """
    now, complaints = find_out(course, assignment, times, rule)
    if now != load(course, assignment):
        try:
            write_atomically(_memory(course, assignment), json.dumps(asdict(now)), mode=0o600)
        except OSError as error:
            complaints.append(f"Who was late could not be kept ({reason(error)}).")
    return complaints


def find_out(
    course: Course, assignment: str, times: Mapping[str, datetime], rule: str | None = None
) -> tuple[Lateness, list[str]]:
    """Finds out who was late; nothing is written.

    Args:
        course, assignment: of what.
        times: when notebooks were handed in, in UTC without a time zone, by the student's id.
        rule: a new rule, "none" for no more; None for the one that is kept.

    Returns:
        That, and what is wrong with the due date or extensions.csv, one sentence each.
    """
    before = load(course, assignment)
    now = Lateness(before.rule if rule is None else rule.strip())
    now.rule = "" if now.rule.lower() == late_rule.NONE else now.rule
    now.extensions, complaints = extensions(course, assignment)
    try:
        due, granted = _read(course.gradebook, assignment)
        now.due = due.isoformat(" ") if due else ""
    except (sqlite3.Error, OSError, ValueError) as error:
        due, granted = None, {}
        complaints.append(
            f"The due date could not be read from {course.gradebook} ({error}): nobody is late "
            "until the next `grade` can."
        )
    if due is not None:
        # What was entered from the file before, and is not there any more, has been taken back.
        taken_back = {n for n, s in before.extensions.items() if granted.get(n) == s}
        allowed = {n: s for n, s in granted.items() if n not in taken_back} | now.extensions
        late = {name: _late(time, due, allowed.get(name, 0.0)) for name, time in times.items()}
        now.seconds = {name: seconds for name, seconds in late.items() if seconds > 0}
    elif now.rule and not complaints:
        complaints.append(
            f"{assignment} has no due date, so nobody is late: set it in formgrader (Manage "
            "Assignments), and run `grade` again."
        )
    return now, complaints


def apply(verdict: Verdict, student: str, lateness: Lateness) -> Verdict:
    """Puts into a verdict what being late costs; it is changed, and given back."""
    verdict.late_seconds, verdict.late_penalty = lateness.on(student, verdict)
    return verdict


def extensions(course: Course, assignment: str) -> tuple[dict[str, float], list[str]]:
    """The extensions in extensions.csv: seconds by student; and what is wrong there."""
    try:
        content = read_untrusted(course.root, [FILE], LARGEST)
    except FileNotFoundError:
        return {}, []
    except NotAFile as error:
        return {}, [f"{FILE}: {error}"]
    return parse_extensions(content, assignment)


def parse_extensions(content: bytes, assignment: str) -> tuple[dict[str, float], list[str]]:
    """The same from the file's content."""
    text = content.decode("utf-8-sig", "replace")
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        return {}, [f"{FILE} is no table ({error}); no extension counts."]
    names = [name.strip().lower() for name in rows[0]] if rows else []
    if not set(COLUMNS) <= set(names):
        return {}, [f"{FILE}: expected the first line “{','.join(COLUMNS)}”; no extension counts."]
    found, complaints = {}, []
    for number, row in enumerate(rows[1:], 2):
        cells = dict(zip(names, (cell.strip() for cell in row), strict=False))
        student, which = cells.get("student", ""), cells.get("assignment", "")
        if not student or which not in ("", assignment):
            continue
        try:
            found[student] = late_rule.duration(cells.get("extension", ""))
        except LateRuleError as error:
            complaints.append(f"{FILE}, line {number}: {sanitize.line(str(error), 200)}")
    return found, complaints


def _late(time: datetime, due: datetime, extension: float) -> float:
    return (time - due).total_seconds() - extension


def _read(path: Path, assignment: str) -> tuple[datetime | None, dict[str, float]]:
    """The due date, and the extensions in seconds by student, from the gradebook."""
    if not path.exists():
        return None, {}
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        if not {"assignment", "submitted_assignment"} <= tables:
            return None, {}
        row = database.execute(
            "SELECT duedate FROM assignment WHERE name = ?", [assignment]
        ).fetchone()
        granted = database.execute(
            "SELECT student_id, extension FROM submitted_assignment JOIN assignment "
            "ON submitted_assignment.assignment_id = assignment.id "
            "WHERE assignment.name = ? AND extension IS NOT NULL",
            [assignment],
        ).fetchall()
    due = datetime.fromisoformat(row[0]) if row and row[0] else None
    lengths = {name: datetime.fromisoformat(text) - _EPOCH for name, text in granted}
    return due, {name: length.total_seconds() for name, length in lengths.items()}


def late_in_words(verdict: Verdict) -> str:
    """What is said to a late student, in the language that is spoken; empty in time."""
    if not verdict.late_seconds:
        return ""
    late, points = _time(verdict.late_seconds), f"{verdict.late_penalty:g}"
    if not verdict.late_penalty:
        return say("Handed in {time} after the due date.", time=late)
    return say(
        "Handed in {time} after the due date: {points} points were taken off.",
        time=late,
        points=points,
    )


def _time(seconds: float) -> str:
    """A length of time as "2 d 3 h 5 min", to the next minute."""
    minutes = max(1, math.ceil(seconds / 60))
    parts = {"d": minutes // 1440, "h": minutes // 60 % 24, "min": minutes % 60}
    return " ".join(f"{number} {unit}" for unit, number in parts.items() if number)


def _memory(course: Course, assignment: str) -> Path:
    return course.root / ".autograder" / f"late-{assignment}.json"
