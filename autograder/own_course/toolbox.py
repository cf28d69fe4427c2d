"""What a notebook of your own can call in a test cell. This file stands beside the notebook.

    from toolbox import check, expect, hint

    expect(mean([1, 2, 6]), "mean of three numbers")
    check("tower")

In your own notebook `expect` shows the value, and whoever marks compares it with the value that the
instructor's solution gave. `check` tells of a Keras function that `checks.toml` declares what is
right and wrong in the layers that it builds; `hint` gives the next of three hints.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

DECLARED = Path(__file__).with_name("checks.toml")
_is_read = False


def expect(value: Any, name: str = "") -> None:
    """Shows a value; when the notebook is marked, it is compared.

    Args:
        value: numbers, texts, containers, arrays or tables.
        name: what it is, in words.
    """
    text = " ".join(repr(value).split())
    print(f"{name or 'value'}: {text if len(text) < 300 else text[:300] + ' …'}")


def check(name: str, *, hidden: bool = False) -> Any:
    """Checks a function that is declared in `checks.toml`, and shows what is right and wrong.

    Args:
        name: of the function.
        hidden: try the hidden cases too; only marking has them.
    """
    import __main__

    checks = _checks()
    try:
        return checks.check(name, getattr(__main__, name, None), hidden=hidden)
    except checks.NothingRecorded:
        print("Nothing is recorded to compare with: `python -m autograder validate` says more.")
    return None


def hint(name: str) -> None:
    """Shows the next of three hints for a function that is declared in `checks.toml`."""
    _checks().hint(name)


def _checks() -> Any:
    global _is_read
    from resnets import checks
    from resnets.checks.catalogue import declared

    if not _is_read:
        declared.add(declared.read_declared(DECLARED.read_text(encoding="utf-8"), "own"))
        _is_read = True
    return checks
