"""Right answers that stand in a table which a loop goes through, as in `for x, y in [(1, 2)]`."""

from __future__ import annotations

import ast
import copy


def without_columns(target: ast.expr, values: ast.expr, unused: set[str]) -> ast.expr:
    """What a loop goes through, with None in place of the values that go to unused names.

    Args:
        target: of the loop.
        values: what it goes through; it is not changed.
        unused: names that nothing uses.
    """
    values = copy.deepcopy(values)
    if not isinstance(target, ast.Tuple):
        return values
    for number, name in enumerate(target.elts):
        if isinstance(name, ast.Name) and name.id in unused:
            for row, position in _cells(values, number):
                row[position] = ast.Constant(None)
    return values


def emptied_names(target: ast.expr, values: ast.expr) -> set[str]:
    """The names of a loop to which nothing but None goes."""
    found = set()
    for number, name in enumerate(target.elts if isinstance(target, ast.Tuple) else []):
        cells = [row[position] for row, position in _cells(values, number)]
        empty = all(isinstance(c, ast.Constant) and c.value is None for c in cells)
        if cells and empty and isinstance(name, ast.Name):
            found.add(name.id)
    return found


def _cells(values: ast.expr, column: int) -> list[tuple[list[ast.expr], int]]:
    """Where the values of one column of a table that is written out stand."""
    match values:
        case ast.List(elts=rows) | ast.Tuple(elts=rows) if all(
            isinstance(row, ast.Tuple | ast.List) for row in rows
        ):
            return [(row.elts, column) for row in rows if column < len(row.elts)]
        case ast.Call(func=ast.Attribute(value=ast.Dict(values=parts), attr="items"), args=[]):
            return [(parts, n) for n in range(len(parts))] if column == 1 else []
        case ast.Call(func=ast.Name(id="zip"), args=args) if column < len(args):
            parts = args[column].elts if isinstance(args[column], ast.List | ast.Tuple) else []
            return [(parts, n) for n in range(len(parts))]
    return []
