"""A time limit for a student's code, which no `except` of its own can get around."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

from resnets.checks.collecting.error_messages import OUR_FOLDER, TimeLimit, is_library

_AGAIN = 0.2
"""Seconds until the alarm rings once more."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeLimit in the body when it runs longer than `seconds`.

    Works in the main thread of systems that have interval timers. Elsewhere there is no limit.
    The alarm is repeated, because a bare `except:` in an endless loop swallows a single one.
    """
    main = threading.current_thread() is threading.main_thread()
    if not hasattr(signal, "setitimer") or not main or seconds <= 0:
        yield
        return
    alarm, tracing = _Alarm(), sys.gettrace()
    handler = signal.signal(signal.SIGALRM, alarm.ring)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        alarm.armed = False
        sys.settrace(tracing)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if timer[0]:
            signal.setitimer(signal.ITIMER_REAL, *timer)


class _Alarm:
    """Raises TimeLimit when it rings, and from then on at every line that follows."""

    def __init__(self) -> None:
        self.armed = True
        self._rings = 0

    def ring(self, signum: int, frame: FrameType | None) -> None:
        if not self.armed:
            return
        self._rings += 1
        if self._rings > 1:
            # The first was swallowed by an `except`: raise the next one in its handler as well,
            # where the same `except` cannot catch it.
            while frame is not None and not frame.f_code.co_filename.startswith(OUR_FOLDER):
                frame.f_trace = self._trace
                frame = frame.f_back
            sys.settrace(self._trace)
        raise TimeLimit

    def _trace(self, frame: FrameType, event: str, arg: Any) -> Any:
        if event == "line" and self.armed and not is_library(frame.f_code.co_filename):
            raise TimeLimit
        return self._trace
