"""Runs inside the sandbox: imports everything once, then forks a kernel whenever it is asked to.

Standard input is a Unix socket over which others arrive: one for each client, who talks through it.
Requests and answers are one JSON object a line:

    {"do": "fork", "name": …, "key": …, "environment": {…}, "limits": {…}}
    {"do": "interrupt", "name": …}      {"do": "kill", "name": …}

    {"event": "warm"}                   {"event": "failed", "name": …, "why": …}
    {"event": "begun", "name": …}       with descriptors of its processes: see `handles`
    {"event": "ready", "name": …, "seconds": …}
    {"event": "ended", "name": …, "status": …, "reason": null | "memory" | "processor", "cpu": …}

When a client's socket closes, its kernels end. When standard input closes, everything does.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from autograder.sandboxed import ipykernel_app, isolation
from autograder.sandboxed.kernel_process import BEGUN, READY, enter
from autograder.sandboxed.processes import (
    all_processes,
    below,
    handles,
    held_memory,
    machine_is_full,
    processor_seconds,
    status,
)

WATCH_SECONDS = 0.25
PR_SET_CHILD_SUBREAPER = 36


@dataclass(eq=False)
class Client:
    """Somebody who asks for kernels: a socket, and the beginning of a request that goes on."""

    socket: socket.socket
    unread: bytes = b""

    def answer(self, *descriptors: int, **message: object) -> None:
        """Sends one line. A client who has gone is noticed where its requests are read."""
        with contextlib.suppress(OSError):
            socket.send_fds(self.socket, [json.dumps(message).encode() + b"\n"], descriptors)


@dataclass(eq=False)
class Fork:
    """One kernel: its process 1, the pipe that says it is ready, and what it may use."""

    client: Client
    name: str
    init: int
    pipe: int
    asked: float
    limits: dict
    reason: str | None = None

    def kill(self) -> None:
        """Ends it, and all that it has started."""
        os.kill(self.init, signal.SIGKILL)


def main() -> None:
    """Serves requests until standard input closes."""
    isolation.leave_root()
    isolation.prctl(PR_SET_CHILD_SUBREAPER, 1)
    arrivals = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)

    modules = os.environ.pop("IMPORT_FOR_ALL", None)
    ipykernel_app.prepare(None if modules is None else json.loads(modules))
    ForkServer(arrivals, keep=json.loads(os.environ.pop("KEEP_BELOW_TMP", "[]"))).serve()


class ForkServer:
    """Forks, watches and ends kernels.

    Args:
        arrivals: the socket over which clients' sockets come.
        keep: directories below /tmp that kernels need to see.
    """

    def __init__(self, arrivals: socket.socket, keep: list[str]) -> None:
        self.arrivals, self.keep = arrivals, keep
        self.forks: dict[str, Fork] = {}
        self.selector = selectors.DefaultSelector()
        self.selector.register(arrivals, selectors.EVENT_READ)
        self.shared = status(Path("/proc/self"))
        self.watched = 0.0

    def serve(self) -> None:
        """The loop: clients, requests, kernels that become ready, end, or hold too much."""
        while True:
            for ready, _ in self.selector.select(WATCH_SECONDS if self.forks else None):
                if ready.fileobj is self.arrivals:
                    if not self.welcome():
                        return
                elif isinstance(ready.data, Client):
                    self.read_requests(ready.data)
                else:
                    self.hear(ready.data)
            if time.monotonic() >= self.watched + WATCH_SECONDS:
                self.watch()

    def welcome(self) -> bool:
        """Takes in a new client; False once no more will come."""
        message, sockets, _, _ = socket.recv_fds(self.arrivals, 1, 1)
        for descriptor in sockets:
            client = Client(socket.socket(fileno=descriptor))
            self.selector.register(client.socket, selectors.EVENT_READ, client)
            client.answer(event="warm")
        return bool(message)

    def read_requests(self, client: Client) -> None:
        """Handles what has arrived from a client; one who has gone is forgotten."""
        try:
            received = client.socket.recv(1 << 16)
        except OSError:
            received = b""
        *lines, client.unread = (client.unread + received).split(b"\n")
        for line in lines:
            self.handle(client, json.loads(line))
        if not received:
            self.selector.unregister(client.socket)
            client.socket.close()
            for fork in self.forks.values():
                if fork.client is client:
                    fork.kill()

    def handle(self, client: Client, request: dict) -> None:
        """Does what one request asks for."""
        if request["do"] == "fork":
            self.fork(client, request)
        elif fork := self.forks.get(request["name"]):
            if request["do"] == "interrupt":
                os.kill(fork.init, signal.SIGUSR1)
            else:
                fork.kill()

    def fork(self, client: Client, request: dict) -> None:
        """Starts a kernel in namespaces of its own; `hear` is told when it is ready."""
        asked = time.monotonic()
        try:
            init, reading = self.start(request)
        except OSError as error:
            client.answer(event="failed", name=request["name"], why=str(error))
            return
        fork = Fork(client, request["name"], init, reading, asked, request["limits"])
        self.forks[fork.name] = fork
        self.selector.register(reading, selectors.EVENT_READ, fork)

    def start(self, request: dict) -> tuple[int, int]:
        """A new kernel's process 1, and the pipe on which it will speak.

        Raises:
            OSError: it could not be started.
        """
        # Two pipes, since process 1 may speak before its number is read.
        number, telling = os.pipe()
        reading, writing = os.pipe()
        try:
            middle = os.fork()
        except OSError:
            for end in (number, telling, reading, writing):
                os.close(end)
            raise
        if middle == 0:
            enter(request, self.keep, telling, writing)
        os.close(telling)
        os.close(writing)
        told = os.read(number, 1000)
        os.close(number)
        os.waitpid(middle, 0)
        if not told.isdigit():
            os.close(reading)
            raise OSError(told.decode(errors="replace"))
        return int(told), reading

    def hear(self, fork: Fork) -> None:
        """Process 1 of a kernel has something to say, or has ended."""
        told = os.read(fork.pipe, 1000)
        begun = told.startswith(BEGUN)
        if begun:
            self.hand_over(fork)
            told = told.removeprefix(BEGUN)
        if told == READY:
            seconds = time.monotonic() - fork.asked
            fork.client.answer(event="ready", name=fork.name, seconds=seconds)
        elif told or not begun:
            self.ended(fork, told.decode(errors="replace"))

    def hand_over(self, fork: Fork) -> None:
        """Gives the client what it needs to put a kernel under bounds, before anything runs."""
        descriptors = handles(fork.init)
        fork.client.answer(*descriptors, event="begun", name=fork.name)
        for descriptor in descriptors:
            os.close(descriptor)

    def ended(self, fork: Fork, why: str) -> None:
        """Reports the end of a kernel and forgets it."""
        self.selector.unregister(fork.pipe)
        os.close(fork.pipe)
        del self.forks[fork.name]
        _, status, used = os.wait4(fork.init, 0)
        fork.client.answer(
            event="ended",
            name=fork.name,
            status=os.waitstatus_to_exitcode(status),
            reason=fork.reason,
            why=why,
            cpu=used.ru_utime + used.ru_stime,
        )

    def watch(self) -> None:
        """Ends kernels whose processes together hold too much memory, or keep cores from others."""
        self.watched = time.monotonic()
        full, processes = machine_is_full(), all_processes()
        for fork in self.forks.values():
            inside = below(fork.init, processes)
            if fork.reason is not None:
                continue
            limits, running = fork.limits, self.watched - fork.asked
            if 1024 * held_memory(inside, self.shared, full) > limits["memory"]:
                fork.reason = "memory"
            elif processor_seconds(inside) > limits["burst"] + limits["cores"] * running:
                fork.reason = "processor"
            if fork.reason is not None:
                fork.kill()


if __name__ == "__main__":
    main()
