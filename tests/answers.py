"""Answers of students as whole texts, and what the checks say of them."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent
from typing import Any

from resnets import checks
from resnets.checks.notebook import PUBLIC_SECRET
from resnets.checks.report import Report


@dataclass(frozen=True)
class Answer:
    """One answer that a student might hand in.

    Attributes:
        function: the exercise.
        title: what was done.
        source: the solution cell.
        charged: the criteria that must lose points, all of them and (but for "gradient") no other.
        says: words that the message of the first of them must hold.
    """

    function: str
    title: str
    source: str
    charged: tuple[str, ...] = ()
    says: str = ""

    @property
    def id(self) -> str:
        """Return a name for pytest."""
        return f"{self.function}: {self.title}"


def answer(
    function: str, title: str, head: str, body: str, charged: str = "", says: str = ""
) -> Answer:
    """Return the answer whose function has this head (its `def` and what stands before) and body.

    Args:
        charged: criteria, with spaces between them.
    """
    lines = dedent(body).strip("\n").splitlines()
    source = head + "\n".join("    " + line for line in lines) + "\n"
    return Answer(function, title, source, tuple(charged.split()), says)


def swap(body: str, *edits: tuple[str, str]) -> str:
    """Return the body with texts exchanged; every one of them has to occur."""
    for old, new in edits:
        assert old in body, old
        body = body.replace(old, new)
    return body


def judged(answer: Answer, solved: dict[str, Any]) -> Report:
    """Return the report on an answer, public and hidden cases.

    Args:
        solved: the names of the notebook's solution.
    """
    space = {name: value for name, value in solved.items() if name != answer.function}
    exec(compile(answer.source, f"<{answer.id}>", "exec"), space)
    return report_on(answer.function, space[answer.function])


def report_on(name: str, function: Any) -> Report:
    """Return the report on a function, tried on public and hidden cases."""
    cases = checks.public_cases(name) + checks.hidden_cases(name, PUBLIC_SECRET)
    evidence = checks.collect(name, function, cases)
    return checks.judge(name, evidence, checks.expected(name, cases))
