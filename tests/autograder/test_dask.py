"""Marking on Dask's workers: what dies there costs nobody a mark, and nothing is kept twice."""

from __future__ import annotations

import ast
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from autograder.errors import AutograderError
from autograder.grading import dask_executor
from autograder.grading.dask_executor import DaskExecutor, LocalClusterExecutor
from autograder.grading.executors import LocalExecutor, executor_for
from autograder.kernels.limits import Limits
from autograder.marking.job import Job, MarkingFault
from autograder.paths import ROOT
from tests.autograder import dask_marks
from tests.autograder.instant import ASSIGNMENT, RIGHT, WRONG, command, hand_in, make_course, rows

SECONDS = 400
"""After which a test that hangs is ended: its processes are."""


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """Ends a test that hangs: Dask's own threads wait for ever."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"the test took more than {SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def dask(*arguments: str, **environment: str) -> Iterator[subprocess.Popen]:
    """One of Dask's commands as a process, which is ended with all below it."""
    program = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0]]
    process = subprocess.Popen(
        [*program, *arguments[1:]],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen) -> None:
    """Kills a process and those that it has started."""
    try:
        family = [*psutil.Process(process.pid).children(recursive=True), process]
    except psutil.Error:
        family = [process]
    for one in family:
        with suppress(psutil.Error):
            one.kill()
    process.wait(10)


def job(student: str, submission: bytes = RIGHT) -> Job:
    return Job(student, submission, RIGHT.decode(), "{}", None, Limits())


def test_local_is_a_scheduler_and_other_words_are_addresses() -> None:
    with pytest.raises(AutograderError, match="No Dask scheduler answers at 'nonsense'"):
        executor_for(1, "nonsense")
    assert type(executor_for(1, None)) is LocalExecutor


def test_nobody_at_an_address_is_told_in_a_sentence() -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(AutograderError, match=re.escape(address)) as caught:
        DaskExecutor(address, patience=1)
    assert "--scheduler local" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_class_on_a_local_cluster_with_one_who_kills_workers(tmp_path: Path) -> None:
    """The poisonous one is "crashed" after three workers; everybody else has the marks."""
    course = make_course(tmp_path)
    students = [f"student {number}" for number in range(12)]
    for number, student in enumerate([*students, "poison"]):
        hand_in(course, student, RIGHT if number % 2 else WRONG)
    done = command(course, executor=LocalClusterExecutor(2, dask_marks.deadly))
    assert (done.returncode, done.stderr) == (0, "")
    table = rows(course)
    assert {name: table[name]["score"] for name in students} == {
        name: "3" if number % 2 else "1" for number, name in enumerate(students)
    }
    assert table["poison"]["status"] == "crashed"
    assert "3 workers that marked it died" in table["poison"]["message"]
    again = command(course)  # On this machine it is tried again.
    assert ": 1 marked" in again.stdout and rows(course)["poison"]["status"] == "graded"


def test_a_worker_that_is_killed_costs_nobody_the_marks(tmp_path: Path) -> None:
    with LocalClusterExecutor(2, dask_marks.quickly) as executor:
        futures = [executor.submit(job(f"s{number}")) for number in range(40)]
        time.sleep(0.5)
        nannies = executor.cluster.workers.values()
        os.kill(next(iter(nannies)).process.pid, signal.SIGKILL)
        verdicts = [future.result(60) for future in futures]
    assert [verdict.score for verdict in verdicts] == [3] * 40


def test_a_scheduler_that_restarts_is_waited_for(tmp_path: Path) -> None:
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    start = ["scheduler", "--port", str(port), "--host", "127.0.0.1", "--no-dashboard"]
    work = ["worker", address, "--nthreads", "2", "--no-dashboard", "--memory-limit", "0"]
    with dask(*work, NOTES=str(tmp_path)):
        with dask(*start) as first:
            executor = DaskExecutor(address, dask_marks.noted, patience=60)
            executor._client.wait_for_workers(1, timeout=60)
            executor.__enter__()
            futures = [executor.submit(job(f"s{number}")) for number in range(6)]
            futures[0].result(60)
            end(first)
        # The worker ends with its scheduler, or tries again; a new one comes in any case.
        with dask(*start), dask(*work, NOTES=str(tmp_path)):
            verdicts = [future.result(90) for future in futures]
            executor.__exit__(None, None, None)
    assert [verdict.score for verdict in verdicts] == [3] * 6
    begun = [line for notes in tmp_path.iterdir() for line in notes.read_text().splitlines()]
    assert set(begun) == {f"s{number}" for number in range(6)}
    assert begun.count("s0") == 1  # What had a verdict is not marked again.


def test_a_scheduler_that_stays_away_stops_the_class_with_a_sentence(tmp_path: Path) -> None:
    port = free_port()
    start = ["scheduler", "--port", str(port), "--host", "127.0.0.1", "--no-dashboard"]
    with dask(*start) as scheduler:
        executor = DaskExecutor(f"tcp://127.0.0.1:{port}", dask_marks.quickly, patience=60)
        executor._patience = 6
        threading.Timer(1, end, [scheduler]).start()
        with executor, pytest.raises(AutograderError, match=r"did not come back|had no worker"):
            executor.submit(job("anna")).result(90)


def test_a_cluster_without_workers_stops_the_class_with_a_sentence() -> None:
    port = free_port()
    start = ["scheduler", "--port", str(port), "--host", "127.0.0.1", "--no-dashboard"]
    with (
        dask(*start),
        DaskExecutor(f"tcp://127.0.0.1:{port}", dask_marks.quickly, patience=60) as executor,
        pytest.raises(AutograderError, match="had no worker for 4 seconds"),
    ):
        executor._patience = 4
        executor.submit(job("anna")).result(60)


def test_a_workers_full_disk_is_told_once(tmp_path: Path) -> None:
    with (
        LocalClusterExecutor(1, dask_marks.failing) as executor,
        pytest.raises(MarkingFault, match="No space left"),
    ):
        executor.submit(job("anna")).result(60)


def test_marks_are_the_same_as_here_and_the_sandbox_is_there(tmp_path: Path) -> None:
    """The command with `--scheduler local`, on the real sandbox, and what a kernel sees there."""
    from tests.autograder import test_class
    from tests.autograder.conftest import handed_in, small_reference

    course = make_course(tmp_path)
    look = (
        "import os\nprint(sorted(os.listdir('/course')), os.getuid() not in (0, 65534),"
        " len(os.listdir('/proc/self/task')) and 'RESNETS_CASE_SECRET' in os.environ)\n"
        "def third(x):\n    return x / 3"
    )
    hand_in(course, "looks", handed_in(small_reference(), third=look))
    hand_in(course, "wrong", WRONG)
    hand_in(course, "greedy", test_class.KINDS["greedy"][0]())
    options = ["--scheduler", "local", "--memory", "1024"]
    done = subprocess.run(
        test_class.command(course, *options),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    if "bubblewrap" in done.stderr:
        pytest.skip(done.stderr)
    assert done.returncode == 0, done.stderr
    table = rows(course)
    assert {name: float(row["score"]) for name, row in table.items()} == {
        "looks": 3,
        "wrong": 1,
        "greedy": 1,
    }
    assert "memory" in table["greedy"]["message"]
    marked = (course / "autograded" / "looks" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()
    assert "['autograder', 'resnets', 'resnets_utils.py'] True False" in marked


def snippets() -> dict[str, str]:
    """The pieces of Python in the instructor's page, by the class that each is about."""
    text = (ROOT / "docs" / "instructors.md").read_text()
    found = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names = ("SLURMCluster", "Gateway")
    return {name: code for code in found for name in names if f"{name}(" in code}


def test_the_snippet_for_slurm_writes_the_job_that_it_promises() -> None:
    pytest.importorskip("dask_jobqueue")
    code = snippets()["SLURMCluster"]
    script = _last_cluster_of(code).job_script()
    assert "#SBATCH" in script and "--nthreads 1" in script
    assert re.search(r"#SBATCH --mem=\d+G", script), script


def _last_cluster_of(code: str) -> object:
    """What a snippet makes; nothing is sent to SLURM, since no job is asked for."""
    tree = ast.parse(code)
    assign = next(node for node in tree.body if isinstance(node, ast.Assign))
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names: dict[str, object] = {}
    exec(compile(ast.Module([*imports, assign], []), "snippet", "exec"), names)
    return names[assign.targets[0].id]


def test_the_snippet_for_gateway_uses_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = pytest.importorskip("dask_gateway")
    asked: list[object] = []

    class Cluster:
        """As dask-gateway's own, before there is a gateway."""

        name = "hub.1a2b"

        def scale(self, workers: int) -> None:
            asked.append(workers)

        @classmethod
        def from_name(cls, name: str, shutdown_on_close: bool) -> Cluster:
            asked.append((name, shutdown_on_close))
            return cls()

        def get_client(self, set_as_default: bool) -> str:
            return "the client"

    class Gateway:
        def new_cluster(self) -> Cluster:
            return Cluster()

    for ours, theirs in ((Cluster, gateway.GatewayCluster), (Gateway, gateway.Gateway)):
        for name in vars(ours):
            assert name.startswith("__") or name == "name" or hasattr(theirs, name)
    monkeypatch.setattr(gateway, "Gateway", Gateway)
    monkeypatch.setattr(gateway, "GatewayCluster", Cluster)
    monkeypatch.setattr(subprocess, "run", lambda command, check: asked.append(command))
    exec(compile(snippets()["Gateway"], "snippet", "exec"), {})
    scale, command = asked
    assert scale == 50 and command[-2:] == ["--scheduler", "gateway:hub.1a2b"]
    assert dask_executor._client(command[-1]) == "the client"
    assert asked[-1] == ("hub.1a2b", False)
