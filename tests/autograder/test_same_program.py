"""What is right in the student's notebook is right when marked: the same program runs."""

from __future__ import annotations

import contextlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode

from autograder.notebooks.assemble import OWN, Assembled, assemble, is_stub, pieces_that_run
from autograder.notebooks.cells import STUB, is_solution, is_test, tags
from autograder.notebooks.own_code import own_code
from tests.autograder.conftest import LIMITS, Sandboxed, handed_in, small_reference

RIGHT = "def third(x):\n    return x / 3"
PART, BY_PART = "def part(x):\n    return x / 3", "def third(x):\n    return part(x)"
WRONG = "def third(x):\n    return x / 4"
BROKEN = "def third(x:\n    return x / 3"


def cell(source: str, grade_id: str | None = None, kind: str = "code") -> dict:
    metadata = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    return {"cell_type": kind, "source": source, "metadata": metadata}


def submission(*cells: dict) -> list[dict]:
    """A notebook's cells: the setup, these, and what follows the first exercise."""
    whole = json.loads(handed_in(small_reference()))["cells"]
    return [*whole[:2], *cells, *whole[4:]]


def assembled(cells: list[dict]) -> Assembled:
    return assemble(small_reference(), json.dumps({"nbformat": 4, "cells": cells}).encode())


def notebook_of(*cells: dict) -> bytes:
    """A whole notebook file with these cells in it."""
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": submission(*cells)}
    return json.dumps(whole).encode()


def result(sources: list[str]) -> str:
    """What the test of `third` prints when cells run one after the other, as Jupyter runs them."""
    space: dict = {}
    printed = io.StringIO()
    for source in sources:
        with contextlib.suppress(Exception), contextlib.redirect_stdout(printed):
            exec(source, space)
    return printed.getvalue()


def in_jupyter(cells: list[dict]) -> str:
    """What the last check of `third` shows in the student's own notebook."""
    last = max(
        (n for n, c in enumerate(cells) if c["metadata"].get("nbgrader", {}).get("grade_id")
         == "test_third" and c["cell_type"] == "code"),
        default=len(cells) - 1,
    )  # fmt: skip
    return result([c["source"] for c in cells[: last + 1] if c["cell_type"] == "code"])


def when_marked(notebook: NotebookNode) -> str:
    """What the test of `third` shows in an assembled notebook."""
    test = next(n for n, c in enumerate(notebook.cells) if is_test(c))
    code = [c.source for c in notebook.cells[: test + 1] if c.cell_type == "code"]
    return result(code)


CHECK = cell("print(third(np.arange(3)))", "test_third")
SHOWN = "[0.         0.33333333 0.66666667]\n"

PARTS = [
    cell(RIGHT, "third"),
    cell(WRONG, "third"),
    cell(BROKEN, "third"),
    cell(f"def third(x):\n    {STUB}", "third"),
    cell("def third(x):\n    # YOUR CODE HERE\n    # raise NotImplementedError()\n    return x / 3",
         "third"),
    cell("def third(x):\n    return part(x)", "third"),
    cell("some notes", "third", "markdown"),
    cell("def third(x):\n    return 0", "third", "raw"),
    cell("def part(x):\n    return x / 3"),
    cell("import math\nPARTS = 3\ndef part(x):\n    return x / PARTS"),
    cell("import nowhere\n\ndef part(x):\n    return x / 3"),
    cell(WRONG),
    cell("print('a trial')\nx = 1 / 0"),
    CHECK,
]  # fmt: skip


@given(st.lists(st.sampled_from(PARTS), max_size=6))
def test_what_is_right_in_the_notebook_is_right_when_marked(parts: list[dict]) -> None:
    cells = submission(*parts, CHECK)
    if SHOWN in in_jupyter(cells)[-len(SHOWN) :]:
        assert when_marked(assembled(cells).notebook).endswith(SHOWN)


@pytest.mark.parametrize(
    "parts",
    [
        [
            cell("def part(x):\n    return x / 3"),
            cell("def third(x):\n    return part(x)", "third"),
        ],
        [cell("from math import pi"), cell("def third(x):\n    return x / 3 + 0 * pi", "third")],
        [cell("N = 3"), cell("def third(x):\n    return x / N", "third")],
        [cell(WRONG, "third"), cell(RIGHT, "third")],
        [cell(BROKEN, "third"), cell(RIGHT, "third")],
        [cell(RIGHT, "third"), cell(BROKEN, "third")],
        [cell("notes", "third", "markdown"), cell(RIGHT, "third")],
        [cell(RIGHT, "third"), cell("notes", "third", "raw")],
        [cell(RIGHT, "third"), cell(f"def third(x):\n    {STUB}", "third")],
        [cell("def third(x):", "third"), cell("    return x / 3", "third")],
        [cell(WRONG, "third"), cell("third = lambda x: x / 3")],
        [cell(RIGHT)],
        *(
            [cell(first), cell("def third(x):\n    return x / N", "third")]
            for first in (
                "N = 1\nN += 2",
                "K = [1]\nK.append(3)\nN = K[-1]",
                "K = {}\nK['n'] = 3\nN = K['n']",
                "import math\nN = math.sqrt(9)",
                "N = np.float64(3)",
                "N = len(f'{1}_a')",
                "K = dict(a=3)\nN = K['a']",
                "DEBUG = False\nN = 1 if DEBUG else 3",
                "K = [i for i in range(4)]\nN = K[3]",
                "(N := 3)",
                "import sys\nif sys.version_info >= (3,):\n    N = 3",
                "from functools import partial\nN = partial(lambda a, b: a * b, 3)(1)\nN = 3",
                "class P:\n    n = 3\nN = P().n",
                "def f(): pass\nf.n = 3\nN = f.n",
            )
        ),
        [cell("N = 2"), cell("M = N + 1"), cell("def third(x):\n    return x / M", "third")],
        [cell("Array = np.ndarray"), cell("def third(x: Array):\n    return x / 3", "third")],
        [cell("def mine(x):\n    return x / 3", "third"), cell("third = mine")],
        [cell("import nowhere\n" + PART), cell(BY_PART, "third")],
        [cell("%matplotlib inline\n!ls\n" + PART), cell(BY_PART, "third")],
        [cell("%%time\n" + RIGHT, "third")],
    ],
    ids=lambda parts: " / ".join(part["source"][:25] for part in parts),
)
def test_right_answers_as_students_write_them(parts: list[dict]) -> None:
    code = assembled(submission(*parts, CHECK)).notebook
    for one in code.cells:  # what IPython would do with them
        one.source = one.source.removeprefix("%%time\n")
    assert when_marked(code).endswith(SHOWN)


def test_what_stands_below_the_check_does_not_count() -> None:
    made = assembled(submission(cell(RIGHT, "third"), CHECK, cell(WRONG, "third")))
    assert made.code["third"] == RIGHT
    assert "below the check that were not run: 1" in made.notes[0]


def test_all_functions_in_one_cell_are_not_called_empty() -> None:
    both = cell(RIGHT + "\n\ndef greet(name):\n    return f'hello {name}'", "third")
    cells = [c for c in submission(both, CHECK) if c["metadata"].get("nbgrader", {}).get("grade_id")
             != "greet"]  # fmt: skip
    assert assembled(cells).notes == []


@pytest.mark.parametrize(
    ("source", "stub"),
    [
        (f"def f():\n    {STUB}", True),
        ("def f():\n    raise NotImplementedError", True),
        ("def f(:\n    raise NotImplementedError()", True),
        ("def f():\n    # YOUR CODE HERE\n    # raise NotImplementedError()\n    return 1", False),
        ("def f():\n    return 'raise NotImplementedError()'", False),
        ("", False),
    ],
)
def test_only_an_uncommented_raise_makes_a_stub(source: str, stub: bool) -> None:
    assert is_stub(source) == stub


def test_versions_that_keep_the_comments_of_the_stub_both_run() -> None:
    old, new = (
        f"# YOUR CODE HERE\n# raise NotImplementedError()\n{code}" for code in (WRONG, RIGHT)
    )
    assert pieces_that_run([old, new]) == [old, new]


@pytest.mark.parametrize(
    ("source", "runs"),
    [
        ("import os, sys", {"os", "sys"}),
        ("from a import b as c", {"c"}),
        ("A = 1; B = (A, -2.5); C = {'k': [A, None]}", {"A", "B", "C"}),
        ("half: float = 1 / 2", {"half"}),
        ("f = lambda x: x", {"f"}),
        ("@decorated\nclass K:\n    x = open('f')", {"K"}),
        ("try:\n    import a\nexcept ImportError:\n    a = None", {"a"}),
        ("model = build()", set()),
        ("print('x')", set()),
        ("for n in range(3):\n    def g(): pass", set()),
        ("x = [train() for _ in range(3)]", set()),
        ("x = ResNet50()", set()),
        ("x = open('f').read()", set()),
        ("import keras\nx = keras.models.load_model('f')", {"keras"}),
        ("from m import ResNet50\nx = ResNet50()", {"ResNet50"}),
        ("x = y", set()),
        ("%%bash\nf = 1", set()),
        ("f = (", set()),
        ("(" * 10_000, set()),
        ("x = " + "-" * 5_000 + "1", set()),
    ],
)
def test_of_own_cells_imports_definitions_and_constants_run(source: str, runs: set) -> None:
    assert own_code(source).defines == runs
    assert bool(own_code(source).pieces) == bool(runs)


def test_own_code_stands_on_its_own_lines() -> None:
    code = own_code("print(1)\nimport os; print(2)\n\n@cached\ndef f():\n    return 1\nN = 3")
    assert code.pieces == (
        "\nimport os",
        "\n\n\n@cached\ndef f():\n    return 1",
        "\n" * 6 + "N = 3",
    )


@pytest.mark.parametrize(
    "cells",
    [("N = 1\nN = train()",), ("N = {}\nN['a'] = train()",), ("N = [1]", "N.append(train())")],
)
def test_a_constant_that_has_another_value_in_the_notebook_is_told(cells: tuple[str, ...]) -> None:
    uses = cell("def third(x):\n    return x / N", "third")
    assert (
        "N may have another value" in assembled(submission(*map(cell, cells), uses, CHECK)).notes[0]
    )
    unused = assembled(submission(*map(cell, cells), cell(RIGHT, "third"), CHECK)).notes
    assert unused == []


def test_a_name_that_a_cell_which_was_not_run_defines_is_told(sandboxed: Sandboxed) -> None:
    cells = submission(
        cell("width = train('abc')"), cell("def third(x):\n    return x / width", "third"), CHECK
    )
    made = assembled(cells)
    assert made.left_out == {"width": "the cell of yours that begins with `width = train('abc')`"}


def test_a_helper_and_an_import_of_their_own_earn_the_points(sandboxed: Sandboxed) -> None:
    content = notebook_of(
        cell("import numpy as numbers\nprint('hello')"),
        cell("def part(x):\n    return numbers.asarray(x) / 3"),
        cell("def third(x):\n    return part(x)", "third"),
        CHECK,
    )
    assert sandboxed.mark(content).score == 3


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (["%%writefile helpers.py\n" + PART, "from helpers import part"],
         "from helpers import part"),
        (["import numpy.nothing as part"], "import numpy.nothing as part"),
        (["SIZES = [1]\npart = SIZES[3]"], "part = SIZES[3]"),
    ],
)  # fmt: skip
def test_a_line_of_their_own_that_fails_when_marked_is_told(
    sandboxed: Sandboxed, cells: list[str], line: str
) -> None:
    content = notebook_of(*map(cell, cells), cell(BY_PART, "third"), CHECK)
    verdict = sandboxed.mark(content)
    assert verdict.cells[0].points == 0
    assert f"your line `{line}` ended with" in verdict.cells[0].messages[0]
    assert "put the code that you need into the graded cell" in verdict.cells[0].messages[0]


def test_own_cells_show_no_tag_of_ours_to_the_tests() -> None:
    made = assembled(submission(cell("N = 3"), cell(RIGHT, "third"), CHECK)).notebook
    assert [tags(c) for c in made.cells if OWN in tags(c)] == [{OWN}]
    assert sum(is_solution(c) for c in made.cells) == 2


HANGS = """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True: pass
"""


@pytest.mark.parametrize(
    ("code", "status"), [(HANGS, "timeout"), ("import os\nos._exit(3)", "crashed")]
)
@pytest.mark.parametrize("inside", [False, True], ids=["in the cell", "in the function"])
def test_a_cell_that_ends_the_kernel_costs_its_own_points(
    sandboxed: Sandboxed, code: str, status: str, inside: bool
) -> None:
    body = "\n".join(f"    {line}" for line in code.strip().splitlines())
    third = f"def third(x):\n{body}" if inside else f"{RIGHT}\n{code}"
    limits = LIMITS.__class__(**{**vars(LIMITS), "cell_seconds": 3})
    verdict = sandboxed.mark(handed_in(small_reference(), third=third), limits=limits)
    assert (verdict.status, verdict.score) == (status, 1)
    first, second = verdict.cells
    assert (first.points, second.points) == (0, 1)
    assert verdict.message in first.messages[0]


@pytest.mark.parametrize(
    ("third", "said", "line"),
    [
        ("def third(x):\n    return (x / 3", "SyntaxError", None),
        ("n = input()\n" + RIGHT, "input() waits", 1),
        ("\nquit()\n" + RIGHT, "quit() end the notebook", 2),
        ("import nowhere\n" + RIGHT, "No module named 'nowhere'", 1),
        ("#@title\n%%time\n" + RIGHT, "%%time must be the first line", None),
        ("%tensorflow_version 2.x\n" + RIGHT, "no %tensorflow_version", None),
        ("1 / 0\n" + RIGHT, "ZeroDivisionError", 1),
    ],
)
def test_the_error_of_a_cell_is_said_first(
    sandboxed: Sandboxed, third: str, said: str, line: int | None
) -> None:
    verdict = sandboxed.mark(handed_in(small_reference(), third=third))
    assert verdict.status == "graded" and verdict.cells[0].points == 0
    assert said in verdict.cells[0].messages[0]
    if line:
        assert f"Line {line}: " in verdict.cells[0].messages[0]
