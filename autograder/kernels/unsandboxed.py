"""Kernels without a sandbox: for `validate`, where the code is one's own, and `--sandbox none`."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from jupyter_client import KernelManager

from autograder.kernels.limits import Limits
from autograder.kernels.maker import Ended
from autograder.paths import ROOT


@dataclass
class UnsandboxedKernel:
    """An ordinary kernel of this environment, in a folder of its own that goes when it ends."""

    manager: KernelManager
    folder: Path
    seconds: float = 0.0

    def connection(self) -> dict[str, object]:
        """Connection information as in a Jupyter connection file."""
        info = self.manager.get_connection_info()
        return info | {"key": info["key"].decode()}


class UnsandboxedKernels:
    """Starts ordinary kernels; takes the place of `ForkClient`. Time is the only limit.

    Attributes:
        waits: a kernel's sockets are there only some time after it was started.
    """

    waits = True

    def fork(self, limits: Limits, environment: dict[str, str]) -> UnsandboxedKernel:
        """A new kernel."""
        folder = Path(tempfile.mkdtemp(prefix="notebook-"))
        manager = KernelManager(kernel_name="python3")
        if hasattr(socket, "AF_UNIX"):
            address = str(folder / ".kernel")
            manager = KernelManager(kernel_name="python3", transport="ipc", ip=address)
        paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        variables = os.environ | {"PYTHONPATH": paths} | environment
        manager.start_kernel(
            env=variables,
            cwd=str(folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return UnsandboxedKernel(manager, folder)

    def interrupt(self, kernel: UnsandboxedKernel) -> None:
        """Sends the kernel what Ctrl-C sends."""
        kernel.manager.interrupt_kernel()

    def poll(self, kernel: UnsandboxedKernel) -> Ended | None:
        """How the kernel ended, or None while it runs."""
        return None if kernel.manager.is_alive() else Ended(1, None, "", 0.0)

    def kill(self, kernel: UnsandboxedKernel) -> Ended:
        """Ends the kernel and removes its folder."""
        if kernel.manager.has_kernel:
            kernel.manager.shutdown_kernel(now=True)
        shutil.rmtree(kernel.folder, ignore_errors=True)
        return Ended(0, None, "", 0.0)

    def close(self) -> None:
        """Nothing is left to end."""
