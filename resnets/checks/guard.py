"""Run a student's function so that nothing it does outlasts the call, and say what went wrong.

Time limit, printed text, random generators, Keras' own counters: all are put back as they were.
"""

from __future__ import annotations

import builtins
import contextlib
import copy
import difflib
import inspect
import io
import linecache
import random
import re
import signal
import sys
import sysconfig
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import keras
import numpy as np
from keras.src.backend.common import global_state

from resnets.checks.evidence import MAX_TEXT, Failure

_RECURSION = 300
_OURS = str(Path(__file__).resolve().parents[1])
_LIBRARIES = tuple(
    str(Path(path).resolve()) for path in set(sysconfig.get_paths().values()) if path
)


class TimeLimit(BaseException):
    """Raised in the student's code when its time is up. No `except Exception` catches it."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeLimit in the body when it runs longer than `seconds`.

    Works in the main thread of systems that have interval timers. Elsewhere there is no limit.
    The alarm is repeated, because a bare `except:` in an endless loop swallows a single one.
    """
    possible = (
        hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    )
    if not possible or seconds <= 0:
        yield
        return
    armed, rings = True, 0

    def ring(signum: int, frame: FrameType | None) -> None:
        nonlocal rings
        if not armed:
            return
        rings += 1
        if rings > 1:
            # The first was swallowed by an `except`: raise the next one in its handler as well,
            # where the same `except` cannot catch it.
            while frame is not None and not frame.f_code.co_filename.startswith(_OURS):
                frame.f_trace = again
                frame = frame.f_back
            sys.settrace(again)
        raise TimeLimit

    def again(frame: FrameType, event: str, arg: Any) -> Any:
        if event == "line" and armed and not _is_library(frame.f_code.co_filename):
            raise TimeLimit
        return again

    tracing = sys.gettrace()
    handler = signal.signal(signal.SIGALRM, ring)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        yield
    finally:
        armed = False
        sys.settrace(tracing)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if timer[0]:
            signal.setitimer(signal.ITIMER_REAL, *timer)


@contextlib.contextmanager
def unchanged_state() -> Iterator[None]:
    """Put random generators, Keras' settings and its name counters back as they were."""
    numpy_state, python_state = np.random.get_state(), random.getstate()
    trackers = (global_state.GLOBAL_STATE_TRACKER, global_state.GLOBAL_SETTINGS_TRACKER)
    before = [_snapshot(vars(tracker)) for tracker in trackers]
    recursion_limit = sys.getrecursionlimit()
    seed = vars(trackers[0]).get("global_seed_generator")
    seed_value = None if seed is None else keras.ops.convert_to_numpy(seed.state.value)
    try:
        yield
    finally:
        global_state.GLOBAL_STATE_TRACKER, global_state.GLOBAL_SETTINGS_TRACKER = trackers
        for tracker, values in zip(trackers, before, strict=True):
            vars(tracker).clear()
            vars(tracker).update(values)
        if seed is not None:
            seed.state.assign(seed_value)
        np.random.set_state(numpy_state)
        random.setstate(python_state)
        sys.setrecursionlimit(recursion_limit)


def _snapshot(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: copy.copy(value) if isinstance(value, dict | list | set) else value
        for key, value in values.items()
    }


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


def explain(
    error: BaseException, function: Callable[..., Any] | None, seconds: float = 0
) -> Failure:
    """Say in one sentence what an error in a student's function means, and on which line."""
    frame = _their_frame(error.__traceback__, function)
    line, source = (0, "") if frame is None else frame
    trace = "".join(traceback.format_exception(error, limit=-20))
    return Failure(
        kind=type(error).__name__,
        sentence=_sentence(error, seconds, function)[:MAX_TEXT],
        line=line,
        source=source.strip()[:300],
        traceback=trace[-3 * MAX_TEXT :],
    )


def _their_frame(
    trace: TracebackType | None, function: Callable[..., Any] | None
) -> tuple[int, str] | None:
    """Return line and text of the deepest frame that lives in the student's notebook."""
    home = getattr(inspect.unwrap(function), "__globals__", None) if callable(function) else None
    theirs = None
    for frame, line in traceback.walk_tb(trace):
        own = not _is_library(frame.f_code.co_filename)
        if own and (home is None or frame.f_globals is home):
            theirs = frame, line
    if theirs is None:
        return None
    frame, line = theirs
    linecache.checkcache(frame.f_code.co_filename)
    return line, linecache.getline(frame.f_code.co_filename, line, frame.f_globals)


def _is_library(file: str) -> bool:
    return file.startswith((_OURS, *_LIBRARIES))


def _sentence(error: BaseException, seconds: float, function: Callable[..., Any] | None) -> str:
    text = _first_line(error)
    match error:
        case TimeLimit():
            return f"It was still running after {seconds:g} seconds: is there a loop without end?"
        case NotImplementedError():
            return "It is not written yet."
        case RecursionError():
            return "The function calls itself without end."
        case SystemExit():
            return "The function ends the program (exit or quit); it should return its result."
        case MemoryError():
            return "It asked for more memory than there is."
        case UnboundLocalError():
            return f"{_named(text)} is used before it gets a value."
        case NameError():
            return f"{_named(text)} is not defined.{_similar(error, function)}"
        case ModuleNotFoundError():
            return f"{text}: use what the notebook has imported."
        case KeyError():
            return f"The key {text} does not exist."
        case ZeroDivisionError():
            return "Something is divided by zero."
        case IndexError():
            return f"A list has fewer elements than that ({text})."
    for pattern, words in _KNOWN:
        found = re.search(pattern, str(error), re.DOTALL)
        if found:
            return words.format(*found.groups())
    return f"{type(error).__name__}: {text}"


_KNOWN: tuple[tuple[str, str], ...] = (
    (
        r"Inputs have incompatible shapes\. Received shapes (\(.*?\)) and (\(.*?\))",
        "The two tensors to add have different shapes, {0} and {1} (height, width, channels): "
        "look at strides, padding and filters on the way to the addition.",
    ),
    (
        r"Incompatible shapes: \[(.*?)\] vs\. \[(.*?)\]",
        "Two tensors of different shapes meet, ({0}) and ({1}).",
    ),
    (
        r"A merge layer should be called on a list of (?:at least \d )?inputs",
        "Add()(…) takes one list of the two tensors: Add()([…, …]).",
    ),
    (
        r"too many positional arguments",
        "A layer is called on one thing: several tensors go into one list, Add()([…, …]).",
    ),
    (
        r"not enough values to unpack \(expected (\d+), got (\d+)\)",
        "{1} values cannot be unpacked into {0} names.",
    ),
    (
        r"too many values to unpack \(expected (\d+)",
        "There are more values than the {0} names they are unpacked into.",
    ),
    (
        r"missing \d+ required positional arguments?: (.*)",
        "An argument is missing in this call: {0}.",
    ),
    (
        r"(\w+)\(\) got an unexpected keyword argument '(\w+)'",
        "{0}() has no argument called '{1}'.",
    ),
    (r"Unrecognized keyword arguments passed to (\w+): \{{0,1}(.*?)\}", "{0} does not know {1}."),
    (
        r"'NoneType' object has no attribute '(\w+)'",
        "Something here is None, so it has no '{0}': a variable was not given its value, or a "
        "function returned nothing.",
    ),
    (r"'NoneType' object is not callable", "Something that is None is called like a function."),
    (
        r"'KerasTensor' object is not callable",
        "A tensor is called like a function: the layer comes first, its input in the brackets "
        "behind it.",
    ),
    (
        r"(?:A KerasTensor is symbolic|A KerasTensor cannot be used as input to a TensorFlow|"
        r"converting.*KerasTensor|using a `?KerasTensor)",
        "A symbolic tensor has no numbers yet, so only layers and keras.ops can take it.",
    ),
    (
        r"Layer \"?(\w+)\"? expects (\d+) input\(s\), but it received (\d+)",
        "{0} expects {1} input and was given {2}.",
    ),
    (
        r"Input (\d+) of layer .* is incompatible with the layer: expected (.*)",
        "A layer was given a tensor of the wrong shape: expected {1}",
    ),
    (
        r"The name \"(.+?)\" is used (\d+) times in the model",
        "The name '{0}' is given to {1} layers; every layer needs a name of its own.",
    ),
    (
        r"Computed output size would be|One of the dimensions in the output is <= 0|"
        r"Negative dimension size",
        "The window is larger than the picture that reaches this layer: look at padding, strides "
        "and pooling before it.",
    ),
    (
        r"Expected `?Layer`? instances|Only instances of `keras.Layer`|A Layer is expected",
        "Here a layer is expected; was the layer called on its input?",
    ),
    (
        r"Invalid value for argument `padding`|The `padding` argument must be|`padding` argument",
        "padding must be 'valid' or 'same'.",
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad|"
        r"numpy.ndarray conversion method __array__\(\) was called on traced array",
        "NumPy takes numbers out of the calculation: use keras.ops in its place.",
    ),
    (r"Unknown initializer: '?(\w+)'?", "There is no initializer called '{0}'."),
    (r"Could not interpret activation function identifier: (\S+)", "There is no activation {0}."),
    (
        r"can only concatenate str \(not \"(\w+)\"\) to str",
        "A text and a number ({0}) cannot be joined by +: turn the number into text with str(…).",
    ),
    (
        r"unsupported operand type\(s\) for (\S+): '(\w+)' and '(\w+)'",
        "{1} and {2} cannot be combined by {0}.",
    ),
    (r"'(\w+)' object is not subscriptable", "A value of type {0} has no elements to pick by […]."),
    (r"'(\w+)' object is not iterable", "A value of type {0} cannot be unpacked or looped over."),
    (r"'(\w+)' object is not callable", "A value of type {0} is called like a function."),
    (r"'(\w+)' object has no attribute '(\w+)'", "A {0} has no '{1}'."),
)


def _first_line(error: BaseException) -> str:
    text = re.sub(r"\x1b\[\d*m|\{\{.*?\}\}|\[Op:\w+\].*", "", str(error), flags=re.DOTALL)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].startswith("Exception encountered when calling"):
        lines = lines[1:]
    return lines[0][:300] if lines else type(error).__name__


def _named(text: str) -> str:
    found = re.search(r"'(.+?)'", text)
    return f"'{found.group(1)}'" if found else text


def _similar(error: NameError, function: Callable[..., Any] | None) -> str:
    """Return ' Did you mean …?' when a known name is close to the unknown one."""
    name = getattr(error, "name", None)
    inner = inspect.unwrap(function) if callable(function) else None
    if not name or not hasattr(inner, "__code__"):
        return ""
    known = [*inner.__code__.co_varnames, *inner.__globals__, *dir(builtins)]
    close = difflib.get_close_matches(name, [n for n in known if not n.startswith("_")], n=1)
    return f" Did you mean '{close[0]}'?" if close else ""
