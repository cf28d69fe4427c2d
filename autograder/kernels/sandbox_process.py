"""The fork server in its sandbox, seen from outside: started, asked for clients' sockets, ended."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from autograder.errors import AutograderError
from autograder.kernels import bubblewrap
from autograder.sandboxed.isolation import UNPRIVILEGED

CLOSING_SECONDS = 0.5
"""Between what its clients notice when the fork server ends, and its end."""


ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp/home",
    "LANG": "C.UTF-8",
    "PYTHONPATH": bubblewrap.COURSE,
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


class ForkServerError(AutograderError):
    """The fork server did not start, or could not fork; the message is one sentence."""


class KernelLost(ForkServerError):
    """The fork server ended or fell silent while one of its kernels was running."""


class ForkServerProcess:
    """A process in the sandbox that has imported everything; kernels are its forks.

    It begins to import at once. Where that fails, whoever waits for a kernel is told, and `failure`
    says why.

    Attributes:
        folder: where the kernels' sockets are, on the host.
        trusted: whether to ask it for kernels; not after it has failed somebody.

    Args:
        modules: what it imports, besides what a kernel is made of; None for what the notebooks of
            this course need.

    Raises:
        SandboxError: bubblewrap is not installed.
    """

    def __init__(self, modules: tuple[str, ...] | None = None) -> None:
        self.trusted, self.modules = True, modules
        # Short, since the path of a Unix socket may have 107 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="warm-", dir="/tmp"))
        give_away(self.folder)
        below_tmp = [path for path in bubblewrap.environment_roots() if path.startswith("/tmp/")]
        variables = ENVIRONMENT | {"KEEP_BELOW_TMP": json.dumps(below_tmp)}
        if modules is not None:
            variables["IMPORT_FOR_ALL"] = json.dumps(modules)
        program = [sys.executable, "-m", "autograder.sandboxed.fork_server"]
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 (open as long as the process)
        self._door, inside = socket.socketpair()
        try:
            self.process = subprocess.Popen(
                [*bubblewrap.command(self.folder, variables), *program],
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
        """A socket for one more client: make `ForkClient` of it, here or in another process."""
        ours, theirs = socket.socketpair()
        # A fork server that has ended is noticed by the client: nothing answers it.
        with theirs, contextlib.suppress(OSError):
            socket.send_fds(self._door, [b"+"], [theirs.fileno()])
        return ours

    def alive(self) -> bool:
        """Whether kernels can still be asked for."""
        return self.trusted and self.process.poll() is None

    def failure(self) -> Exception | None:
        """Why the process has ended, a SandboxError or a ForkServerError; None while it goes on."""
        try:
            self.process.wait(CLOSING_SECONDS)
        except subprocess.TimeoutExpired:
            return None
        # Read without moving the file's position: several threads may ask.
        end = os.fstat(self.errors.fileno()).st_size
        said = os.pread(self.errors.fileno(), end, 0).decode(errors="replace").strip().splitlines()
        reason = said[-1] if said else f"status {self.process.returncode}"
        if reason.startswith("bwrap:"):
            return bubblewrap.SandboxError(bubblewrap.CANNOT_RUN.format(reason=reason))
        return ForkServerError(
            f"The process that imports TensorFlow in the sandbox ended: {reason}."
        )

    def close(self) -> None:
        """Ends the process, its kernels and the sandbox."""
        self._door.close()
        self.process.kill()
        self.process.wait()
        self.errors.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def give_away(folder: Path) -> None:
    """Where this process is root, the sandbox's user owns the folder."""
    if os.getuid() == 0:
        os.chown(folder, UNPRIVILEGED, UNPRIVILEGED)
