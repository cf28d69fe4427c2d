"""What a check must show, and whoever compares it with what a submission's check showed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from resnets import checks
from resnets.checks.evidence.case_ids import is_hidden


@dataclass(frozen=True)
class Expected:
    """What the solution's check of the function `name` emitted."""

    name: str
    evidence: checks.Evidence

    def of_public_cases(self) -> Expected:
        """The same without hidden cases."""
        runs = self.evidence.runs.items()
        public = {id: run for id, run in runs if not is_hidden(id)}
        return Expected(self.name, checks.Evidence(self.name, public))


Judge = Callable[[Expected, list[Any]], checks.Report | None]
"""Gives the report on what one check emitted, or None where it emitted nothing that counts."""
