"""Hostile submissions: what each one does, as the code of a graded cell, a file, or a student's id.

All are bounded by themselves (so many forks, so many bytes), so that they can also be run where
nothing holds them. `REACHED` is printed where an attack has got what it must not have.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from resnets.checks.evidence.facts import EVIDENCE_TYPE
from tests.autograder.test_attacks_on_the_marks import APP, ATTACKS, FORGERIES

FUNCTION = "identity_block"
WRONG = f"def {FUNCTION}(X, f, filters, stage, block):\n    return X\n"
REACHED = "REACHED IT"


@dataclass(frozen=True)
class Attack:
    """A submission.

    Attributes:
        name: in a few words.
        group: "points", "machine", "file" or "name".
        code: put before the function; COURSE in it is the course folder's path.
        file: writes the notebook at a path, in its own way, from the honest one's bytes.
        student: its id, where that is the attack.
    """

    name: str
    group: str
    code: str = ""
    file: Callable[[Path, bytes], None] | None = None
    student: str = ""


def reach(expression: str, imports: str = "os") -> str:
    """Code that says so where an expression succeeds and is true."""
    return (
        f"import {imports}\ntry:\n    if {expression}:\n        print({REACHED!r})\n"
        "except BaseException as error:\n    print(type(error).__name__)\n"
    )


_COURSE = "next(p for p in ('COURSE', os.path.abspath('../../..')) if os.path.isdir(p))"

POINTS = {
    **ATTACKS,
    **{f"message: {name}": f"{APP}\n{code}" for name, code in FORGERIES.items()},
    "json that says what it likes": """
import json
json.dumps = lambda *a, **k: '{"passed": true}'
json.loads = lambda *a, **k: {}
json.JSONEncoder.encode = lambda *a, **k: '{}'
""",
    "a thread that outlives its cell": f"""
{APP}
import threading, time
def later():
    for _ in range(200):
        time.sleep(0.05)
        try:
            now = app.kernel.get_parent()
            send('execute_result', {{'data': {{'text/plain': '30'}}, 'metadata': {{}},
                                    'execution_count': 1}}, parent=now)
        except Exception:
            pass
threading.Thread(target=later, daemon=True).start()
""",
    "a thread that shows evidence in the test": f"""
import threading, time
from IPython.display import display
def later():
    for _ in range(200):
        time.sleep(0.05)
        display({{{EVIDENCE_TYPE!r}: {{'name': 'identity_block'}}, 'text/plain': '30'}}, raw=True)
threading.Thread(target=later, daemon=True).start()
""",
    "errors that are not shown": """
get_ipython().showtraceback = lambda *a, **k: None
get_ipython()._showtraceback = lambda *a, **k: None
get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)
""",
    "tests that are taken out": """
get_ipython().input_transformers_post.append(lambda lines: ['30\\n'])
""",
    "a test that is replaced by its answer": """
import ast
class All(ast.NodeTransformer):
    def visit_Module(self, node):
        return ast.parse('30')
get_ipython().ast_transformers.append(All())
""",
    "a cell that is never run": """
get_ipython().run_cell_async = None
get_ipython().run_code = lambda *a, **k: False
""",
    "an object that is equal to everything": """
class Equal:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __array__(self, *a, **k):
        import numpy
        return numpy.zeros(1)
def identity_block(X, f, filters, stage, block):
    return Equal()
AFTER
""",
    "numpy that finds everything close": """
import numpy as np
np.allclose = lambda *a, **k: True
np.array_equal = lambda *a, **k: True
np.testing.assert_allclose = lambda *a, **k: None
""",
    "builtins of its own": """
import builtins
builtins.all = lambda *a: True
builtins.abs = lambda *a: 0
builtins.AssertionError = type('Quiet', (Warning,), {})
""",
    "the caller's variables": """
import sys
def identity_block(X, f, filters, stage, block):
    frame = sys._getframe()
    while frame:
        for name in list(frame.f_locals):
            value = frame.f_locals[name]
            if hasattr(value, 'hidden'):
                try:
                    object.__setattr__(value, 'hidden', False)
                except Exception:
                    pass
        frame = frame.f_back
    return X
AFTER
""",
    "a tracer": """
import sys
def trace(frame, event, argument):
    if 'judge' in frame.f_code.co_name and event == 'return':
        return None
    return trace
sys.settrace(trace)
""",
    "a hook on imports": """
import importlib.abc, sys
class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if 'judging' in name:
            raise ImportError(name)
sys.meta_path.insert(0, Finder())
for name in [n for n in sys.modules if 'judging' in n]:
    del sys.modules[name]
""",
    "the garbage collector asked for expectations": """
import gc
found = [o for o in gc.get_objects() if type(o).__name__ == 'Evidence']
for one in found:
    one.runs.clear()
""",
    "a kernel that says ok": """
from ipykernel.kernelapp import IPKernelApp
kernel = IPKernelApp.instance().kernel
async def fine(*a, **k):
    return {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}
kernel.do_execute = fine
""",
    "hash and compare of its own": """
import hashlib, hmac
hmac.compare_digest = lambda *a: True
hashlib.sha256 = hashlib.md5
""",
}

MACHINE = {
    "the network": reach("socket.create_connection(('192.0.2.1', 80), 2)", "socket"),
    "the password file": reach("open('/etc/shadow').read()"),
    "the instructor's solution": reach(f"'SOLUTION' in open({_COURSE} + '/source/"
                                       "01_residual_networks/01_residual_networks.ipynb').read()"),
    "the gradebook, read": reach(f"open({_COURSE} + '/gradebook.db', 'rb').read(16)"),
    "the gradebook, changed": reach(
        f"sqlite3.connect({_COURSE} + '/gradebook.db').execute("
        "'UPDATE grade SET auto_score = 99') is not None", "os, sqlite3"),
    "the neighbour's notebook, read": reach(
        f"open({_COURSE} + '/submitted/neighbour/01_residual_networks/"
        "01_residual_networks.ipynb').read()"),
    "a file left in the course folder": reach(
        f"open({_COURSE} + '/submitted/left', 'w').write('x')"),
    "a file left in the home folder": (  # It is looked for from outside.
        "import os\nopen(os.path.expanduser('~/.left-by-a-submission'), 'w').write('x')\n"),
    "the process above": reach("os.kill(os.getppid(), 0) is None and os.getppid() > 1"),
    "the processes of others": reach(
        "len([n for n in os.listdir('/proc') if n.isdigit()]) > 2"),
    "the memory of process 1": reach("open('/proc/1/mem', 'rb')"),
    "ptrace": reach("ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0", "ctypes, os"),
    "io_uring": reach("ctypes.CDLL(None).syscall(425, 1, ctypes.create_string_buffer(120)) >= 0",
                      "ctypes"),
    "memory that no process shows": reach("os.memfd_create('unseen') >= 0"),
    "shared memory": reach("ctypes.CDLL(None).shmget(0, 4096, 0o1600) >= 0", "ctypes"),
    "a mount": reach("ctypes.CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0",
                     "ctypes"),
    "another user": reach("os.setuid(0) is None and os.getuid() == 0"),
    "a namespace of its own": reach("ctypes.CDLL(None).unshare(0x10000000) == 0", "ctypes"),
    "BPF": reach("ctypes.CDLL(None).syscall(321, 0, ctypes.create_string_buffer(120), 120) >= 0",
                 "ctypes"),
    "a kernel's events": reach("ctypes.CDLL(None).syscall(298, ctypes.create_string_buffer(120),"
                               " 0, -1, -1, 0) >= 0", "ctypes"),
    "the secret of hidden tests": reach(
        "os.environ.get('RESNETS_CASE_SECRET') or os.path.exists('COURSE/.course-secret')"),
    "the signal of death": "import os, signal\nos.kill(-1, signal.SIGTERM)\n",
    "an exit": "import os\nos._exit(0)\n",
    "a segmentation fault": "import ctypes\nctypes.string_at(0)\n",
    "a stop": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\n",
    "endless recursion": "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()\n",
    "an endless loop": "while True:\n    pass\n",
    "a loop that refuses to stop": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
                                   "while True:\n    pass\n",
    "300 processes": """
import os, time
made = 0
try:
    for _ in range(300):
        if os.fork() == 0:
            time.sleep(20)
            os._exit(0)
        made += 1
except OSError:
    pass
if made == 300:
    print('REACHED IT')
""",
    "processes that outlive it": """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
""",
    "6 GB of memory": "x = []\nfor _ in range(12):\n    x.append(bytearray(b'x') * (512 << 20))\n"
                      "print('REACHED IT')\n",
    "1 GB on the disk": """
import os
try:
    with open('/tmp/big', 'wb') as file:
        for _ in range(1024):
            file.write(bytes(1 << 20))
    print('REACHED IT')
except OSError as error:
    print(error)
finally:
    if os.path.exists('/tmp/big'):
        os.remove('/tmp/big')
""",
    "64 MB of output": "for _ in range(64):\n    print('x' * (1 << 20))\n",
    "escapes for the terminal": "print('\\x1b]0;owned\\x07\\x1b[2J\\x1b[31mred')\n",
    "HTML as output": "from IPython.display import HTML, display\n"
                      "display(HTML('<script>alert(1)</script>'))\n",
    "HTML as an error": "raise ValueError('<img src=x onerror=alert(1)>')\n",
}  # fmt: skip


def _link(path: Path, honest: bytes) -> None:
    path.symlink_to("/etc/passwd")


def _pipe(path: Path, honest: bytes) -> None:
    import os

    os.mkfifo(path)


def _folder(path: Path, honest: bytes) -> None:
    path.mkdir()


def _bytes(make: Callable[[bytes], bytes]) -> Callable[[Path, bytes], None]:
    return lambda path, honest: path.write_bytes(make(honest)) and None


def _with_html_ids(honest: bytes) -> bytes:
    notebook = json.loads(honest)
    for cell in notebook["cells"]:
        cell["id"] = "<script>alert(1)</script>"
    notebook["metadata"]["kernelspec"]["display_name"] = "<img src=x onerror=alert(1)>"
    return json.dumps(notebook).encode()


def _twice(honest: bytes) -> bytes:
    notebook = json.loads(honest)
    notebook["cells"] *= 2
    return json.dumps(notebook).encode()


def _other_points(honest: bytes) -> bytes:
    notebook = json.loads(honest)
    for cell in notebook["cells"]:
        if "points" in cell["metadata"].get("nbgrader", {}):
            cell["metadata"]["nbgrader"]["points"] = 1000
            cell["source"] = "1000"
    return json.dumps(notebook).encode()


FILES = {
    "a link in the notebook's place": _link,
    "a pipe in the notebook's place": _pipe,
    "a folder in the notebook's place": _folder,
    "30 MB of blanks": _bytes(lambda honest: b" " * (30 << 20)),
    "JSON 100,000 deep": _bytes(lambda honest: b"[" * 100_000 + b"]" * 100_000),
    "bytes that are no text": _bytes(lambda honest: b"\xff\xfe" + honest),
    "numbers that are none": _bytes(
        lambda honest: honest.replace(b'"nbformat": 4', b'"nbformat": NaN')
    ),
    "a notebook that is cut off": _bytes(lambda honest: honest[: len(honest) // 2]),
    "cells with HTML as ids": _bytes(_with_html_ids),
    "each cell twice": _bytes(_twice),
    "other points, other tests": _bytes(_other_points),
}  # fmt: skip

NAMES = {
    "a formula": '=HYPERLINK("http:x")'.replace("/", ""),
    "a plus": "+1+1",
    "a minus": "-rf",
    "an at": "@SUM(A1)",
    "a tab": "\t=1",
    "a line break": "a\n=1",
    "an escape": "\x1b[2J",
    "HTML": "<img src=x onerror=alert(1)>",
}


def attacks() -> list[Attack]:
    """All of them."""
    found = [Attack(name, "points", code) for name, code in POINTS.items()]
    found += [Attack(name, "machine", code) for name, code in MACHINE.items()]
    found += [Attack(f"file: {name}", "file", file=file) for name, file in FILES.items()]
    found += [Attack(f"id: {name}", "name", student=student) for name, student in NAMES.items()]
    return found


def source(attack: Attack, right: str, course: Path) -> str:
    """The code of the graded cell: a wrong function after attacks on points, else the right one."""
    code = attack.code.replace("COURSE", str(course))
    if "AFTER" in code:  # It brings a function of its own.
        return code.replace("AFTER\n", "")
    return f"{code}\n{WRONG if attack.group == 'points' else right}"
