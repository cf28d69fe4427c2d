"""Marks that are made up at once, and a worker process that gives them: python -m … SOCKET.

A submission earns the points of the cells whose code is the solution's.
"""

from __future__ import annotations

import json
import random
import socket
import subprocess
import sys
import time
from multiprocessing.connection import Connection

from autograder.course.verdict import CellVerdict, Verdict
from autograder.marking.job import Job
from autograder.paths import ROOT

MOMENT = 0.08
"""Seconds that a pretending worker takes over a notebook, at most."""


def verdict_on(job: Job) -> Verdict:
    """Two points for a right `third`, one for `greet`, without running anything."""
    cells = json.loads(job.submission)["cells"]
    source = "\n".join("".join(cell["source"]) for cell in cells)
    right = {"test_third": "return x / 3" in source, "test_greet": "hello {name}" in source}
    worth = {"test_third": 2.0, "test_greet": 1.0}
    marks = [CellVerdict(n, worth[n] * ok, worth[n], ok) for n, ok in right.items()]
    return Verdict("graded", cells=marks, notebook=job.submission.decode())


def simulate() -> None:
    """Lets this process's workers pretend: a process each, as real ones are, without a sandbox."""
    from autograder.grading import reference, workers

    class PretendingProcess(workers.WorkerProcess):
        """As a worker is seen from outside, with this program in its place."""

        def __init__(
            self, sandbox: str = "bwrap", alone: bool = False, modules: workers.Modules = None
        ) -> None:
            self.sandbox, self.alone, self.modules = sandbox, alone, modules
            self.server = None
            ours, theirs = socket.socketpair()
            self.process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
            )
            theirs.close()
            self.connection = Connection(ours.detach())
            workers._all.append(self)

    reference.hidden_expected = lambda *_: "{}"
    workers.WorkerProcess = PretendingProcess


def main() -> None:
    """Answers each job after a moment."""
    connection = Connection(int(sys.argv[1]))
    while True:
        try:
            job = connection.recv()
        except EOFError:
            return
        time.sleep(MOMENT * random.random())
        connection.send(verdict_on(job))


if __name__ == "__main__":
    main()
