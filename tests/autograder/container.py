"""A container in which nbgrader may run hostile code: it has nothing of its own to hold it.

bubblewrap gives it no network, no home folder and a read-only system; what is left of its processes
ends with their namespace; memory and time are bounded. Only the given folder can be written.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

from autograder.paths import ROOT

MEMORY = 8 << 30
"""Bytes of address space of each process: TensorFlow alone takes a few GB."""


def nbgrader(folder: Path, course: Path, *arguments: str, limit: float = 150) -> bool | None:
    """Runs one of nbgrader's commands.

    Args:
        folder: what it may write; a folder `home` in it is its home.
        course: the course folder, in `folder`.
        arguments: of nbgrader.
        limit: seconds.

    Returns:
        Whether it ended well; None where it did not end in time.
    """
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    own = {"HOME": str(folder / "home"), "PATH": programs, "PYTHONPATH": str(ROOT)}
    (folder / "home").mkdir(exist_ok=True)
    process = subprocess.Popen(
        [*_bubblewrap(folder, course), sys.executable, "-m", "nbgrader", *arguments],
        env=os.environ | own | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )
    try:
        return process.wait(limit) == 0
    except subprocess.TimeoutExpired:
        return None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
        time.sleep(0.1)


def _bubblewrap(folder: Path, course: Path) -> list[str]:
    """The command line up to the program that is run inside."""
    held = ["bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/"]
    held += ["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/dev/shm"]
    held += ["--tmpfs", str(Path.home())]
    shown = [ROOT, Path(sys.prefix).resolve()]
    base = Path(getattr(sys, "_base_executable", sys.executable)).resolve().parents[1]
    if Path.home() in base.parents:
        shown.append(base)
    for path in shown:
        held += ["--ro-bind", str(path), str(path)]
    return [*held, "--bind", str(folder), str(folder), "--chdir", str(course)]
