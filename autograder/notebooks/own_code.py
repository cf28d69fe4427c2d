"""What marking runs of a student's own cells: imports, definitions and plain constants.

A graded cell may need them, as it does in the student's notebook. Nothing else of such cells runs:
training, drawings and trials take time and earn no points.

A value is plain when it is put together, without calls that could take long, from literals and
from names that such code has defined before: `2 * N`, `np.pi`, `f"{name}_1"`, `math.sqrt(9)`,
`partial(Conv2D, padding="same")`, `Config(depth=3)`. What changes a constant in the same way runs,
too: `N += 1`, `SIZES.append(3)`.
"""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import dataclass

from autograder.notebooks.plain_values import is_kept, names_changed

RUNS_ITS_BODY = ("time", "timeit", "capture", "prun")
"""Cell magics whose body is Python that runs as if they were not there."""
_BINDS = re.compile(r"^(?:def|class)\s+(\w+)|^(\w+)\s*=", re.MULTILINE)
_MOST_DEPTH = 200
_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class OwnCode:
    """A cell of the student's own, as marking takes it.

    Attributes:
        pieces: the statements that run, each on its own line of the cell, so that numbers of lines
            stay true. An import is a piece of its own: one that fails keeps no other from running.
        defines: the names that they define.
        left_out: the names that the rest of the cell would define.
    """

    pieces: tuple[str, ...] = ()
    defines: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()


def own_code(source: str, known: frozenset[str] = frozenset()) -> OwnCode:
    """What of a cell runs before the graded cell that it precedes.

    Args:
        source: of the cell.
        known: names that code which runs has defined before.
    """
    source = python_of(source)
    tree = parsed(source)
    if tree is None:
        names = {name for pair in _BINDS.findall(source) for name in pair if name}
        return OwnCode(left_out=frozenset(names))
    kept: list[ast.stmt] = []
    rest: list[ast.stmt] = []
    names = set(known)
    changed: set[str] = set()
    for statement in tree.body:
        bound = names_bound([statement])
        if is_kept(statement, names):
            kept.append(statement)
            names |= bound
            changed -= bound
        else:
            rest.append(statement)
            changed |= (bound | names_changed(statement)) & names
    defines = names_bound(kept)
    pieces = tuple(_on_their_lines(source, group) for group in _apart(kept))
    return OwnCode(
        pieces,
        frozenset(defines),
        frozenset(names_bound(rest) - defines - known),
        frozenset(changed),
    )


def _apart(statements: list[ast.stmt]) -> list[list[ast.stmt]]:
    """Groups of statements: what may fail stands alone, and what is between together."""
    groups: list[list[ast.stmt]] = []
    together = False
    for statement in statements:
        alone = not isinstance(statement, _DEFINITIONS)
        if alone or not together:
            groups.append([])
        groups[-1].append(statement)
        together = not alone
    return groups


def python_of(source: str) -> str:
    """A cell's Python: magics and shell commands do nothing in it, other languages are left out."""
    lines = source.split("\n")
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    magic = re.match(r"%%(\w+)", lines[first])
    if magic:
        if magic[1] not in RUNS_ITS_BODY:
            return ""
        lines[first] = ""
    plain = "\n".join(lines)
    if parsed(plain) is not None:
        return plain
    return re.sub(r"^(\s*)[%!].*", r"\1pass", plain, flags=re.MULTILINE)


@functools.lru_cache(maxsize=64)
def parsed(source: str) -> ast.Module | None:
    """The source as a tree, not to be changed; None where it is no Python, or far too deep."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree if _depth_is_bounded(tree) else None


def _depth_is_bounded(tree: ast.Module) -> bool:
    """Whether walking through the tree cannot exhaust the stack."""
    level: list[ast.AST] = [tree]
    for _ in range(_MOST_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return True
    return False


def names_defined(source: str) -> set[str]:
    """The names that a cell of Python defines; none where it is no Python."""
    tree = parsed(python_of(source))
    return names_bound(tree.body) if tree else set()


def names_bound(statements: list[ast.stmt]) -> set[str]:
    """The names that statements bind where they stand, not inside functions and classes."""
    names: set[str] = set()
    pending: list[ast.AST] = list(statements)
    while pending:
        node = pending.pop()
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                names.add(name)
                continue
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp():
                continue
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names |= {(alias.asname or alias.name).partition(".")[0] for alias in aliases}
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
        pending.extend(ast.iter_child_nodes(node))
    return names


def _on_their_lines(source: str, statements: list[ast.stmt]) -> str:
    """The statements alone, each where it stands in the source."""
    lines = [""] * len(source.split("\n"))
    for statement in statements:
        decorators = getattr(statement, "decorator_list", [])
        first = min(node.lineno for node in (statement, *decorators))
        if first < statement.lineno:
            text = "\n".join(source.split("\n")[first - 1 : statement.end_lineno])
        else:
            text = ast.get_source_segment(source, statement) or ""
        before = f"{lines[first - 1]}; " if lines[first - 1] else ""
        for number, line in enumerate(text.split("\n"), start=first - 1):
            lines[number] = before + line if number == first - 1 else line
    return "\n".join(lines).rstrip()
