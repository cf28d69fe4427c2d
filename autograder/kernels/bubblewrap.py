"""The sandbox that submissions run in: bubblewrap's command line.

Inside there is no network, no home, no other submission, no gradebook and no solution. The system,
the Python environment and the course's own package are there to be read, no more.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from autograder.errors import AutograderError
from autograder.paths import ROOT

COURSE = "/course"

# What notebooks import, and the three files that make kernels. Nothing else of the repository.
SHOWN = ("resnets", "resnets_utils.py", "autograder/__init__.py", "autograder/sandboxed")
# The values that checks compare with are needed outside only.
MASKED = ("resnets/checks/expected",)
SYSTEM = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
SETTINGS = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime")


CANNOT_RUN = (
    "Marking runs strangers' code in a bubblewrap sandbox, and bubblewrap may not run here "
    "({reason}): allow unprivileged user namespaces, or ask for --sandbox none by name."
)


class SandboxError(AutograderError):
    """bubblewrap is missing or may not run here."""


def command(sockets: Path, inherited: dict[str, str]) -> list[str]:
    """bubblewrap's arguments, up to the program that is to run inside.

    Args:
        sockets: the directory on the host where kernels put their sockets.
        inherited: the environment variables inside; there are no others.

    Raises:
        SandboxError: bubblewrap is not installed.
    """
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise SandboxError(
            "Marking runs strangers' code in a bubblewrap sandbox, and bwrap is not installed: "
            "install the package 'bubblewrap', or ask for --sandbox none by name."
        )
    arguments = [bwrap, "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    arguments += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    arguments += ["--unshare-cgroup-try"]
    if os.getuid() == 0:
        # The parent becomes an unprivileged user by itself: see isolation.leave_root.
        for capability in ("SETUID", "SETGID", "SYS_ADMIN"):
            arguments += ["--cap-add", f"CAP_{capability}"]
    else:
        arguments += ["--unshare-user"]
    arguments += ["--hostname", "notebook", *_files(sockets), "--clearenv"]
    for name, value in inherited.items():
        arguments += ["--setenv", name, value]
    return [*arguments, "--chdir", "/"]


def _files(sockets: Path) -> list[str]:
    shown = ["--ro-bind", "/usr", "/usr"]
    for name in SYSTEM:
        path = Path("/", name)
        if path.is_symlink():
            shown += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            shown += ["--ro-bind", str(path), str(path)]
    shown += ["--dev", "/dev", "--proc", "/proc"]
    shown += ["--perms", "1777", "--tmpfs", "/tmp"]
    shown += _parents("/etc/settings")
    for name in SETTINGS:
        shown += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    for path in environment_roots():
        shown += [*_parents(path), "--ro-bind", path, path]
    for name in SHOWN:
        target = f"{COURSE}/{name}"
        shown += [*_parents(target), "--ro-bind-try", str(ROOT / name), target]
    for name in MASKED:
        if (ROOT / name).is_dir():
            shown += ["--tmpfs", f"{COURSE}/{name}", "--remount-ro", f"{COURSE}/{name}"]
    shown += ["--bind", str(sockets), "/sockets", "--dir", "/kernel"]
    return [*shown, "--remount-ro", "/"]


def _parents(path: str) -> list[str]:
    """Makes the directories above `path` for all to enter; bubblewrap makes them root's only."""
    above = [str(parent) for parent in reversed(Path(path).parents) if parent != Path("/")]
    return [argument for parent in above for argument in ("--dir", parent)]


def environment_roots() -> list[str]:
    """The directories of this Python and its packages that are not below /usr."""
    roots = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_exec_prefix)}
    roots |= {Path(root).resolve() for root in roots}
    roots |= {Path(entry) for entry in sys.path if entry.endswith("site-packages")}
    outermost = [
        root
        for root in roots
        if root.is_dir()
        and not root.is_relative_to("/usr")
        and not any(root != other and root.is_relative_to(other) for other in roots)
    ]
    return sorted(map(str, outermost))
