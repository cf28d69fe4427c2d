"""Draws the map of the rooms in CONTRIBUTING.md from the imports.

    python tools/rooms.py            # writes it
    python tools/rooms.py --check    # exit status 1 where it is not up to date
    python tools/rooms.py --count    # circles and imports between rooms, in any checkout

A room is a package below `autograder` or `resnets.checks`; what it is for is the first sentence of
its docstring. The directions that imports may have are contracts in pyproject.toml.
"""

from __future__ import annotations

import argparse
import ast
import sys
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "CONTRIBUTING.md"
BEGIN, END = "<!-- rooms: begin (make rooms) -->", "<!-- rooms: end -->"
HOUSES = ("autograder", "resnets.checks")


def main() -> int:
    """Writes, checks or counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    parser.add_argument("--count", action="store_true", help="only count circles and imports")
    options = parser.parse_args()
    graph = grimp.build_graph("autograder", "resnets")
    if options.count:
        print("\n".join(counts(graph)))
        return 0
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    drawn = f"{before}{BEGIN}\n{room_map(graph)}\n{END}{after}"
    if options.check:
        return int(drawn != page)
    PAGE.write_text(drawn, encoding="utf-8")
    return 0


def room_map(graph: grimp.ImportGraph) -> str:
    """A table for each house: its rooms from the door down, and where each looks into."""
    tables = []
    for house in HOUSES:
        looks_into = room_imports(graph, house)
        lines = [f"**`{house.replace('.', '/')}/`**", ""]
        lines += ["| room | what it is for | looks into |", "| --- | --- | --- |"]
        for room in from_the_door_down(looks_into):
            into = ", ".join(f"`{other.removeprefix(house + '.')}`" for other in looks_into[room])
            name = room.removeprefix(house + ".")
            lines.append(f"| `{name}` | {purpose(room)} | {into or '–'} |")
        tables.append("\n".join(lines))
    return "\n\n".join(tables)


def room_imports(graph: grimp.ImportGraph, house: str) -> dict[str, list[str]]:
    """The rooms of a house, and into which other rooms of it each looks."""
    rooms = {child for child in graph.find_children(house) if graph.find_children(child)}
    found: dict[str, set[str]] = {room: set() for room in rooms}
    for room in rooms:
        for module in (room, *graph.find_descendants(room)):
            for imported in graph.find_modules_directly_imported_by(module):
                found[room] |= {o for o in rooms - {room} if f"{imported}.".startswith(f"{o}.")}
    return {room: sorted(found[room]) for room in sorted(rooms)}


def from_the_door_down(looks_into: dict[str, list[str]]) -> list[str]:
    """The rooms in an order in which each comes before those that it looks into."""
    order: list[str] = []

    def add(room: str) -> None:
        if room not in order:
            order.append(room)  # Before its neighbours, so that a circle comes to an end.
            for other in looks_into[room]:
                add(other)
            order.remove(room)
            order.append(room)

    for room in looks_into:
        add(room)
    return order[::-1]


def purpose(package: str) -> str:
    """The first sentence of a package's docstring."""
    source = (ROOT / package.replace(".", "/") / "__init__.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").split("\n\n")[0].replace("\n", " ")


def counts(graph: grimp.ImportGraph) -> list[str]:
    """Rooms, imports and circles of each house, one line a house."""
    lines = []
    for house in HOUSES:
        modules = {house, *graph.find_descendants(house)}
        inside = {
            module: graph.find_modules_directly_imported_by(module) & modules for module in modules
        }
        looks_into = room_imports(graph, house)
        lines.append(
            f"{house}: {len(modules)} modules, {sum(map(len, inside.values()))} imports; "
            f"{len(looks_into)} rooms, {sum(map(len, looks_into.values()))} times one looks into "
            f"another; modules in circles: {in_circles(inside)}; rooms in circles: "
            f"{in_circles({room: set(others) for room, others in looks_into.items()})}"
        )
    return lines


def in_circles(edges: dict[str, set[str]]) -> int:
    """How many nodes can be reached from themselves."""

    def reachable(start: str) -> set[str]:
        seen: set[str] = set()
        pending = list(edges[start])
        while pending:
            node = pending.pop()
            if node not in seen:
                seen.add(node)
                pending.extend(edges.get(node, ()))
        return seen

    return sum(node in reachable(node) for node in edges)


if __name__ == "__main__":
    sys.exit(main())
