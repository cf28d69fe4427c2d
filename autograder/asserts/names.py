"""Which names of a notebook depend on what students write, and what imported names mean.

A name depends on students' code where a solution cell binds it, or where it is computed from such a
name. Rather one name too many than one too few: what depends on students' code is sent from every
submission; everything else counts as the instructor's own run had it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from autograder.notebooks.own_code import names_bound

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Names:
    """What is known of a notebook's names.

    Attributes:
        written: names that solution cells bind.
        dependent: these, and names that are computed from them.
        helpers: functions and classes that the instructor defines.
        imported: by name in the notebook, the full name of a module or of what is in it.
    """

    written: frozenset[str] = frozenset()
    dependent: frozenset[str] = frozenset()
    helpers: frozenset[str] = frozenset()
    imported: dict[str, str] = field(default_factory=dict)

    def depends(self, node: ast.AST, more: frozenset[str] = frozenset()) -> bool:
        """Whether what students write can change a value.

        Args:
            node: an expression or a statement.
            more: further names that depend on it here.
        """
        return bool(_loaded(node) & (self.dependent | more))

    def full_name(self, node: ast.expr) -> str | None:
        """What `np.testing.assert_equal` is called in full; None where it is not a known name."""
        match node:
            case ast.Name(id=name):
                return self.imported.get(name, name)
            case ast.Attribute(value=inner, attr=name):
                full = self.full_name(inner)
                return None if full is None else f"{full}.{name}"
        return None


def names_of(solutions: Iterable[ast.Module], others: Iterable[ast.Module]) -> Names:
    """What a notebook's cells say about its names.

    Args:
        solutions: the cells that students write, as the instructor has solved them.
        others: all other code cells.
    """
    solutions, others = list(solutions), list(others)
    imported: dict[str, str] = {}
    for tree in (*solutions, *others):
        for node in ast.walk(tree):
            imported |= _imported(node)
    written = set()
    for tree in solutions:
        own = [s for s in tree.body if not isinstance(s, ast.Import | ast.ImportFrom)]
        written |= names_bound(own)
    dependent = set(written)
    before = -1
    while len(dependent) != before:
        before = len(dependent)
        for tree in others:
            functions = {n.name: n for n in ast.walk(tree) if isinstance(n, _FUNCTIONS)}
            for node in ast.walk(tree):
                dependent |= _made_dependent(node, dependent, functions)
    helpers = {
        node.name
        for tree in others
        for node in ast.walk(tree)
        if isinstance(node, _FUNCTIONS | ast.ClassDef)
    }
    return Names(frozenset(written), frozenset(dependent), frozenset(helpers - written), imported)


def _loaded(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _imported(node: ast.AST) -> dict[str, str]:
    match node:
        case ast.Import(names=aliases):
            return {
                alias.asname or alias.name.partition(".")[0]: alias.name
                if alias.asname
                else alias.name.partition(".")[0]
                for alias in aliases
            }
        case ast.ImportFrom(module=str(module), names=aliases, level=0):
            return {alias.asname or alias.name: f"{module}.{alias.name}" for alias in aliases}
    return {}


def _made_dependent(
    node: ast.AST, dependent: set[str], functions: dict[str, ast.FunctionDef]
) -> set[str]:
    """The names that one statement or call makes dependent."""

    def depends(*parts: ast.AST | None) -> bool:
        return any(part is not None and _loaded(part) & dependent for part in parts)

    match node:
        case ast.Assign(targets=targets, value=value) if depends(value):
            return _roots(targets)
        case ast.AnnAssign(target=target, value=value) if depends(value):
            return _roots([target])
        case ast.AugAssign(target=target, value=value) if depends(value):
            return _roots([target])
        case ast.NamedExpr(target=target, value=value) if depends(value):
            return _roots([target])
        case (
            ast.For(target=target, iter=values) | ast.comprehension(target=target, iter=values)
        ) if depends(values):
            return _roots([target])
        case ast.With(items=items):
            return {
                name
                for item in items
                if item.optional_vars is not None and depends(item.context_expr)
                for name in _roots([item.optional_vars])
            }
        case ast.FunctionDef(name=name, body=body) | ast.ClassDef(name=name, body=body):
            return {name} if depends(*body) else set()
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in functions:
            return _parameters(functions[name], args, keywords, dependent)
        case ast.Call(func=ast.Attribute(value=inner), args=args, keywords=keywords):
            # A method may keep what it is given. Functions of modules do not.
            roots = _roots([inner])
            changes = depends(*args, *(k.value for k in keywords))
            return roots if changes and node.func.attr in _KEEPS else set()
    return set()


_KEEPS = ("append", "extend", "add", "update", "insert", "setdefault", "put", "write")


def _parameters(
    function: ast.FunctionDef,
    args: list[ast.expr],
    keywords: list[ast.keyword],
    dependent: set[str],
) -> set[str]:
    """The parameters to which a call passes something dependent."""
    named = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    everything = {*named, *(a.arg for a in function.args.kwonlyargs)}
    everything |= {a.arg for a in (function.args.vararg, function.args.kwarg) if a}
    found = set()
    for position, argument in enumerate(args):
        if _loaded(argument) & dependent:
            if isinstance(argument, ast.Starred) or position >= len(named):
                return everything
            found.add(named[position])
    for keyword in keywords:
        if _loaded(keyword.value) & dependent:
            found |= {keyword.arg} if keyword.arg else everything
    return found


def _roots(targets: list[ast.expr]) -> set[str]:
    """The names at the beginning of what is bound or changed."""
    found = set()
    for target in targets:
        match target:
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                found |= _roots(parts)
            case ast.Starred(value=inner):
                found |= _roots([inner])
            case ast.Name(id=name):
                found.add(name)
            case ast.Attribute(value=inner) | ast.Subscript(value=inner):
                found |= _roots([inner])
    return found
