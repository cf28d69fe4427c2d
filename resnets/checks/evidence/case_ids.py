"""Identifiers of test cases: they say whether a case is hidden, and which criterion it tries."""

HIDDEN = "hidden-"
"""Begins the ids of hidden cases, and of no others."""


def is_hidden(case_id: str) -> bool:
    """Return whether students may not see the arguments of a case."""
    return case_id.startswith(HIDDEN)


def criterion_of(case_id: str) -> str:
    """Return what a case is charged to, where its id tells: `same` for `hidden-same.1`."""
    return case_id.removeprefix(HIDDEN).partition(".")[0]
