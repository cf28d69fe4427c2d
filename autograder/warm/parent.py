"""Runs inside the sandbox: imports everything once, then forks a kernel whenever it is asked to.

Standard input is a Unix socket over which others arrive: one for each client, who talks through it.
Requests and answers are one JSON object a line:

    {"do": "fork", "name": …, "key": …, "environment": {…}, "limits": {…}}
    {"do": "interrupt", "name": …}      {"do": "kill", "name": …}

    {"event": "warm"}                   {"event": "failed", "name": …, "why": …}
    {"event": "ready", "name": …, "seconds": …}
    {"event": "ended", "name": …, "status": …, "reason": null | "memory", "cpu": …}

When a client's socket closes, its kernels end. When standard input closes, everything does.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import selectors
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from . import isolation

WATCH_SECONDS = 0.25
PR_SET_CHILD_SUBREAPER = 36


@dataclass(eq=False)
class Client:
    """Somebody who asks for kernels: a socket, and the beginning of a request that goes on."""

    socket: socket.socket
    unread: bytes = b""

    def answer(self, **message: object) -> None:
        """Sends one line. A client who has gone is noticed where its requests are read."""
        with contextlib.suppress(OSError):
            self.socket.sendall(json.dumps(message).encode() + b"\n")


@dataclass(eq=False)
class Fork:
    """One kernel: its process 1, the pipe that says it is ready, and how much it may hold."""

    client: Client
    name: str
    init: int
    pipe: int
    asked: float
    memory: int
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
    from . import kernel

    kernel.prepare()
    Parent(arrivals, keep=json.loads(os.environ.pop("KEEP_BELOW_TMP", "[]"))).serve()


class Parent:
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
        self.shared = _status(Path("/proc/self")).get("RssAnon", 0)

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
            for fork in list(self.forks.values()):
                self.watch(fork)

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
        reading, writing = os.pipe()
        middle = os.fork()
        if middle == 0:
            _enter(request, self.keep, writing)
        os.close(writing)
        told = os.read(reading, 100)
        os.waitpid(middle, 0)
        if not told.startswith(b"init "):
            os.close(reading)
            client.answer(event="failed", name=request["name"], why=told.decode())
            return
        memory = request["limits"]["memory"]
        fork = Fork(client, request["name"], int(told[5:]), reading, asked, memory)
        self.forks[fork.name] = fork
        self.selector.register(reading, selectors.EVENT_READ, fork)

    def hear(self, fork: Fork) -> None:
        """Process 1 of a kernel has something to say, or has ended."""
        told = os.read(fork.pipe, 1000)
        if told == b"ready":
            seconds = time.monotonic() - fork.asked
            fork.client.answer(event="ready", name=fork.name, seconds=seconds)
        else:
            self.ended(fork, told.decode())

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

    def watch(self, fork: Fork) -> None:
        """Ends a kernel whose processes hold more memory than they may, together."""
        if fork.reason is None and 1024 * held_memory(fork.init, self.shared) > fork.memory:
            fork.reason = "memory"
            fork.kill()


def _enter(request: dict, keep: list[str], pipe: int) -> None:
    """Enters new namespaces and leaves process 1 there; never returns."""
    try:
        isolation.enter_namespaces()
        init = os.fork()
        if init == 0:
            _init(request, keep, pipe)
        os.write(pipe, f"init {init}".encode())
    except BaseException as error:
        os.write(pipe, str(error).encode())
    finally:
        os._exit(0)


def _init(request: dict, keep: list[str], pipe: int) -> None:
    """Process 1 of the new namespaces: starts the kernel and ends with it; never returns."""
    try:
        limits = request["limits"]
        own_sockets = isolation.SOCKETS / request["name"]
        isolation.private_files(own_sockets, keep, limits["disk"])
        reading, writing = os.pipe()
        kernel = os.fork()
        if kernel == 0:
            _kernel(request, writing)
        os.close(writing)
        isolation.prctl(isolation.PR_SET_DUMPABLE, 0)  # Out of the submission's reach.
        signal.signal(signal.SIGUSR1, lambda *_: os.kill(kernel, signal.SIGINT))
        if os.read(reading, 5) == b"bound":
            isolation.freeze_sockets()
            os.write(pipe, b"ready")
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
        isolation.limit_resources(limits["memory"], limits["processes"], limits["file_size"])
        from . import kernel

        def bound() -> None:
            os.write(3, b"bound")
            os.close(3)

        kernel.run(request["key"].encode(), request["environment"], bound)
    finally:
        os._exit(1)


def held_memory(init: int, shared: int) -> int:
    """KiB that `init` and all processes below it hold.

    In its namespace every process is below it: orphans are handed to process 1.

    Args:
        init: process 1 of the namespace.
        shared: KiB that a fork shares with this process. They are not counted, unless the machine
            itself runs out of memory: then forks may have made them their own.
    """
    if _machine_is_full():
        shared = 0
    processes = [_status(path) for path in Path("/proc").iterdir() if path.name.isdigit()]
    inside, total = {init}, 0
    # A child's number is mostly larger than its parent's; where numbers have begun anew, the rest
    # is found the next time.
    for status in sorted(processes, key=lambda status: status.get("Pid", 0)):
        if status.get("Pid") == init or status.get("PPid") in inside:
            inside.add(status["Pid"])
            total += max(0, status.get("RssAnon", 0) - shared) + status.get("RssShmem", 0)
    return total


def _machine_is_full() -> bool:
    lines = [line.split() for line in Path("/proc/meminfo").read_text().splitlines()]
    memory = {words[0]: int(words[1]) for words in lines}
    return memory["MemAvailable:"] < 0.05 * memory["MemTotal:"]


def _status(process: Path) -> dict[str, int]:
    """The numbers in a process's status; sizes are in KiB."""
    try:
        lines = [line.split() for line in (process / "status").read_text().splitlines()]
    except OSError:  # It has ended meanwhile.
        return {}
    return {words[0][:-1]: int(words[1]) for words in lines if words[1:] and words[1].isdigit()}


if __name__ == "__main__":
    main()
