"""Linux's control groups: bounds on a submission that hold at every moment.

The fork server looks at its kernels from time to time, and at their processes only. A control group
counts what lies in pipes and sockets too, and no growth is too quick for it. But not everybody may
make one: root may, and whoever was given a group of their own, as by
`systemd-run --user --scope -p Delegate=yes`. Where this process may not, and where Linux refuses,
a group here has no folders, bounds nothing and fails nobody: the fork server watches in any case.

Version 2 has one tree of groups, version 1 one for each controller; see cgroups(7).
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import time
import uuid
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from autograder.kernels.limits import Limits

OWN_PROCESS = Path("/proc/self")
PERIOD = 100_000
"""Microseconds in which a quota of processor time is counted."""
ASIDE = "autograder"
"""The group that this process moves into, to make others beside it."""
PATIENCE_SECONDS, PAUSE_SECONDS = 1.0, 0.005
"""For killed processes to leave their group."""


class ControlGroup:
    """Bounds on one kernel and all that it will start.

    Args:
        folders: the group in each tree that has it; without any, nothing is bounded.
    """

    def __init__(self, *folders: Path) -> None:
        self.folders = folders

    def add(self, process: int) -> None:
        """Puts a process, by its number here, under the bounds."""
        for folder in self.folders:
            with contextlib.suppress(OSError):
                (folder / "cgroup.procs").write_text(str(process))

    def ran_out_of_memory(self) -> bool:
        """Whether Linux has ended a process of it at its own limit, not at the machine's."""
        for folder in self.folders:
            told = _numbers(folder / "memory.events") or _numbers(folder / "memory.oom_control")
            # Version 1 does not say whose limit it was.
            held = _number(folder / "memory.max_usage_in_bytes")
            at_limit = told.get("oom") or held > 0.9 * _number(folder / "memory.limit_in_bytes")
            if told.get("oom_kill") and at_limit:
                return True
        return False

    def close(self) -> None:
        """Kills what is left in it and removes it; what will not go, a later start removes."""
        for folder in self.folders:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not _removed(folder) and time.monotonic() < deadline:
                _kill_all(folder)
                time.sleep(PAUSE_SECONDS)
        self.folders = ()


class ControlGroups:
    """Makes a group for each kernel.

    Args:
        places: the groups to make others in, one in each tree.
    """

    def __init__(self, *places: Path) -> None:
        self.places = places
        for place in places:
            _remove_left_behind(place)

    def new(self, limits: Limits) -> ControlGroup:
        """A group with these limits, still empty."""
        name = f"{ASIDE}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        made = [self._make(place, name, limits) for place in self.places]
        return ControlGroup(*filter(None, made))

    def _make(self, place: Path, name: str, limits: Limits) -> Path | None:
        folder = place / name
        try:
            folder.mkdir()
            for setting, value in _settings(limits, _quota(place, limits.cores)).items():
                if (folder / setting).exists():
                    (folder / setting).write_text(str(value))
        except OSError:
            _removed(folder)
            return None
        return folder


def find() -> ControlGroups:
    """The groups that this process may make: of version 2, else of version 1, else none."""
    with contextlib.suppress(OSError, ValueError):  # /proc is missing, or not as we know it.
        return ControlGroups(*(_places_of_version_2() or _places_of_version_1()))
    return ControlGroups()


def move_aside() -> None:
    """Makes room for version 2's rule that a group with processes in it bounds no other groups.

    Where this process is alone in its group, it moves into one below; what it starts from now on
    begins there too. It moves nobody else: then the group was hardly made for marking.
    """
    with contextlib.suppress(OSError, ValueError):
        own = _own_group("")
        alone = own is not None and _words(own / "cgroup.procs") == [str(os.getpid())]
        if alone and own.name != ASIDE and "memory" in _words(own / "cgroup.controllers"):
            (own / ASIDE).mkdir(exist_ok=True)
            ControlGroup(own / ASIDE).add(os.getpid())


def _places_of_version_2() -> list[Path]:
    own = _own_group("")
    if own is None:
        return []
    place = own.parent if own.name == ASIDE else own
    there, passed_on = _words(place / "cgroup.controllers"), place / "cgroup.subtree_control"
    for controller in ("memory", "cpu", "pids"):
        if controller in there and controller not in _words(passed_on):
            with contextlib.suppress(OSError):
                passed_on.write_text(f"+{controller}")
    usable = "memory" in _words(passed_on) and os.access(place, os.W_OK)
    return [place] if usable else []


def _places_of_version_1() -> list[Path]:
    own = [_own_group(controller) for controller in ("memory", "cpu")]
    return list(dict.fromkeys(place for place in own if place and os.access(place, os.W_OK)))


def _own_group(controller: str) -> Path | None:
    """This process's group in the tree with a controller, as a folder; "" stands for version 2."""
    for line in (OWN_PROCESS / "cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(",") and ".." not in path.split("/"):
            for root, mounted_at in _mounts(controller):
                if PurePosixPath(path).is_relative_to(root):
                    return mounted_at / PurePosixPath(path).relative_to(root)
    return None


def _mounts(controller: str) -> Iterator[tuple[str, Path]]:
    """Which group of a controller's tree is mounted, and where; see proc_pid_mountinfo(5)."""
    for line in (OWN_PROCESS / "mountinfo").read_text().splitlines():
        mount, _, what = line.partition(" - ")
        kind, _, options = what.split(" ", 2)
        of_version_1 = kind == "cgroup" and controller in options.split(",")
        if of_version_1 or (kind == "cgroup2" and not controller):
            root, mounted_at = mount.split()[3:5]
            yield root, Path(mounted_at)


def _settings(limits: Limits, quota: int) -> dict[str, object]:
    """What is written where. A group has the files of its version and its controllers only."""
    return {
        "memory.max": limits.memory,
        "memory.swap.max": 0,
        "memory.oom.group": 1,
        "cpu.max": f"{quota} {PERIOD}",
        "pids.max": limits.processes,
        "memory.limit_in_bytes": limits.memory,
        "memory.memsw.limit_in_bytes": limits.memory,  # With swap: never below the one before.
        "memory.swappiness": 0,
        "cpu.cfs_period_us": PERIOD,
        "cpu.cfs_quota_us": quota,
    }


def _quota(place: Path, cores: float) -> int:
    """Microseconds of all processors in each period.

    Version 1 refuses more than the groups above have; version 2 sees to that by itself.
    """
    quotas = [int(cores * PERIOD)]
    for above in (place, *place.parents):
        quota, period = _number(above / "cpu.cfs_quota_us"), _number(above / "cpu.cfs_period_us")
        if quota > 0 and period > 0:
            quotas.append(quota * PERIOD // period)
    return min(quotas)


def _remove_left_behind(place: Path) -> None:
    """Removes the empty groups of processes that have been killed; others' are in use."""
    for folder in place.glob(f"{ASIDE}-*-*"):
        if not Path("/proc", folder.name.split("-")[1]).exists():
            _removed(folder)


def _removed(folder: Path) -> bool:
    """Removes a group, unless there are processes in it."""
    try:
        folder.rmdir()
    except OSError as error:
        return error.errno != errno.EBUSY
    return True


def _kill_all(folder: Path) -> None:
    with contextlib.suppress(OSError):
        if (folder / "cgroup.kill").exists():
            (folder / "cgroup.kill").write_text("1")
            return
        for process in map(int, _words(folder / "cgroup.procs")):
            if process > 0:  # 0 is one that cannot be seen from here; to kill(2), it is oneself.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)


def _words(path: Path) -> list[str]:
    """What stands in a file, nothing where it cannot be read."""
    with contextlib.suppress(OSError):
        return path.read_text().split()
    return []


def _number(path: Path) -> int:
    """The one number in a file, 0 where there is none."""
    return int("".join(_words(path)) or 0)


def _numbers(path: Path) -> dict[str, int]:
    """The numbers in a file, by the names before them."""
    words = _words(path)
    return {name: int(value) for name, value in zip(words[::2], words[1::2], strict=False)}
