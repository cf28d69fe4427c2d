"""The source of an assignment of the instructor's own: notebooks, and what stands beside them."""

from __future__ import annotations

import ast
import copy
import fnmatch
import importlib.util
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course.folder import digest
from autograder.course.verdict import NOTEBOOK
from autograder.errors import AutograderError
from autograder.kernels.limits import MEBIBYTE
from autograder.notebooks.cells import grade_id, is_grade
from autograder.notebooks.own_code import parsed, python_of
from autograder.notebooks.sources import assignments, source_path
from autograder.own_course.settings import Settings, read_settings
from resnets.checks.catalogue import declared

MOST_FILES = 500
MOST_BYTES = 64 * MEBIBYTE
"""Of all files beside the notebooks."""
NOT_COPIED = (".*", "__pycache__", "*.pyc", "*.ipynb", "feedback")
SOURCE, TOOLBOX = "source", "toolbox"
PYTHON = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}


class OwnCourseError(AutograderError):
    """A course of the instructor's own is not as it must be; the message is one sentence."""


@dataclass(frozen=True)
class Source:
    """An assignment of the instructor's own.

    Attributes:
        course: the course's folder.
        name: of the assignment.
        notebooks: solved, by their names.
        files: what stands beside them, by its path.
        settings: nbgrader's.
    """

    course: Path
    name: str
    notebooks: dict[str, NotebookNode]
    files: dict[str, bytes]
    settings: Settings

    def prefix(self, notebook: str) -> str:
        """What stands before the names of a notebook's cells; see `CellVerdict.key`."""
        return "" if notebook == self.name else notebook

    def together(self) -> NotebookNode:
        """All graded cells in one notebook, each with the name of its own."""
        whole = nbformat.v4.new_notebook()
        for name, notebook in self.notebooks.items():
            for cell in notebook.cells:
                if is_grade(cell) or cell.metadata.get("nbgrader", {}).get("task"):
                    one = copy.deepcopy(cell)
                    one.metadata.nbgrader[NOTEBOOK] = self.prefix(name)
                    one.metadata.nbgrader["grade"] = True
                    whole.cells.append(one)
        return whole

    def digest(self) -> str:
        """A hash of all that marking depends on."""
        texts = [nbformat.writes(notebook) for notebook in self.notebooks.values()]
        files = [part for item in sorted(self.files.items()) for part in item]
        return digest(repr(sorted(self.settings.values.items())), *self.notebooks, *texts, *files)

    def modules(self) -> tuple[str, ...]:
        """What its notebooks import and is installed here; not what stands beside them."""
        found: set[str] = set()
        for notebook in self.notebooks.values():
            found |= _imported_by(notebook)
        own = {path.partition("/")[0].removesuffix(".py") for path in self.files}
        found |= {"keras", "resnets.checks.collecting.collect"} if self.declaration else set()
        return tuple(sorted(m for m in found if m.partition(".")[0] not in own and _is_there(m)))

    @property
    def declaration(self) -> str:
        """The text of `checks.toml` beside the notebooks; empty where there is none."""
        return self.files.get(declared.FILE, b"").decode("utf-8", "replace")


def is_own(course: Path, assignment: str) -> bool:
    """Whether an assignment has a source of its own in the course folder.

    What is called like an assignment of this repository is always marked by this repository's.
    """
    if assignment in assignments():
        return False
    try:
        return any((course / SOURCE / assignment).glob("*.ipynb"))
    except (OSError, ValueError):
        return False


def find_course(notebook: Path) -> Path | None:
    """The course of the instructor's own that a notebook file belongs to, or None.

    It does where a folder above it has `source/ASSIGNMENT/NAME.ipynb`, and it stands in a folder
    called ASSIGNMENT.
    """
    path = notebook.resolve()
    for folder in path.parents[1:]:
        if (folder / SOURCE / path.parent.name / path.name).is_file():
            return folder if is_own(folder, path.parent.name) else None
    return None


def own_assignments(course: Path) -> list[str]:
    """The assignments that have a source in the course folder, sorted."""
    folder = course / SOURCE
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return [name for name in names if is_own(course, name)]


def require_known(course: Path, assignment: str) -> None:
    """Says which assignments there are where none has a name.

    Raises:
        OwnCourseError: the course has assignments of its own, and none is called so.
        LookupError: as `source_path` does, in a course of this repository's assignments.
    """
    own = own_assignments(course)
    if not own:
        source_path(assignment)
    elif assignment not in (*own, *assignments()):
        raise OwnCourseError(
            f"No assignment is named {assignment!r}; this course has: {', '.join(own)}."
        )


def read_source(course: Path, assignment: str) -> Source:
    """Reads an assignment.

    Raises:
        OwnCourseError: a notebook cannot be read, or not be marked here.
    """
    folder = course / SOURCE / assignment
    settings = read_settings(course)
    notebooks = {}
    for path in sorted(folder.glob("*.ipynb")):
        notebooks[path.stem] = _read_notebook(path, course)
    if not notebooks:
        raise OwnCourseError(f"There is no notebook in {folder}; put the solved one there.")
    files = _read_files(folder, settings)
    if any(TOOLBOX in _imported_by(notebook) for notebook in notebooks.values()):
        files[f"{TOOLBOX}.py"] = Path(__file__).with_name(f"{TOOLBOX}.py").read_bytes()
    source = Source(course, assignment, notebooks, files, settings)
    try:
        declared.read_declared(source.declaration, assignment)
    except declared.DeclarationError as error:
        raise OwnCourseError(f"source/{assignment}: {error}") from error
    return source


def _imported_by(notebook: NotebookNode) -> set[str]:
    found: set[str] = set()
    for cell in notebook.cells:
        tree = parsed(python_of(cell.source)) if cell.cell_type == "code" else None
        found |= _imports(tree) if tree else set()
    return found


def _read_notebook(path: Path, course: Path) -> NotebookNode:
    where = path.relative_to(course)
    try:
        with warnings.catch_warnings(action="ignore"):  # Old notebooks lack cells' ids.
            notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except Exception as error:
        raise OwnCourseError(
            f"{where} is not a notebook that can be read ({type(error).__name__})."
        ) from error
    kernel = notebook.metadata.get("kernelspec", {})
    language = kernel.get("language") or notebook.metadata.get("language_info", {}).get("name")
    if (language or "python").lower() not in ("python", "ipython", "python3"):
        raise OwnCourseError(
            f"{where} is for the kernel {kernel.get('display_name') or language} ({language}); "
            "only Python notebooks are marked here."
        )
    notebook.metadata["kernelspec"] = dict(PYTHON)
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    for number, cell in enumerate(notebook.cells):
        cell.setdefault("id", f"cell-{number}")
    names = [grade_id(cell) for cell in notebook.cells if grade_id(cell)]
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise OwnCourseError(f"{where}: more than one cell has the grade_id {twice[0]!r}.")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if is_grade(cell) and not isinstance(cell.metadata.nbgrader.get("points"), int | float):
            raise OwnCourseError(f"{where}: the cell {grade_id(cell)} has no points.")
    return notebook


def _read_files(folder: Path, settings: Settings) -> dict[str, bytes]:
    """What stands beside the notebooks."""
    files: dict[str, bytes] = {}
    size = 0
    ignored = (*NOT_COPIED, *map(str, settings.values.get("CourseDirectory.ignore", ())))
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if any(fnmatch.fnmatch(part, pattern) for part in relative.parts for pattern in ignored):
            continue
        if path.is_file():
            size += path.stat().st_size
            if size > MOST_BYTES or len(files) >= MOST_FILES:
                raise OwnCourseError(
                    f"The files beside the notebooks in {folder} are more than "
                    f"{MOST_BYTES // MEBIBYTE} MB or {MOST_FILES}; take out what no cell needs."
                )
            files[relative.as_posix()] = path.read_bytes()
    return files


def _imports(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                found |= {alias.name for alias in aliases}
            case ast.ImportFrom(module=str(module), level=0):
                found.add(module)
    return found


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module.partition(".")[0]) is not None
    except (ImportError, ValueError):
        return False
