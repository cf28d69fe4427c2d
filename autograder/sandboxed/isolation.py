"""What a forked kernel may see and do: Linux namespaces, capabilities and resource limits.

The kernel's fork stands in a tree of its own:

    parent (sandboxed by bubblewrap, has imported TensorFlow)
    └── init: process 1 of a new user, mount, process and IPC namespace; trusted code only
        └── kernel: no capabilities; runs the submission

When init ends, Linux kills everything that the submission has started, however it hid.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import resource
import struct
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)

# <linux/sched.h>
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
# <linux/mount.h>
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
# <linux/prctl.h>
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
CAPABILITY_VERSION_3 = 0x20080522

# <linux/keyctl.h>, and keyctl(2)'s number, which differs between processors
KEYCTL_JOIN_SESSION_KEYRING = 1
SYS_KEYCTL = {"x86_64": 250, "aarch64": 219}

# <linux/seccomp.h>, <linux/filter.h>, <linux/audit.h>
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, FAIL, KILL = 0x7FFF0000, 0x00050000, 0x80000000
AUDIT_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_BIT = 0x40000000
# memfd_create, memfd_secret, shmget, io_uring_setup
UNSEEN_MEMORY = {"x86_64": (319, 447, 29, 425), "aarch64": (279, 447, 194, 425)}

# Directories and names inside the sandbox.
SOCKETS = Path("/sockets")
"""Where all forks' sockets are, one directory each; only the parent sees it."""
OWN_SOCKETS = Path("/kernel")
"""Where a fork finds its own."""
UNPRIVILEGED = 65534
"""The user that kernels run as where the autograder itself runs as root ("nobody")."""
STUDENT = 1000
"""The user and group that a submission believes to be."""


def unshare(flags: int) -> None:
    """Puts this process into new namespaces; see unshare(2)."""
    _checked(LIBC.unshare(flags), "unshare")


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    """mount(2)."""
    encoded = [None if text is None else os.fsencode(text) for text in (source, target, kind)]
    result = LIBC.mount(*encoded, ctypes.c_ulong(flags), os.fsencode(data) or None)
    _checked(result, f"mount {target}")


def prctl(option: int, value: int) -> None:
    """prctl(2)."""
    _checked(LIBC.prctl(option, ctypes.c_ulong(value), 0, 0, 0), f"prctl {option}")


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def leave_root() -> None:
    """Where this process is root, becomes an unprivileged user for good.

    Linux does not count the processes of the real root, so only others can be held to a limit.
    bubblewrap has covered some directories of /proc against root; their covers have to go, since
    Linux refuses a namespace a fresh /proc where parts of the old one are covered.
    """
    if os.getuid() != 0:
        return
    for name in ("sys", "sysrq-trigger", "irq", "bus"):
        LIBC.umount2(os.fsencode(f"/proc/{name}"), 0)
    os.setgroups([])
    os.setresgid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED)
    os.setresuid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED)
    prctl(PR_SET_DUMPABLE, 1)  # Else /proc/self stays root's, and no user namespace can be set up.
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def leave_keyring() -> None:
    """Exchanges the kernel keyring that was inherited for an empty one.

    Namespaces do not part keyrings: the instructor's could be read, and submissions could leave
    each other notes there. Where the call is not allowed, it is not allowed to them either.
    """
    number = SYS_KEYCTL.get(os.uname().machine)
    if number is not None:
        LIBC.syscall(number, KEYCTL_JOIN_SESSION_KEYRING, None)


def enter_namespaces() -> None:
    """Puts this single-threaded process into a new user namespace and its own mounts and IPC.

    Its next child becomes process 1 of a new process namespace.
    """
    user, group = os.getuid(), os.getgid()
    unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{STUDENT} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{STUDENT} {group} 1")


def private_files(own_sockets: Path, keep: list[str], disk: int) -> None:
    """Gives process 1 of the new namespaces a private view of the file system.

    Args:
        own_sockets: this fork's directory below `SOCKETS`.
        keep: directories below /tmp that stay visible (an environment installed there).
        disk: size in bytes of /tmp, and of /dev/shm.
    """
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    mount(str(own_sockets), str(OWN_SOCKETS), None, MS_BIND)
    mount("tmpfs", str(SOCKETS), "tmpfs", MS_NOSUID | MS_NODEV | MS_RDONLY, "size=4k,nr_inodes=2")
    kept = {path: os.open(path, os.O_PATH | os.O_DIRECTORY) for path in keep}
    quota = f"size={disk},nr_inodes=10000,mode=1777"
    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, quota)
    mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, quota)
    for path, descriptor in kept.items():
        Path(path).mkdir(parents=True)
        mount(f"/proc/self/fd/{descriptor}", path, None, MS_BIND | MS_REC)
        os.close(descriptor)
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    with contextlib.suppress(OSError):  # Only narrows what the capability-less kernel could try.
        Path("/proc/sys/user/max_user_namespaces").write_text("0")


def freeze_sockets() -> None:
    """Makes the sockets' directory read-only once the kernel has bound them.

    It is the one directory that lies on the host's disk.
    """
    flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV
    mount(None, str(OWN_SOCKETS), None, flags)


def drop_capabilities() -> None:
    """Takes every capability from this process and from all that it will start."""
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in range(last + 1):
        prctl(PR_CAPBSET_DROP, capability)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
    _checked(LIBC.capset(header, bytes(24)), "capset")


def forbid_hidden_memory() -> None:
    """Takes away the system calls for memory that belongs to no process and is seen in none.

    They say that they do not exist (ENOSYS), as on an older kernel.
    """
    machine = os.uname().machine
    if machine not in AUDIT_ARCHITECTURE:
        return
    program = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, AUDIT_ARCHITECTURE[machine]), (RETURN, 0, 0, KILL)]
    program += [(LOAD, 0, 0, 0)]
    for comparison, number in [
        (AT_LEAST, X32_BIT),
        *((EQUAL, number) for number in UNSEEN_MEMORY[machine]),
    ]:
        program += [(comparison, 0, 1, number), (RETURN, 0, 0, FAIL | errno.ENOSYS)]
    program += [(RETURN, 0, 0, ALLOW)]
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    filter_program = struct.pack("@HP", len(program), ctypes.addressof(buffer))
    result = LIBC.prctl(PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), filter_program, 0, 0)
    _checked(result, "seccomp")


def limit_resources(memory: int, processes: int, file_size: int) -> None:
    """Sets what Linux enforces by itself: address space, processes, size of a file, core dumps."""
    in_use = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for name, value in (
        (resource.RLIMIT_AS, in_use + memory),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_FSIZE, file_size),
        (resource.RLIMIT_NOFILE, 1024),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(name)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (value, value))
