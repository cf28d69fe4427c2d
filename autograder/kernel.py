"""The kernel as nbval sees it: cells go in, messages come out, within limits.

Messages come from the submission, which may send anything that the kernel may: what does not read
as a message ends the submission, and what exceeds a limit does too.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from queue import Empty

import zmq
from jupyter_client.session import Session

from .limits import Limits
from .plain import PlainKernel, PlainKernels
from .warm.client import Ended, WarmKernel, WarmKernels

INTERRUPT_SECONDS = 3.0
IDLE_SECONDS = 5.0
ASK_SECONDS = 1.0
SEND_MILLISECONDS = 2000
START_SECONDS = 120.0
MOST_MESSAGES = 20_000
"""That a notebook may send in all: each costs time outside the sandbox, however small."""


class KernelStopped(Exception):
    """The kernel is gone: it ended, or it was stopped at a limit.

    Attributes:
        kind: "timeout" or "crashed".
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Connection:
    """A client's ends of a kernel's shell and output sockets.

    Args:
        connection: as in a Jupyter connection file.
        largest_message: in bytes; a larger one breaks the connection.
        waits: whether the sockets may not be there yet. Otherwise it connects once and for all.
    """

    def __init__(self, connection: dict[str, object], largest_message: int, waits: bool) -> None:
        self.connection, self.waits = connection, waits
        self.session = Session(key=str(connection["key"]).encode())
        self.context = zmq.Context.instance()
        self.shell = self._socket(zmq.DEALER, "shell_port", largest_message)
        self.output = self._socket(zmq.SUB, "iopub_port", largest_message)
        self.output.subscribe(b"")
        self.poller = zmq.Poller()
        self.poller.register(self.shell, zmq.POLLIN)
        self.poller.register(self.output, zmq.POLLIN)

    def _socket(self, kind: int, port: str, largest_message: int) -> zmq.Socket:
        socket = self.context.socket(kind)
        socket.linger = 0
        socket.sndtimeo = SEND_MILLISECONDS  # Nothing takes messages once the kernel has ended.
        socket.maxmsgsize = largest_message
        if self.connection["transport"] == "ipc":
            if not self.waits:
                # What the submission may put in the place of its sockets is not followed.
                socket.reconnect_ivl = -1
            socket.connect(f"ipc://{self.connection['ip']}-{self.connection[port]}")
        else:
            socket.connect(f"tcp://{self.connection['ip']}:{self.connection[port]}")
        return socket

    def send(self, kind: str, content: dict[str, object]) -> str:
        """Sends a request on the shell; its id."""
        request = self.session.msg(kind, content)
        self.session.send(self.shell, request)
        return request["header"]["msg_id"]

    def close(self) -> None:
        """Closes both sockets."""
        self.shell.close()
        self.output.close()


class GradingKernel:
    """What nbval's cells ask of a kernel (see `nbval.kernel.RunningKernel`), with limits.

    Args:
        kernels: starts the kernel.
        limits: of this submission.
        environment: variables for the submission.

    Raises:
        WarmError: the fork failed.
    """

    def __init__(
        self, kernels: WarmKernels | PlainKernels, limits: Limits, environment: dict[str, str]
    ) -> None:
        self.kernels, self.limits = kernels, limits
        self.kernel: WarmKernel | PlainKernel = kernels.fork(limits, environment)
        self.deadline = time.monotonic() + limits.seconds
        self.connection = Connection(
            self.kernel.connection(), limits.output, waits=isinstance(kernels, PlainKernels)
        )
        self.stopped: KernelStopped | None = None
        self.timed_out = False
        self.received = self.messages = 0
        self._running = ""
        self._outputs: deque[dict] = deque()
        self._replies: deque[dict] = deque()
        self._wait_for_subscription()

    def execute_cell_input(self, code: str, allow_stdin: bool | None = None) -> str:
        """Sends a cell; the id of the request."""
        self._running = self._send(
            "execute_request",
            {
                "code": code,
                "silent": False,
                "store_history": True,
                "user_expressions": {},
                "allow_stdin": False,
                "stop_on_error": False,
            },
        )
        return self._running

    def await_reply(self, request: str, timeout: float | None = None) -> None:
        """Waits for the reply to a request.

        Raises:
            queue.Empty: none within `timeout` seconds.
            KernelStopped: the kernel ended, or exceeded a limit.
        """
        deadline = time.monotonic() + (self.limits.cell_seconds if timeout is None else timeout)
        while True:
            while self._replies:
                reply = self._replies.popleft()
                if _parent_of(reply) == request:
                    return
            self._receive(deadline)

    def get_message(self, stream: str, timeout: float | None = None) -> dict:
        """The next message that the kernel published.

        Raises:
            KernelStopped: none came within `timeout` seconds, or the kernel has ended.
        """
        deadline = time.monotonic() + (IDLE_SECONDS if timeout is None else timeout)
        try:
            while not self._outputs:
                self._receive(deadline)
        except Empty:
            # The connection breaks off at a message that is too large.
            allowed = f"{self.limits.output >> 20} MB"
            self._stop_for("crashed", f"The output stopped; a single one may have {allowed}.")
        return self._outputs.popleft()

    def await_idle(self, request: str, timeout: float) -> None:
        """Drops messages until the kernel has finished a request; raises as `await_reply` does."""
        while True:
            message = self.get_message("iopub", timeout)
            if _parent_of(message) == request and _is_idle(message):
                return

    def interrupt(self) -> None:
        """Interrupts the running cell, and ends the kernel if that does not help.

        Raises:
            KernelStopped: it did not help.
        """
        self.timed_out = True
        self.kernels.interrupt(self.kernel)
        try:
            self.await_reply(self._running, INTERRUPT_SECONDS)
        except Empty:
            self._stop_for(
                "timeout",
                f"A cell ran for more than {self.limits.cell_seconds:g} seconds and did not stop "
                "when asked to.",
            )

    def is_alive(self) -> bool:
        """Whether cells can still be sent."""
        if self.stopped is None:
            with contextlib.suppress(KernelStopped):
                self._check_alive()
        return self.stopped is None

    def stop(self) -> None:
        """Ends the kernel and everything that it has started."""
        self.connection.close()
        self.ended = self.kernels.kill(self.kernel)
        if self.stopped is None:
            self.stopped = KernelStopped("stopped", "The kernel was stopped.")
            if self.ended.reason is not None:
                self.stopped = KernelStopped("crashed", self._words_on(self.ended))

    def _send(self, kind: str, content: dict[str, object]) -> str:
        if self.stopped is not None:
            raise self.stopped
        try:
            return self.connection.send(kind, content)
        except zmq.Again:
            self._check_alive()
            self._stop_for("crashed", "The notebook's code made the kernel deaf.")

    def _receive(self, deadline: float) -> None:
        """Takes in what has arrived, or waits for it; at most until `deadline`."""
        if self.stopped is not None:
            raise self.stopped
        now = time.monotonic()
        if now >= self.deadline:
            self._stop_for(
                "timeout", f"The notebook ran for more than {self.limits.seconds:g} seconds."
            )
        if now >= deadline:
            raise Empty
        wait = min(deadline, self.deadline, now + 0.5) - now
        ready = dict(self.connection.poller.poll(max(1, int(wait * 1000))))
        if not ready:
            self._check_alive()
        for socket, waiting in (
            (self.connection.shell, self._replies),
            (self.connection.output, self._outputs),
        ):
            if socket in ready:
                self._take(socket, waiting)

    def _take(self, socket: zmq.Socket, waiting: deque[dict]) -> None:
        frames = socket.recv_multipart(zmq.NOBLOCK)
        self.received += sum(map(len, frames))
        self.messages += 1
        if self.received > self.limits.output or self.messages > MOST_MESSAGES:
            self._stop_for(
                "crashed",
                f"The notebook sent more output than it may: {self.limits.output >> 20} MB, in at "
                f"most {MOST_MESSAGES} pieces.",
            )
        try:
            session = self.connection.session
            _, parts = session.feed_identities(frames)
            message = session.deserialize(parts)
            _parent_of(message)
        except Exception:  # The submission can send any bytes: whatever they break is its doing.
            self._stop_for("crashed", "The notebook's code broke the kernel's messages.")
        waiting.append(message)

    def _check_alive(self) -> None:
        ended = self.kernels.poll(self.kernel)
        if ended is not None:
            self._stop_for("crashed", self._words_on(ended))

    def _words_on(self, ended: Ended) -> str:
        if ended.reason == "memory":
            used = f"more than the {self.limits.memory >> 20} MB of memory that it may"
            return f"The notebook's code used {used}."
        if ended.reason == "processor":
            words = "kept several processor cores busy for long; it may use one"
            return f"The notebook's code {words}."
        return f"The notebook's code ended the kernel ({_exit_words(ended.status)})."

    def _stop_for(self, kind: str, message: str) -> None:
        self.stopped = KernelStopped(kind, message)
        self.ended = self.kernels.kill(self.kernel)
        raise self.stopped

    def _wait_for_subscription(self) -> None:
        """Asks until something is heard: what a kernel says before that would be lost."""
        for _ in range(int(START_SECONDS / ASK_SECONDS)):
            self._send("kernel_info_request", {})
            with contextlib.suppress(Empty):
                self._receive(time.monotonic() + ASK_SECONDS)
            if self._outputs:
                return
        self._stop_for("crashed", "The kernel did not answer.")


def _parent_of(message: dict) -> str | None:
    return message["parent_header"].get("msg_id")


def _is_idle(message: dict) -> bool:
    return message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"


def _exit_words(status: int) -> str:
    if status in (137, -9):
        return "it was killed"
    return f"exit status {status}"
