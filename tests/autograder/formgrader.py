"""nbgrader's formgrader as a teacher runs it: Jupyter's server, started in the course folder."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

START_SECONDS = 60


@dataclass(frozen=True)
class Formgrader:
    """A formgrader that answers.

    Attributes:
        url: of the server.
        token: that it asks for.
    """

    url: str
    token: str

    def ask(self, path: str) -> Any:
        """What its API answers."""
        return self._send("GET", f"api/{path}").json()

    def change(self, path: str, **values: Any) -> Any:
        """Sends what its pages send when a teacher types something."""
        return self._send("PUT", f"api/{path}", json=values).json()

    def press(self, path: str) -> Any:
        """Sends what its pages send when a teacher presses a button."""
        return self._send("POST", f"api/{path}").json()

    def page(self, path: str) -> str:
        """A page's HTML."""
        return self._send("GET", path).text

    def _send(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"token {self.token}"}
        answer = requests.request(
            method, f"{self.url}/formgrader/{path}", headers=headers, timeout=60, **more
        )
        answer.raise_for_status()
        return answer

    def notebook(self, assignment: str, student: str) -> str:
        """The id of a student's notebook."""
        found = self.ask(f"submitted_notebooks/{assignment}/{assignment}")
        return next(one["id"] for one in found if one["student"] == student)

    def cell(self, kind: str, notebook: str, name: str) -> dict[str, Any]:
        """A cell's entry among the `grades` or `comments` of a notebook."""
        found = self.ask(f"{kind}?submission_id={notebook}")
        return next(one for one in found if one["name"] == name)


@contextlib.contextmanager
def formgrader(course: Path, settings: Path) -> Iterator[Formgrader]:
    """Starts it; nothing of this user's own Jupyter settings counts.

    Args:
        course: the folder.
        settings: an empty folder.
    """
    token = secrets.token_hex(16)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    kinds = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    variables = {f"JUPYTER_{kind}": str(settings / kind) for kind in kinds} | {"PATH": programs}
    command = [sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root"]
    command += ["--ip=127.0.0.1", f"--port={port}", f"--IdentityProvider.token={token}"]
    with (settings / "log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=course, env=os.environ | variables, stdout=log, stderr=log
        )
    try:
        opened = Formgrader(f"http://127.0.0.1:{port}", token)
        deadline = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(requests.RequestException):
                opened.ask("status")
                break
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((settings / "log").read_text())
            time.sleep(0.2)
        yield opened
    finally:
        server.terminate()
        server.wait(30)
