"""A safe call of a student's function: limited, silent, and its errors in the student's terms."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Iterator
from typing import Any

from resnets.checks.collecting.error_messages import explain
from resnets.checks.collecting.time_limit import time_limit
from resnets.checks.evidence.facts import Failure

_RECURSION = 300


def call(
    function: Callable[..., Any], seconds: float, *args: Any, **kwargs: Any
) -> tuple[Any, Failure | None]:
    """Call a student's function; return its result, or the failure in the student's terms.

    Raises:
        KeyboardInterrupt: when the student interrupts the kernel.
    """
    silence = io.StringIO()
    try:
        with (
            time_limit(seconds),
            _shallow_recursion(),
            contextlib.redirect_stdout(silence),
            contextlib.redirect_stderr(silence),
        ):
            return function(*args, **kwargs), None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return None, explain(error, function, seconds)


@contextlib.contextmanager
def _shallow_recursion() -> Iterator[None]:
    """Stop endless recursion early: thousands of nested layers would exhaust the C stack."""
    limit = sys.getrecursionlimit()
    depth, frame = 0, sys._getframe()
    while frame is not None:
        depth, frame = depth + 1, frame.f_back
    sys.setrecursionlimit(min(limit, depth + _RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
