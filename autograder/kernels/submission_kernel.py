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

from autograder.kernels.connection import Connection
from autograder.kernels.limits import Limits
from autograder.kernels.maker import Ended, Kernel, KernelMaker
from resnets.language import N_, say

INTERRUPT_SECONDS = 3.0
IDLE_SECONDS = 5.0
ASK_SECONDS = 1.0
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


class GradingKernel:
    """What nbval's cells ask of a kernel (see `nbval.kernel.RunningKernel`), with limits.

    Attributes:
        reply: what the kernel replied to the last request that was waited for.

    Args:
        kernels: starts the kernel.
        limits: of this submission.
        environment: variables for the submission.

    Raises:
        ForkServerError: the fork failed.
    """

    def __init__(self, kernels: KernelMaker, limits: Limits, environment: dict[str, str]) -> None:
        self.kernels, self.limits = kernels, limits
        self.kernel: Kernel = kernels.fork(limits, environment)
        self.deadline = time.monotonic() + limits.seconds
        self.connection = Connection(self.kernel.connection(), limits.output, waits=kernels.waits)
        self.stopped: KernelStopped | None = None
        self.timed_out = False
        self.received = self.messages = 0
        self.reply: dict = {}
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

    def run_silently(self, code: str) -> None:
        """Runs code of our own before or between the submission's cells."""
        request = self.execute_cell_input(code)
        self.await_reply(request)
        self.await_idle(request, IDLE_SECONDS)

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
                    self.reply = reply["content"]
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
            words = N_("The output stopped; a single one may have {size} MB.")
            self._stop_for("crashed", say(words, size=self.limits.output >> 20))
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
                say(
                    "A cell was still running after {seconds} seconds and could not be stopped. "
                    "Is there a loop without an end?",
                    seconds=f"{self.limits.cell_seconds:g}",
                ),
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
            self.stopped = KernelStopped("stopped", say("The kernel was stopped."))
            if self.ended.reason is not None:
                self.stopped = KernelStopped("crashed", self._words_on(self.ended))

    def _send(self, kind: str, content: dict[str, object]) -> str:
        if self.stopped is not None:
            raise self.stopped
        try:
            return self.connection.send(kind, content)
        except zmq.Again:
            self._check_alive()
            self._stop_for(
                "crashed", say("The notebook's code stopped the kernel from receiving messages.")
            )

    def _receive(self, deadline: float) -> None:
        """Takes in what has arrived, or waits for it; at most until `deadline`."""
        if self.stopped is not None:
            raise self.stopped
        now = time.monotonic()
        if now >= self.deadline:
            self._stop_for(
                "timeout",
                say(
                    "The notebook ran for more than {seconds} seconds.",
                    seconds=f"{self.limits.seconds:g}",
                ),
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
                say(
                    "The notebook sent more output than it may: {size} MB, in at most {count} "
                    "pieces.",
                    size=self.limits.output >> 20,
                    count=MOST_MESSAGES,
                ),
            )
        try:
            session = self.connection.session
            _, parts = session.feed_identities(frames)
            message = session.deserialize(parts)
            _parent_of(message)
        except Exception:  # The submission can send any bytes: whatever they break is its doing.
            self._stop_for("crashed", say("The notebook's code broke the kernel's messages."))
        waiting.append(message)

    def _check_alive(self) -> None:
        ended = self.kernels.poll(self.kernel)
        if ended is not None:
            self._stop_for("crashed", self._words_on(ended))

    def _words_on(self, ended: Ended) -> str:
        if ended.reason == "memory":
            return say(
                "The notebook's code used more than the {size} MB of memory that it may.",
                size=self.limits.memory >> 20,
            )
        if ended.reason == "processor":
            return say(
                "The notebook's code kept several processor cores busy for a long time; it may use"
                " one."
            )
        how = _exit_words(ended.status)
        return say("The notebook's code ended the kernel ({how}).", how=how)

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
        self._stop_for("crashed", say("The kernel did not answer."))


def _parent_of(message: dict) -> str | None:
    return message["parent_header"].get("msg_id")


def _is_idle(message: dict) -> bool:
    return message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"


def _exit_words(status: int) -> str:
    if status in (137, -9):
        return say("it was killed")
    return say("exit status {status}", status=status)
