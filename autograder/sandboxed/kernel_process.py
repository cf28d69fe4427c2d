"""A fork's way from the fork server to a kernel in namespaces of its own."""

from __future__ import annotations

import os
import resource
import signal

from autograder.sandboxed import ipykernel_app, isolation

BEGUN, READY = b"+", b"ready"
"""What process 1 of a kernel tells the parent: the kernel is there, and it can be connected to."""


def enter(request: dict, keep: list[str], telling: int, pipe: int) -> None:
    """Enters new namespaces, leaves process 1 there and tells its number; never returns."""
    try:
        isolation.enter_namespaces()
        init = os.fork()
        if init == 0:
            os.close(telling)
            _init(request, keep, pipe)
        os.write(telling, str(init).encode())
    except BaseException as error:
        os.write(telling, (str(error) or type(error).__name__).encode()[:900])
    finally:
        os._exit(0)


def _init(request: dict, keep: list[str], pipe: int) -> None:
    """Process 1 of the new namespaces: starts the kernel and ends with it; never returns."""
    try:
        limits = request["limits"]
        isolation.leave_keyring()
        own_sockets = isolation.SOCKETS / request["name"]
        isolation.private_files(own_sockets, keep, limits["disk"])
        reading, writing = os.pipe()
        kernel = os.fork()
        if kernel == 0:
            _kernel(request, writing)
        os.close(writing)
        os.write(pipe, BEGUN)
        isolation.prctl(isolation.PR_SET_DUMPABLE, 0)  # Out of the submission's reach.
        signal.signal(signal.SIGUSR1, lambda *_: os.kill(kernel, signal.SIGINT))
        if os.read(reading, 5) == b"bound":
            isolation.freeze_sockets()
            os.write(pipe, READY)
        ended = status = 0
        while ended != kernel:
            ended, status = os.wait()
        code = os.waitstatus_to_exitcode(status)
        os._exit(code if code >= 0 else 128 - code)
    except BaseException as error:
        os.write(pipe, f"{type(error).__name__}: {error}".encode()[:900])
    finally:
        os._exit(1)


def _kernel(request: dict, pipe: int) -> None:
    """Becomes the kernel, without capabilities and within limits; never returns."""
    try:
        isolation.drop_capabilities()
        limits = request["limits"]
        os.dup2(1, 2)
        os.dup2(pipe, 3)
        os.closerange(4, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        isolation.forbid_hidden_memory()
        isolation.limit_resources(limits["memory"], limits["processes"], limits["file_size"])

        def bound() -> None:
            os.write(3, b"bound")
            os.close(3)

        ipykernel_app.run(request["key"].encode(), request["environment"], bound)
    finally:
        os._exit(1)
