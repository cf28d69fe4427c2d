"""The test cells of one notebook of the instructor's own, ready to be recorded and to be marked."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

from autograder.asserts.names import names_of
from autograder.asserts.rewriting import Markers, Rewritten, Site, rewritten
from autograder.notebooks.cells import grade_id, is_solution, is_test
from autograder.notebooks.own_code import parsed, python_of

Depths = dict[str, dict[int, int]]
"""By `grade_id` and number of the site, how far an assertion is taken apart."""


class TestCells:
    """The test cells of a notebook.

    Args:
        notebook: the instructor's, solved.
        markers: of hidden tests.
    """

    __test__ = False

    def __init__(self, notebook: NotebookNode, markers: Markers) -> None:
        self.markers = markers
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        trees = {id(cell): parsed(python_of(cell.source)) for cell in code}
        solutions = [trees[id(c)] for c in code if is_solution(c) and trees[id(c)]]
        others = [trees[id(c)] for c in code if not is_solution(c) and trees[id(c)]]
        self.names = names_of(solutions, others)
        self.cells = {grade_id(cell): cell.source for cell in code if is_test(cell)}
        self._later = {}
        loaded: set[str] = set()
        for cell in reversed(code):
            self._later[grade_id(cell)] = frozenset(loaded)
            tree = trees[id(cell)]
            loaded |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} if tree else set()

    def recording(self, depths: Depths) -> dict[str, Rewritten]:
        """The cells by `grade_id` as the instructor's solution runs them."""
        return {name: self._rewritten(name, depths, recording=True) for name in self.cells}

    def marking(
        self, depths: Depths, live: Mapping[str, frozenset[tuple[int, int]]], public: bool = False
    ) -> dict[str, Rewritten]:
        """The cells by `grade_id` as submissions run them.

        Args:
            depths: as they were recorded.
            live: by `grade_id` the given operands, as (site, operand), that differ from run to run.
            public: without hidden tests.
        """
        return {
            name: self._rewritten(name, depths, False, live.get(name, frozenset()), public)
            for name in self.cells
        }

    def _rewritten(
        self,
        name: str,
        depths: Depths,
        recording: bool,
        live: frozenset[tuple[int, int]] = frozenset(),
        public: bool = False,
    ) -> Rewritten:
        return rewritten(
            self.cells[name],
            self.names,
            depths.get(name, {}),
            recording,
            self.markers,
            live,
            self._later[name],
            public,
        )


def is_compared(site: Site) -> bool:
    """Whether an assertion is decided outside."""
    return site.planned is not None or site.raises


def to_plain(
    site: Site, recorded: list[list[Any]], live: set[int], checked: Any = None
) -> dict[str, Any]:
    """An assertion as plain data, with what the solution showed of its given operands.

    Args:
        site: the assertion.
        recorded: what the solution showed, each time that it ran.
        live: numbers of given operands that are taken from each submission all the same.
        checked: the evidence that a check of the solution emitted.
    """
    operands = site.planned.operands if site.planned else []
    given = [operand.given for operand in operands]
    kept = [
        [
            part if site.raises or site.expects or given[n : n + 1] == [True] else None
            for n, part in enumerate(event)
        ]
        for event in recorded
    ]
    if site.raises:
        kept = [event[:1] for event in recorded]
    return {
        "text": site.text,
        "line": site.line,
        "hidden": site.hidden,
        "weak": site.weak,
        "message": site.message,
        "name": site.name,
        "raises": site.raises,
        "match": site.match,
        "expects": site.expects,
        "check": site.check,
        "varying": site.varying,
        "compared": is_compared(site),
        "plan": site.planned.plan if site.planned else [],
        "given": given,
        "live": sorted(live),
        "recorded": kept if is_compared(site) else [],
        "checked": checked,
    }
