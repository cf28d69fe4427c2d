"""Print how many wrong answers are caught and named, and how many right ones are left alone.

python -m tests.checks.rates              # all
python -m tests.checks.rates ResNet50     # those whose title holds a word
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace

from resnets.checks import expected, get_exercise, hidden_cases, judge, public_cases
from resnets.checks.collecting import collect
from resnets.checks.report import NOT_REACHED, Report
from tests.checks.answers import FUNCTIONS, Answer
from tests.checks.right_answers import RIGHT
from tests.checks.wrong_answers import WRONG

ALWAYS_ALLOWED = {"numbers", "runs"}


@dataclass(frozen=True)
class Verdict:
    """What became of one answer."""

    answer: Answer
    report: Report

    @property
    def caught(self) -> bool:
        return self.report.points < self.report.max_points

    @property
    def named(self) -> bool:
        """Whether exactly the right criteria lost points, and the first says why."""
        charged = {item.id for item in self.report.items if not item.passed}
        if "runs" in charged:  # what an error kept from being reached is not said to be wrong
            charged -= {item.id for item in self.report.items if item.found == NOT_REACHED}
        asked = set(self.answer.charged)
        told = " ".join(i.message for i in self.report.items if i.id in asked)
        return asked <= charged <= asked | ALWAYS_ALLOWED and self.answer.says in told


def marked(answer: Answer, time_limit: float = 2) -> Verdict:
    """Mark an answer on public and hidden cases."""
    exercise = get_exercise(answer.function)
    from resnets.checks import exercise as registry

    registry._EXERCISES[answer.function] = replace(exercise, time_limit=time_limit)
    try:
        cases = public_cases(answer.function) + hidden_cases(answer.function, b"public")
        evidence = collect(answer.function, answer.build(), cases)
        report = judge(answer.function, evidence.to_json(), expected(answer.function))
    finally:
        registry._EXERCISES[answer.function] = exercise
    return Verdict(answer, report)


def main() -> None:
    wrong, right = [], []
    for answer in WRONG:
        if _wanted(answer):
            verdict = marked(answer)
            wrong.append(verdict)
            if not (verdict.caught and verdict.named):
                print(f"\n{answer.id}: asked {answer.charged} {answer.says!r}")
                print(_short(verdict.report), flush=True)
    for answer in RIGHT:
        if _wanted(answer):
            verdict = marked(answer, time_limit=20)
            right.append(verdict)
            if verdict.caught:
                print(
                    f"\nright, but loses points: {answer.id}\n{_short(verdict.report)}", flush=True
                )
    print()
    print("| function | wrong answers | caught | named | right answers | left alone |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in (*FUNCTIONS, ""):
        w = [v for v in wrong if name in ("", v.answer.function)]
        r = [v for v in right if name in ("", v.answer.function)]
        if not w or not r:
            continue
        caught, named = sum(v.caught for v in w), sum(v.caught and v.named for v in w)
        alone = sum(not v.caught for v in r)
        label = f"`{name}`" if name else "all"
        print(
            f"| {label} | {len(w)} | {caught / len(w):.0%} | {named / len(w):.1%} "
            f"| {len(r)} | {alone / len(r):.0%} |"
        )


def _wanted(answer: Answer) -> bool:
    return not sys.argv[1:] or any(word in answer.id for word in sys.argv[1:])


def _short(report: Report) -> str:
    lines = [line for line in report.to_plain().splitlines() if not re.match(r"  ok ", line)]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
