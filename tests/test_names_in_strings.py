"""Modules that are named inside strings, as in commands for other processes, are there.

No import finder sees them, so nothing else notices when a module moves.
"""

from __future__ import annotations

import ast
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("autograder", "resnets", "tests", "benchmarks", "pretraining", "tools")
IMPORT = re.compile(r"\bfrom ((?:autograder|resnets)[\w.]*) import (\w+)")
PROGRAM = re.compile(r"(?:autograder|resnets)(?:\.\w+)+")


def strings(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)
            and isinstance(node.value, str)]  # fmt: skip


def named() -> list[tuple[str, str]]:
    """Modules, and the names imported from them; "" for a program."""
    texts = [t for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")
             for t in strings(path)]  # fmt: skip
    imports = {pair for text in texts for pair in IMPORT.findall(text)}
    return sorted(imports | {(text, "") for text in texts if PROGRAM.fullmatch(text)})


@pytest.mark.parametrize(("module", "name"), named(), ids=" ".join)
def test_a_module_that_a_string_names_is_there(module: str, name: str) -> None:
    if not name:
        module, _, name = module.rpartition(".")
    found = import_module(module)
    is_module = hasattr(found, "__path__") and find_spec(f"{module}.{name}")
    assert hasattr(found, name) or is_module, f"{module} has no {name}"


def test_some_are_found() -> None:
    assert ("autograder.grading", "reference") in named()
    assert ("autograder.sandboxed.fork_server", "") in named()
