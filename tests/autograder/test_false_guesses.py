"""What students are told in place of their own words: the guess at a cause is never a false one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from autograder.course.verdict import CellVerdict, Verdict
from autograder.marking.redaction import ELSEWHERE, redact
from resnets.checks.judging.report import EXPLAINED_ABOVE, HIDDEN_REASON, Item, Report

TITLES = ("It runs", "The convolution", "The numbers")
LINES = st.tuples(st.booleans(), st.booleans(), st.sampled_from(["", "Conv2D is missing."]))


def cell_of(lines: list[tuple[bool, bool, str]]) -> CellVerdict:
    """A verdict whose rubric has these lines: (passed, hidden, message)."""
    items = tuple(
        Item(title, title, passed=passed, hidden=hidden and not passed, message=message)
        for title, (passed, hidden, message) in zip(TITLES, lines, strict=True)
    )
    rubric = [dict(vars(item)) for item in Report("f", items).without_hidden().items]
    return CellVerdict("test_f", 0.0, 3.0, all(item.passed for item in items), rubric=rubric)


@given(
    marked=st.lists(LINES, min_size=3, max_size=3),
    public=st.none() | st.lists(LINES, min_size=3, max_size=3),
)
def test_the_guess_stands_only_where_nothing_else_is_said(marked, public) -> None:
    without_hidden = public and [(passed or hidden, False, said) for passed, hidden, said in public]
    verdict = Verdict("graded", "", cells=[cell_of(marked)])
    redact(verdict, Verdict("graded", "", cells=[cell_of(without_hidden)]) if public else None)
    lost = [line["message"] for line in verdict.cells[0].rubric if not line["passed"]]
    explained = [words for words in lost if words not in ("", ELSEWHERE, HIDDEN_REASON)]
    assert not (HIDDEN_REASON in lost and explained)
    assert EXPLAINED_ABOVE not in lost or set(explained) != {EXPLAINED_ABOVE}


def test_what_the_notebook_shows_is_told_though_marking_saw_it_in_a_hidden_case() -> None:
    """The numbers of a network are computed once in marking, with a hidden case's arguments."""
    marked = cell_of([(True, False, ""), (False, False, "made up"), (False, True, "a secret")])
    shown = cell_of(
        [(True, False, ""), (False, False, "It is missing."), (False, False, "Others.")]
    )
    verdict = Verdict("graded", "", cells=[replace(marked)])
    redact(verdict, Verdict("graded", "", cells=[shown]))
    assert [line["message"] for line in verdict.cells[0].rubric] == [
        "",
        "It is missing.",
        "Others.",
    ]
