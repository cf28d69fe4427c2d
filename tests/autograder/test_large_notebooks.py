"""A notebook may be large by its outputs; what is read of it, and by whom, is bounded."""

from __future__ import annotations

import json
import resource
import time
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_output

from autograder.course.files import NotAFile
from autograder.grading.slim import slim
from autograder.kernels.limits import MEBIBYTE, READ_HERE
from autograder.notebooks.assemble import assemble
from autograder.notebooks.without_outputs import without_outputs
from tests.autograder.conftest import small_reference
from tests.autograder.instant import (
    RIGHT,
    InstantExecutor,
    command,
    hand_in,
    make_course,
    rows,
)

LARGEST = 20 * MEBIBYTE


def with_outputs(megabytes: int) -> bytes:
    """A right notebook with so much of training logs, and with pictures."""
    notebook = nbformat.reads(RIGHT, as_version=4)
    log = "Epoch 1/2 ━━━━━ 34/34 19s 553ms/step - loss: 2.0312 🙂\n"
    text = log * (megabytes * MEBIBYTE // len(log.encode()))
    picture = {"image/png": "iVBORw0KGgo" * 50_000}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [new_output("display_data", data=picture)]
        else:
            cell.attachments = {"photo.png": picture}
    notebook.cells[1].outputs.append(new_output("stream", text=text))
    notebook.metadata.widgets = {"state": "x" * 1000}
    return nbformat.writes(notebook).encode()


def test_large_outputs_cost_no_points(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    hand_in(course, "anna", with_outputs(26))
    executor = InstantExecutor()
    assert command(course, executor=executor).returncode == 0
    assert (rows(course)["anna"]["score"], rows(course)["anna"]["status"]) == ("3", "graded")
    assert max(len(job.submission) for job in executor.jobs) < 100_000
    assert ": 0 marked" in command(course).stdout


def test_nothing_but_outputs_is_left_out() -> None:
    full, slimmed = with_outputs(1), slim(with_outputs(1), LARGEST)
    assert len(full) > READ_HERE > len(slimmed)
    reference = small_reference()
    one, other = assemble(reference, full), assemble(reference, slimmed)
    assert (one.notebook, one.code, one.notes) == (other.notebook, other.code, other.notes)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
CELLS = st.fixed_dictionaries(
    {"source": st.text() | st.lists(st.text())},
    optional={
        "outputs": JSON,
        "attachments": JSON,
        "metadata": JSON,
        "id": JSON,
        "cell_type": JSON,
    },
)


@given(cells=st.lists(CELLS | JSON), more=st.dictionaries(st.text(), JSON))
def test_whatever_else_is_in_a_notebook_stays(cells: list, more: dict) -> None:
    found = json.loads(without_outputs(json.dumps(more | {"cells": cells}).encode()))
    for cell in cells:
        if isinstance(cell, dict):
            cell.pop("attachments", None)
            if "outputs" in cell:
                cell["outputs"] = []
    assert found == more | {"cells": cells}


@given(st.binary(max_size=200) | JSON.map(lambda plain: json.dumps(plain).encode()))
def test_a_small_file_that_is_no_notebook_is_told_later(content: bytes) -> None:
    try:
        assert json.loads(slim(content, LARGEST)) == json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        assert slim(content, LARGEST) == content


def test_old_notebooks_are_slimmed_too() -> None:
    old = {"nbformat": 3, "worksheets": [{"cells": [{"input": "x", "outputs": [1]}]}, 3]}
    slimmed = json.loads(without_outputs(json.dumps(old).encode()))
    assert slimmed["worksheets"][0]["cells"] == [{"input": "x", "outputs": []}]


HOSTILE = {
    "nested": b"[" * (60 * MEBIBYTE),
    "nested and closed": b"[" * (30 * MEBIBYTE) + b"]" * (30 * MEBIBYTE),
    "empty objects": b"[" + b"{}," * (40 * MEBIBYTE) + b"{}]",
    "blanks": b" " * (50 * MEBIBYTE),
    "not UTF-8": b"\xff" * (50 * MEBIBYTE),
    "cut off": with_outputs(26)[:-1],
    "numbers": b"[" + b"1," * (30 * MEBIBYTE) + b"1]",
    "code": json.dumps({"cells": [{"source": "x" * (30 * MEBIBYTE)}]}).encode(),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_bounded(kind: str) -> None:
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(NotAFile, match=r"\d+ MB") as told:
        slim(HOSTILE[kind], LARGEST)
    assert len(str(told.value)) < 300
    grown = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    assert grown < 300 * MEBIBYTE
    assert time.process_time() - started < 5


def test_reading_within_bounds_is_over_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.grading.slim.READING_SECONDS", 1)
    with pytest.raises(NotAFile, match="more than 1 seconds or"):
        slim(b"[" + b'{"a":[{}]},' * (8 * MEBIBYTE) + b"1]", LARGEST)


def test_a_file_beyond_the_bound_is_not_read_at_all(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    with hand_in(course, "anna").open("wb") as file:
        file.truncate(201 * MEBIBYTE)
    hand_in(course, "bob")
    assert command(course).returncode == 0
    assert rows(course)["anna"]["status"] == "unreadable"
    assert "201 MB" in rows(course)["anna"]["message"]
    assert rows(course)["bob"]["score"] == "3"
