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
CORES, BURST = 1.5, 10.0
"""Cores that a kernel may keep busy for long, and seconds that it may use beyond that."""
BEGUN, READY = b"+", b"ready"
"""What process 1 of a kernel tells the parent: the kernel is there, and it can be connected to."""
PR_SET_CHILD_SUBREAPER = 36

Status = dict[bytes, int]
"""What /proc says of a process: numbers by name."""


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
        memory = request["limits"]["memory"]
        fork = Fork(client, request["name"], init, reading, asked, memory)
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
            _enter(request, self.keep, telling, writing)
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
            if 1024 * held_memory(inside, self.shared, full) > fork.memory:
                fork.reason = "memory"
            elif processor_seconds(inside) > BURST + CORES * (self.watched - fork.asked):
                fork.reason = "processor"
            if fork.reason is not None:
                fork.kill()


def _enter(request: dict, keep: list[str], telling: int, pipe: int) -> None:
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
        from . import kernel

        def bound() -> None:
            os.write(3, b"bound")
            os.close(3)

        kernel.run(request["key"].encode(), request["environment"], bound)
    finally:
        os._exit(1)


def below(init: int, processes: list[Status]) -> list[Status]:
    """Those of `processes` that are `init` or descend from it.

    In its namespace every process does: orphans are handed to process 1.
    """
    numbers, inside = {init}, []
    # A child's number is mostly larger than its parent's; where numbers have begun anew, the rest
    # is found the next time.
    for process in processes:
        if process[b"Pid"] == init or process[b"PPid"] in numbers:
            numbers.add(process[b"Pid"])
            inside.append(process)
    return inside


def handles(init: int) -> list[int]:
    """Descriptors of a kernel's processes (pidfd_open(2)), but for `init`, which can be trusted.

    The numbers of processes mean nothing outside the sandbox; a descriptor does.
    """
    descriptors = []
    with contextlib.suppress(OSError, AttributeError):  # Older systems have none.
        for process in all_processes():
            if process[b"PPid"] == init:
                descriptors.append(os.pidfd_open(process[b"Pid"]))
    return descriptors


def held_memory(inside: list[Status], shared: Status, full: bool) -> int:
    """KiB that processes hold together.

    Args:
        inside: the processes.
        shared: of the process that they are forks of; what they share with it is not counted.
        full: whether the machine is running out of memory. Then all that they have mapped counts,
            since pages can be held that no process shows as resident.
    """
    if full:
        return sum(max(0, process[b"VmSize"] - shared[b"VmSize"]) for process in inside)
    own = sum(max(0, process[b"RssAnon"] - shared[b"RssAnon"]) for process in inside)
    return own + sum(process[b"RssShmem"] for process in inside)


def processor_seconds(inside: list[Status]) -> float:
    """Processor time that processes and their ended children have used."""
    ticks = 0
    for process in inside:
        with contextlib.suppress(OSError):  # It may have ended meanwhile.
            stat = Path(f"/proc/{process[b'Pid']}/stat").read_bytes()
            # After the name, which may hold anything: user and system time, the children's too.
            ticks += sum(map(int, stat.rpartition(b")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def all_processes() -> list[Status]:
    """The status of every process here, in the order of their numbers."""
    paths = [path for path in Path("/proc").iterdir() if path.name.isdecimal()]
    return sorted((status(path) for path in paths), key=lambda one: one[b"Pid"])


def machine_is_full() -> bool:
    """Whether less than a twentieth of the machine's memory is left."""
    lines = [line.split() for line in Path("/proc/meminfo").read_text().splitlines()]
    memory = {words[0]: int(words[1]) for words in lines}
    return memory["MemAvailable:"] < 0.05 * memory["MemTotal:"]


def status(process: Path) -> Status:
    """Numbers in a process's status, 0 where there are none; sizes are in KiB.

    Read as bytes and by their names: a submission may call its processes what it likes.
    """
    found = dict.fromkeys((b"Pid", b"PPid", b"RssAnon", b"RssShmem", b"VmSize"), 0)
    with contextlib.suppress(OSError):  # It may have ended meanwhile.
        for line in (process / "status").read_bytes().split(b"\n"):
            name, _, value = line.partition(b":")
            if name in found and (words := value.split()) and words[0].isdigit():
                found[name] = int(words[0])
    return found


if __name__ == "__main__":
    main()
