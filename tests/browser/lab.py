"""JupyterLab as `make lab` starts it, and one of its notebooks in a real browser."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Page

from autograder.paths import ROOT

START_SECONDS = 60
RUN_SECONDS = 150
NO_NEWS = {"fetchNews": "false", "checkForUpdates": False}
"""Else JupyterLab asks every new user a question, and the pages differ from run to run."""


def lab_command() -> list[str]:
    """What `make lab` runs at last, in this Python."""
    lines = subprocess.run(
        # Without the option, a make that was started by `make test` also prints its directory.
        ["make", "--dry-run", "--no-print-directory", "lab"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    words = shlex.split(lines[-1])
    assert words[0].endswith("python") and "jupyterlab" in words, lines[-1]
    return [sys.executable, *words[1:]]


@dataclass(frozen=True)
class Lab:
    """A JupyterLab that answers.

    Attributes:
        url: of the server.
        token: that it asks for.
    """

    url: str
    token: str

    def address(self, path: str) -> str:
        """What to type into the browser."""
        return f"{self.url}/{path}?token={self.token}"


@contextlib.contextmanager
def running_lab(folder: Path, settings: Path) -> Iterator[Lab]:
    """JupyterLab in a folder; nothing of this user's own Jupyter settings counts.

    Args:
        folder: in which `make lab` is typed.
        settings: an empty folder.
    """
    token = secrets.token_hex(16)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    user = settings / "CONFIG_DIR" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    user.mkdir(parents=True)
    (user / "notification.jupyterlab-settings").write_text(json.dumps(NO_NEWS))
    kinds = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    variables = {f"JUPYTER_{kind}": str(settings / kind) for kind in kinds}
    variables |= {"PYTHONPATH": str(folder), "MPLBACKEND": ""}
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {k: v for k, v in os.environ.items() if not k.startswith("RESNETS_")}
    environment |= variables | {"PATH": programs}
    environment.pop("MPLBACKEND")
    command = [*lab_command(), "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    command += [f"--IdentityProvider.token={token}", "--LabApp.expose_app_in_browser=True"]
    with (settings / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        lab = Lab(f"http://127.0.0.1:{port}", token)
        deadline = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(requests.RequestException):
                requests.get(lab.address("api"), timeout=5).raise_for_status()
                break
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((settings / "log").read_text())
            time.sleep(0.2)
        yield lab
    finally:
        server.terminate()
        server.wait(30)


_APP = "const app = window.jupyterapp; const panel = app.shell.currentWidget;"


class Notebook:
    """A notebook in JupyterLab, as its reader sees and uses it.

    Args:
        page: of the browser.
        lab: the server.
        path: from the folder of the notebook that the server was started with.
    """

    def __init__(self, page: Page, lab: Lab, path: str) -> None:
        self.page = page
        # A workspace of its own: JupyterLab opens again what was open in the last one.
        workspace = "".join(filter(str.isalnum, path))
        page.goto(lab.address(f"lab/workspaces/{workspace}/tree/{path}"))
        page.wait_for_function(
            "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
            "?.status === 'idle'",
            timeout=START_SECONDS * 1000,
        )

    def _in_lab(self, script: str, *values: Any) -> Any:
        late = f"new Promise((_, no) => setTimeout(() => no('too late'), {1000 * RUN_SECONDS}))"
        work = f"(async () => {{ {_APP} {script} }})()"
        return self.page.evaluate(f"(values) => Promise.race([{work}, {late}])", list(values))

    def command(self, name: str, **options: Any) -> None:
        """What a menu entry does; waits until it is done."""
        self._in_lab("await app.commands.execute(values[0], values[1]);", name, options)

    def run_all(self) -> None:
        """Run > Run All Cells."""
        self.command("notebook:run-all-cells")

    def index(self, name: str) -> int:
        """Where the cell with this `grade_id` is."""
        cells = self._in_lab(
            "return panel.content.widgets.map(w => w.model.getMetadata('nbgrader')?.grade_id);"
        )
        return cells.index(name)

    def write(self, cell: int, text: str) -> None:
        """Select everything in a cell and type over it."""
        self.show(cell)
        self._in_lab(
            "panel.content.activeCellIndex = values[0];"
            "panel.content.widgets[values[0]].model.sharedModel.setSource(values[1]);",
            cell,
            text,
        )

    def run(self, cell: int) -> None:
        """Run one cell by the keyboard."""
        self.show(cell)
        self._in_lab(
            "panel.content.activeCellIndex = values[0]; panel.content.mode = 'command';"
            "panel.content.node.focus();",
            cell,
        )
        self.command("notebook:run-cell")

    def insert_below(self, cell: int, text: str) -> int:
        """A new cell below another one; where it is."""
        self._in_lab("panel.content.activeCellIndex = values[0];", cell)
        self.command("notebook:insert-cell-below")
        self.write(cell + 1, text)
        return cell + 1

    def show(self, cell: int) -> None:
        """Scroll a cell to the top of the window."""
        self._in_lab(
            "await panel.content.scrollToItem(values[0], 'start');"
            "panel.content.widgets[values[0]].node.scrollIntoView({block: 'start'});",
            cell,
        )
        self.page.wait_for_timeout(300)

    def output(self, cell: int) -> str:
        """The words that stand under a cell, once the reader has come to it."""
        self.show(cell)
        return self._in_lab(
            "return panel.content.widgets[values[0]].outputArea.node.innerText;", cell
        )

    def errors(self) -> list[str]:
        """The first lines of all stack traces in the notebook."""
        return self._in_lab(
            "return panel.content.widgets.flatMap(w => (w.model.sharedModel.outputs || [])"
            ".filter(o => o.output_type === 'error').map(o => o.ename + ': ' + o.evalue));"
        )

    def theme(self, name: str) -> None:
        """Settings > Theme."""
        self.command("apputils:change-theme", theme=name)
        self.page.wait_for_timeout(800)
