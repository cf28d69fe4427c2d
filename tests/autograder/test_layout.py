"""Where submissions are found: nbgrader's layout, what an LMS leaves, and what is only named."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.layout import looks_like
from tests.autograder.instant import (
    ASSIGNMENT,
    RIGHT,
    WRONG,
    Done,
    NoGradebook,
    command,
    hand_in,
    make_course,
    put,
    rows,
)

FILE = f"{ASSIGNMENT}.ipynb"
OTHER = nbformat.writes(nbformat.v4.new_notebook()).encode()
LAYOUT = f"submitted/<student>/{ASSIGNMENT}/{FILE}"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("importlib.import_module", lambda *_: NoGradebook)
    course = make_course(tmp_path)
    hand_in(course, "zoë", WRONG)
    return course


def warnings(done: Done) -> list[str]:
    return [line for line in done.stdout.splitlines() if line.startswith("warning: ")]


TAKEN = {
    "browser's copy": (f"anna/{ASSIGNMENT}/{ASSIGNMENT} (1).ipynb",),
    "Jupyter's copy": (f"anna/{ASSIGNMENT}/{ASSIGNMENT}-Copy1.ipynb",),
    "another name, alone": (f"anna/{ASSIGNMENT}/homework.ipynb",),
    "the only one named like it": (
        f"anna/{ASSIGNMENT}/{ASSIGNMENT} (2).ipynb",
        f"anna/{ASSIGNMENT}/notes.ipynb",
    ),
    "in the student's folder": (f"anna/{FILE}",),
    "a copy in the student's folder": ("anna/00-Small (1).ipynb", "anna/notes.ipynb"),
    "flat": ("anna.ipynb",),
    "flat beside an empty folder": ("anna.ipynb", "anna/notes.txt"),
}  # fmt: skip


@pytest.mark.parametrize("kind", TAKEN)
def test_what_is_unmistakable_is_marked(course: Path, kind: str) -> None:
    first, *others = TAKEN[kind]
    put(course, first)
    for other in others:
        put(course, other, content=WRONG)
    done = command(course)
    assert (done.returncode, done.stderr) == (0, "")
    assert {name: row["score"] for name, row in rows(course).items()} == {"anna": "3", "zoë": "1"}
    assert (course / "autograded" / "anna" / ASSIGNMENT / FILE).is_file()
    assert ": 0 marked" in command(course).stdout
    assert command(course, name="feedback").returncode == 0
    page = course / "feedback" / "anna" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    assert f"it was marked as {FILE}" in page.read_text()


UNSURE = {
    "two copies": (f"anna/{ASSIGNMENT}/{ASSIGNMENT} (1).ipynb",
                   f"anna/{ASSIGNMENT}/{ASSIGNMENT} (2).ipynb"),
    "two of any name": (f"anna/{ASSIGNMENT}/a.ipynb", f"anna/{ASSIGNMENT}/b.ipynb"),
    "flat and in the folder": ("anna.ipynb", f"anna/{FILE}"),
}  # fmt: skip


@pytest.mark.parametrize("kind", UNSURE)
def test_what_is_not_gets_a_verdict_that_names_all(course: Path, kind: str) -> None:
    for path in UNSURE[kind]:
        put(course, path)
    assert command(course).returncode == 0
    row = rows(course)["anna"]
    assert (row["status"], row["score"]) == ("unreadable", "0")
    assert all(Path(path).name in row["message"] for path in UNSURE[kind])
    assert f"named {FILE}" in row["message"]


def test_the_right_name_comes_first(course: Path) -> None:
    hand_in(course, "anna")
    put(course, "anna", ASSIGNMENT, f"{ASSIGNMENT} (1).ipynb", content=WRONG)
    put(course, "anna.ipynb", content=WRONG)
    done = command(course)
    assert rows(course)["anna"]["score"] == "3"
    assert any("submitted/anna.ipynb was not marked" in line for line in warnings(done))


NAMED = {
    "blanks": ("x/small", "rename the folder"),
    "hyphen and copy": ("x/00-small (1)", "rename the folder"),
    "capitals": ("x/00_Small", "rename the folder"),
    "slip of the pen": ("x/00_smal", "rename the folder"),
    "an archive": ("x/00_small.zip", LAYOUT),
    "an archive without a student": ("x_123_00_small.zip", LAYOUT),
    "a notebook without a student": (FILE, LAYOUT),
    "a notebook of an LMS": ("x_123_456_00_small-1.ipynb", LAYOUT),
    "any notebook": ("x/homework.ipynb", LAYOUT),
}


@pytest.mark.parametrize("kind", NAMED)
def test_what_looks_like_a_submission_is_named(course: Path, kind: str) -> None:
    path, said = NAMED[kind]
    put(course, *([path] if "." in path else [path, FILE]))
    done = command(course)
    assert done.returncode == 0
    (line,) = warnings(done)
    assert f"submitted/{path}" in line and said in line
    assert rows(course).keys() == {"zoë"}


def test_what_has_nothing_to_do_with_it_is_not_named(course: Path) -> None:
    put(course, "x", "02_other", "02_other.ipynb")
    put(course, "x", "02_other.ipynb")
    put(course, "x", "notes.txt")
    put(course, "list of names.csv")
    put(course, ".DS_Store")
    put(course, "zoë", ASSIGNMENT, "picture.png")
    assert warnings(command(course)) == []


def test_a_flat_notebook_of_another_assignment_is_not_marked_down(course: Path) -> None:
    put(course, "anna.ipynb", content=OTHER)
    done = command(course)
    assert rows(course).keys() == {"zoë"}
    assert warnings(done) == [
        f"warning: submitted/anna.ipynb was not marked: it holds no cell of {ASSIGNMENT}."
    ]


def test_a_flat_notebook_that_lost_its_metadata_is_known_by_its_functions(course: Path) -> None:
    notebook = nbformat.reads(RIGHT, as_version=4)
    for cell in notebook.cells:
        cell.metadata = {}
    put(course, "anna.ipynb", content=nbformat.writes(notebook).encode())
    command(course)
    assert rows(course)["anna"]["score"] == "3"


def test_if_nobody_handed_in_the_lookalike_is_named(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    put(course, "x", "00-small", FILE)
    done = command(course)
    assert done.returncode == 2
    assert "Nobody has handed in" in done.stderr and "submitted/x/00-small" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_no_link_is_followed_on_the_way_to_another_name(course: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(RIGHT)
    folder = course / "submitted" / "anna" / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / f"{ASSIGNMENT} (1).ipynb").symlink_to(secret)
    (course / "submitted" / "bob.ipynb").symlink_to(secret)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / FILE).write_bytes(RIGHT)
    (course / "submitted" / "carl").symlink_to(tmp_path / "elsewhere")
    (course / "submitted" / "loop").symlink_to("loop")
    assert command(course).returncode == 0
    assert {row["status"] for name, row in rows(course).items() if name != "zoë"} == {"unreadable"}
    assert rows(course).keys() <= {"zoë", "anna", "loop"}


@pytest.mark.parametrize(
    ("name", "alike"),
    [
        ("residual networks", True),
        ("01-residual-networks", True),
        ("01_Residual_Networks", True),
        ("1 Residual Networks final", True),
        ("ResidualNetworks", True),
        ("01_residual_network", True),
        ("smith_12_345_01_residual_networks-1.ipynb", True),
        ("02_residual_networks", False),
        ("02_building_blocks", False),
        ("01", False),
        ("networks", False),
        ("homework", False),
    ],
)
def test_names_that_look_like_an_assignments(name: str, alike: bool) -> None:
    assert looks_like(name, "01_residual_networks") == alike


@given(
    st.text(max_size=40),
    st.sampled_from(["01_residual_networks", "06_resnext", "hw1", "7", "作业"]),
)
def test_every_name_can_be_compared(name: str, assignment: str) -> None:
    looks_like(name, assignment)
    assert looks_like(assignment, assignment)
    assert looks_like(f"{assignment} (1).ipynb", assignment) or len(assignment) < 6
