"""Attackers and an honest neighbour in one class, marked by the command: nobody gets anything.

The whole suite, beside nbgrader: `python -m tests.autograder.attacks --nbgrader`.
"""

from __future__ import annotations

import re

import pytest

from autograder.paths import ROOT
from tests.autograder import attacks
from tests.autograder.conftest import Sandboxed
from tests.autograder.hostile import attacks as all_attacks

QUICK = (
    "a thread that outlives its cell",
    "json that says what it likes",
    "ptrace",
    "io_uring",
    "300 processes",
    "the neighbour's notebook, read",
    "a file left in the home folder",
)


def test_there_are_at_least_sixty_and_their_names_differ() -> None:
    names = [attack.name for attack in all_attacks()]
    assert len(names) >= 60
    assert len(set(names)) == len(names)


@pytest.mark.slow
def test_a_class_of_attackers_gets_nothing(sandboxed: Sandboxed) -> None:
    chosen = [a for a in all_attacks() if a.group in ("file", "name") or a.name in QUICK]
    got = attacks.marked_by_us(chosen)
    assert got == dict.fromkeys(got, attacks.NOTHING)
    assert len(got) >= 25


def test_the_page_tells_of_every_attack() -> None:
    """docs/attacks.md is what the command wrote; an attack that was added since is not there."""
    page = (ROOT / "docs" / "attacks.md").read_text()
    row = r"^\| (.+?) \| (?:points|machine|file|name) \| (.+?) \|"
    rows = re.findall(row, page, re.MULTILINE)
    assert {name for name, _ in rows} == {attack.name for attack in all_attacks()}
    assert {here for _, here in rows} == {attacks.NOTHING}
