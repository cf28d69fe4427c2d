"""`python -m autograder course`: a folder for a class, on which nbgrader's formgrader opens.

Formgrader lists the assignments that it finds in `source`. Marking does not read them: an
assignment of this repository is marked by the repository's own solution, whatever stands there.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from autograder.authoring.handed_out import executed_solution
from autograder.course.files import write_atomically
from autograder.course.folder import CourseError
from autograder.course.secret import keep_in_course
from autograder.notebooks.sources import assignments

NBGRADER_TABLE = "nbgrader-grades.csv"
"""Where `nbgrader export` writes: by itself it would write over the autograder's grades.csv."""
CONFIG = '''\
"""nbgrader's settings for this course. `python -m autograder course` made it; change what you like.

In this folder: jupyter lab, then Nbgrader > Formgrader; or nbgrader export.
"""

from pathlib import Path

from nbconvert.exporters import NotebookExporter

HERE = Path(__file__).resolve().parent

c = get_config()
c.CourseDirectory.root = str(HERE)
c.CourseDirectory.course_id = "$id"

# grades.csv is the autograder's; nbgrader's own table, with names and due dates, goes beside it.
c.ExportPlugin.to = str(HERE / "$table")


class MarkedInASandbox(NotebookExporter):
    """Keeps formgrader and `nbgrader autograde` from running students' code unprotected."""

    def __init__(self, **settings):
        raise SystemExit(
            "This course is marked in a sandbox, from a terminal: "
            "python -m autograder grade ASSIGNMENT --course " + str(HERE)
        )


c.Autograde.exporter_class = MarkedInASandbox
'''
IGNORED = """\
# Students' work, their marks and the secret of the hidden tests do not belong in a repository.
*
!.gitignore
!nbgrader_config.py
"""


@dataclass
class Prepared:
    """What was done to a course folder.

    Attributes:
        made: paths that are new.
        kept: paths that were there already and stay as they are.
        differing: of these, notebooks in `source` that are not the course's solution as it is now.
    """

    made: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    differing: list[Path] = field(default_factory=list)


def prepare(root: Path, names: list[str] | None = None) -> Prepared:
    """Makes what a course folder lacks; nothing that is there is changed.

    Args:
        root: the folder; made if need be.
        names: assignments of this repository to show in formgrader; all of them where it is None.

    Raises:
        CourseError: `root` is no folder, or a file stands where a folder belongs.
        SecretError: the secret cannot be kept there.
        StaleSolution: a solution is not built.
    """
    solutions = {
        name: executed_solution(name) for name in (assignments() if names is None else names)
    }
    prepared = Prepared()
    for folder in (root, root / "submitted", root / "source"):
        _make_folder(folder, prepared)
    config = string.Template(CONFIG).substitute(id=course_id(root), table=NBGRADER_TABLE)
    _write(root / "nbgrader_config.py", config, prepared)
    _write(root / ".gitignore", IGNORED, prepared)
    secret = keep_in_course(root)
    (prepared.made if secret.made else prepared.kept).append(secret.path)
    for name, notebook in solutions.items():
        path = root / "source" / name / f"{name}.ipynb"
        text = nbformat.writes(notebook) + "\n"
        if path.exists() and path.read_bytes() != text.encode():
            prepared.differing.append(path)
        _write(path, text, prepared)
    return prepared


def course_id(root: Path) -> str:
    """An id for nbgrader, from the folder's name: letters, digits and hyphens."""
    return re.sub(r"[^A-Za-z0-9]+", "-", root.resolve().name).strip("-") or "course"


def _make_folder(folder: Path, prepared: Prepared) -> None:
    if not folder.is_dir():
        try:
            folder.mkdir(parents=True)
        except (FileExistsError, NotADirectoryError):
            raise CourseError(f"{folder} must be a folder, and is a file; move it away.") from None
        prepared.made.append(folder)


def _write(path: Path, text: str, prepared: Prepared) -> None:
    if path.exists():
        prepared.kept.append(path)
    else:
        write_atomically(path, text)
        prepared.made.append(path)
