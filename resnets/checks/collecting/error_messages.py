"""Error messages for students: what went wrong, in one sentence, and on which line."""

from __future__ import annotations

import builtins
import difflib
import inspect
import linecache
import re
import sysconfig
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from resnets.checks.collecting.slips import slip_behind_error
from resnets.checks.evidence.facts import MAX_TEXT, Failure
from resnets.checks.evidence.still_running import still_running
from resnets.language import N_, say, together

OUR_FOLDER = str(Path(__file__).resolve().parents[2])
"""Where the course's own package lies."""
_LIBRARIES = tuple(
    str(Path(path).resolve()) for path in set(sysconfig.get_paths().values()) if path
)


class TimeLimit(BaseException):
    """Raised in the student's code when its time is up. No `except Exception` catches it."""


def explain(
    error: BaseException, function: Callable[..., Any] | None, seconds: float = 0
) -> Failure:
    """Say in one sentence what an error in a student's function means, and on which line."""
    trace = "".join(traceback.format_exception(error, limit=-20))[-3 * MAX_TEXT :]
    kind, sentence = type(error).__name__, _sentence(error, seconds, function)[:MAX_TEXT]
    found = _their_frame(error.__traceback__, function)
    if found is None:
        return Failure(kind, sentence, traceback=trace)
    frame, line = found
    if slip := slip_behind_error(frame, line):
        return replace(slip, kind=kind, traceback=trace)
    linecache.checkcache(frame.f_code.co_filename)
    source = linecache.getline(frame.f_code.co_filename, line, frame.f_globals)
    return Failure(kind, sentence, line, source.strip()[:300], trace)


def _their_frame(
    trace: TracebackType | None, function: Callable[..., Any] | None
) -> tuple[FrameType, int] | None:
    """Return the deepest frame that lives in the student's notebook, and its line."""
    home = getattr(inspect.unwrap(function), "__globals__", None) if callable(function) else None
    theirs = None
    for frame, line in traceback.walk_tb(trace):
        own = not is_library(frame.f_code.co_filename)
        if own and (home is None or frame.f_globals is home):
            theirs = frame, line
    return theirs


def is_library(file: str) -> bool:
    """Return whether a file belongs to the course or to Python, and not to the student."""
    return file.startswith((OUR_FOLDER, *_LIBRARIES))


def _sentence(error: BaseException, seconds: float, function: Callable[..., Any] | None) -> str:
    text = _first_line(error)
    match error:
        case TimeLimit():
            return still_running(seconds)
        case NotImplementedError():
            return say("It is not written yet.")
        case RecursionError():
            return say("The function calls itself again and again, without an end.")
        case SystemExit():
            return say("The function ends the program (exit or quit). It must return its result.")
        case MemoryError():
            return say("The function needs more memory than this computer has.")
        case UnboundLocalError():
            return say("{name} is used before it gets a value.", name=_named(text))
        case NameError():
            sentence = say("{name} is not defined.", name=_named(text))
            return together(sentence, _similar(error, function))
        case ModuleNotFoundError():
            return say("{error}. Use only what the notebook imports.", error=text)
        case KeyError():
            return say("The key {key} does not exist.", key=text)
        case ZeroDivisionError():
            return say("Something is divided by zero.")
        case IndexError():
            return say("An index is too large for its list, tuple or array ({error}).", error=text)
    for pattern, words in _KNOWN:
        found = re.search(pattern, str(error), re.DOTALL)
        if found:
            return _with_full_stop(say(words, *found.groups()))
    return _with_full_stop(f"{type(error).__name__}: {text}")


_KNOWN: tuple[tuple[str, str], ...] = (
    (
        r"Inputs have incompatible shapes\. Received shapes (\(.*?\)) and (\(.*?\))",
        N_(
            "The two tensors to add have different shapes: {0} and {1} (height, width, channels). "
            "Look at strides, padding and filters on both paths."
        ),
    ),
    (
        r"Incompatible shapes: \[(.*?)\] vs\. \[(.*?)\]",
        N_("Two tensors have shapes that do not fit together: ({0}) and ({1})."),
    ),
    (
        r"expected axis -1 of input shape to have value (\d+), but received input with "
        r"shape \([^)]*?(\d+)\)",
        N_(
            "This layer has weights for {0} channels, found an input of {1} channels. Is one layer "
            "called in two places?"
        ),
    ),
    (
        r"A merge layer should be called on a list of (?:at least \d )?inputs",
        N_("Add()(…) takes one list with both tensors: Add()([…, …])."),
    ),
    (
        r"too many positional arguments",
        N_("A layer takes one argument. Put several tensors into one list: Add()([…, …])."),
    ),
    (
        r"not enough values to unpack \(expected (\d+), got (\d+)\)",
        N_("{1} values cannot be unpacked into {0} names."),
    ),
    (
        r"too many values to unpack \(expected (\d+)",
        N_("More than {0} values cannot be unpacked into {0} names."),
    ),
    (
        r"missing \d+ required positional arguments?: (.*)",
        N_("An argument is missing in this call: {0}."),
    ),
    (
        r"(\w+)\(\) got an unexpected keyword argument '(\w+)'",
        N_("{0}() has no argument called '{1}'."),
    ),
    (
        r"Unrecognized keyword arguments passed to (\w+): \{{0,1}(.*?)\}",
        N_("{0} has no argument {1}."),
    ),
    (
        r"'NoneType' object has no attribute '(\w+)'",
        N_(
            "Something here is None, so it has no '{0}'. Did a variable get no value, or does a "
            "function return nothing?"
        ),
    ),
    (
        r"'NoneType' object is not callable",
        N_("Something here is None, and None cannot be called."),
    ),
    (
        r"'KerasTensor' object is not callable",
        N_(
            "A tensor cannot be called. Write the layer first, and its input in the brackets after "
            "it: layer(…)(X)."
        ),
    ),
    (
        r"(?:A KerasTensor is symbolic|A KerasTensor cannot be used as input to a TensorFlow|"
        r"converting.*KerasTensor|using a `?KerasTensor)",
        N_(
            "A symbolic tensor has no numbers yet. Use only layers and functions of keras.ops on "
            "it."
        ),
    ),
    (
        r"Layer \"?(\w+)\"? expects (\d+) input\(s\), but it received (\d+)",
        N_("Layer {0}: expected {1} input(s), found {2}."),
    ),
    (
        r"Input (\d+) of layer .* is incompatible with the layer: expected (.*)",
        N_("The input of a layer has the wrong shape: expected {1}"),
    ),
    (
        r"The name \"(.+?)\" is used (\d+) times in the model",
        N_("{1} layers have the name '{0}'. Every layer needs a different name."),
    ),
    (
        r"Computed output size would be|One of the dimensions in the output is <= 0|"
        r"Negative dimension size",
        N_(
            "The kernel or the pooling window is larger than the input of this layer. Look at the "
            "padding, strides and pooling before it."
        ),
    ),
    (
        r"Expected `?Layer`? instances|Only instances of `keras.Layer`|A Layer is expected",
        N_("Expected a layer, found something else. Is it a layer that was called on its input?"),
    ),
    (
        r"Invalid value for argument `padding`|The `padding` argument must be|`padding` argument",
        N_("The argument padding must be 'valid' or 'same'."),
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad|"
        r"numpy.ndarray conversion method __array__\(\) was called on traced array",
        N_("NumPy cannot be used in this calculation. Use keras.ops."),
    ),
    (r"Unknown initializer: '?(\w+)'?", N_("There is no initializer called '{0}'.")),
    (
        r"Could not interpret activation function identifier: (\S+)",
        N_("There is no activation {0}."),
    ),
    (
        r"can only concatenate str \(not \"(\w+)\"\) to str",
        N_(
            "A text and a number ({0}) cannot be joined by +. Convert the number to text with "
            "str(…)."
        ),
    ),
    (
        r"unsupported operand type\(s\) for (\S+): '(\w+)' and '(\w+)'",
        N_("{1} and {2} cannot be combined by {0}."),
    ),
    (
        r"'(\w+)' object is not subscriptable",
        N_("A value of type {0} has no elements, so […] does not work."),
    ),
    (
        r"'(\w+)' object is not iterable",
        N_("A value of type {0} cannot be unpacked or looped over."),
    ),
    (
        r"'(\w+)' object is not callable",
        N_("A value of type {0} cannot be called like a function."),
    ),
    (
        r"'(?:int|tuple)' object has no attribute 'lower'",
        N_(
            "A number is given where Keras expects a word. The padding of a Keras layer is 'same' "
            "or 'valid'."
        ),
    ),
    (r"'(\w+)' object has no attribute '(\w+)'", N_("A value of type {0} has no attribute '{1}'.")),
)


def _with_full_stop(sentence: str) -> str:
    """Return a sentence, whose end may be a library's words, with its full stop."""
    return (
        sentence if sentence.endswith((*".?!…。？！",)) else say("{sentence}.", sentence=sentence)
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
    """Return 'Did you mean …?' when a known name is close to the unknown one."""
    name = getattr(error, "name", None)
    inner = inspect.unwrap(function) if callable(function) else None
    if not name or not hasattr(inner, "__code__"):
        return ""
    known = [*inner.__code__.co_varnames, *inner.__globals__, *dir(builtins)]
    close = difflib.get_close_matches(name, [n for n in known if not n.startswith("_")], n=1)
    return say("Did you mean {call}?", call=f"'{close[0]}'") if close else ""
