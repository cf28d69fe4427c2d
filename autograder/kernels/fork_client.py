"""Asks the fork server for kernels, interrupts them and ends them.

Several clients may ask the same fork server, other processes too: `ForkServerProcess.invite` makes
the socket that such a process is handed.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import socket
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.kernels import control_groups
from autograder.kernels.control_groups import ControlGroup
from autograder.kernels.limits import Limits
from autograder.kernels.maker import Ended
from autograder.kernels.sandbox_process import ForkServerError, give_away
from autograder.sandboxed.protocol import PORTS, SOCKET_NAME

START_SECONDS = 120.0
PARENT_ENDED = "The process in the sandbox that makes kernels has ended."
MOST_PROCESSES = 8
"""Of a kernel that has just started."""


@dataclass
class ForkedKernel:
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


class ForkClient:
    """Asks a fork server for kernels, interrupts them and ends them.

    Attributes:
        waits: kernels are there as soon as they are forked.

    Args:
        connection: from `ForkServerProcess.invite`.
        folder: the fork server's.
    """

    waits = False

    def __init__(self, connection: socket.socket, folder: Path) -> None:
        self.connection, self.folder = connection, folder
        self.groups = control_groups.find()
        self.kernels: dict[str, ForkedKernel] = {}
        self._unread = b""
        self._warm = False

    def wait_until_warm(self) -> None:
        """Returns once the imports are done."""
        if not self._warm:
            self._await(lambda event: event["event"] == "warm", START_SECONDS)
            self._warm = True

    def fork(
        self, limits: Limits, environment: dict[str, str], key: str | None = None
    ) -> ForkedKernel:
        """A new kernel, ready to be connected to.

        Args:
            limits: what it may use.
            environment: variables for its code.
            key: signs its messages; a new one without it.

        Raises:
            ForkServerError: it could not be forked, or the fork server has ended.
        """
        self.wait_until_warm()
        name = uuid.uuid4().hex[:8]
        kernel = ForkedKernel(name, self.folder / name, key or uuid.uuid4().hex)
        kernel.folder.mkdir(mode=0o700)
        give_away(kernel.folder)
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
            raise ForkServerError(f"A kernel could not be started in the sandbox: {why}.")
        kernel.seconds = told["seconds"]
        return kernel

    def interrupt(self, kernel: ForkedKernel) -> None:
        """Sends the kernel what Ctrl-C sends."""
        self._ask(do="interrupt", name=kernel.name)

    def kill(self, kernel: ForkedKernel) -> Ended:
        """Ends the kernel and all that it has started, and removes its sockets."""
        if kernel.ended is None:
            self._ask(do="kill", name=kernel.name)
            self._await(lambda _: kernel.ended is not None, START_SECONDS)
        kernel.group.close()
        shutil.rmtree(kernel.folder, ignore_errors=True)
        self.kernels.pop(kernel.name, None)
        return kernel.ended

    def poll(self, kernel: ForkedKernel) -> Ended | None:
        """How the kernel ended, or None while it runs."""
        while kernel.ended is None and self._readable(0.0):
            self._receive()
        if kernel.ended is None and kernel.group.ran_out_of_memory():
            self.kill(kernel)  # Linux may have ended one process only.
        return kernel.ended

    def close(self) -> None:
        """Ends all kernels asked for here; the fork server goes on."""
        self.connection.close()

    def _ask(self, **request: object) -> None:
        try:
            self.connection.sendall(json.dumps(request).encode() + b"\n")
        except OSError:
            raise ForkServerError(PARENT_ENDED) from None

    def _await(self, wanted: Callable[[dict], bool], seconds: float) -> dict:
        deadline = time.monotonic() + seconds
        while True:
            remaining = deadline - time.monotonic()
            if remaining <= 0 or not self._readable(remaining):
                raise ForkServerError(f"The sandbox did not answer within {seconds:g} seconds.")
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
            raise ForkServerError(PARENT_ENDED)
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
    """Puts processes, known by descriptors, into a group; see `processes.handles`."""
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/self/fdinfo/{descriptor}").read_text().splitlines():
                name, _, number = line.partition(":")
                if name == "Pid" and int(number) > 0:  # Else it has ended.
                    group.add(int(number))
        os.close(descriptor)
