"""nbgrader's "Validate" button, which JupyterLab shows where nbgrader is installed."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.validator import Validator

from autograder.notebooks.cells import tags
from autograder.paths import NOTEBOOKS, SOLUTIONS
from resnets.validate_button import is_needed


def validated(folder: Path) -> dict[str, list]:
    """What nbgrader says of notebook 02 in a folder."""
    return Validator().validate(str(folder / "02_building_blocks.ipynb"))


@pytest.mark.slow
def test_the_solved_notebook_passes_and_the_untouched_one_does_not(tmp_path: Path) -> None:
    for folder, ends in ((SOLUTIONS, set()), (NOTEBOOKS, {"failed"})):
        shutil.copy(folder / "02_building_blocks.ipynb", tmp_path)
        assert set(validated(tmp_path)) == ends


def test_a_wrong_answer_is_not_called_a_success(tmp_path: Path) -> None:
    notebook = nbformat.read(SOLUTIONS / "02_building_blocks.ipynb", as_version=4)
    kept = [c for c in notebook.cells if "setup" in tags(c) or "nbgrader" in c.metadata]
    notebook.cells = kept[:5]
    notebook.cells[1].source = "def conv_output_size(*_):\n    return 7"
    nbformat.write(notebook, tmp_path / "02_building_blocks.ipynb")
    result = validated(tmp_path)
    assert len(result["failed"]) >= 1


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ("import keras", True),
        ("def f(x):\n    return train(x)", True),
        ('check("conv2d")', True),
        ("EPOCHS = 3", True),
        ("history = model.fit(x, y)", False),
        ("for n in range(3):\n    print(n)", False),
        ("def f(:", True),
    ],
)
def test_what_runs(source: str, needed: bool) -> None:
    assert is_needed(source) == needed
