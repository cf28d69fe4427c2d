"""A Jupyter kernel whose slow parts come before the fork: `prepare()`, fork, `run()`."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from ipykernel.kernelapp import IPKernelApp
from traitlets.config import Config

from autograder.sandboxed.isolation import OWN_SOCKETS
from autograder.sandboxed.protocol import PORTS, SOCKET_NAME

HOME = Path("/tmp/home")
KERNEL = ("ipykernel.debugger", "ipykernel.zmqshell", "matplotlib_inline.backend_inline")
IMPORTED_FOR_ALL = (
    "keras",
    "matplotlib.pyplot",
    "resnets.checks.collecting.collect",
    "resnets_utils",
)


class ForkedKernelApp(IPKernelApp):
    """ipykernel's application, told its connection by the caller instead of by a file."""

    def init_connection_file(self) -> None:
        """Nothing to read: `run` has set the connection."""

    def write_connection_file(self, **_: object) -> None:
        """Nothing to write: whoever asked for the kernel knows the connection."""


def prepare(modules: Sequence[str] | None = None) -> None:
    """Imports what every kernel needs and draws what every network is initialised with.

    No operation of the backend runs: TensorFlow can be forked after its import, not after more.

    Args:
        modules: what the notebooks of another course import; None for this course's. One that
            fails to be imported is left to the notebooks.
    """
    sys.modules["debugpy"] = None  # Nobody debugs here, and it is slow to import.
    for name in KERNEL:
        importlib.import_module(name)
    if modules is None:
        _prepare_this_course()
    else:
        for name in ("autograder.sandboxed.asserted", *modules):
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    gc.collect()
    gc.freeze()  # Else the first collection in each fork copies every page that it marks.


def _prepare_this_course() -> None:
    for name in IMPORTED_FOR_ALL:
        importlib.import_module(name)
    from resnets.initializers import GlorotUniform

    # ResNet-50's largest tensor; all others begin with the same numbers.
    GlorotUniform(seed=0).numpy((3, 3, 512, 512))


def run(key: bytes, environment: dict[str, str], when_bound: Callable[[], None]) -> None:
    """Serves as a kernel until it is killed or told to stop.

    Args:
        key: signs the messages.
        environment: variables set for the submission's code.
        when_bound: called once the sockets are there.
    """
    work = HOME / "work"
    work.mkdir(parents=True)
    os.chdir(work)
    os.environ.update(environment)
    config = Config()
    config.HistoryManager.enabled = False
    config.IPKernelApp.capture_fd_output = False
    config.InteractiveShell.colors = "NoColor"
    app = ForkedKernelApp.instance(
        config=config, transport="ipc", ip=str(OWN_SOCKETS / SOCKET_NAME), **PORTS
    )
    app.initialize([])
    app.session.key = key
    when_bound()
    app.start()
    sys.exit(0)
