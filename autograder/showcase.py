"""`make run`: notebook 01's solution from end to end, marked, with its pictures and its accuracy.

Everything is made on the spot: the pictures that the network learns from, the class of one
submission that is marked. The results lie in `showcase/`.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from tqdm import tqdm

from autograder.notebooks.sources import read_source
from autograder.paths import ROOT, SOLUTIONS

ASSIGNMENT = "01_residual_networks"
SHOWCASE = ROOT / "showcase"
STUDENT = "reference"

# What the notebook measured, asked of its kernel after the last cell.
ACCURACIES = """
import json
print(json.dumps({
    "after two epochs of the course's recipe": accuracy,
    "after five": before,
    "after five, batch norm recalibrated": recalibrated,
    "the trained model": float(correct.mean()),
}))
"""


def main() -> int:
    """Runs, marks and shows; the exit code is 0 where the solution earned all its points."""
    shutil.rmtree(SHOWCASE, ignore_errors=True)
    notebook, accuracies = executed()
    pictures = write_pictures(notebook, SHOWCASE / "pictures")
    page = SHOWCASE / f"{ASSIGNMENT}.html"
    page.write_text(HTMLExporter().from_notebook_node(notebook)[0], encoding="utf-8")
    result = marked()

    print(f"\nScore of the reference solution: {result['score']:g} of {result['max_score']:g}")
    print("Accuracy on the test pictures (guessing: 0.17)")
    for what, accuracy in accuracies.items():
        print(f"  {accuracy:.2f}  {what}")
    print(f"Pictures: {len(pictures)} in {shown(SHOWCASE / 'pictures')}")
    print(f"The notebook as a page: {shown(page)}")
    print("Your turn: make lab")
    return 0 if result["score"] == result["max_score"] else 1


def shown(path: Path) -> str:
    """A path as it is shortest from here."""
    return os.path.relpath(path)


def executed() -> tuple[NotebookNode, dict[str, float]]:
    """Notebook 01 with its outputs, every cell run, and the accuracies that it measured."""
    notebook = read_source(ASSIGNMENT)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    notebook.cells.append(nbformat.v4.new_code_cell(ACCURACIES))
    with tqdm(total=len(cells) + 1, desc=f"Running {ASSIGNMENT}", unit="cell") as progress:
        NotebookClient(
            notebook,
            timeout=None,
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(SOLUTIONS)}},
            on_cell_executed=lambda **_: progress.update(),
        ).execute()
    last = notebook.cells.pop()
    return notebook, json.loads(last.outputs[-1].text)


def write_pictures(notebook: NotebookNode, folder: Path) -> list[Path]:
    """Every picture of the notebook's outputs as a PNG file, numbered in their order."""
    folder.mkdir(parents=True)
    paths = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if png := output.get("data", {}).get("image/png"):
                paths.append(folder / f"{len(paths) + 1:02}.png")
                paths[-1].write_bytes(base64.b64decode(png))
    return paths


def marked() -> dict[str, object]:
    """The autograder's verdict on the reference solution, handed in as a student would."""
    from autograder.cli import main as autograder
    from autograder.course.secret import keep_in_course

    course = SHOWCASE / "course"
    submission = course / "submitted" / STUDENT / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    submission.parent.mkdir(parents=True)
    shutil.copyfile(SOLUTIONS / f"{ASSIGNMENT}.ipynb", submission)
    keep_in_course(course)  # So that nothing is said of a secret that is made while it is marked.
    autograder(["grade", ASSIGNMENT, "--course", str(course)])
    grades = json.loads((course / "grades.json").read_text(encoding="utf-8"))
    return grades["students"][STUDENT]


if __name__ == "__main__":
    sys.exit(main())
