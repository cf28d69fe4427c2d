"""Print how many wrong answers are caught and named, and how many right ones are left alone.

python -m tests.rates                     # every notebook: a row a function, then README's table
python -m tests.rates 01_residual_networks conv2d      # only these notebooks or functions
python -m tests.rates "conv2d: no padding"             # only this answer

Above the tables stands what was said of each answer that was not dealt with as it should be.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass

import resnets_utils  # noqa: F401  (imports Keras quietly)

from resnets import checks
from resnets.checks.judging.report import Report
from tests.answers import Answer
from tests.judged import is_caught, is_named, judged
from tests.suites import SUITES, Suite

HEAD = (
    "| {} | wrong answers | caught | named rightly | right answers, written differently "
    "| left alone |"
)


@dataclass
class Rate:
    """What became of the answers to a function or to a notebook."""

    wrong: int = 0
    caught: int = 0
    named: int = 0
    right: int = 0
    alone: int = 0

    def __add__(self, other: Rate) -> Rate:
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Rate(*(one + another for one, another in pairs))

    def row(self, title: str) -> str:
        """Return it as a row of a Markdown table."""
        shares = (_share(self.caught, self.wrong), _share(self.named, self.wrong))
        return (
            f"| `{title}` | {self.wrong} | {shares[0]} | {shares[1]} "
            f"| {self.right} | {_share(self.alone, self.right)} |"
        )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.3g} %" if whole else "–"


def perfect(suite: Suite) -> Rate:
    """Return the rate of a suite all of whose answers are dealt with as they should be."""
    wrong, right = len(suite.wrong), len(suite.right)
    return Rate(wrong, wrong, wrong, right, right)


def rate_of(wrong: Iterable[Answer], right: Iterable[Answer]) -> Rate:
    """Judge answers, and print what is said of those that are not dealt with as they should be."""
    rate = Rate()
    for answer in wrong:
        report = judged(answer)
        named = is_caught(report) and is_named(answer, report)
        rate += Rate(wrong=1, caught=is_caught(report), named=named)
        if not named:
            _print(f"{answer.id}: asked {answer.charged} {answer.says!r}", report)
    for answer in right:
        report = judged(answer)
        rate += Rate(right=1, alone=not is_caught(report))
        if is_caught(report):
            _print(f"right, but loses points: {answer.id}", report)
    return rate


def _print(title: str, report: Report) -> None:
    lines = [line for line in report.to_plain().splitlines() if not re.match(r"  ok ", line)]
    print(f"\n{title}", *lines, sep="\n", flush=True)


def main(wanted: list[str]) -> None:
    """Judge the answers of these notebooks or functions, or just these answers; all without any."""
    functions: dict[str, Rate] = {}
    notebooks: dict[str, Rate] = {}
    for assignment, suite in SUITES.items():
        for exercise in checks.exercises(assignment):
            wrong, right = (
                [a for a in answers if _is_wanted(a, exercise.name, assignment, wanted)]
                for answers in (suite.wrong, suite.right)
            )
            if wrong or right:
                try:
                    rate = rate_of(wrong, right)
                except checks.NothingRecorded as error:
                    sys.exit(str(error))
                functions[exercise.name] = rate
                notebooks[assignment] = notebooks.get(assignment, Rate()) + rate
    if not functions:
        sys.exit(f"No notebook, function or answer is named {', '.join(wanted)}.")
    for what, rates in (("function", functions), ("notebook", notebooks)):
        print(f"\n{HEAD.format(what)}\n| --- | --- | --- | --- | --- | --- |")
        print(*(rate.row(title) for title, rate in rates.items()), sep="\n")


def _is_wanted(answer: Answer, function: str, assignment: str, wanted: list[str]) -> bool:
    return answer.function == function and (
        not wanted or bool({answer.id, function, assignment} & set(wanted))
    )


if __name__ == "__main__":
    main(sys.argv[1:])
