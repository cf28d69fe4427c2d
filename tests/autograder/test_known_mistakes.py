"""Known mistakes: a solution cell with some of its text exchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authoring import known_mistakes
from autograder.authoring.known_mistakes import edited, mistaken_functions
from autograder.notebooks.sources import SourceError


def test_an_edit_that_does_not_fit_is_named() -> None:
    with pytest.raises(SourceError, match="f/mistake: the solution does not contain 'z'"):
        edited("x = y", [("z", "a")], "f/mistake")


def test_mistakes_of_a_function_without_a_cell_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mistakes").mkdir()
    (tmp_path / "mistakes" / "08_faster_training.py").write_text("MISTAKES = {'other': {}}")
    monkeypatch.setattr(known_mistakes, "SOLUTIONS", tmp_path)
    with pytest.raises(SourceError, match="is about other, for which"):
        mistaken_functions("08_faster_training")
