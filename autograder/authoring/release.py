"""`python -m autograder release`: what students get, complete without the repository.

notebooks/, notebooks/zh/   made from the sources, see `handed_out` and `editions`
resnets_utils.py, resnets/  what the notebooks import, with the public part of what checks expect
datasets/                   the pretrained model, and where data would be put
autograder/                 `python -m autograder validate`, and nothing else of the autograder
docs/                       the pages that notebooks link to, with their pictures
requirements.txt, README.md, README.zh.md, LICENSE
"""

from __future__ import annotations

import re
import shutil
import string
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.authoring.bootstrap import with_bootstrap
from autograder.authoring.editions import edition, languages
from autograder.authoring.handed_out import handed_out
from autograder.authoring.links import links_to_files, with_links
from autograder.errors import AutograderError
from autograder.notebooks.sources import assignments
from autograder.paths import ROOT
from resnets import checks
from resnets.language import ENGLISH, N_, say, speaking

FILES = ("LICENSE", "resnets_utils.py", "datasets/README.md", "datasets/ResNet50_signs.keras")
PAGES = ("docs/what_you_can_build.md",)
PACKAGE = "resnets"
EXPECTED = "checks/expected"
"""In `resnets`: what the solutions showed, hidden cases included. Not copied but filtered."""
DOOR = "student.py"
"""Of the autograder: stands as its `__main__.py` in what is released."""
VALIDATE = (
    "__init__.py",
    "errors.py",
    "paths.py",
    "course/__init__.py",
    "course/verdict.py",
    "kernels/__init__.py",
    "kernels/connection.py",
    "kernels/limits.py",
    "kernels/maker.py",
    "kernels/submission_kernel.py",
    "kernels/unsandboxed.py",
    "marking/__init__.py",
    "marking/causes.py",
    "marking/cell_errors.py",
    "marking/expected.py",
    "marking/nbval_session.py",
    "marking/runs.py",
    "marking/tolerance.py",
    "marking/validate.py",
    "marking/verdict_of_run.py",
    "notebooks/__init__.py",
    "notebooks/assemble.py",
    "notebooks/cells.py",
    "notebooks/language.py",
    "notebooks/own_code.py",
    "notebooks/plain_values.py",
    "notebooks/sanitize.py",
    "notebooks/shown_texts.py",
)
"""Of the autograder, what `validate` imports. A test says so when this is too much or too little:
nothing that marks hidden tests, keeps secrets or guards the sandbox may be in it."""
VALIDATE_NEEDS = ("nbval", "pytest")
"""Requirements of the instructor that `validate` has on top of the students' own."""
WELCOME = Path(__file__).parent
"""Here are `welcome.md` and, for each language, `welcome.zh.md`."""
HAND_IN = N_(
    "Hand in the notebook file itself, under its own name, where your instructor asks for it."
)
NOT_COPIED = ("__pycache__", "*.pyc", ".ipynb_checkpoints", "expected", "*.po")


class ReleaseError(AutograderError):
    """There is nothing to hand out, or no place for it; the message is one sentence."""


def release(to: Path, hand_in: str = HAND_IN, clone: str | None = None) -> list[Path]:
    """Writes the students' folder.

    Args:
        to: the folder; it must not exist, or be empty. It appears complete or not at all.
        hand_in: a sentence for students on how, where and by when to hand in.
        clone: address of the git repository in which the folder will be published: notebooks get a
            cell that fetches it where they are opened alone, as on Colab.

    Returns:
        The notebooks' paths.

    Raises:
        ReleaseError: `to` is in use, or something that belongs in it is missing.
        StaleSolution: a solution has not been built since its source was changed.
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise ReleaseError(f"{to} is there already and not empty; name a new folder.")
    names = assignments()
    if not names:
        raise ReleaseError("There is no source of a notebook in solutions/.")
    if not hand_in.strip():
        raise ReleaseError(
            "The sentence on how to hand in is empty; leave out --hand-in or say it."
        )
    to.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".release-", dir=to.parent))
    try:
        _write(partial, names, hand_in, clone)
        partial.chmod(0o755)
        partial.replace(to)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return [to / "notebooks" / f"{name}.ipynb" for name in names]


def _write(folder: Path, names: list[str], hand_in: str, clone: str | None) -> None:
    for name in FILES:
        _copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / PACKAGE, folder / PACKAGE, ignore=shutil.ignore_patterns(*NOT_COPIED))
    for name in VALIDATE:
        _copy(ROOT / "autograder" / name, folder / "autograder" / name)
    _copy(ROOT / "autograder" / DOOR, folder / "autograder" / "__main__.py")
    for name in names:
        pristine = folder / "autograder/pristine" / f"{name}.ipynb"
        pristine.parent.mkdir(exist_ok=True)
        nbformat.write(handed_out(name), pristine)
        _write_notebook(folder, handed_out(name), f"notebooks/{name}.ipynb", clone)
        for language in languages():
            place = f"notebooks/{language}/{name}.ipynb"
            with speaking(language):
                _write_notebook(folder, edition(name, language), place, clone)
        _write_expected(name, folder / PACKAGE / EXPECTED)
    for page in PAGES:
        _write_page(folder, page)
    (folder / "requirements.txt").write_text(_requirements(), encoding="utf-8")
    for language in (ENGLISH, *languages()):
        text = _welcome(names[0], hand_in, language)
        (folder / _named("README", language)).write_text(text, encoding="utf-8")


def _write_notebook(folder: Path, notebook: NotebookNode, place: str, clone: str | None) -> None:
    if clone is not None:
        with_bootstrap(notebook, clone, place)
    (folder / place).parent.mkdir(exist_ok=True)
    nbformat.write(notebook, folder / place)


def _write_page(folder: Path, page: str) -> None:
    """Copies a page with its pictures; what else it links to is in the folder, or becomes words."""
    text = (ROOT / page).read_text(encoding="utf-8")
    (folder / page).parent.mkdir(exist_ok=True)
    for target in links_to_files(text):
        if target.endswith(".png"):
            _copy((ROOT / page).parent / target, (folder / page).parent / target)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    (folder / page).write_text(with_links(text, page, there), encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise ReleaseError(f"{source} is missing; get it again with the repository's files.")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _write_expected(assignment: str, folder: Path) -> None:
    """Writes what public checks expect; what hidden ones would, students have no use for."""
    try:
        public = [
            checks.expected(exercise.name, checks.public_cases(exercise.name))
            for exercise in checks.exercises(assignment)
        ]
    except checks.NothingRecorded as error:
        raise ReleaseError(str(error)) from error
    if public:
        checks.save_expected(assignment, public, folder)


def _requirements() -> str:
    """The students' requirements, and those of `validate`."""
    own = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    instructors = (ROOT / "requirements-instructor.txt").read_text(encoding="utf-8").splitlines()
    needed = [line for line in instructors if re.split(r"[^\w-]", line)[0] in VALIDATE_NEEDS]
    return "\n".join([own.rstrip(), "# What `python -m autograder validate` needs.", *needed, ""])


def _welcome(first: str, hand_in: str, language: str) -> str:
    text = string.Template((WELCOME / _named("welcome", language)).read_text(encoding="utf-8"))
    folder = "notebooks" if language == ENGLISH else f"notebooks/{language}"
    with speaking(language):
        how = say(hand_in.strip())
    return text.substitute(first=f"{folder}/{first}.ipynb", hand_in=how)


def _named(page: str, language: str) -> str:
    return f"{page}.md" if language == ENGLISH else f"{page}.{language}.md"
