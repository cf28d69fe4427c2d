"""Bounds by Linux's control groups: with the real ones where they may be made, and on imitations.

An imitation is a folder with the files that cgroups(7) describes; it does what Linux does to them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from autograder.kernels import control_groups
from autograder.kernels.control_groups import ControlGroup, ControlGroups
from autograder.kernels.fork_client import ForkClient
from autograder.kernels.limits import MEBIBYTE
from autograder.kernels.submission_kernel import GradingKernel, KernelStopped
from autograder.paths import ROOT
from tests.autograder.conftest import LIMITS, Sandboxed

BOUNDS = [{"memory.max", "cpu.max"}, {"memory.limit_in_bytes", "cpu.cfs_quota_us"}]
"""Files of version 2 and of version 1."""
FULL = "The notebook's code used more than the 512 MB of memory that it may."
SMALL = replace(LIMITS, memory=512 * MEBIBYTE)
# Each asks for far more than the limit; the watchdog sees nothing of the second.
GREED = {
    "memory": """
import os, time
for _ in range(8):
    if os.fork() == 0:
        kept = b'x' * (100 * 2**20)
        time.sleep(60)
time.sleep(60)
""",
    "buffers": """
import os, socket, time
def fill():
    pairs = [socket.socketpair() for _ in range(400)]
    for end in (end for pair in pairs for end in pair):
        end.setblocking(False)
        try:
            while True:
                end.send(bytes(2**16))
        except BlockingIOError:
            pass
    time.sleep(60)
for _ in range(8):
    if os.fork() == 0:
        fill()
time.sleep(60)
""",
}
# Files live in memory, so that the last child's is too much; the watchdog never counts them.
ONE_TOO_MANY = """
import os, signal
for folder in ('/tmp', '/dev/shm'):
    for n in range(3):
        with open(f'{folder}/{n}', 'wb') as file:
            file.write(bytes(60 * 2**20))
for n in range(4):
    if os.fork() == 0:
        kept = b'x' * (60 * 2**20)
        signal.pause()
os.wait()
"""
BUSY = """
import os, time
until = time.monotonic() + 4
for _ in range(4):
    if os.fork() == 0:
        while time.monotonic() < until:
            pass
        os._exit(0)
began = time.monotonic()
for _ in range(4):
    os.wait()
used = os.times()
print(used.children_user + used.children_system, time.monotonic() - began)
"""


@pytest.fixture
def bounded(sandboxed: Sandboxed) -> Sandboxed:
    """A warm sandbox whose kernels are put into groups that bound memory and cores."""
    group = control_groups.find().new(LIMITS)
    files = {path.name for folder in group.folders for path in folder.iterdir()}
    group.close()
    if not any(files >= wanted for wanted in BOUNDS):
        pytest.skip("this process may not make control groups that bound memory and cores")
    return sandboxed


@pytest.fixture
def kernels(bounded: Sandboxed) -> Iterator[ForkClient]:
    """Makes kernels of the warm sandbox for this process."""
    parent = bounded.worker.server
    kernels = ForkClient(parent.invite(), parent.folder)
    yield kernels
    kernels.close()


@pytest.mark.parametrize("greed", GREED)
def test_memory_never_exceeds_the_limit(
    kernels: ForkClient, greed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    peaks = []
    close = ControlGroup.close

    def close_and_tell(group: ControlGroup) -> None:
        peaks.extend(map(_peak, group.folders))
        close(group)

    monkeypatch.setattr(ControlGroup, "close", close_and_tell)
    kernel = GradingKernel(kernels, SMALL, {})
    with pytest.raises(KernelStopped) as stopped:
        kernel.await_reply(kernel.execute_cell_input(GREED[greed]))
    kernel.stop()
    assert (stopped.value.kind, str(stopped.value)) == ("crashed", FULL)
    assert SMALL.memory / 2 < max(peaks) <= SMALL.memory


def _peak(folder: Path) -> int:
    """The most that a group has held; 0 in a tree without memory, and on a Linux before 5.19."""
    names = ("memory.peak", "memory.max_usage_in_bytes")
    return max(control_groups._number(folder / name) for name in names)


def test_the_verdict_is_the_watchdogs(bounded: Sandboxed) -> None:
    verdict, _ = bounded.run(GREED["buffers"], SMALL)
    assert (verdict.status, verdict.message, verdict.score) == ("crashed", FULL, 1)
    assert bounded.run("", SMALL)[0].score == 3


def test_one_process_that_is_ended_counts_though_the_notebook_goes_on(bounded: Sandboxed) -> None:
    verdict, _ = bounded.run(ONE_TOO_MANY, SMALL)
    assert (verdict.status, verdict.message) == ("crashed", FULL)


def test_processes_share_their_quota_of_cores(bounded: Sandboxed) -> None:
    verdict, text = bounded.run(BUSY)
    used, seconds = map(float, text.split())
    assert (verdict.status, verdict.score) == ("graded", 3)
    assert used / seconds < 1.25 * SMALL.cores


def test_a_kernel_is_in_its_group_before_it_runs_anything(kernels: ForkClient) -> None:
    kernel = kernels.fork(LIMITS, {})
    try:
        for folder in kernel.group.folders:
            (process,) = control_groups._words(folder / "cgroup.procs")
            command = Path("/proc", process, "cmdline").read_bytes()
            assert b"autograder.sandboxed.fork_server" in command
    finally:
        folders = kernel.group.folders
        kernels.kill(kernel)
    assert folders and not any(folder.exists() for folder in folders)


def test_no_group_stays(bounded: Sandboxed) -> None:
    bounded.run("import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(600)")
    process = bounded.worker.process.pid
    for place in control_groups.find().places:
        assert not list(place.glob(f"autograder-{process}-*"))


def test_nothing_of_it_is_in_the_sandbox(sandboxed: Sandboxed) -> None:
    code = "import os\nprint(os.path.exists('/sys'), 'cgroup' in open('/proc/mounts').read())"
    assert sandboxed.run(code)[1] == "False False\n"


def test_what_is_left_in_a_real_group_is_killed(bounded: Sandboxed) -> None:
    for place in (*control_groups.find().places, *_writable_tree_of_version_2()):
        folder = place / f"autograder-{os.getpid()}-test"
        folder.mkdir()
        process = subprocess.Popen(["sleep", "600"])
        group = ControlGroup(folder)
        group.add(process.pid)
        assert control_groups._words(folder / "cgroup.procs") == [str(process.pid)]
        group.close()
        assert process.wait() == -9
        assert not folder.exists()


def _writable_tree_of_version_2() -> list[Path]:
    own = control_groups._own_group("")
    return [own] if own and os.access(own, os.W_OK) else []


class Imitation:
    """Folders that stand for the trees of one version, and what Linux does to their files.

    Args:
        root: an empty folder.
        monkeypatch: undoes it.
        mounts: as in /proc/self/mountinfo, but for the beginning; `{}` stands for `root`.
        cgroup: as in /proc/self/cgroup.
    """

    FILES: ClassVar = {
        "v1/memory": ["limit_in_bytes", "memsw.limit_in_bytes", "swappiness"],
        "v1/cpu": ["cfs_period_us", "cfs_quota_us"],
        "v2/memory": ["max", "swap.max", "oom.group"],
        "v2/cpu": ["max"],
        "v2/pids": ["max"],
    }

    def __init__(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, mounts: list[str], cgroup: str
    ) -> None:
        self.root = root
        process = root / "process"
        process.mkdir()
        lines = [f"30 20 0:1 {mount.format(root)}" for mount in mounts]
        (process / "mountinfo").write_text("\n".join(lines))
        (process / "cgroup").write_text(cgroup)
        monkeypatch.setattr(control_groups, "OWN_PROCESS", process)
        for name in ("mkdir", "rmdir", "write_text"):
            linux = getattr(self, name)(getattr(Path, name))
            monkeypatch.setattr(Path, name, linux)

    def lay_out(self, group: str, **files: str) -> Path:
        """A group that is there already; `__` in a file's name stands for a dot."""
        folder = self.root / group
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name.replace("__", ".")).write_bytes(text.encode())
        return folder

    def mkdir(self, original: Callable) -> Callable:
        """A new group comes with the files of its parent's controllers."""

        def mkdir(folder: Path, *arguments: object, **options: object) -> None:
            original(folder, *arguments, **options)
            if not folder.name.startswith("autograder"):
                return
            version, tree = folder.relative_to(self.root).parts[:2]
            passed_on = control_groups._words(folder.parent / "cgroup.subtree_control")
            (folder / "cgroup.procs").touch()
            for controller in passed_on if version == "v2" else [tree]:
                for name in self.FILES[f"{version}/{controller}"]:
                    (folder / f"{controller}.{name}").touch()

        return mkdir

    def rmdir(self, original: Callable) -> Callable:
        """A group's files do not keep it."""

        def rmdir(folder: Path) -> None:
            if self.root in folder.parents:
                for path in folder.iterdir():
                    path.unlink()
            original(folder)

        return rmdir

    def write_text(self, original: Callable) -> Callable:
        """A process leaves its group; a controller is passed on unless processes are there."""

        def tree(path: Path) -> Path:
            parts = path.relative_to(self.root).parts
            return self.root.joinpath(*parts[: 2 if parts[0] == "v1" else 1])

        def write_text(path: Path, text: str, **options: object) -> None:
            if path.name == "cgroup.subtree_control":
                if control_groups._words(path.parent / "cgroup.procs"):
                    raise OSError(16, "Device or resource busy")
                text = f"{path.read_text()} {text.lstrip('+')}".strip()
            if path.name == "cgroup.procs":
                for other in tree(path).rglob("cgroup.procs"):
                    other.write_bytes(other.read_bytes().replace(text.encode(), b""))
            original(path, text, **options)

        return write_text


@pytest.fixture
def version_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Imitation:
    """A group with a controller for each, in which this process is alone."""
    mounts = ["/ {}/v2 rw,relatime shared:9 - cgroup2 cgroup2 rw"]
    imitation = Imitation(tmp_path, monkeypatch, mounts, "0::/user/scope\n")
    imitation.lay_out(
        "v2/user/scope",
        cgroup__procs=f"{os.getpid()}\n",
        cgroup__controllers="cpu memory pids",
        cgroup__subtree_control="",
    )
    return imitation


@pytest.fixture
def version_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Imitation:
    """As in a container: what is mounted is its own group, and other controllers besides."""
    mounts = [
        "/box {}/v1/pids rw - cgroup cgroup rw,pids",
        "/box {}/v1/memory rw - cgroup cgroup rw,memory",
        "/box {}/v1/cpu rw shared:3 - cgroup cgroup rw,cpu,cpuacct",
        "/ {}/v2 rw - cgroup2 cgroup2 rw",
    ]
    cgroup = "9:pids:/box\n5:memory:/box/own\n3:cpu,cpuacct:/box\n1:name=systemd:/box\n0::/\n"
    imitation = Imitation(tmp_path, monkeypatch, mounts, cgroup)
    imitation.lay_out("v1/memory/own")
    imitation.lay_out("v1/cpu", cpu__cfs_quota_us="-1", cpu__cfs_period_us="100000")
    imitation.lay_out("v2", cgroup__controllers="", cgroup__procs="1\n2\n")
    return imitation


def contents(folder: Path) -> dict[str, str]:
    """What stands in the files of a group, but for the empty ones."""
    return {path.name: text for path in folder.iterdir() if (text := path.read_text())}


def aside(imitation: Imitation) -> None:
    """Does what `move_aside` does, and tells this process's group as Linux would."""
    control_groups.move_aside()
    (imitation.root / "process" / "cgroup").write_text("0::/user/scope/autograder\n")


def test_version_2_bounds_what_its_controllers_can(version_2: Imitation) -> None:
    scope = version_2.root / "v2" / "user" / "scope"
    aside(version_2)
    assert control_groups._words(scope / "autograder" / "cgroup.procs") == [str(os.getpid())]
    groups = control_groups.find()
    assert groups.places == (scope,)
    group = groups.new(LIMITS)
    (folder,) = group.folders
    group.add(4321)
    assert folder.parent == scope
    assert folder.name.startswith(f"autograder-{os.getpid()}-")
    assert contents(folder) == {
        "cgroup.procs": "4321",
        "memory.max": str(LIMITS.memory),
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "cpu.max": "150000 100000",
        "pids.max": str(LIMITS.processes),
    }
    group.close()
    assert not folder.exists()


def test_version_2_without_some_controllers_bounds_the_rest(version_2: Imitation) -> None:
    version_2.lay_out("v2/user/scope", cgroup__controllers="memory")
    aside(version_2)
    (folder,) = control_groups.find().new(LIMITS).folders
    assert set(contents(folder)) == {"memory.max", "memory.swap.max", "memory.oom.group"}


@pytest.mark.parametrize(
    "files",
    [
        {"cgroup__procs": "1\n{}\n"},
        {"cgroup__controllers": "cpu pids"},
        {"cgroup__controllers": ""},
    ],
    ids=["others are in the group", "no memory", "no controller"],
)
def test_version_2_is_left_alone_where_it_is_not_delegated(
    version_2: Imitation, files: dict[str, str]
) -> None:
    texts = {name: text.format(os.getpid()) for name, text in files.items()}
    scope = version_2.lay_out("v2/user/scope", **texts)
    control_groups.move_aside()
    assert not (scope / "autograder").exists()
    assert control_groups.find().places == ()


def test_version_1_bounds_memory_and_cores(version_1: Imitation) -> None:
    control_groups.move_aside()
    group = control_groups.find().new(LIMITS)
    group.add(4321)
    memory, cpu = group.folders
    assert memory.parent == version_1.root / "v1" / "memory" / "own"
    assert cpu.parent == version_1.root / "v1" / "cpu"
    assert contents(memory) == {
        "cgroup.procs": "4321",
        "memory.limit_in_bytes": str(LIMITS.memory),
        "memory.memsw.limit_in_bytes": str(LIMITS.memory),
        "memory.swappiness": "0",
    }
    assert contents(cpu) == {
        "cgroup.procs": "4321",
        "cpu.cfs_period_us": "100000",
        "cpu.cfs_quota_us": "150000",
    }


def test_version_1_asks_for_no_more_cores_than_there_are_above(version_1: Imitation) -> None:
    version_1.lay_out("v1/cpu", cpu__cfs_quota_us="25000", cpu__cfs_period_us="50000")
    _, cpu = control_groups.find().new(LIMITS).folders
    assert (cpu / "cpu.cfs_quota_us").read_text() == "50000"


def test_two_graders_do_not_collide(version_1: Imitation) -> None:
    groups = [control_groups.find().new(LIMITS) for _ in range(2)]
    assert len({folder.name for group in groups for folder in group.folders}) == 2
    assert all(folder.exists() for group in groups for folder in group.folders)


def test_what_a_killed_grader_has_left_is_removed(version_1: Imitation) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = version_1.lay_out(f"v1/memory/own/autograder-{ended.pid}-0123abcd")
    others = version_1.lay_out(f"v1/memory/own/autograder-{os.getppid()}-0123abcd")
    unknown = version_1.lay_out("v1/memory/own/autograder-notes")
    control_groups.find()
    assert (left.exists(), others.exists(), unknown.exists()) == (False, True, True)


@pytest.mark.parametrize(
    ("files", "ran_out"),
    [
        ({}, False),
        ({"memory.events": "low 0\nmax 7\noom 0\noom_kill 0\n"}, False),
        ({"memory.events": "max 7\noom 1\noom_kill 1\noom_group_kill 1\n"}, True),
        ({"memory.events": "max 0\noom 0\noom_kill 1\n"}, False),  # the machine's memory ran out
        ({"memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n"}, False),
        (
            {
                "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
                "memory.max_usage_in_bytes": "999\n",
                "memory.limit_in_bytes": "1000\n",
            },
            True,
        ),
        (
            {
                "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
                "memory.max_usage_in_bytes": "300\n",
                "memory.limit_in_bytes": "1000\n",
            },
            False,
        ),
    ],
)
def test_who_ran_out_of_memory(tmp_path: Path, files: dict[str, str], ran_out: bool) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert ControlGroup(tmp_path).ran_out_of_memory() is ran_out


def test_where_linux_refuses_nothing_is_bounded_and_nothing_fails(tmp_path: Path) -> None:
    group = ControlGroups(tmp_path / "not there").new(LIMITS)
    assert group.folders == ()
    group.add(os.getpid())
    assert not group.ran_out_of_memory()
    group.close()


def test_a_group_that_takes_no_limit_is_not_used(
    version_1: Imitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = control_groups.find()
    monkeypatch.setattr(control_groups, "_settings", lambda *_: {"cgroup.procs": "\0" * 5})
    write = Path.write_text

    def refuse(path: Path, text: str, **options: object) -> None:
        if "\0" in text:
            raise PermissionError
        write(path, text, **options)

    monkeypatch.setattr(Path, "write_text", refuse)
    assert groups.new(LIMITS).folders == ()
    assert not list(version_1.root.rglob("autograder-*"))


@pytest.mark.parametrize("proc", [None, "", "0::/../elsewhere\n", "0::/nowhere\n4:memory:/x\n"])
def test_without_control_groups_there_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proc: str | None
) -> None:
    monkeypatch.setattr(control_groups, "OWN_PROCESS", tmp_path)
    if proc is not None:
        (tmp_path / "cgroup").write_text(proc)
        (tmp_path / "mountinfo").write_text(f"1 2 0:1 / {tmp_path} rw - cgroup2 none rw\n")
    control_groups.move_aside()
    assert control_groups.find().places == ()


def test_marking_goes_on_where_no_group_can_be_made(
    sandboxed: Sandboxed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_groups, "find", ControlGroups)
    parent = sandboxed.worker.server
    kernels = ForkClient(parent.invite(), parent.folder)
    kernel = GradingKernel(kernels, LIMITS, {})
    kernel.await_reply(kernel.execute_cell_input("1 + 1"))
    kernel.stop()
    kernels.close()
    assert kernel.kernel.group.folders == ()
    assert kernel.stopped.kind == "stopped"


def test_the_command_says_how_to_get_them() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert "systemd-run --user --scope -p Delegate=yes" in " ".join(done.stdout.split())
