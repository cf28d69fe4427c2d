"""Submissions that reach for the machine: each gets its verdict, and nothing outside changes."""

from __future__ import annotations

import ast
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.kernels.limits import MEBIBYTE
from autograder.paths import ROOT
from tests.autograder.conftest import LIMITS, Sandboxed, fork_servers, kernels_of

TRY = """
def attempt(action):
    try:
        return str(action())
    except BaseException as error:
        return type(error).__name__
"""


def attempts(sandboxed: Sandboxed, **actions: str) -> dict[str, str]:
    """What came of each expression, or the class of its exception."""
    asked = ", ".join(f"{name!r}: attempt(lambda: {code})" for name, code in actions.items())
    imports = "import ctypes, json, os, signal, socket, subprocess"
    verdict, text = sandboxed.run(f"{imports}\n{TRY}\nprint(json.dumps({{{asked}}}))")
    assert verdict.score == 3
    return json.loads(text)


def test_there_is_no_network(sandboxed: Sandboxed) -> None:
    seen = attempts(
        sandboxed,
        interfaces="sorted(name for _, name in socket.if_nameindex())",
        connect="socket.create_connection(('192.0.2.1', 80), 2)",
        resolve="socket.gethostbyname('example.org')",
    )
    assert seen == {"interfaces": "['lo']", "connect": "OSError", "resolve": "gaierror"}


@pytest.mark.parametrize(
    "path",
    [
        ROOT / "solutions",
        ROOT / "autograder",
        ROOT / ".course-secret",
        ROOT / ".git",
        Path.home() / ".bashrc",
        Path("/etc/shadow"),
        Path("/var"),
        Path("/sys/kernel"),
    ],
    ids=str,
)
def test_what_is_none_of_its_business_is_not_there(sandboxed: Sandboxed, path: Path) -> None:
    assert attempts(sandboxed, there=f"os.path.exists({str(path)!r})") == {"there": "False"}


def test_of_the_autograder_it_sees_one_folder(sandboxed: Sandboxed) -> None:
    """What stands in `autograder/sandboxed` is all of the autograder that a kernel can open."""
    seen = attempts(
        sandboxed,
        opened="sorted(os.path.relpath(os.path.join(folder, name), '/course')"
        " for folder, _, names in os.walk('/course/autograder') for name in names"
        " if open(os.path.join(folder, name), 'rb').close() is None)",
    )
    wall = [ROOT / "autograder" / "__init__.py"]
    wall += [path for path in (ROOT / "autograder/sandboxed").rglob("*") if path.is_file()]
    there = {path.relative_to(ROOT) for path in wall if path.suffix != ".pyc"}
    opened = {Path(name) for name in ast.literal_eval(seen["opened"])}
    assert {path for path in opened if path.suffix != ".pyc"} == there
    assert len(there) > 5


def test_of_the_course_it_sees_what_notebooks_import(sandboxed: Sandboxed) -> None:
    seen = attempts(sandboxed, there="sorted(os.listdir('/course'))")
    assert ast.literal_eval(seen["there"]) == ["autograder", "resnets", "resnets_utils.py"]


def test_expected_values_are_not_there(sandboxed: Sandboxed) -> None:
    seen = attempts(sandboxed, files="os.listdir('/course/resnets/checks/expected')")
    assert seen == {"files": "[]"}


def test_only_its_own_processes_are_there(sandboxed: Sandboxed) -> None:
    seen = attempts(
        sandboxed,
        processes="sorted(int(name) for name in os.listdir('/proc') if name.isdigit())",
        others="os.listdir('/sockets')",
        user="os.getuid() not in (0, 65534)",
    )
    assert seen == {"processes": "[1, 2]", "others": "[]", "user": "True"}


def test_system_and_environment_are_read_only(sandboxed: Sandboxed) -> None:
    import keras

    targets = ["/usr/x", "/course/resnets/x", "/etc/x", "/x", "/dev/x", "/kernel/x", "/sockets/x"]
    targets.append(str(Path(keras.__file__).parent / "x"))
    actions = {f"to{n}": f"open({target!r}, 'w')" for n, target in enumerate(targets)}
    seen = attempts(sandboxed, **actions)
    assert set(seen.values()) <= {"OSError", "PermissionError"}


def test_it_has_no_rights_and_gets_none(sandboxed: Sandboxed) -> None:
    seen = attempts(
        sandboxed,
        capabilities="[l.split()[1] for l in open('/proc/self/status') if l.startswith('CapB')]",
        new_user="ctypes.CDLL(None).unshare(0x10000000)",
        mount="ctypes.CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, None)",
        root="os.setuid(0)",
        trace="ctypes.CDLL(None).ptrace(16, 1, 0, 0)",
        memory_of_init="open('/proc/1/mem', 'rb')",
    )
    assert seen == {
        "capabilities": "['0000000000000000']",
        "new_user": "-1",
        "mount": "-1",
        "root": "OSError",  # User 0 does not even exist in its namespace.
        "trace": "-1",
        "memory_of_init": "PermissionError",
    }


def test_it_cannot_end_the_process_above(sandboxed: Sandboxed) -> None:
    seen = attempts(sandboxed, init="os.kill(1, signal.SIGKILL)", all="os.kill(-1, signal.SIGTERM)")
    assert seen["init"] == "None"


def test_nothing_passes_to_the_next(sandboxed: Sandboxed) -> None:
    leave = """
import os, sys, pathlib, numpy, resnets
pathlib.Path('/tmp/left').write_text('x'); pathlib.Path('/dev/shm/left').write_text('x')
os.environ['LEFT'] = 'x'; numpy.left = resnets.left = 'x'; sys.modules['left'] = numpy
"""
    verdict, _ = sandboxed.run(leave)
    assert verdict.score == 3
    look = """
import os, sys, numpy, resnets
print(os.listdir('/tmp'), os.listdir('/dev/shm'), 'LEFT' in os.environ,
      hasattr(numpy, 'left'), hasattr(resnets, 'left'), 'left' in sys.modules)
"""
    _, text = sandboxed.run(look)
    assert "left" not in text
    assert text.split("[]")[-1].split() == ["False"] * 4


def test_a_fork_bomb_is_held(sandboxed: Sandboxed) -> None:
    bomb = """
import os, time
children = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(600)
        children += 1
except BlockingIOError:
    print(children)
"""
    verdict, text = sandboxed.run(bomb, replace(LIMITS, processes=50))
    assert int(text) < 50
    assert verdict.score == 3
    assert not kernels_of(sandboxed.worker)


def test_what_keeps_running_is_ended(sandboxed: Sandboxed) -> None:
    keep = """
import os, subprocess, sys, threading, time
threading.Thread(target=time.sleep, args=(600,)).start()
subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
"""
    verdict, _ = sandboxed.run(keep)
    assert (verdict.status, verdict.score) == ("graded", 3)
    assert not kernels_of(sandboxed.worker)


def test_memory_of_one_process_is_bounded(sandboxed: Sandboxed) -> None:
    verdict, text = sandboxed.run(
        "try:\n    x = bytearray(4 * 2**30)\nexcept MemoryError:\n    print('no')"
    )
    assert (text, verdict.score) == ("no\n", 3)


def test_memory_of_many_processes_is_bounded(sandboxed: Sandboxed) -> None:
    greed = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        x = bytearray(b'x') * (200 * 2**20)
        time.sleep(60)
time.sleep(60)
"""
    verdict, _ = sandboxed.run(greed, replace(LIMITS, memory=900 * MEBIBYTE))
    assert verdict.status == "crashed"
    assert "memory" in verdict.message


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm"])
def test_disk_is_bounded(sandboxed: Sandboxed, folder: str) -> None:
    fill = f"""
written = 0
try:
    for n in range(1000):
        with open('{folder}/{{}}'.format(n), 'wb') as file:
            written += file.write(bytes(2**20))
except OSError as error:
    print(written >> 20)
"""
    verdict, text = sandboxed.run(fill, replace(LIMITS, disk=32 * MEBIBYTE))
    assert int(text) <= 32
    assert verdict.status == "graded"


def test_one_file_is_bounded(sandboxed: Sandboxed) -> None:
    code = """
import signal
try:
    open('/tmp/big', 'wb').write(bytes(9 * 2**20))
except OSError as error:
    print('no')
import os
print(os.path.getsize('/tmp/big') >> 20)
"""
    _, text = sandboxed.run(code, replace(LIMITS, file_size=8 * MEBIBYTE))
    assert text.split()[-1] == "8"


@pytest.mark.parametrize(
    "code",
    ["print('x' * 2**24)", "for _ in range(10**6):\n    display('y' * 1000)"],
    ids=["one long line", "many messages"],
)
def test_output_is_bounded(sandboxed: Sandboxed, code: str) -> None:
    verdict, _ = sandboxed.run(code, replace(LIMITS, cell_seconds=10))
    assert verdict.status in ("crashed", "timeout")
    assert verdict.message
    assert len(verdict.notebook) < MEBIBYTE


def test_a_loop_is_interrupted_and_the_rest_goes_on(sandboxed: Sandboxed) -> None:
    limits = replace(LIMITS, cell_seconds=4)
    verdict, _ = sandboxed.run("while True:\n    pass", limits)
    assert verdict.status == "timeout"
    assert "4 seconds" in verdict.message
    assert {cell.grade_id: cell.points for cell in verdict.cells} == {
        "test_third": 0,
        "test_greet": 1,
    }


def test_a_loop_that_refuses_to_stop_is_ended(sandboxed: Sandboxed) -> None:
    stubborn = """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    pass
"""
    verdict, _ = sandboxed.run(stubborn, replace(LIMITS, cell_seconds=4))
    assert (verdict.status, verdict.score) == ("timeout", 1)


def test_the_whole_notebook_has_a_time(sandboxed: Sandboxed) -> None:
    verdict, _ = sandboxed.run("import time\ntime.sleep(30)", replace(LIMITS, seconds=1))
    assert (verdict.status, verdict.message) == (
        "timeout",
        "The notebook ran for more than 1 seconds.",
    )


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos._exit(7)",
        "import ctypes\nctypes.string_at(0)",
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    ],
    ids=["exit", "segmentation fault", "kill"],
)
def test_a_dead_kernel_is_a_verdict(sandboxed: Sandboxed, code: str) -> None:
    verdict, _ = sandboxed.run(code)
    assert verdict.status == "crashed"
    assert "ended the kernel" in verdict.message
    assert sandboxed.run("")[0].score == 3


@pytest.mark.parametrize("name", [b"\xff", "²".encode(), b"Pid:\t1\nPid", b":"], ids=repr)
def test_a_process_may_be_called_what_it_likes(sandboxed: Sandboxed, name: bytes) -> None:
    """The fork server of all reads the names of processes, four times a second."""
    parent = sandboxed.worker.server
    code = f"import time\nopen('/proc/self/comm', 'wb').write({name!r})\ntime.sleep(1)"
    verdict, _ = sandboxed.run(code)
    assert (verdict.status, verdict.score) == ("graded", 3)
    assert sandboxed.worker.server is parent and parent.alive()


def test_memory_that_no_process_shows_is_not_to_be_had(sandboxed: Sandboxed) -> None:
    """memfd_create, and shmget (29 on x86-64): what they give is in no process's status."""
    code = """
import ctypes, errno, os, mmap
libc = ctypes.CDLL(None, use_errno=True)
try:
    os.memfd_create('unseen')
except OSError as error:
    print(error.errno == errno.ENOSYS)
libc.shmget.restype = ctypes.c_int
print(libc.shmget(0, 4096, 0o1600), ctypes.get_errno() == errno.ENOSYS)
print(len(mmap.mmap(-1, 4096)))
"""
    verdict, said = sandboxed.run(code)
    assert (verdict.score, said) == (3, "True\n-1 True\n4096\n")


def test_no_keyring_is_inherited_or_shared(sandboxed: Sandboxed) -> None:
    """keyctl(2): add_key is 248 on x86-64, KEYCTL_SEARCH is operation 10, -3 the session's ring."""
    if os.uname().machine != "x86_64":
        pytest.skip("the numbers of system calls are x86-64's")
    find = "libc.syscall(250, 10, -3, b'user', b'note', 0)"
    head = "import ctypes\nlibc = ctypes.CDLL(None)\n"
    leave = "libc.syscall(248, b'user', b'note', b'psst', 4, -3)"
    _, left = sandboxed.run(f"{head}print({leave} != -1, {find} != -1)")
    if left == "False False\n":
        pytest.skip("keyrings are not allowed here at all")
    assert left == "True True\n"
    _, found = sandboxed.run(f"{head}print({find} != -1)")
    assert found == "False\n"


def test_it_runs_as_another_user_than_the_instructor(sandboxed: Sandboxed) -> None:
    parents = fork_servers(sandboxed.worker)
    assert parents
    if os.getuid() == 0:
        assert all(parent.uids().real != 0 for parent in parents)
