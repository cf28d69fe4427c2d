"""Memory and processor time of a kernel's processes, read from /proc."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

Status = dict[bytes, int]
"""What /proc says of a process: numbers by name."""


def below(init: int, processes: list[Status]) -> list[Status]:
    """Those of `processes` that are `init` or descend from it.

    In its namespace every process does: orphans are handed to process 1.
    """
    numbers, inside = {init}, []
    # A child's number is mostly larger than its parent's; where numbers have begun anew, the rest
    # is found the next time.
    for process in processes:
        if process[b"Pid"] == init or process[b"PPid"] in numbers:
            numbers.add(process[b"Pid"])
            inside.append(process)
    return inside


def handles(init: int) -> list[int]:
    """Descriptors of a kernel's processes (pidfd_open(2)), but for `init`, which can be trusted.

    The numbers of processes mean nothing outside the sandbox; a descriptor does.
    """
    descriptors = []
    with contextlib.suppress(OSError, AttributeError):  # Older systems have none.
        for process in all_processes():
            if process[b"PPid"] == init:
                descriptors.append(os.pidfd_open(process[b"Pid"]))
    return descriptors


def held_memory(inside: list[Status], shared: Status, full: bool) -> int:
    """KiB that processes hold together.

    Args:
        inside: the processes.
        shared: of the process that they are forks of; what they share with it is not counted.
        full: whether the machine is running out of memory. Then all that they have mapped counts,
            since pages can be held that no process shows as resident.
    """
    if full:
        return sum(max(0, process[b"VmSize"] - shared[b"VmSize"]) for process in inside)
    own = sum(max(0, process[b"RssAnon"] - shared[b"RssAnon"]) for process in inside)
    return own + sum(process[b"RssShmem"] for process in inside)


def processor_seconds(inside: list[Status]) -> float:
    """Processor time that processes and their ended children have used."""
    ticks = 0
    for process in inside:
        with contextlib.suppress(OSError):  # It may have ended meanwhile.
            stat = Path(f"/proc/{process[b'Pid']}/stat").read_bytes()
            # After the name, which may hold anything: user and system time, the children's too.
            ticks += sum(map(int, stat.rpartition(b")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def all_processes() -> list[Status]:
    """The status of every process here, in the order of their numbers."""
    paths = [path for path in Path("/proc").iterdir() if path.name.isdecimal()]
    return sorted((status(path) for path in paths), key=lambda one: one[b"Pid"])


def machine_is_full() -> bool:
    """Whether less than a twentieth of the machine's memory is left."""
    lines = [line.split() for line in Path("/proc/meminfo").read_text().splitlines()]
    memory = {words[0]: int(words[1]) for words in lines}
    return memory["MemAvailable:"] < 0.05 * memory["MemTotal:"]


def status(process: Path) -> Status:
    """Numbers in a process's status, 0 where there are none; sizes are in KiB.

    Read as bytes and by their names: a submission may call its processes what it likes.
    """
    found = dict.fromkeys((b"Pid", b"PPid", b"RssAnon", b"RssShmem", b"VmSize"), 0)
    with contextlib.suppress(OSError):  # It may have ended meanwhile.
        for line in (process / "status").read_bytes().split(b"\n"):
            name, _, value = line.partition(b":")
            if name in found and (words := value.split()) and words[0].isdigit():
                found[name] = int(words[0])
    return found
