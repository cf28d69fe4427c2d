"""Slips of the pen that Keras reports far from where they were made.

    X = Activation("relu")          # made, but never called: the next layer is given a layer
    X = Conv2D(8, 3)(X),            # a comma at the end: the next layer is given a tuple

The error comes up on a later line, in words about types. Here the line itself is found.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import textwrap
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import keras

from resnets.checks.evidence.facts import Failure
from resnets.language import say


def slip_behind_error(frame: FrameType, line: int) -> Failure | None:
    """The slip that an error on `line` of a student's function goes back to, if there is one.

    Args:
        frame: of the student's function, as the error left it.
        line: on which the error came up.
    """
    tree = _tree_of(frame.f_code)
    if tree is None:
        return None
    used = {
        name.id: node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.lineno <= line <= (node.end_lineno or node.lineno)
        for argument in (*node.args, *(keyword.value for keyword in node.keywords))
        for name in ast.walk(argument)
        if isinstance(name, ast.Name)
    }
    for name in used:
        value = frame.f_locals.get(name)
        if _is_uncalled(value) or _is_tuple_of_a_tensor(value):
            made = [n for n in _assignments(tree, name) if (n.end_lineno or n.lineno) < line]
            if made:
                return _slip(name, value, made[-1].lineno, frame.f_code)
    return None


def slip_in_result(result: Any, function: Callable[..., Any]) -> Failure | None:
    """The slip by which a function hands back a layer, or a tuple with one tensor, if it is one."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None or not (_is_uncalled(result) or _is_tuple_of_a_tensor(result)):
        return None
    tree = _tree_of(code)
    returns = [n for n in ast.walk(tree) if isinstance(n, ast.Return)] if tree else []
    if not returns:
        return None
    value = returns[-1].value
    if isinstance(value, ast.Name):
        made = _assignments(tree, value.id)
        if made:
            return _slip(value.id, result, made[-1].lineno, code)
    return _slip(say("The result"), result, returns[-1].lineno, code)


def layers_made_for_nothing(function: Callable[..., Any]) -> Iterator[Failure]:
    """Statements of a function that make a layer and do nothing with it."""
    function = inspect.unwrap(function)
    code = getattr(function, "__code__", None)
    tree = _tree_of(code) if code else None
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            made = _meant(node.value.func, function.__globals__)
            if inspect.isclass(made) and issubclass(made, keras.Layer):
                yield _uncalled(made.__name__, node.lineno, code)


def _slip(name: str, value: Any, line: int, code: Any) -> Failure:
    if isinstance(value, keras.Layer):
        return _uncalled(type(value).__name__, line, code)
    sentence = say(
        "{name} is a tuple, not a tensor: there is a comma at the end of this line.", name=name
    )
    return Failure("Slip", sentence, line, _text(code, line))


def _uncalled(layer: str, line: int, code: Any) -> Failure:
    sentence = say(
        "A layer {layer} is made here, but it is not called. Write its input in brackets after it: "
        "{layer}(…)(…).",
        layer=layer,
    )
    return Failure("Slip", sentence, line, _text(code, line))


def _is_uncalled(value: Any) -> bool:
    if not isinstance(value, keras.Layer) or isinstance(value, keras.Model):
        return False
    return not getattr(value, "_inbound_nodes", None)


def _is_tuple_of_a_tensor(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], keras.KerasTensor)


def _tree_of(code: Any) -> ast.Module | None:
    """A function's source as a tree whose lines are numbered as in its cell."""
    # inspect.getsource looks for the module first, in all that are imported: that takes long.
    first = code.co_firstlineno
    lines = linecache.getlines(code.co_filename)[first - 1 :]
    try:
        tree = ast.parse(textwrap.dedent("".join(inspect.getblock(lines))))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return ast.increment_lineno(tree, first - 1)


def _assignments(tree: ast.Module, name: str) -> list[ast.Assign]:
    """Assignments to a name, in the order of their lines."""
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ]
    return sorted(found, key=lambda node: node.lineno)


def _meant(expression: ast.expr, names: dict[str, Any]) -> Any:
    """What a name or a dotted name stands for; None where that is not known."""
    if isinstance(expression, ast.Name):
        return names.get(expression.id)
    if isinstance(expression, ast.Attribute):
        owner = _meant(expression.value, names)
        return getattr(owner, expression.attr, None) if inspect.ismodule(owner) else None
    return None


def _text(code: Any, line: int) -> str:
    return linecache.getline(code.co_filename, line).strip()[:300]
