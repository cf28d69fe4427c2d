"""A difference between the expected graph and the student's, as a value that does not change."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One difference.

    Attributes:
        criterion: of the rubric that it is charged to.
        id: for tests and statistics, e.g. "padding", "missing:relu", "adds-itself".
        message: a sentence in the student's terms.
        expected: what should be there.
        found: what is there.
        place: where in the expected graph, e.g. "main.3"; empty when nowhere in particular.
        setting: the setting that differs.
        node: position in the student's steps, -1 if it has none.
        changes_numbers: whether other numbers must come out of it; else right ones prove nothing.
        excusable: whether right numbers may excuse it at all.
    """

    criterion: str
    id: str
    message: str
    expected: str = ""
    found: str = ""
    place: str = ""
    setting: str = ""
    node: int = -1
    changes_numbers: bool = True
    excusable: bool = True
