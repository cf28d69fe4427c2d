"""Classes of courses of one's own, marked by the command in the real sandbox."""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import nbformat
import nbgrader
import pytest
from nbgrader.api import Gradebook

from autograder import cli
from autograder.grading import workers
from autograder.kernels.bubblewrap import SandboxError
from tests.autograder.own_course import towers, trips
from tests.autograder.own_course.percent import edited, grades, hand_in, notebook, write_course

GUIDE = Path(nbgrader.__file__).parent / "docs/source/user_guide"
pytestmark = pytest.mark.xdist_group("own course")


@pytest.fixture(scope="module", autouse=True)
def warm_workers() -> Iterator[None]:
    """The workers that this module's commands start end with it."""
    try:
        workers.WorkerProcess(modules=()).close()
    except SandboxError as error:
        pytest.skip(str(error))
    yield
    workers.close_all()


def run(*arguments: object) -> tuple[int, str, str]:
    """The command in this process, whose workers stay warm: status, output, warnings."""
    said, warned = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(warned):
        code = cli.main([str(argument) for argument in arguments])
    return code, said.getvalue(), warned.getvalue()


def grade(root: Path, assignment: str, *options: object) -> str:
    code, said, warned = run("grade", assignment, "--course", root, *options)
    assert code == 0, warned
    return said


def points(root: Path) -> dict[str, dict[str, float]]:
    """Points by student and cell."""
    return {
        student: {
            f"{cell.get('notebook', '')}/{cell['grade_id']}": cell["points"]
            for cell in verdict["cells"]
        }
        for student, verdict in grades(root).items()
    }


@pytest.fixture(scope="module")
def ps1(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """nbgrader's own documentation course, marked."""
    root = tmp_path_factory.mktemp("ps1")
    for name in ("source", "submitted"):
        shutil.copytree(GUIDE / name, root / name)
    (root / "nbgrader_config.py").write_text("c = get_config()\nraise SystemExit('not run')\n")
    grade(root, "ps1")
    return root


def test_the_documentation_course_earns_what_nbgrader_gives(ps1: Path) -> None:
    # Points as `nbgrader autograde` gives them: python benchmarks/own_course.py compares both.
    assert {name: one["score"] for name, one in grades(ps1).items()} == {
        "bitdiddle": 1.5,
        "hacker": 3.0,
    }
    cells = grades(ps1)["bitdiddle"]["cells"]
    assert len(cells) == 9
    assert {cell["notebook"] for cell in cells} == {"problem1", "problem2"}
    [first] = [cell for cell in cells if cell["grade_id"] == "correct_squares"]
    assert "assert squares(1) == [1]: expected [1], found [0]." in first["messages"]
    with Gradebook(f"sqlite:///{ps1}/gradebook.db") as book:
        found = book.find_grade("squares_invalid_input", "problem1", "ps1", "bitdiddle")
        assert found.auto_score == 1 and not found.needs_manual_grade
        by_people = book.find_grade("part-a", "problem2", "ps1", "hacker")
        assert by_people.auto_score is None and by_people.needs_manual_grade
        unanswered = book.find_grade("sum_of_squares_application", "problem1", "ps1", "bitdiddle")
        assert unanswered.auto_score == 0
        assert book.find_submission("ps1", "hacker").max_score == 13


def test_marking_goes_on_where_it_was(ps1: Path) -> None:
    assert "0 marked" in grade(ps1, "ps1") and "2 before" in grade(ps1, "ps1")
    for name in ("problem1", "problem2"):
        assert (ps1 / "autograded/hacker/ps1" / f"{name}.ipynb").is_file()


def test_grades_and_comments_of_people_stay(ps1: Path) -> None:
    with Gradebook(f"sqlite:///{ps1}/gradebook.db") as book:
        given = book.find_grade("part-b", "problem2", "ps1", "hacker")
        given.manual_score, given.needs_manual_grade = 1.5, False
        comment = book.find_comment("part-b", "problem2", "ps1", "hacker")
        comment.manual_comment = "Nearly: what of fractions?"
        book.db.commit()
    grade(ps1, "ps1", "--force")
    assert points(ps1)["hacker"]["problem2/part-b"] == 1.5
    assert grades(ps1)["hacker"]["score"] == 4.5
    assert run("feedback", "ps1", "--course", ps1)[0] == 0
    page = (ps1 / "feedback/hacker/ps1/ps1.html").read_text()
    assert "Nearly: what of fractions?" in page and "problem2/part-b" in page
    with Gradebook(f"sqlite:///{ps1}/gradebook.db") as book:
        assert book.find_submission("ps1", "hacker").score == 4.5


def test_answers_that_wait_for_a_person_are_counted(ps1: Path) -> None:
    def waiting() -> int:
        return int(re.search(r"wait for a person: (\d+)\.", grade(ps1, "ps1"))[1])

    before = waiting()
    with Gradebook(f"sqlite:///{ps1}/gradebook.db") as book:
        given = book.find_grade("part-a", "problem2", "ps1", "hacker")
        given.manual_score, given.needs_manual_grade = 0.5, False
        book.db.commit()
    assert waiting() == before - 1


def test_where_no_assignment_has_the_name_the_courses_own_are_told(ps1: Path) -> None:
    code, _, errors = run("grade", "ps2", "--course", ps1)
    assert code == 2 and "this course has: ps1, ps1_autotest." in errors


def test_a_course_of_ones_own_gets_settings_and_no_other_notebooks(tmp_path: Path) -> None:
    bikes = tmp_path / "source" / "bikes"
    bikes.mkdir(parents=True)
    nbformat.write(nbformat.v4.new_notebook(), bikes / "trips.ipynb")
    for names in ([], ["bikes"]):
        assert run("course", tmp_path, *names)[0] == 0
        assert [path.name for path in (tmp_path / "source").iterdir()] == ["bikes"]
    assert "MarkedInASandbox" in (tmp_path / "nbgrader_config.py").read_text()


def test_a_course_on_pandas(tmp_path: Path) -> None:
    write_course(
        tmp_path, trips.ASSIGNMENT, {trips.NOTEBOOK: trips.SOLVED}, {"trips.csv": trips.CSV}
    )
    for name, code in trips.HONEST.items():
        own = {trips.NOTEBOOK: edited(trips.SOLVED, **code)}
        hand_in(tmp_path, name, trips.ASSIGNMENT, own, {"trips.csv": b"another file\n"})
    said = grade(tmp_path, trips.ASSIGNMENT)
    assert "Asserts: 11, all strong." in said
    scores = {name: one["score"] for name, one in grades(tmp_path).items()}
    assert scores == {
        "right": 7, "written otherwise": 7, "rows kept": 3, "not sorted": 4, "Sunday only": 5,
        "not begun": 0, "no essay": 7, "does not compile": 4,
    }  # fmt: skip
    [length] = grades(tmp_path)["rows kept"]["cells"][0]["messages"]
    assert length == "assert len(trips) == 10: expected 10, found 12."
    [columns, means, weekend, question] = grades(tmp_path)["does not compile"]["cells"]
    assert means["messages"] == [
        "The cell by_station ended with an error: SyntaxError: expected ':'. "
        "Line 1: def by_station(trips)"
    ]
    assert columns["passed"] and weekend["passed"] and not question["messages"]
    [order] = grades(tmp_path)["not sorted"]["cells"][1]["messages"]
    assert order.endswith(
        ": the index: expected ['Park', 'Harbour', 'Market'], found ['Harbour', 'Market', 'Park']."
    )
    marked = (tmp_path / "autograded/not sorted" / trips.ASSIGNMENT / "trips.ipynb").read_text()
    pages = run("feedback", trips.ASSIGNMENT, "--course", tmp_path)
    page = (tmp_path / "feedback/not sorted" / trips.ASSIGNMENT / "bikes.html").read_text()
    assert pages[0] == 0
    assert "not marked yet, at most 3" in page and "At most 3 more for answers" in page
    notes = run("export", trips.ASSIGNMENT, "--course", tmp_path, "--to", "csv")[1]
    assert "Answers that wait for a person: 6 (students: 6)." in notes
    for secret in ("HIDDEN", "1.5}", "5.0, 2.0"):
        assert secret not in marked and secret not in page


def test_shares_of_points(tmp_path: Path) -> None:
    solved = notebook(
        "# %% solution f\ndef f(n):\n    ### BEGIN SOLUTION\n    return n\n    ### END SOLUTION\n"
        "# %% test test_f 4\nassert f(1) == 1\nassert f(2) == 2\nassert f(3) == 3\nassert f(4) == 4"
    )
    write_course(tmp_path, "one", {"one": solved})
    half = edited(solved, f="def f(n):\n    return min(n, 2)")
    hand_in(tmp_path, "half", "one", {"one": half})
    grade(tmp_path, "one")
    assert points(tmp_path) == {"half": {"/test_f": 0}}
    grade(tmp_path, "one", "--partial")
    assert points(tmp_path) == {"half": {"/test_f": 2}}


FILES = notebook('''\
# %% locked given
import helper
PATH = "data/numbers.txt"

# %% solution total
def total(path):
    """The sum of the numbers in a file."""
    ### BEGIN SOLUTION
    return sum(map(float, open(path).read().split()))
    ### END SOLUTION

# %% test test_total 2
assert helper.twice(total(PATH)) == 12.0
### BEGIN HIDDEN TESTS
assert total("data/more.txt") == 70.5
### END HIDDEN TESTS

# %% solution own
text = open("mine.txt").read() if __import__("os").path.exists("mine.txt") else "nothing"

# %% test test_own 1
assert len(text) > 3
assert hasattr(text, "strip")
''')
GIVEN = {
    "helper.py": b"def twice(n):\n    return 2 * n\n",
    "data/numbers.txt": b"1 2 3\n",
    "data/more.txt": b"70 0.5\n",
}


def test_files_beside_the_notebook_are_there_and_locked_cells_come_back(tmp_path: Path) -> None:
    write_course(tmp_path, "files", {"work": FILES}, GIVEN)
    changed = edited(FILES, given="PATH = 'mine.txt'", own='text = open("mine.txt").read()')
    beside = {"mine.txt": b"1 2 3", "helper.py": b"def twice(n):\n    return 12.0\n"}
    folder = hand_in(tmp_path, "ann", "files", {"work": changed}, beside)
    (folder / "link").symlink_to("/etc/passwd")
    reads = "def total(path):\n    import os\n    return sorted(os.listdir('.'))"
    hand_in(tmp_path, "bob", "files", {"work (1)": edited(FILES, total=reads)})
    stopped = "def total(path):\n    import os\n    os._exit(1)"
    hand_in(tmp_path, "cyd", "files", {"work": edited(FILES, total=stopped)}, beside)
    loop = "def total(path):\n    while True: pass"
    hand_in(tmp_path, "dan", "files", {"work": edited(FILES, total=loop)}, beside)
    hand_in(tmp_path, "eve", "files", {"work": "no notebook"})
    hand_in(tmp_path, "fay", "files", {}, beside)
    grade(tmp_path, "files", "--cell-seconds", 3)
    found = grades(tmp_path)
    assert {name: one["score"] for name, one in found.items()} == {
        "ann": 3, "bob": 1, "cyd": 1, "dan": 1, "eve": 0, "fay": 0,
    }  # fmt: skip
    statuses = {name: one["status"] for name, one in found.items()}
    assert statuses == {
        "ann": "graded", "bob": "graded", "cyd": "crashed", "dan": "timeout", "eve": "unreadable",
        "fay": "unreadable",
    }  # fmt: skip
    assert "work (1).ipynb" in found["bob"]["notes"][0]


def test_another_kernel_is_refused_in_a_sentence(tmp_path: Path) -> None:
    other = notebook("# %% solution f\nf <- function(n) n")
    other.metadata.kernelspec = {"name": "ir", "display_name": "R", "language": "R"}
    write_course(tmp_path, "r", {"r": other})
    hand_in(tmp_path, "ann", "r", {"r": other})
    code, _, warned = run("grade", "r", "--course", tmp_path)
    assert code == 2
    assert warned.strip() == (
        "autograder: source/r/r.ipynb is for the kernel R (R); only Python notebooks are marked "
        "here."
    )


def test_a_solution_that_fails_its_own_test_is_named(tmp_path: Path) -> None:
    wrong = edited(FILES, total="def total(path):\n    return 1.0")
    write_course(tmp_path, "files", {"work": wrong}, GIVEN)
    hand_in(tmp_path, "ann", "files", {"work": wrong})
    code, _, warned = run("grade", "files", "--course", tmp_path)
    assert code == 2 and "does not pass its own test work/test_total" in warned


def test_release_and_validate(tmp_path: Path) -> None:
    write_course(tmp_path, "files", {"work": FILES}, GIVEN)
    code, said, _ = run("release", "files", "--course", tmp_path)
    released = tmp_path / "release/files/work.ipynb"
    assert code == 0 and str(released) in said
    handed_out = nbformat.read(released, 4)
    text = json.dumps(handed_out)
    assert "YOUR CODE HERE" in text and "HIDDEN" not in text and "sum(map" not in text
    assert handed_out.cells[2].metadata.nbgrader.checksum
    assert (released.parent / "data/more.txt").read_bytes() == GIVEN["data/more.txt"]
    code, said, _ = run("validate", released)
    assert code == 1 and "failed  work/test_total" in said
    code, said, _ = run("validate", tmp_path / "source/files/work.ipynb")
    assert code == 0
    assert "Asserts: 4, 1 of them weak" in said
    assert 'work, cell test_own: assert hasattr(text, "strip")' in said


@pytest.mark.slow
def test_declared_checks_and_expected_values(tmp_path: Path) -> None:
    names = {towers.ASSIGNMENT: towers.SOLVED}
    write_course(tmp_path, towers.ASSIGNMENT, names, {"checks.toml": towers.DECLARATION})
    hand_in(tmp_path, "right", towers.ASSIGNMENT, names)
    for name, code in towers.ANSWERS.items():
        hand_in(tmp_path, name, towers.ASSIGNMENT, {"towers": edited(towers.SOLVED, **code)})
    grade(tmp_path, towers.ASSIGNMENT)
    assert {name: one["score"] for name, one in grades(tmp_path).items()} == {
        "right": 12, "tanh": 7, "always three": 7, "no mean": 10,
    }  # fmt: skip
    words = grades(tmp_path)["tanh"]["cells"][1]["messages"]
    assert "After the first layer: expected ReLU, found tanh." in words[0]
    words = grades(tmp_path)["no mean"]["cells"][0]["messages"]
    assert "expected 3.0, found 4" in words[0]
    code, said, _ = run("release", towers.ASSIGNMENT, "--course", tmp_path)
    released = tmp_path / "release" / towers.ASSIGNMENT
    assert code == 0 and f"{released}/towers.ipynb" in said
    declaration = (released / "checks.toml").read_text()
    assert "wide" not in declaration and "narrow" in declaration
    recorded = gzip.decompress(
        (released / "resnets/checks/expected/towers.json.gz").read_bytes()
    ).decode()
    assert "narrow" in recorded and "hidden" not in recorded
    kept = {path.name for path in (released / "resnets/checks/expected").iterdir()}
    assert kept == {"towers.json.gz"}
    tried = subprocess.run(
        [sys.executable, "-c", TRIED], cwd=released, capture_output=True, text=True
    )
    assert "tower: 5 of 10 points" in tried.stdout, tried.stderr[-1000:]
    assert "expected ReLU, found tanh." in tried.stdout and "All notebooks" not in tried.stdout
    assert "Hint 1 of 3 for tower" in tried.stdout


TRIED = (
    f"import keras\nfrom toolbox import check, hint\n{towers.TANH}\ncheck('tower')\nhint('tower')"
)
"""What a student's notebook does with the released folder around it."""
