"""One cell by which a notebook alone, as on Colab, fetches the rest of the course."""

from __future__ import annotations

import re
import string

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.errors import AutograderError
from resnets.language import N_, say

TAG = "bootstrap"
ABOUT = N_("Only where the rest of the course is not there yet, as on Colab: this fetches it.")
_CELL = string.Template("""# $about
import os
import subprocess
import sys

if not os.path.exists("$up/resnets_utils.py"):
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", "$address", "course"], check=True)
    os.chdir("course/$folder")
    needed = [sys.executable, "-m", "pip", "install", "--quiet", "-r", "$up/requirements.txt"]
    subprocess.run(needed, check=True)""")
_GITHUB = re.compile(r"https://github\.com/([\w.-]+)/([\w.-]+?)(?:\.git)?/?")


class BootstrapError(AutograderError):
    """An address that cannot stand in a notebook; the message is one sentence."""


def with_bootstrap(notebook: NotebookNode, address: str, place: str) -> NotebookNode:
    """Put the cell, and buttons for Colab and Binder where the address is on GitHub, first.

    Args:
        notebook: as it is released; it is changed.
        address: of the git repository that holds the released folder.
        place: of the notebook in that folder, such as notebooks/zh/01_residual_networks.ipynb.

    Raises:
        BootstrapError: the address holds a quote, a space or a backslash.
    """
    if re.search(r"[\s\"'\\]", address) or not address:
        raise BootstrapError(
            f"The address must hold no quotes, spaces or backslashes; found {address!r:.80}."
        )
    folder = place.rpartition("/")[0]
    up = "/".join([".."] * len(folder.split("/")))
    source = _CELL.substitute(about=say(ABOUT), up=up, address=address, folder=folder)
    # nbval passes it over; marking takes nothing of it but its imports.
    cells = [new_code_cell(source, metadata={"tags": [TAG, "nbval-skip"]}, id=TAG)]
    if buttons := _buttons(address, place):
        cells.insert(0, new_markdown_cell(buttons, id=f"{TAG}-buttons"))
    notebook.cells[:0] = cells
    return notebook


def _buttons(address: str, place: str) -> str:
    found = _GITHUB.fullmatch(address)
    if not found:
        return ""
    where = "/".join(found.groups())
    colab = f"https://colab.research.google.com/github/{where}/blob/HEAD/{place}"
    binder = f"https://mybinder.org/v2/gh/{where}/HEAD?labpath={place}"
    return f"[Colab]({colab}) · [Binder]({binder})"
