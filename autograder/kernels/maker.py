"""What `GradingKernel` asks of those who start kernels: `ForkClient` and `UnsandboxedKernels`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from autograder.kernels.limits import Limits


@dataclass
class Ended:
    """How a kernel ended: exit status, why it was stopped if it was, CPU seconds used."""

    status: int
    reason: str | None
    why: str
    cpu: float


class Kernel(Protocol):
    """A kernel that runs."""

    seconds: float

    def connection(self) -> dict[str, object]:
        """Connection information as in a Jupyter connection file."""


class KernelMaker(Protocol):
    """Starts kernels and ends them.

    Attributes:
        waits: whether a new kernel's sockets may not be there yet.
    """

    waits: bool

    def fork(self, limits: Limits, environment: dict[str, str]) -> Kernel:
        """A new kernel, with these variables added to its environment."""

    def interrupt(self, kernel: Kernel) -> None:
        """Sends the kernel what Ctrl-C sends."""

    def poll(self, kernel: Kernel) -> Ended | None:
        """How the kernel ended, or None while it runs."""

    def kill(self, kernel: Kernel) -> Ended:
        """Ends the kernel and everything that it has started."""
