"""The lock file holds what the requirement files ask for: what is set up is all that is needed."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement

from autograder.paths import ROOT

# On a GPU other packages are installed, on top of the lock.
FILES = sorted(set(ROOT.glob("requirements*.txt")) - {ROOT / "requirements-gpu.txt"})


def _requirements(text: str) -> list[Requirement]:
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [Requirement(line) for line in lines if line]


LOCKED = _requirements((ROOT / "requirements.lock").read_text())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_lock_holds_every_requirement(file):
    for asked in _requirements(file.read_text()):
        versions = [str(pin.specifier)[2:] for pin in LOCKED if pin.name == asked.name]
        assert versions, f"{asked.name} is not in requirements.lock: make lock"
        for version in versions:
            assert asked.specifier.contains(version), f"{asked} is locked at {version}: make lock"
