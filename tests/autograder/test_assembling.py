"""Whatever state a notebook is in: it is assembled, or refused in a sentence."""

from __future__ import annotations

import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode

from autograder.notebooks.assemble import OWN, Assembled, Unreadable, assemble
from autograder.notebooks.cells import STUB, is_solution, tags
from autograder.notebooks.release_version import strip
from tests.autograder.conftest import handed_in, small_reference

ANSWER = "def third(x):\n    return 'mine'"


def altered(change) -> tuple[NotebookNode, Assembled]:
    """The reference, and what is assembled from a submission that `change` has altered."""
    reference = small_reference()
    notebook = json.loads(handed_in(reference, third=ANSWER))
    change(notebook["cells"])
    return reference, assemble(reference, json.dumps(notebook).encode())


def index_of(cells: list[dict], name: str) -> int:
    names = [c["metadata"].get("nbgrader", {}).get("grade_id") for c in cells]
    return names.index(name)


def test_an_untouched_notebook_is_taken_as_it_is() -> None:
    _, assembled = altered(lambda cells: None)
    assert assembled.code["third"] == ANSWER
    assert assembled.notes == []


def test_the_code_that_runs_besides_is_kept_with_it() -> None:
    def help_it(cells: list[dict]) -> None:
        cells.insert(1, {"cell_type": "code", "metadata": {}, "source": "LIMIT = 3"})

    _, assembled = altered(help_it)
    assert assembled.code == {"third": ANSWER, "greet": assembled.code["greet"], OWN: "LIMIT = 3"}


def test_the_source_is_not_changed() -> None:
    reference = small_reference()
    before = nbformat.writes(reference)
    assemble(reference, handed_in(reference, third=ANSWER))
    assert nbformat.writes(reference) == before


def given_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Cells that are neither a solution nor the student's own."""
    return [c for c in notebook.cells if not is_solution(c) and OWN not in tags(c)]


def test_tests_and_given_cells_come_from_the_source() -> None:
    def cheat(cells: list[dict]) -> None:
        for cell in cells:
            if cell["metadata"].get("nbgrader", {}).get("grade"):
                cell["source"] = "pass"
                cell["metadata"]["nbgrader"]["points"] = 1000
        cells[1]["source"] = "import os as np"

    reference, assembled = altered(cheat)
    assert given_cells(assembled.notebook) == given_cells(reference)


def test_moved_cells_are_found() -> None:
    _, assembled = altered(lambda cells: cells.reverse())
    assert assembled.code["third"] == ANSWER


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_a_retyped_cell_is_run_as_code(kind: str) -> None:
    def retype(cells: list[dict]) -> None:
        cells[index_of(cells, "third")]["cell_type"] = kind

    _, assembled = altered(retype)
    assert assembled.code["third"] == ANSWER
    assert "no longer a code cell" in assembled.notes[0]


def test_a_split_cell_is_put_together() -> None:
    def split(cells: list[dict]) -> None:
        at = index_of(cells, "third")
        first, second = dict(cells[at]), dict(cells[at])
        first["source"], second["source"] = ANSWER.split("\n", 1)
        cells[at : at + 1] = [first, second]

    _, assembled = altered(split)
    assert assembled.code["third"] == ANSWER
    assert "2 cells third" in assembled.notes[0]


def test_of_a_copied_cell_the_untouched_one_is_left_out() -> None:
    def copied(cells: list[dict]) -> None:
        stub = dict(cells[index_of(cells, "third")], source=f"def third(x):\n    {STUB}")
        cells.append(stub)
        cells.insert(0, stub)

    _, assembled = altered(copied)
    assert assembled.code["third"] == ANSWER


def test_a_deleted_cell_counts_as_empty() -> None:
    def delete(cells: list[dict]) -> None:
        del cells[index_of(cells, "third")]

    _, assembled = altered(delete)
    assert assembled.code["third"] == ""
    assert assembled.notes == ["Your notebook has no cell third; it counts as empty."]


@pytest.mark.parametrize(
    "metadata",
    [{}, None, [], "x", {"nbgrader": None}, {"nbgrader": []}, {"nbgrader": {"grade_id": 5}}],
)
def test_broken_metadata_is_made_up_for_by_the_function(metadata: object) -> None:
    def break_it(cells: list[dict]) -> None:
        cells[index_of(cells, "third")]["metadata"] = metadata

    _, assembled = altered(break_it)
    assert assembled.code["third"] == ANSWER
    assert "recognised by the function" in assembled.notes[0]


def test_a_deleted_test_is_run_nevertheless() -> None:
    def delete(cells: list[dict]) -> None:
        del cells[index_of(cells, "test_third")]

    reference, assembled = altered(delete)
    assert given_cells(assembled.notebook) == given_cells(reference)
    assert "test cells test_third are missing" in assembled.notes[0]


def test_the_notebook_handed_out_assembles_without_a_note() -> None:
    reference = small_reference()
    reference.cells[5].source = "### BEGIN SOLUTION\n1\n### END SOLUTION"
    assembled = assemble(reference, nbformat.writes(strip(reference)).encode())
    assert assembled.notes == []
    assert "raise NotImplementedError" in assembled.code["greet"]


def test_an_old_notebook_is_read() -> None:
    reference = small_reference()
    notebook = nbformat.reads(handed_in(reference, third=ANSWER).decode(), as_version=4)
    old = nbformat.writes(nbformat.convert(notebook, 3), version=3).encode()
    assert assemble(reference, old).code["third"] == ANSWER


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"hello", "not a notebook"),
        (b"\xff\xfe\x00h", "not UTF-8"),
        (b"[]", "no list of cells"),
        (b'{"cells": 5}', "no list of cells"),
        (b'{"cells": []}', "not the one of this assignment"),
        (b"[" * 100_000, "not a notebook"),
        (b'{"cells": [' + b",".join([b"{}"] * 10_000) + b"]}", "10000 cells"),
        (b'{"nbformat": 3, "worksheets": 7}', "old format"),
        (b"1" * 10_000, "cannot be read"),
    ],
    ids=lambda value: repr(value[:20]),
)
def test_what_is_no_notebook_is_told(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        assemble(small_reference(), content)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["cells", "metadata", "nbgrader", "grade_id", "source", "cell_type"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(st.lists(JSON, max_size=6))
def test_any_json_is_assembled_or_unreadable(cells: list) -> None:
    reference = small_reference()
    try:
        assembled = assemble(reference, json.dumps({"nbformat": 4, "cells": cells}).encode())
    except Unreadable:
        return
    assert given_cells(assembled.notebook) == given_cells(reference)
    nbformat.writes(assembled.notebook).encode()
