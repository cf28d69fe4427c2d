"""A submission of an instructor's own notebook, as nbgrader runs it: all of the student's cells.

What is not the student's to change is put back: locked cells, tests and tasks have the source's
text, points and kind, wherever they stand; missing ones return behind the cell that they follow in
the source. Of cells with one `grade_id` the last counts, as for nbgrader; the others run as cells
of the student's own.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from autograder.notebooks.assemble import OWN, SubmittedCell, Unreadable, read_cells
from autograder.notebooks.cells import grade_id, is_solution
from resnets.language import listed, say


@dataclass
class Whole:
    """The notebook to run.

    Attributes:
        notebook: the student's, with the source's cells in their places.
        notes: what was found different from the notebook handed out, one sentence each.
        code: the student's text by `grade_id` of solution cells.
    """

    notebook: NotebookNode
    notes: list[str] = field(default_factory=list)
    code: dict[str, str] = field(default_factory=dict)


def whole_submission(source: NotebookNode, submission: bytes) -> Whole:
    """Puts the source's cells into a submission.

    Args:
        source: the solved notebook; it is not changed.
        submission: the notebook file that the student handed in.

    Raises:
        Unreadable: it is not a notebook, or not this one.
    """
    cells = read_cells(submission)
    known = {grade_id(cell): cell for cell in source.cells if grade_id(cell)}
    last = {cell.grade_id: n for n, cell in enumerate(cells) if cell.grade_id in known}
    if known and not last:
        names = listed(sorted(known)[:5])
        raise Unreadable(
            say(
                "This is a notebook, but not the one of this assignment: it has none of the graded"
                " cells ({names}).",
                names=names,
            )
        )
    whole = Whole(nbformat.v4.new_notebook(metadata=copy.deepcopy(source.metadata)))
    whole.notebook.cells = [
        _known(known[cell.grade_id], cell, whole)
        if last.get(cell.grade_id) == n
        else _their_own(cell)
        for n, cell in enumerate(cells)
    ]
    _put_back(source, set(last), whole)
    if copies := {c.grade_id for n, c in enumerate(cells) if last.get(c.grade_id, n) != n}:
        whole.notes.append(
            say(
                "Your notebook has more than one cell {names}; the last one counts.",
                names=listed(sorted(copies)),
            )
        )
    return whole


def _known(given: NotebookNode, submitted: SubmittedCell, whole: Whole) -> NotebookNode:
    """A cell of the source, with the student's text where it is theirs to write."""
    cell = _empty(given)
    if _is_theirs(given):
        cell.source = submitted.source
        whole.code[grade_id(given)] = submitted.source
    return cell


def _is_theirs(given: NotebookNode) -> bool:
    """Whether students may change a cell of the source, as nbgrader says."""
    settings = given.metadata.nbgrader
    if is_solution(given):
        return True
    locked = settings.get("locked", False) or settings.get("task", False)
    return not settings.get("grade", False) and not locked


def _empty(given: NotebookNode) -> NotebookNode:
    cell = copy.deepcopy(given)
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    cell.pop("id", None)
    return nbformat.from_dict({**cell, "id": nbformat.v4.new_code_cell().id})


def _their_own(cell: SubmittedCell) -> NotebookNode:
    if cell.is_code:
        return nbformat.v4.new_code_cell(cell.source, metadata={"tags": [OWN]})
    if cell.kind == "raw":
        return nbformat.v4.new_raw_cell(cell.source)
    return nbformat.v4.new_markdown_cell(cell.source)


def _put_back(source: NotebookNode, there: set[str], whole: Whole) -> None:
    """Adds what is missing; a student's missing cell is empty."""
    cells, before, missing = whole.notebook.cells, None, []
    for given in source.cells:
        name = grade_id(given)
        if name is None:
            continue
        if name not in there:
            place = next((n for n, c in enumerate(cells) if grade_id(c) == before), -1)
            cell = _empty(given)
            if _is_theirs(given):
                cell.source = whole.code[name] = ""
            cells.insert(place + 1, cell)
            missing.append(name)
        before = name
    if missing:
        whole.notes.append(
            say("Your notebook lacks the cells {names}; they were put back.", names=listed(missing))
        )
