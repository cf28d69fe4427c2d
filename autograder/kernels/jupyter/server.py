"""Keeps one fork server for all kernels that `autograder.kernels.jupyter.launch` is asked for.

One connection is one kernel. The server ends when no kernel has run for a while.
"""

from __future__ import annotations

import json
import selectors
import socket
import time
from pathlib import Path

from jupyter_core.paths import jupyter_runtime_dir

from autograder.kernels.fork_client import ForkClient, ForkedKernel
from autograder.kernels.limits import Limits
from autograder.kernels.sandbox_process import ForkServerError, ForkServerProcess

ADDRESS = str(Path(jupyter_runtime_dir(), "warm.socket"))
IDLE_SECONDS = 900.0
LOOK_SECONDS = 0.5


def main() -> None:
    """Serves until idle; a second server at the same address ends at once."""
    listener = socket.socket(socket.AF_UNIX)
    probe = socket.socket(socket.AF_UNIX)
    if probe.connect_ex(ADDRESS) == 0:
        return
    Path(ADDRESS).unlink(missing_ok=True)
    Path(ADDRESS).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    listener.bind(ADDRESS)
    Path(ADDRESS).chmod(0o600)
    listener.listen()
    try:
        Server(listener).serve()
    finally:
        Path(ADDRESS).unlink(missing_ok=True)


class Server:
    """Forks a kernel for each connection and ends it with the connection, or the other way round.

    Args:
        listener: where connections come in.
    """

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.selector = selectors.DefaultSelector()
        self.selector.register(listener, selectors.EVENT_READ)
        self.kernels: dict[socket.socket, ForkedKernel | None] = {}
        self.fork_server = ForkServerProcess()
        self.forks = ForkClient(self.fork_server.invite(), self.fork_server.folder)

    def serve(self) -> None:
        """Returns once idle for long enough."""
        used = time.monotonic()
        try:
            while self.kernels or time.monotonic() - used < IDLE_SECONDS:
                for ready, _ in self.selector.select(LOOK_SECONDS):
                    self._handle(ready.fileobj)
                for client, kernel in list(self.kernels.items()):
                    if kernel is not None and self.forks.poll(kernel) is not None:
                        self._forget(client)
                if self.kernels:
                    used = time.monotonic()
        finally:
            self.fork_server.close()

    def _handle(self, client: socket.socket) -> None:
        if client is self.listener:
            client, _ = self.listener.accept()
            self.selector.register(client, selectors.EVENT_READ)
            self.kernels[client] = None
            return
        received = client.recv(1 << 16)
        if not received:
            self._forget(client)
        for line in received.splitlines():
            request, kernel = json.loads(line), self.kernels.get(client)
            if request["do"] == "fork" and kernel is None:
                self._fork(client, request["key"])
            elif request["do"] == "interrupt" and kernel is not None:
                self.forks.interrupt(kernel)

    def _fork(self, client: socket.socket, key: str) -> None:
        try:
            kernel = self.forks.fork(Limits(), {}, key)
            self.kernels[client], answer = kernel, kernel.connection()
        except ForkServerError as error:
            answer = {"why": str(self.fork_server.failure() or error)}
        client.sendall(json.dumps(answer).encode() + b"\n")

    def _forget(self, client: socket.socket) -> None:
        kernel = self.kernels.pop(client)
        self.selector.unregister(client)
        client.close()
        if kernel is not None:
            self.forks.kill(kernel)


if __name__ == "__main__":
    main()
