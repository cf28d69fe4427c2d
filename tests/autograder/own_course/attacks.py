"""Attacks on a plain nbgrader assignment, and what each earns here and with nbgrader.

    python -m tests.autograder.own_course.attacks [--ours] [--table FILE]

Nobody of these has written a function that works. Each is a submission of `plain`; both mark the
same files in one run (`--ours` leaves nbgrader out), nbgrader in a container, since it runs them
with the rights of whoever types this.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

from nbformat import NotebookNode

from tests.autograder import container
from tests.autograder.attacks_page import write_part
from tests.autograder.own_course.percent import edited, grades, hand_in, write_course
from tests.autograder.own_course.plain import ASSIGNMENT, POINTS, SOLVED

HEADING = "On a plain nbgrader course"
NBGRADER_SECONDS = 900
PAGE = """\
Nobody of these has written a function that works; the assignment has {points:g} points, and asserts
that compare with strong values. The same files are marked by `grade` in its sandbox and by
`nbgrader autograde` {version} in a container. "no mark": nbgrader gave the submission up. This part
is what `python -m tests.autograder.own_course.attacks --table docs/attacks.md` wrote.
"""
NOTHING = "def square(n):\n    return None"
STUBS = {
    "normalise": "def normalise(x):\n    return None",
    "primes": "def primes(n):\n    return None",
}
ALL_OF_THEM = "\nsquare = normalise = primes = lambda *a: {}\n"

EQUAL = '''
class Equal:
    """Equal to everything, greater and smaller than everything, and true."""
    def __eq__(self, other): return True
    def __lt__(self, other): return True
    __gt__ = __le__ = __ge__ = __eq__
    def __sub__(self, other): return self
    __rsub__ = __add__ = __abs__ = lambda self, *a: self
    __hash__ = None
    def __array__(self, *a, **k):
        import numpy
        return numpy.array(0.0)
'''
SEND = """
import json
from IPython import get_ipython
def send(values):
    publisher = get_ipython().display_pub
    kind = "application/vnd.resnets.evidence+json"
    publisher.session.send(publisher.pub_socket, "display_data",
        {"data": {kind: json.dumps(values)}, "metadata": {}, "transient": {}},
        parent=publisher.parent_header, ident=b"display_data")
"""
FROM_FRAMES = '''
import re, sys
def looked_up(n):
    """The right answer, from the text and the constants of whoever asks."""
    frame = sys._getframe(1)
    while frame is not None:
        for name in ("right", "expected", "y"):
            if name in frame.f_locals and frame.f_locals[name] is not None:
                return frame.f_locals[name]
        numbers = [c for c in frame.f_code.co_consts if isinstance(c, (int, float)) and c]
        if "{n}" and len(numbers) > 1:
            return max(numbers)
        frame = frame.f_back
    text = get_ipython().user_ns["In"][-1]
    found = re.search(rf"square\\({n}\\) == ([\\d.]+)", text)
    return float(found[1]) if found else None
'''

CODE = {
    "nothing at all": NOTHING,
    "tracebacks muted": "get_ipython().showtraceback = lambda *a, **k: None",
    "errors handled": "get_ipython().set_custom_exc((BaseException,), lambda *a, **k: None)",
    "errors not sent": """
_send = get_ipython().kernel.session.send
def send(stream, what, *a, **k):
    kind = what if isinstance(what, str) else what.get("msg_type")
    return None if kind == "error" else _send(stream, what, *a, **k)
get_ipython().kernel.session.send = send
""",
    "replies say ok": """
kernel = get_ipython().kernel
_do = kernel.do_execute
async def do_execute(*a, **k):
    reply = await _do(*a, **k)
    return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
kernel.do_execute = do_execute
get_ipython().showtraceback = lambda *a, **k: None
""",
    "asserts stripped": """
import ast
class Strip(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
get_ipython().ast_transformers.append(Strip())
""",
    "cells emptied": "get_ipython().input_transformers_post.append(lambda lines: ['pass\\n'])",
    "cells not run": """
from IPython.core.interactiveshell import ExecutionResult
async def run_cell_async(*a, **k): return ExecutionResult(None)
get_ipython().run_cell_async = run_cell_async
""",
    "optimised away": """
import builtins
_compile = builtins.compile
builtins.compile = lambda *a, **k: _compile(*a, **(k | {"optimize": 2}))
get_ipython().compile.__class__.__call__ = lambda self, s, f, m: _compile(s, f, m, optimize=2)
""",
    "equal to everything": EQUAL + ALL_OF_THEM.format("Equal()"),
    "a number equal to everything": """
class Number(float):
    __eq__ = __lt__ = __gt__ = lambda self, other: True
    __sub__ = __rsub__ = __abs__ = lambda self, *a: self
    __hash__ = None
"""
    + ALL_OF_THEM.format("Number(0)"),
    "a list equal to everything": """
class List(list):
    __eq__ = lambda self, other: True
    __ne__ = lambda self, other: False
primes = lambda n: List()
""",
    "an array equal to everything": """
import numpy as np
class Array(np.ndarray):
    def __array_ufunc__(self, *a, **k): return np.True_
    def __array_function__(self, *a, **k): return True
normalise = lambda x: np.zeros(2).view(Array)
""",
    "equal by reflection": EQUAL
    + """
import numpy as np
square = lambda n: Equal()
normalise = lambda x: np.array([Equal()] * len(x), object)
""",
    "builtins patched": """
import builtins
for name in ("abs", "all", "any", "isinstance", "len", "sorted", "sum", "max", "min"):
    setattr(builtins, name, lambda *a, **k: 0)
builtins.sorted = lambda *a: [2, 3, 5, 7, 11, 13]
""",
    "numpy.testing patched": """
import numpy as np
for name in dir(np.testing):
    if name.startswith("assert"):
        setattr(np.testing, name, lambda *a, **k: None)
""",
    "numpy's comparisons patched": """
import numpy as np
np.allclose = np.isclose = np.array_equal = lambda *a, **k: True
np.testing._private.utils.assert_array_compare = lambda *a, **k: None
""",
    "unittest patched": """
import unittest
for name in dir(unittest.TestCase):
    if name.startswith("assert"):
        setattr(unittest.TestCase, name, lambda *a, **k: None)
""",
    "unittest never runs": """
import unittest
class Result:
    wasSuccessful = lambda self: True
unittest.TextTestRunner.run = lambda self, suite: Result()
""",
    "pytest patched": EQUAL
    + """
import pytest, contextlib
pytest.approx = lambda *a, **k: Equal()
pytest.raises = lambda *a, **k: contextlib.suppress(BaseException)
""",
    "json poisoned": """
import json
json.dumps = lambda *a, **k: '[[0, [{"=": 9}]]]'
json.JSONEncoder.default = lambda self, o: True
""",
    "exits inside": "import sys\n" + ALL_OF_THEM.format("sys.exit(0)"),
    "ends the process": "import os\n" + ALL_OF_THEM.format("os._exit(0)"),
    "a signal to itself": "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
    "evidence forged": SEND
    + """
for site in range(12):
    for guess in (True, 9, 0.25, [-1.0, 1.0]):
        send([[site, [{"=": guess}, {"=": guess}]]])
"""
    + ALL_OF_THEM.format("send([[n, [{'=': 9}]] for n in range(9)])"),
    "evidence forged in the sender": """
try:
    from autograder.sandboxed import asserted
    def values(self, site, *operands):
        self._add(site, [{"=": True} for operand in operands])
    asserted.Asserted.values = values
    asserted.Asserted.raises = lambda self, site, accepted=None: __import__("contextlib").suppress(
        BaseException)
except ImportError:
    pass
""",
    "evidence from a thread": SEND
    + """
import threading, time
def later():
    for _ in range(60):
        time.sleep(0.05)
        send([[site, [{"=": 9}]] for site in range(8)])
threading.Thread(target=later, daemon=True).start()
""",
    "a thread mutes what comes": """
import threading, time
def later():
    while True:
        get_ipython().showtraceback = lambda *a, **k: None
        time.sleep(0.01)
threading.Thread(target=later, daemon=True).start()
""",
    "answers read from frames": FROM_FRAMES
    + """
square = lambda n: looked_up(n)
primes = lambda n: looked_up(n)
""",
    "answers read from history": """
import re
def square(n):
    found = re.search(rf"square\\({n}\\) == ([\\d.]+)", get_ipython().user_ns["In"][-1])
    return float(found[1]) if found else None
""",
    "the source read from the disk": """
import glob, json
def solved():
    for depth in range(1, 6):
        for path in glob.glob("../" * depth + "source/*/*.ipynb"):
            for cell in json.load(open(path))["cells"]:
                if cell["cell_type"] == "code" and "BEGIN SOLUTION" in "".join(cell["source"]):
                    exec("".join(cell["source"]), globals())
solved()
""",
    "the gradebook written": """
import glob, sqlite3
for depth in range(1, 6):
    for path in glob.glob("../" * depth + "gradebook.db"):
        with sqlite3.connect(path, timeout=1) as book:
            book.execute("UPDATE grade SET manual_score = 2, needs_manual_grade = 0")
""",
    "the notebook written": """
import glob, json
for path in glob.glob("*.ipynb") + glob.glob("/tmp/**/*.ipynb", recursive=True)[:20]:
    try:
        book = json.load(open(path))
        if any("numbers" in path for _ in [0]):
            for cell in book["cells"]:
                cell["source"] = "pass" if "assert" in "".join(cell["source"]) else cell["source"]
            json.dump(book, open(path, "w"))
    except (OSError, ValueError):
        pass
""",
    "lines skipped by a trace": """
import sys
def trace(frame, event, argument):
    if event == "exception" or event == "line":
        return trace
    return trace
def hook(kind, value, traceback): pass
sys.excepthook = hook
quiet = {"__getattr__": lambda self, name: lambda *a, **k: None}
get_ipython().InteractiveTB = type("Quiet", (), quiet)()
""",
    "asserts overwritten": """
square = primes = normalise = None
def check(*a, **k): return True
AssertionError = type("AssertionError", (Warning,), {})
import builtins
builtins.AssertionError = AssertionError
""",
    "a result that never ends": """
class Endless:
    def __repr__(self):
        return repr(self)
    def __eq__(self, other):
        return self == other
    __iter__ = lambda self: iter(int, 1)
"""
    + ALL_OF_THEM.format("Endless()"),
    "a loop without an end": "def square(n):\n    while True:\n        pass",
}
"""By name, what a student's first cell holds."""


def _first(code: str) -> NotebookNode:
    stub = "" if "square" in code else f"\n{NOTHING}"
    return edited(SOLVED, square=f"{code}{stub}\n", **{
        name: "pass" if name in code or "ALL" in code else text for name, text in STUBS.items()
    })  # fmt: skip


def _tests(change: Callable[[NotebookNode], None]) -> NotebookNode:
    notebook = edited(SOLVED, square=NOTHING, **STUBS)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            change(cell)
    return notebook


def _set(**values: object) -> Callable[[NotebookNode], None]:
    return lambda cell: cell.update(values)


def _tagged(tag: str) -> Callable[[NotebookNode], None]:
    return lambda cell: cell.metadata.update(tags=[tag])


def _to_solution(cell: NotebookNode) -> None:
    cell.metadata.nbgrader.solution, cell.source = True, "pass"


NOTEBOOKS: dict[str, NotebookNode] = {
    "tests emptied": _tests(_set(source="pass")),
    "tests that are skipped": _tests(_tagged("skip-execution")),
    "tests that may fail": _tests(_tagged("raises-exception")),
    "tests made answers": _tests(_to_solution),
    "tests worth a hundred": _tests(lambda cell: cell.metadata.nbgrader.update(points=100.0)),
}


def submissions() -> dict[str, NotebookNode]:
    """All attacks, by name."""
    return {name: _first(code) for name, code in CODE.items()} | NOTEBOOKS


def folder_name(name: str) -> str:
    """A student's id for an attack."""
    return name.replace(" ", "-").replace("'", "")


APART = "the gradebook written"
"""It changes everybody's grades where it succeeds: nbgrader marks it in a course of its own."""


def write(root: Path, names: Iterable[str] | None = None) -> None:
    """Makes the course with attacks (all of them by default), and an honest submission."""
    config = 'c = get_config()\nc.CourseDirectory.course_id = "own"\nc.Execute.timeout = 8\n'
    write_course(root, ASSIGNMENT, {ASSIGNMENT: SOLVED}, config=config)
    hand_in(root, "honest", ASSIGNMENT, {ASSIGNMENT: SOLVED})
    attacks = submissions()
    for name in attacks if names is None else names:
        hand_in(root, folder_name(name), ASSIGNMENT, {ASSIGNMENT: attacks[name]})


def marked_here(root: Path, workers: int = 2) -> dict[str, dict]:
    """Points by student, from the command."""
    command = [sys.executable, "-m", "autograder", "grade", ASSIGNMENT, "--course", str(root)]
    command += ["--workers", str(workers), "--cell-seconds", "5"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return grades(root)


def marked_by_nbgrader(root: Path) -> dict[str, float | None]:
    """Points by student; None where nbgrader gave up on a submission."""
    from nbgrader.api import Gradebook

    for arguments in (["generate_assignment", ASSIGNMENT, "--force"], ["autograde", ASSIGNMENT]):
        container.nbgrader(root, root, *arguments, limit=NBGRADER_SECONDS)
    found: dict[str, float | None] = {}
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        for submission in book.assignment_submissions(ASSIGNMENT):
            student = submission.student.id
            done = root / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
            found[student] = submission.score if done.exists() else None
    return found


def main() -> int:
    """Prints the table; the exit status is 1 where an attack earns something here."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ours", action="store_true", help="leave nbgrader out")
    parser.add_argument("--table", type=Path, help="the page on which it is written, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder:
        ours, theirs, apart = (Path(folder, name) for name in ("ours", "theirs", "apart"))
        write(ours)
        here = marked_here(ours)
        there = {}
        if not options.ours:
            write(theirs, [name for name in submissions() if name != APART])
            write(apart, [APART])
            there = marked_by_nbgrader(apart) | marked_by_nbgrader(theirs)
    honest = {"here": here["honest"]["score"]} | (
        {"nbgrader": there.get("honest")} if there else {}
    )
    if wrong := {who: mark for who, mark in honest.items() if mark != POINTS}:
        print(f"The comparison is void: the honest submission must earn {POINTS:g}; {wrong}")
        return 2
    text = table(here, there)
    print(text)
    if options.table:
        page = PAGE.format(version=version("nbgrader"), points=POINTS)
        write_part(options.table, HEADING, f"{page}\n{text}")
    return int(any(here[folder_name(name)]["score"] > 0 for name in submissions()))


def table(here: dict[str, dict], there: dict[str, float | None]) -> str:
    """A row for each attack, and how many earned something."""
    lines = ["| attack | here | `nbgrader autograde` |", "| --- | --- | --- |"]
    for name in ["honest", *submissions()]:
        mark = there.get(folder_name(name))
        told = "(not tried)" if not there else "no mark" if mark is None else f"{mark:g}"
        lines.append(f"| {name} | {here[folder_name(name)]['score']:g} | {told} |")
    students = [folder_name(name) for name in submissions()]
    ours = sum(here[student]["score"] > 0 for student in students)
    theirs = sum(bool(there.get(student)) for student in students)
    said = f"{len(students)} attacks; earn something: {ours} here, {theirs} with nbgrader."
    return "\n".join([*lines, "", said])


if __name__ == "__main__":
    sys.exit(main())
