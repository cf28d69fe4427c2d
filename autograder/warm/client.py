"""Outside the sandbox: starts a warm parent in it and asks for kernels.

`WarmParent` is the process, `WarmKernels` asks it for kernels. Several may ask the same one, other
processes too: `WarmParent.invite` makes the socket that such a process is handed.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .. import control_groups, sandbox
from ..control_groups import ControlGroup
from ..limits import Limits
from .isolation import UNPRIVILEGED

START_SECONDS = 120.0
CLOSING_SECONDS = 0.5
"""Between what its clients notice when the parent ends, and its end."""
SOCKET_NAME = "k"
PARENT_ENDED = "The process in the sandbox that makes kernels has ended."
MOST_PROCESSES = 8
"""Of a kernel that has just started."""
PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}

ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp/home",
    "LANG": "C.UTF-8",
    "PYTHONPATH": sandbox.COURSE,
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
    "IPYTHONDIR": "/tmp/home/.ipython",
    "JUPYTER_RUNTIME_DIR": "/tmp/home/.runtime",
    "MPLCONFIGDIR": "/tmp/home/.matplotlib",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    # One submission, one core: several are marked at a time.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}


class WarmError(Exception):
    """The warm parent did not start, or could not fork; the message is one sentence."""


class KernelLost(WarmError):
    """The warm parent ended or fell silent while a kernel of its was running."""


@dataclass
class Ended:
    """How a kernel ended: exit status, why it was stopped if it was, CPU seconds used."""

    status: int
    reason: str | None
    why: str
    cpu: float


@dataclass
class WarmKernel:
    """A kernel that runs: where its sockets are, what signs its messages, and what bounds it."""

    name: str
    folder: Path
    key: str
    group: ControlGroup = field(default_factory=ControlGroup)
    seconds: float = 0.0
    ended: Ended | None = None

    def connection(self) -> dict[str, object]:
        """Connection information as in a Jupyter connection file."""
        return {
            "transport": "ipc",
            "ip": str(self.folder / SOCKET_NAME),
            "key": self.key,
            "signature_scheme": "hmac-sha256",
            **PORTS,
        }


class WarmParent:
    """A process in the sandbox that has imported everything; kernels are its forks.

    It begins to import at once. Where that fails, whoever waits for a kernel is told, and `failure`
    says why.

    Attributes:
        folder: where the kernels' sockets are, on the host.
        trusted: whether to ask it for kernels; not after it has failed somebody.

    Raises:
        SandboxError: bubblewrap is not installed.
    """

    def __init__(self) -> None:
        self.trusted = True
        # Short, since the path of a Unix socket may have 107 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="warm-", dir="/tmp"))
        _give_away(self.folder)
        below_tmp = [path for path in sandbox.environment_roots() if path.startswith("/tmp/")]
        variables = ENVIRONMENT | {"KEEP_BELOW_TMP": json.dumps(below_tmp)}
        program = [sys.executable, "-m", "autograder.warm.parent"]
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 (open as long as the process)
        self._door, inside = socket.socketpair()
        try:
            self.process = subprocess.Popen(
                [*sandbox.command(self.folder, variables), *program],
                stdin=inside,
                stdout=subprocess.DEVNULL,
                stderr=self.errors,
                start_new_session=True,
            )
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        finally:
            inside.close()

    def invite(self) -> socket.socket:
        """A socket for one more client: make `WarmKernels` of it, here or in another process."""
        ours, theirs = socket.socketpair()
        # A parent that has ended is noticed by the client: nothing answers it.
        with theirs, contextlib.suppress(OSError):
            socket.send_fds(self._door, [b"+"], [theirs.fileno()])
        return ours

    def alive(self) -> bool:
        """Whether kernels can still be asked for."""
        return self.trusted and self.process.poll() is None

    def failure(self) -> Exception | None:
        """Why the process has ended, a SandboxError or a WarmError; None while it goes on."""
        try:
            self.process.wait(CLOSING_SECONDS)
        except subprocess.TimeoutExpired:
            return None
        # Read without moving the file's position: several threads may ask.
        end = os.fstat(self.errors.fileno()).st_size
        said = os.pread(self.errors.fileno(), end, 0).decode(errors="replace").strip().splitlines()
        reason = said[-1] if said else f"status {self.process.returncode}"
        if reason.startswith("bwrap:"):
            return sandbox.SandboxError(sandbox.CANNOT_RUN.format(reason=reason))
        return WarmError(f"The process that imports TensorFlow in the sandbox ended: {reason}.")

    def close(self) -> None:
        """Ends the process, its kernels and the sandbox."""
        self._door.close()
        self.process.kill()
        self.process.wait()
        self.errors.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class WarmKernels:
    """Asks a warm parent for kernels, interrupts them and ends them.

    Args:
        connection: from `WarmParent.invite`.
        folder: the parent's.
    """

    def __init__(self, connection: socket.socket, folder: Path) -> None:
        self.connection, self.folder = connection, folder
        self.groups = control_groups.find()
        self.kernels: dict[str, WarmKernel] = {}
        self._unread = b""
        self._warm = False

    def wait_until_warm(self) -> None:
        """Returns once the imports are done."""
        if not self._warm:
            self._await(lambda event: event["event"] == "warm", START_SECONDS)
            self._warm = True

    def fork(
        self, limits: Limits, environment: dict[str, str], key: str | None = None
    ) -> WarmKernel:
        """A new kernel, ready to be connected to.

        Args:
            limits: what it may use.
            environment: variables for its code.
            key: signs its messages; a new one without it.

        Raises:
            WarmError: it could not be forked, or the parent has ended.
        """
        self.wait_until_warm()
        name = uuid.uuid4().hex[:8]
        kernel = WarmKernel(name, self.folder / name, key or uuid.uuid4().hex)
        kernel.folder.mkdir(mode=0o700)
        _give_away(kernel.folder)
        self.kernels[name] = kernel
        request = {"name": name, "key": kernel.key, "environment": environment}
        self._ask(do="fork", limits=limits.to_plain(), **request)
        kernel.group = self.groups.new(limits)
        told = self._await(
            lambda event: event.get("name") == name and event["event"] != "begun", START_SECONDS
        )
        if told["event"] != "ready":
            kernel.group.close()
            why = told.get("why") or f"it ended with status {told.get('status')}"
            raise WarmError(f"A kernel could not be started in the sandbox: {why}.")
        kernel.seconds = told["seconds"]
        return kernel

    def interrupt(self, kernel: WarmKernel) -> None:
        """Sends the kernel what Ctrl-C sends."""
        self._ask(do="interrupt", name=kernel.name)

    def kill(self, kernel: WarmKernel) -> Ended:
        """Ends the kernel and all that it has started, and removes its sockets."""
        if kernel.ended is None:
            self._ask(do="kill", name=kernel.name)
            self._await(lambda _: kernel.ended is not None, START_SECONDS)
        kernel.group.close()
        shutil.rmtree(kernel.folder, ignore_errors=True)
        self.kernels.pop(kernel.name, None)
        return kernel.ended

    def poll(self, kernel: WarmKernel) -> Ended | None:
        """How the kernel ended, or None while it runs."""
        while kernel.ended is None and self._readable(0.0):
            self._receive()
        if kernel.ended is None and kernel.group.ran_out_of_memory():
            self.kill(kernel)  # Linux may have ended one process only.
        return kernel.ended

    def close(self) -> None:
        """Ends all kernels asked for here; the parent goes on."""
        self.connection.close()

    def _ask(self, **request: object) -> None:
        try:
            self.connection.sendall(json.dumps(request).encode() + b"\n")
        except OSError:
            raise WarmError(PARENT_ENDED) from None

    def _await(self, wanted: Callable[[dict], bool], seconds: float) -> dict:
        deadline = time.monotonic() + seconds
        while True:
            remaining = deadline - time.monotonic()
            if remaining <= 0 or not self._readable(remaining):
                raise WarmError(f"The sandbox did not answer within {seconds:g} seconds.")
            for event in self._receive():
                if wanted(event):
                    return event

    def _readable(self, seconds: float) -> bool:
        return bool(select.select([self.connection], [], [], seconds)[0])

    def _receive(self) -> list[dict]:
        try:
            received, descriptors, *_ = socket.recv_fds(self.connection, 1 << 16, MOST_PROCESSES)
        except OSError:
            received, descriptors = b"", []
        if not received:
            raise WarmError(PARENT_ENDED)
        *lines, self._unread = (self._unread + received).split(b"\n")
        events = [json.loads(line) for line in lines]
        for event in events:
            kernel = self.kernels.get(event.get("name"))
            if kernel is not None and event["event"] == "begun":
                _add(descriptors, kernel.group)
            if kernel is not None and event["event"] == "ended":
                reason = event["reason"] or ("memory" if kernel.group.ran_out_of_memory() else None)
                kernel.ended = Ended(event["status"], reason, event["why"], event["cpu"])
        return events


def _add(descriptors: list[int], group: ControlGroup) -> None:
    """Puts processes, known by descriptors, into a group; see `autograder.warm.parent.handles`."""
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/self/fdinfo/{descriptor}").read_text().splitlines():
                name, _, number = line.partition(":")
                if name == "Pid" and int(number) > 0:  # Else it has ended.
                    group.add(int(number))
        os.close(descriptor)


def _give_away(folder: Path) -> None:
    """Where this process is root, the sandbox's user owns the folder."""
    if os.getuid() == 0:
        os.chown(folder, UNPRIVILEGED, UNPRIVILEGED)
