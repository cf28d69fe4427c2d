"""Which statements of a student's own cells marking runs: those that cannot take long.

Imports and definitions always; assignments where the value is plain: put together from literals and
known names by operators, attributes, indices and calls that are over at once.
"""

from __future__ import annotations

import ast
from collections.abc import Set

QUICK_BUILTINS = frozenset({
    "abs", "bool", "complex", "dict", "divmod", "enumerate", "float", "frozenset", "getattr",
    "int", "len", "list", "max", "min", "pow", "range", "reversed", "round", "set", "slice",
    "sorted", "str", "sum", "tuple", "type", "zip",
})  # fmt: skip
QUICK_NAMES = frozenset({
    "partial", "namedtuple", "glorot_uniform", "sqrt", "log", "exp", "getLogger",
})  # fmt: skip
"""Functions that are over at once, whichever module they are imported from."""
QUICK_MODULES = frozenset({
    "math", "np", "numpy", "operator", "string", "typing", "functools", "itertools",
})  # fmt: skip
"""Modules all of whose functions are, on plain values."""
QUICK_METHODS = frozenset({
    "format", "join", "split", "strip", "lower", "upper", "replace", "copy", "keys", "values",
    "items", "index", "count", "get",
})  # fmt: skip
"""Methods of texts and containers."""
CHANGES = frozenset({
    "append", "extend", "insert", "update", "add", "setdefault", "remove", "pop", "clear",
    "sort",
})  # fmt: skip
"""Methods that change what they are called on."""
KNOWN_TO_ALL = frozenset(("__name__", "__debug__"))


def is_kept(statement: ast.stmt, known: Set[str]) -> bool:
    """Whether a statement runs when marked.

    Args:
        statement: of a cell of the student's own.
        known: names that code which runs has defined before.
    """

    def kept(block: list[ast.stmt]) -> bool:
        return all(isinstance(inner, ast.Pass) or is_kept(inner, known) for inner in block)

    match statement:
        case ast.Import() | ast.ImportFrom():
            return True
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return True
        case ast.Assign(targets=targets, value=value):
            return all(_is_target(t, known) for t in targets) and is_plain(value, known)
        case ast.AnnAssign(target=target, value=value) if value is not None:
            return _is_target(target, known) and is_plain(value, known)
        case ast.AugAssign(target=target, value=value):
            root = _root(target)
            return root in known and _is_target(target, known) and is_plain(value, known)
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) as c
        ):
            return name in known and method in CHANGES and _are_plain(_arguments(c), known)
        case ast.Expr(value=ast.NamedExpr(value=value)):
            return is_plain(value, known)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=finalbody):
            inner = [*body, *(s for h in handlers for s in h.body), *orelse, *finalbody]
            return kept(inner)
        case ast.If(test=test, body=body, orelse=orelse):
            return is_plain(test, known) and kept([*body, *orelse])
    return False


def is_plain(value: ast.expr, known: Set[str]) -> bool:
    """Whether a value is at hand at once: put together from literals and known names."""
    match value:
        case ast.Constant() | ast.Lambda():
            return True
        case ast.Name(id=name):
            return name in known or name in QUICK_BUILTINS or name in KNOWN_TO_ALL
        case ast.Tuple() | ast.List() | ast.Set() | ast.Dict() | ast.Starred() | ast.JoinedStr():
            return _are_plain(ast.iter_child_nodes(value), known)
        case ast.FormattedValue() | ast.UnaryOp() | ast.BinOp() | ast.BoolOp() | ast.Compare():
            return _are_plain(ast.iter_child_nodes(value), known)
        case ast.IfExp() | ast.Subscript() | ast.Slice():
            return _are_plain(ast.iter_child_nodes(value), known)
        case ast.Attribute(value=inner):
            return is_plain(inner, known)
        case ast.Call():
            return _is_quick(value.func, known) and _are_plain(_arguments(value), known)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            return _is_plain_comprehension(value, known)
    return False


def names_changed(statement: ast.stmt) -> set[str]:
    """The names of which a statement changes what they stand for, without binding them."""
    changed: set[str] = set()
    for node in ast.walk(statement):
        match node:
            case (
                ast.Subscript(ctx=ast.Store() | ast.Del())
                | ast.Attribute(ctx=ast.Store() | ast.Del())
            ):
                changed.add(_root(node))
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)):
                changed |= {name} if method in CHANGES else set()
    return changed


def _are_plain(values: object, known: Set[str]) -> bool:
    return all(is_plain(v, known) for v in values if isinstance(v, ast.expr))


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _is_quick(function: ast.expr, known: Set[str]) -> bool:
    """Whether a call is over at once: what makes an object is taken to be."""
    match function:
        case ast.Name(id=name):
            makes = name in known and _is_class_name(name)
            return name in QUICK_BUILTINS or makes or (name in QUICK_NAMES and name in known)
        case ast.Attribute(value=inner, attr=name):
            if not is_plain(inner, known):
                return False
            of_module = _root(function) in QUICK_MODULES
            return of_module or name in QUICK_METHODS | QUICK_NAMES or _is_class_name(name)
    return False


def _is_class_name(name: str) -> bool:
    """Whether a name is written as classes are. `ResNet50` is none: a network takes its time."""
    return name[:1].isupper() and "Net" not in name


def _is_plain_comprehension(value: ast.expr, known: Set[str]) -> bool:
    bound = {
        node.id
        for generator in value.generators
        for node in ast.walk(generator.target)
        if isinstance(node, ast.Name)
    }
    inner = set(known) | bound
    parts = [value.key, value.value] if isinstance(value, ast.DictComp) else [value.elt]
    parts += [part for g in value.generators for part in (g.iter, *g.ifs)]
    return _are_plain(parts, inner)


def _is_target(target: ast.expr, known: Set[str]) -> bool:
    match target:
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return all(_is_target(part, known) for part in parts)
        case ast.Starred(value=inner):
            return _is_target(inner, known)
        case ast.Subscript(value=inner, slice=index):
            return _root(inner) in known and is_plain(index, known)
        case ast.Attribute(value=ast.Name(id=name)):
            return name in known
    return isinstance(target, ast.Name)


def _root(node: ast.AST) -> str:
    """The name at the beginning of `a.b[c]`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
