"""The student's code in the course's notebook: only the code of solution cells is taken over.

The rules, in their order, for each solution cell of the source:

1. Cells with its `grade_id` are taken wherever they stand in the notebook handed in, whatever
   their type has become and whatever else their metadata says.
2. Where there are several (copied or split), those that nobody touched and repetitions are left
   out and the rest is run one after the other, as the notebook did.
3. Where there is none (deleted, metadata broken), a cell that defines the function of that name
   is taken.
4. Where there is none of those either, the student's cell counts as empty.

Everything else comes from the source: tests, given cells, metadata, kernelspec. What was found
different is reported.
"""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from .cells import STUB, is_solution, is_test

MOST_CELLS = 5_000
MOST_CODE = 1_000_000


class Unreadable(Exception):
    """What was handed in is not the assignment's notebook; the message is for the student."""


@dataclass
class Assembled:
    """The notebook to run, and what the student should know about how it came about.

    Attributes:
        notebook: the source with the student's code in its solution cells.
        code: the student's code by `grade_id`.
        notes: what was found different from the notebook handed out, one sentence each.
    """

    notebook: NotebookNode
    code: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass
class _Cell:
    """What is looked at in a cell of the submission."""

    kind: str
    source: str
    grade_id: str | None


def assemble(reference: NotebookNode, submission: bytes) -> Assembled:
    """Puts the code of a submission into the solution cells of the source.

    Args:
        reference: the solved notebook; it is not changed.
        submission: the notebook file that the student handed in.

    Raises:
        Unreadable: it is not a notebook, or not this one.
    """
    cells = _read(submission)
    assembled = Assembled(copy.deepcopy(reference))
    wanted = [cell for cell in assembled.notebook.cells if is_solution(cell)]
    graded = {cell.metadata.nbgrader.grade_id for cell in wanted}
    named = [cell for cell in cells if cell.grade_id in graded]
    unnamed = [cell for cell in cells if cell.grade_id is None and cell.kind == "code"]
    for cell in wanted:
        name = cell.metadata.nbgrader.grade_id
        own = [other for other in named if other.grade_id == name]
        cell.source = _solution(name, cell, own, unnamed, assembled.notes)
        cell.outputs = [] if cell.cell_type == "code" else cell.get("outputs")
        if cell.cell_type != "code":
            del cell["outputs"]
        assembled.code[name] = cell.source
    if not named and not any(assembled.code.values()):
        raise Unreadable(
            "This is a notebook, but not this assignment's: none of its graded cells "
            f"({', '.join(sorted(graded))}) is in it."
        )
    _note_the_rest(assembled, cells, reference)
    return assembled


def _read(submission: bytes) -> list[_Cell]:
    """The cells of a notebook file, whatever state it is in."""
    if not submission.strip():
        raise Unreadable("The file is empty; hand in the notebook as it was saved.")
    try:
        text = submission.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"The file is not UTF-8 text (byte {error.start}), so it is not a notebook as Jupyter "
            "saves it."
        ) from None
    try:
        content = json.loads(text)
        if isinstance(content, dict) and content.get("nbformat") in (1, 2, 3):
            content = nbformat.reads(text, as_version=4)
    except (json.JSONDecodeError, RecursionError):
        raise Unreadable(
            "The file is not a notebook: Jupyter's notebooks are JSON, and this is not (or it was "
            "cut off)."
        ) from None
    except Exception:  # An old notebook may be broken in any way that the conversion trips over.
        raise Unreadable(
            "The file is an old notebook, or none at all, that cannot be read."
        ) from None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise Unreadable("The file is JSON but not a notebook: it has no list of cells.")
    if len(cells) > MOST_CELLS:
        raise Unreadable(f"The notebook has {len(cells)} cells; at most {MOST_CELLS} are read.")
    return [_cell(cell) for cell in cells if isinstance(cell, dict)]


def _cell(cell: dict) -> _Cell:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        source = ""
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    # A lone surrogate cannot be sent to the kernel.
    source = source.encode("utf-8", "replace").decode()[:MOST_CODE]
    return _Cell(
        str(cell.get("cell_type")), source, grade_id if isinstance(grade_id, str) else None
    )


def _solution(
    name: str, wanted: NotebookNode, own: list[_Cell], unnamed: list[_Cell], notes: list[str]
) -> str:
    """The student's source for one solution cell."""
    if any(cell.kind != wanted.cell_type for cell in own):
        notes.append(f"Your cell {name} is no longer a {wanted.cell_type} cell; it was run as one.")
    if not own:
        defines = re.compile(rf"^(?:def|class)\s+{re.escape(name)}\b", re.MULTILINE)
        own = [cell for cell in unnamed if defines.search(cell.source)]
        if not own:
            notes.append(f"Your notebook has no cell {name}; it counts as empty.")
            return ""
        notes.append(
            f"The cell {name} has lost its metadata; it was recognised by the function in it."
        )
    touched = [cell.source for cell in own if not _is_stub(cell.source)]
    pieces = list(dict.fromkeys(touched))
    if len(own) > 1:
        notes.append(
            f"Your notebook has {len(own)} cells {name}; what is different in them was run, "
            "in their order."
        )
    return "\n".join(pieces) if pieces else own[0].source


def _is_stub(source: str) -> bool:
    return STUB.splitlines()[0] in source and "raise NotImplementedError" in source


def _note_the_rest(assembled: Assembled, cells: list[_Cell], reference: NotebookNode) -> None:
    """Notes cells of the student's own and tests that differ."""
    tests = {cell.metadata.nbgrader.grade_id for cell in reference.cells if is_test(cell)}
    found = [cell.grade_id for cell in cells if cell.grade_id in tests]
    missing = sorted(tests - set(found))
    if missing:
        notes = f"Your notebook lacks the test cells {', '.join(missing)}; the course's were run."
        assembled.notes.append(notes)
    given = {_squeezed(cell.source) for cell in reference.cells}
    code = {_squeezed(source) for source in assembled.code.values()}
    extra = [
        cell
        for cell in cells
        if cell.grade_id is None
        and cell.kind == "code"
        and cell.source.strip()
        and _squeezed(cell.source) not in given | code
    ]
    if extra:
        assembled.notes.append(
            f"Code cells of your own, or given cells that you changed, were not run: {len(extra)}. "
            "Only the graded cells are taken from your notebook, so what they need must be in them."
        )


def _squeezed(source: str) -> str:
    return "".join(source.split())
