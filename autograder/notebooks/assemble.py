"""The student's code in the course's notebook, so that the same program runs as in theirs.

From the submission come the code of solution cells, and what these need of its own: imports,
definitions and plain constants in the student's own code cells and in given cells that they changed
(see `own_code`). Each runs where it stood: before the next cell that both notebooks have. All else
comes from the source: tests, given cells, metadata, kernelspec.

Which code a solution cell has, in this order:

1. Code cells with its `grade_id`, wherever they stand. What counts is what stood when the check
   ran: copies below it do not. Copies that nobody touched, repetitions, and copies that are not
   Python are left out; pieces that are Python only together are one split cell; the rest runs
   one after the other, as it did in the notebook.
2. Cells with its `grade_id` that have become text.
3. A code cell that has lost its metadata and defines the function of that name.
4. Where there is none of those, and no other cell defines it either, it counts as empty.

What was found different is noted for the student.
"""

from __future__ import annotations

import ast
import copy
import json
import re
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from autograder.notebooks.cells import grade_id, is_solution, is_test, tags
from autograder.notebooks.own_code import OwnCode, own_code, parsed, python_of
from autograder.notebooks.shown_texts import is_showing, is_text
from resnets.language import N_, listed, say

MOST_CELLS = 5_000
MOST_CODE = 1_000_000
OWN = "own"
"""Tag of the cells that hold a student's own code in an assembled notebook."""


class Unreadable(Exception):
    """What was handed in is not the assignment's notebook; the message is for the student."""


@dataclass
class Assembled:
    """The notebook to run, and what the student should know about how it came about.

    Attributes:
        notebook: the source with the student's code in its solution cells, and their own before.
        code: the student's code by `grade_id`; under OWN what runs besides.
        notes: what was found different from the notebook handed out, one sentence each.
        left_out: names that the student's notebook defines where marking does not run the code,
            and where that is, in words.
    """

    notebook: NotebookNode
    code: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


@dataclass
class SubmittedCell:
    """What is looked at in a cell of the submission."""

    kind: str
    source: str
    grade_id: str | None

    @property
    def is_code(self) -> bool:
        """Whether it is a code cell."""
        return self.kind == "code"


def assemble(reference: NotebookNode, submission: bytes) -> Assembled:
    """Puts the code of a submission into the source.

    Args:
        reference: the solved notebook; it is not changed.
        submission: the notebook file that the student handed in.

    Raises:
        Unreadable: it is not a notebook, or not this one.
    """
    cells = read_cells(submission)
    assembled = Assembled(copy.deepcopy(reference))
    wanted = {grade_id(cell) for cell in reference.cells if is_solution(cell)}
    arrangement = _Arrangement(assembled, cells)
    if not arrangement.found and not any(cell.grade_id in wanted for cell in cells):
        raise Unreadable(
            say(
                "This is a notebook, but not the one of this assignment: it has none of the graded"
                " cells ({names}).",
                names=listed(sorted(wanted)),
            )
        )
    arrangement.arrange()
    return assembled


def read_cells(submission: bytes) -> list[SubmittedCell]:
    """The cells of a notebook file, whatever state it is in.

    Raises:
        Unreadable: it is not a notebook.
    """
    if not submission.strip():
        raise Unreadable(say("The file is empty; hand in the notebook as it was saved."))
    try:
        text = submission.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            say(
                "The file is not UTF-8 text (byte {byte}), so it is not a notebook as Jupyter "
                "saves it.",
                byte=error.start,
            )
        ) from None
    try:
        content = json.loads(text)
        if isinstance(content, dict) and content.get("nbformat") in (1, 2, 3):
            content = nbformat.reads(text, as_version=4)
    except (json.JSONDecodeError, RecursionError):
        raise Unreadable(
            say(
                "The file is not a notebook: Jupyter's notebooks are JSON, and this is not (or it "
                "was cut off)."
            )
        ) from None
    except Exception:  # An old notebook may be broken in any way that the conversion trips over.
        raise Unreadable(
            say(
                "The file cannot be read: it is a notebook in an old format, or no notebook at all."
            )
        ) from None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise Unreadable(say("The file is JSON but not a notebook: it has no list of cells."))
    if len(cells) > MOST_CELLS:
        raise Unreadable(
            say(
                "The notebook has {count} cells; at most {most} are read.",
                count=len(cells),
                most=MOST_CELLS,
            )
        )
    return [_cell(cell) for cell in cells if isinstance(cell, dict)]


def _cell(cell: dict) -> SubmittedCell:
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
    return SubmittedCell(
        str(cell.get("cell_type")), source, grade_id if isinstance(grade_id, str) else None
    )


class _Arrangement:
    """Puts one submission's cells where they belong.

    Args:
        assembled: filled in; its notebook is the source, solved.
        cells: of the submission.
    """

    def __init__(self, assembled: Assembled, cells: list[SubmittedCell]) -> None:
        self.assembled, self.cells = assembled, cells
        self.source = list(assembled.notebook.cells)
        self.checked_at = self._last_test_cells()
        self.given = self._given_cells()
        self.found: dict[str, _Solution] = {}
        for number, cell in enumerate(self.source):
            if is_solution(cell):
                solution = self._solution(number, cell)
                if solution is not None:
                    self.found[grade_id(cell)] = solution

    def arrange(self) -> None:
        """Writes notebook, code, notes and what is left out."""
        taken = {index for solution in self.found.values() for index in solution.taken}
        own = self._own_code(taken)
        self._note_empty_cells(own)
        inserted: dict[int, list[NotebookNode]] = {}
        anchors = self._anchors()
        for index, code in own.items():
            place = next((anchors[n] for n in range(index, len(self.cells)) if n in anchors), None)
            first = first_line(self.cells[index].source)
            where = say("the cell of yours that begins with `{line}`", line=first)
            unreached = code.defines if place is None else frozenset()
            for name in code.left_out | unreached:
                self.assembled.left_out.setdefault(name, where)
            if place is not None:
                inserted.setdefault(place, []).extend(map(_own_cell, code.pieces))
        for number, cell in enumerate(self.source):
            if is_solution(cell):
                solution = self.found.get(grade_id(cell), _Solution())
                earlier = [_own_cell(piece) for piece in solution.pieces[:-1]]
                inserted.setdefault(number, []).extend(earlier)
                self._fill(cell, solution)
        self.assembled.notebook.cells = [
            cell
            for number, given in enumerate(self.source)
            for cell in (*inserted.get(number, ()), given)
        ]
        if own_cells := [cell.source for cells in inserted.values() for cell in cells]:
            self.assembled.code[OWN] = "\n".join(own_cells)
        self._note_changed_names(own)
        self._note_missing_tests()

    def _fill(self, cell: NotebookNode, solution: _Solution) -> None:
        cell.source = solution.pieces[-1] if solution.pieces else ""
        if cell.cell_type == "code":
            cell.outputs = []
        else:
            cell.pop("outputs", None)
        self.assembled.code[grade_id(cell)] = "\n".join(solution.pieces)

    def _last_test_cells(self) -> dict[str, int]:
        """Where the submission's test cells stand; of copies the last, whose words are on top."""
        tests = {grade_id(cell) for cell in self.source if is_test(cell)}
        return {
            cell.grade_id: index for index, cell in enumerate(self.cells) if cell.grade_id in tests
        }

    def _given_cells(self) -> dict[int, int]:
        """By position in the submission: the given code cells that nobody has changed."""
        positions = {
            _meaning(cell.source): number
            for number, cell in enumerate(self.source)
            if cell.cell_type == "code" and not is_solution(cell) and not is_test(cell)
        }
        return {
            index: positions[_meaning(cell.source)]
            for index, cell in enumerate(self.cells)
            if cell.is_code and _meaning(cell.source) in positions
        }

    def _solution(self, number: int, cell: NotebookNode) -> _Solution | None:
        """The student's code for one solution cell of the source; None where there is none."""
        name, notes = grade_id(cell), self.assembled.notes
        named = [n for n, other in enumerate(self.cells) if other.grade_id == name]
        own = [n for n in named if self.cells[n].kind == cell.cell_type] or named
        if own and self.cells[own[0]].kind != cell.cell_type:
            kind = cell.cell_type
            note = N_("Your cell {name} is no longer a {kind} cell; it was run as one.")
            notes.append(say(note, name=name, kind=say(kind)))
        if not own:
            defines = re.compile(rf"^(?:def|class)\s+{re.escape(name)}\b", re.MULTILINE)
            own = [
                n
                for n, other in enumerate(self.cells)
                if other.grade_id is None and other.is_code and defines.search(other.source)
            ]
            if own and self._also_defines_others(own, name):
                return None  # It runs as a cell of the student's own.
            if not own:
                return None
            notes.append(
                say(
                    "The cell {name} has lost its metadata; it was recognised by the function in "
                    "it.",
                    name=name,
                )
            )
        if cell.cell_type != "code":
            return _Solution([self.cells[own[-1]].source], own)
        check = next((grade_id(c) for c in self.source[number:] if is_test(c)), None)
        last = self.checked_at.get(check, len(self.cells))
        standing = [n for n in own if n < last] or own
        pieces = pieces_that_run([self.cells[n].source for n in standing])
        if len(own) > 1:
            notes.append(_words_on_copies(name, len(own), len(own) - len(standing)))
        return _Solution(pieces, own)

    def _also_defines_others(self, own: list[int], name: str) -> bool:
        """Whether a cell without metadata is where another graded function stands, too."""
        solutions = {grade_id(cell) for cell in self.source if is_solution(cell)} - {name}
        return any(own_code(self.cells[n].source).defines & solutions for n in own)

    def _own_code(self, taken: set[int]) -> dict[int, OwnCode]:
        """What runs of the student's own cells, and of given cells that they changed."""
        tests = {grade_id(cell) for cell in self.source if is_test(cell)}
        own: dict[int, OwnCode] = {}
        known: frozenset[str] = frozenset()
        for index, cell in enumerate(self.cells):
            if not cell.is_code or not cell.source.strip() or cell.grade_id in tests:
                continue
            code = own_code(cell.source, known)
            if index not in taken and index not in self.given:
                own[index] = code
            if not self._is_heavy(index):
                known |= code.defines
        return own

    def _is_heavy(self, index: int) -> bool:
        """Whether a given cell of the submission is one that marking leaves out."""
        return index in self.given and "heavy" in tags(self.source[self.given[index]])

    def _anchors(self) -> dict[int, int]:
        """Cells that both notebooks have: position in the submission → in the source."""
        anchors = dict(self.given)
        for number, cell in enumerate(self.source):
            name = grade_id(cell)
            if is_test(cell) and name in self.checked_at:
                anchors[self.checked_at[name]] = number
            elif is_solution(cell) and name in self.found:
                anchors[self.found[name].taken[-1]] = number
        return anchors

    def _note_empty_cells(self, own: dict[int, OwnCode]) -> None:
        elsewhere = {name for code in own.values() for name in code.defines}
        for solution in self.found.values():
            for piece in solution.pieces:
                tree = parsed(python_of(piece))
                elsewhere |= {s.name for s in tree.body if hasattr(s, "name")} if tree else set()
        for cell in self.source:
            name = grade_id(cell)
            if is_solution(cell) and name not in self.found and name not in elsewhere:
                self.assembled.notes.append(
                    say("Your notebook has no cell {name}; it counts as empty.", name=name)
                )

    def _note_changed_names(self, own: dict[int, OwnCode]) -> None:
        """Names whose value is another one in the student's notebook, where their code has them."""
        trees = [parsed(python_of(cell.source)) for cell in self.assembled.notebook.cells]
        nodes = [node for tree in trees if tree for node in ast.walk(tree)]
        used = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        for index, code in own.items():
            if names := sorted(code.changed & used):
                self.assembled.notes.append(
                    say(
                        "When marked, {names} may have another value than in your notebook: the "
                        "cell of yours that begins with `{line}` changes it in a way that marking "
                        "does not run. Marking runs imports, definitions and plain constants.",
                        names=listed(names),
                        line=first_line(self.cells[index].source),
                    )
                )

    def _note_missing_tests(self) -> None:
        missing = sorted(
            grade_id(cell)
            for cell in self.source
            if is_test(cell) and grade_id(cell) not in self.checked_at
        )
        if missing:
            self.assembled.notes.append(
                say(
                    "The test cells {names} are missing in your notebook; the course's own test "
                    "cells were run.",
                    names=listed(missing),
                )
            )


@dataclass
class _Solution:
    """Code for a solution cell.

    Attributes:
        pieces: run one after the other; the last stands in the solution cell.
        taken: positions of the submission's cells that it is from, copies that do not run included.
    """

    pieces: list[str] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)


def pieces_that_run(sources: list[str]) -> list[str]:
    """What runs of several cells with one `grade_id`, in their order.

    Copies that nobody touched and repetitions are left out. Of what is left, what is Python by
    itself runs by itself; what is Python only together with its neighbours is put together; what
    is not Python at all is left out, unless there is nothing else.
    """
    touched = [source for source in sources if not is_stub(source)]
    if not touched:
        return sources[-1:]
    last = {source: n for n, source in enumerate(touched)}
    different = [source for n, source in enumerate(touched) if last[source] == n]
    pieces: list[str] = []
    broken = ""
    for source in different:
        if _is_python(source) and not broken:
            pieces.append(source)
        elif not broken and pieces and _is_python(f"{pieces[-1]}\n{source}"):
            pieces[-1] = f"{pieces[-1]}\n{source}"
        else:
            together = f"{broken}\n{source}" if broken else source
            if _is_python(together):
                pieces.append(together)
                broken = ""
            elif _is_python(source):
                pieces.append(source)  # What came before it is no beginning of it.
                broken = ""
            else:
                broken = together
    return pieces or different[-1:]


def is_stub(source: str) -> bool:
    """Whether code says that it is not written: an uncommented `raise NotImplementedError`."""
    tree = parsed(python_of(source))
    if tree is None:
        return bool(re.search(r"^\s*raise NotImplementedError", source, re.MULTILINE))
    raised = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise)]
    named = [exc.func if isinstance(exc, ast.Call) else exc for exc in raised]
    return any(isinstance(name, ast.Name) and name.id == "NotImplementedError" for name in named)


def _is_python(source: str) -> bool:
    return parsed(python_of(source)) is not None


def _words_on_copies(name: str, count: int, below: int) -> str:
    template = (
        N_(
            "Your notebook has {count} cells {name}. Only the code above the check counts. Cells "
            "{name} below the check that were not run: {below}."
        )
        if below
        else N_(
            "Your notebook has {count} cells {name}. The code that had run before the check counts."
        )
    )
    return say(template, count=count, name=name, below=below)


def _own_cell(code: str) -> NotebookNode:
    return nbformat.v4.new_code_cell(code, metadata={"tags": [OWN]})


def first_line(source: str) -> str:
    """How a cell begins, in at most 60 characters, so that its author finds it."""
    line = next((line.strip() for line in source.splitlines() if line.strip()), "")
    return line if len(line) <= 60 else f"{line[:59]}…"


def _meaning(source: str) -> str:
    """What two cells share that do the same: texts for readers and spaces say nothing.

    The editions of a notebook in other languages differ from the source in these alone (see
    `autograder.notebooks.translation`), and in where they find the course and its language.
    """
    python = python_of(source)
    tree = parsed(python)
    if tree is None or not tree.body:
        return "".join(source.split())
    return ast.dump(_WithoutTexts().visit(ast.parse(python)))


_SETTING_UP = ("sys.path.append", "os.environ.setdefault")


class _WithoutTexts(ast.NodeTransformer):
    """Takes out the texts that stand alone as statements, and those that are shown."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        if is_text(node.value):
            return None
        if isinstance(node.value, ast.Call) and ast.unparse(node.value.func) in _SETTING_UP:
            return None
        return self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        return ast.Assert(self.visit(node.test), None)

    def visit_Call(self, node: ast.Call) -> ast.Call:
        if is_showing(node):
            node.args = [argument for argument in node.args if not is_text(argument)]
        return self.generic_visit(node)
