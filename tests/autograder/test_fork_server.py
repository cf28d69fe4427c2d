"""The warm kernel as any Jupyter client meets it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import psutil
import pytest
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

from autograder.grading import workers
from autograder.grading.workers import WorkerProcess
from autograder.kernels.sandbox_process import ForkServerError
from autograder.marking.job import Job
from autograder.paths import ROOT
from tests.autograder.conftest import (
    LIMITS,
    SECRET,
    Sandboxed,
    handed_in,
    kernels_of,
    small_reference,
)

KERNELSPEC = ROOT / "autograder/kernels/jupyter/kernelspec"


class OwnKernelspec(KernelSpecManager):
    """Finds the kernelspec without installing it."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec.from_resource_dir(str(KERNELSPEC))


@pytest.fixture
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An environment with a server of its own, which ends with the test."""
    runtime = tmp_path_factory.mktemp("r")
    yield os.environ | {"JUPYTER_RUNTIME_DIR": str(runtime), "PYTHONPATH": str(ROOT)}
    for process in psutil.process_iter(["cmdline", "environ"]):
        of_ours = (process.info["environ"] or {}).get("JUPYTER_RUNTIME_DIR") == str(runtime)
        if of_ours and "autograder.kernels.jupyter.server" in (process.info["cmdline"] or []):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def test_any_client_can_use_it(sandboxed: Sandboxed, environment: dict[str, str]) -> None:
    manager = KernelManager(kernel_name="warm", kernel_spec_manager=OwnKernelspec())
    manager.start_kernel(env=environment)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        said: list[str] = []
        client.execute_interactive(
            "import os, sys\nprint('tensorflow' in sys.modules, os.path.exists('/home'))",
            timeout=60,
            output_hook=lambda message: said.append(message["content"].get("text", "")),
        )
        assert "".join(said) == "True False\n"
        client.execute("print('begun', flush=True)\nwhile True: pass")
        while client.get_iopub_msg(timeout=60)["content"].get("text") != "begun\n":
            pass  # an interrupt that comes before the cell would hit nothing
        manager.interrupt_kernel()
        assert client.get_shell_msg(timeout=60)["content"]["status"] == "error"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user to try this")
def test_it_works_for_users_without_rights(sandboxed: Sandboxed, tmp_path: Path) -> None:
    """Most instructors are not root."""
    try_out = (
        "import os\n"
        "from autograder.kernels.limits import Limits\n"
        "from autograder.kernels.fork_client import ForkClient\n"
        "from autograder.kernels.sandbox_process import ForkServerProcess\n"
        "parent = ForkServerProcess()\n"
        "kernels = ForkClient(parent.invite(), parent.folder)\n"
        "kernel = kernels.fork(Limits(), {})\n"
        "print(os.getuid(), kernels.kill(kernel).status)\n"
        "parent.close()\n"
    )
    readable = Path(sys.base_prefix).resolve()
    outside = ["bwrap", "--bind", "/", "/", "--dev-bind", "/dev", "/dev"]
    if readable.is_relative_to("/root"):
        # The interpreter lies in root's own home here: show it to the other user.
        outside += ["--perms", "0755", "--tmpfs", "/root"]
        for parent in reversed(readable.parents):
            if parent.is_relative_to("/root") and parent != Path("/root"):
                outside += ["--perms", "0755", "--dir", str(parent)]
        outside += ["--ro-bind", str(readable), str(readable)]
    become = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    done = subprocess.run(
        [*outside, *become, "--bounding-set=-all", sys.executable, "-c", try_out],
        cwd=ROOT,
        env=os.environ | {"HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "65534 -9\n", done.stderr


def test_workers_share_one_parent_and_outlive_it(sandboxed: Sandboxed) -> None:
    """Its end costs those who were being marked another try, no more."""
    first, second = WorkerProcess(), WorkerProcess()
    right = job(third="def third(x):\n    return x / 3")
    try:
        assert first.server is second.server
        assert [worker.mark(right).score for worker in (first, second)] == [3, 3]
        first.server.process.kill()
        with pytest.raises(ForkServerError, match="ended"):
            first.mark(right)
        third = WorkerProcess()
        assert third.server is not first.server
        assert third.mark(right).score == 3
        third.close()
    finally:
        first.close()
        second.close()
        sandboxed.worker.close()  # Its parent has ended; the tests after this one get another.


def test_a_class_goes_on_after_its_fork_server(sandboxed: Sandboxed) -> None:
    """The submission that was being marked gets another try, apart from all others."""
    right = "def third(x):\n    return x / 3"
    slow = f"import time\ntime.sleep(3)\n{right}"
    workers.close_all()
    try:
        assert workers.mark(job(third=right)).score == 3
        parent = workers._servers[-1]
        with ThreadPoolExecutor() as executor:
            marking = executor.submit(workers.mark, job(third=slow))
            wait_until(lambda: list(parent.folder.iterdir()))  # a kernel has its sockets
            parent.process.kill()
            assert marking.result().score == 3
        assert not parent.alive()
        assert workers.mark(job(third=right)).score == 3
        # An idle worker whose parent has ended is not used.
        workers._servers[-1].process.kill()
        workers._servers[-1].process.wait()
        assert workers.mark(job(third=right)).score == 3
    finally:
        workers.close_all()


def test_a_fork_server_outlives_the_thread_that_asked_for_it(sandboxed: Sandboxed) -> None:
    with ThreadPoolExecutor(1) as executor:
        worker = executor.submit(WorkerProcess, "bwrap", True).result()
    try:
        assert worker.mark(job(third="def third(x):\n    return x / 3")).score == 3
        assert worker.usable()
    finally:
        worker.close()


def test_a_worker_that_dies_takes_its_kernel_along(sandboxed: Sandboxed) -> None:
    worker = WorkerProcess()
    worker.connection.send(job(third="while True: pass"))
    wait_until(lambda: kernels_of(worker))
    worker.process.kill()
    wait_until(lambda: not kernels_of(worker))
    worker.close()
    assert sandboxed.run("")[0].score == 3


def job(**code: str) -> Job:
    """The small notebook with this code, to be marked."""
    reference = small_reference()
    text = nbformat.writes(reference)
    return Job("someone", handed_in(reference, **code), text, "{}", SECRET, LIMITS)


def wait_until(holds: Callable[[], object], seconds: float = 60.0) -> None:
    """Returns once something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
