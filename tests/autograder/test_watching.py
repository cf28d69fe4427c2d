"""What the fork server sees of its kernels: whose processes, how much memory, how much time."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from autograder.sandboxed.processes import (
    all_processes,
    below,
    held_memory,
    processor_seconds,
    status,
)

NOTHING = {b"Pid": 0, b"PPid": 0, b"RssAnon": 0, b"RssShmem": 0, b"VmSize": 0}


def process(number: int, parent: int, **sizes: int) -> dict[bytes, int]:
    return (
        NOTHING
        | {b"Pid": number, b"PPid": parent}
        | {name.encode(): size for name, size in sizes.items()}
    )


def test_descendants_are_found_and_nobody_else() -> None:
    processes = [process(2, 1), process(5, 2), process(6, 1), process(9, 5), process(12, 6)]
    assert [one[b"Pid"] for one in below(2, processes)] == [2, 5, 9]


def test_memory_is_counted_once_and_what_is_shared_is_not() -> None:
    shared = process(1, 0, RssAnon=300, VmSize=1000)
    inside = [
        process(2, 1, RssAnon=310, RssShmem=7, VmSize=1100),
        process(3, 2, RssAnon=20, VmSize=50),
    ]
    assert held_memory(inside, shared, full=False) == 17
    assert held_memory(inside, shared, full=True) == 100


def test_this_process_is_seen_as_it_is() -> None:
    me = status(Path("/proc/self"))
    assert (me[b"Pid"], me[b"PPid"]) == (os.getpid(), os.getppid())
    assert me[b"VmSize"] > me[b"RssAnon"] > 1000
    assert me[b"Pid"] in [one[b"Pid"] for one in all_processes()]
    assert status(Path("/proc/no such process")) == NOTHING


def test_processor_time_is_that_of_the_process_and_its_children() -> None:
    until = time.process_time() + 0.3
    while time.process_time() < until:
        pass
    expected = sum(os.times()[:4])
    assert processor_seconds([status(Path("/proc/self"))]) == pytest.approx(expected, abs=0.2)
    assert processor_seconds([NOTHING | {b"Pid": 2**30}]) == 0
