"""What matters of `nbgrader_config.py`, read and not executed: only plain values are taken over."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.asserts.rewriting import Markers
from autograder.course.files import NotAFile, read_untrusted

NAME = "nbgrader_config.py"
LARGEST = 1_000_000


@dataclass(frozen=True)
class Settings:
    """An instructor's settings.

    Attributes:
        values: by `Class.trait`, what the file sets to a plain value.
        unread: of the settings that count here, those that are not plain values.
    """

    values: dict[str, Any] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    @property
    def course_id(self) -> str:
        """Of the course; empty where nothing is said."""
        return str(self.values.get("CourseDirectory.course_id", ""))

    @property
    def cell_seconds(self) -> float | None:
        """The time for one cell, or None where nothing is said."""
        for name in ("Execute.timeout", "ExecutePreprocessor.timeout"):
            seconds = self.values.get(name)
            if isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds > 0:
                return float(seconds)
        return None

    @property
    def markers(self) -> Markers:
        """How hidden tests are marked."""
        usual = Markers()
        return Markers(
            str(self.values.get("ClearHiddenTests.begin_test_delimeter", usual.begin)),
            str(self.values.get("ClearHiddenTests.end_test_delimeter", usual.end)),
        )

    def of(self, name: str) -> dict[str, Any]:
        """What is set of one of nbgrader's classes, for its own code."""
        start = f"{name}."
        return {k.removeprefix(start): v for k, v in self.values.items() if k.startswith(start)}


_COUNT = ("CourseDirectory", "ClearSolutions", "ClearHiddenTests", "ClearMarkScheme", "Execute",
          "ExecutePreprocessor", "IncludeHeaderFooter", "Autograde")  # fmt: skip


def read_settings(course: Path) -> Settings:
    """The settings of a course; none where there is no file or it is not Python.

    Args:
        course: its folder.
    """
    try:
        tree = ast.parse(read_untrusted(course, [NAME], LARGEST))
    except (FileNotFoundError, NotAFile, SyntaxError, ValueError):
        return Settings()
    values: dict[str, Any] = {}
    unread = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            name = ast.unparse(target)
            if not name.startswith("c.") or name.count(".") != 2:
                continue
            setting = name.removeprefix("c.")
            try:
                values[setting] = ast.literal_eval(node.value)
            except ValueError:
                if setting.partition(".")[0] in _COUNT:
                    unread.append(setting)
    return Settings(values, tuple(sorted(set(unread))))
