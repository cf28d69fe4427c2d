"""Source, executed solution and student notebook say the same, and keep the course's rules."""

from __future__ import annotations

import html
import re

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.notebooks.cells import STUB, grade_id, is_grade, is_solution, is_test, tags
from autograder.notebooks.drafts import BEGIN
from autograder.notebooks.release_version import strip
from autograder.notebooks.sources import assignments, read_source
from autograder.paths import NOTEBOOKS, ROOT, SOLUTIONS
from resnets import checks

each_assignment = pytest.mark.parametrize("assignment", assignments())
LONGEST_CELL = 40  # lines: a screen
LONGEST_TASK = 60  # what students find in a graded cell, whose docstring is long
LONGEST_ANSWER = 75  # the same cell with the answer in it


def read(folder, assignment: str) -> NotebookNode:
    return nbformat.read(folder / f"{assignment}.ipynb", as_version=4)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@each_assignment
def test_the_executed_solution_is_its_source(assignment: str) -> None:
    source, solved = read_source(assignment), read(SOLUTIONS, assignment)
    for written, executed in zip(source.cells, solved.cells, strict=True):
        assert (written.id, written.source) == (executed.id, executed.source), (
            "run: python -m autograder build"
        )
        assert written.metadata == executed.metadata


@each_assignment
def test_the_student_notebook_is_the_stripped_solution(assignment: str) -> None:
    assert read(NOTEBOOKS, assignment) == strip(read(SOLUTIONS, assignment)), (
        "run: python -m autograder build"
    )


@each_assignment
def test_every_cell_was_executed_in_order_and_without_error(assignment: str) -> None:
    cells = code_cells(read(SOLUTIONS, assignment))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [out for cell in cells for out in cell.outputs if out.output_type == "error"]


@each_assignment
def test_students_find_no_answer_and_no_hidden_test(assignment: str) -> None:
    notebook = read(NOTEBOOKS, assignment)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "BEGIN SOLUTION" not in text and "HIDDEN" not in text and "hidden=True" not in text
    drafts = {grade_id(c) for c in read_source(assignment).cells if BEGIN in c.source}
    for cell in notebook.cells:
        if is_solution(cell):
            assert (STUB.splitlines()[-1] in cell.source) != (grade_id(cell) in drafts)
            assert not cell.outputs


@each_assignment
def test_points_are_a_hundred_and_those_of_the_rubrics(assignment: str) -> None:
    cells = [cell for cell in read_source(assignment).cells if is_grade(cell)]
    assert sum(cell.metadata.nbgrader.points for cell in cells) == 100
    for cell in cells:
        name = grade_id(cell).removeprefix("test_")
        assert cell.metadata.nbgrader.points == checks.max_points(name)


@each_assignment
def test_every_exercise_has_its_two_cells(assignment: str) -> None:
    ids = [grade_id(cell) for cell in read_source(assignment).cells if grade_id(cell)]
    asked = [(e.name, f"test_{e.name}") for e in checks.exercises(assignment)]
    assert ids == [name for pair in asked for name in pair]


@each_assignment
def test_most_outputs_are_compared(assignment: str) -> None:
    cells = code_cells(read_source(assignment))
    ignored = [cell for cell in cells if "nbval-ignore-output" in tags(cell)]
    assert len(ignored) <= 0.2 * len(cells)


@each_assignment
def test_compared_numbers_are_printed_away_from_rounding_boundaries(assignment: str) -> None:
    """`rounded` sees to it; a format like `{loss:.3f}` would not."""
    for cell in code_cells(read_source(assignment)):
        if "nbval-ignore-output" not in tags(cell):
            assert not re.search(r":[+ ]?[\d,]*\.[1-9]\d*[efg]\}", cell.source), cell.source


@each_assignment
def test_no_code_cell_is_longer_than_a_screen(assignment: str) -> None:
    solved = read_source(assignment)
    for cell, handed_out in zip(code_cells(solved), code_cells(strip(solved)), strict=True):
        lines, task = len(cell.source.splitlines()), len(handed_out.source.splitlines())
        if is_solution(cell):
            assert lines <= LONGEST_ANSWER and task <= LONGEST_TASK, grade_id(cell)
        else:
            assert lines <= LONGEST_CELL, cell.source[:200]


@each_assignment
def test_code_is_no_wider_than_a_cell(assignment: str) -> None:
    for cell in code_cells(read_source(assignment)):
        assert not [line for line in cell.source.splitlines() if len(line) > 100]


@each_assignment
def test_every_figure_says_in_words_what_is_seen(assignment: str) -> None:
    for folder in (SOLUTIONS, NOTEBOOKS):
        for cell in code_cells(read(folder, assignment)):
            for number, output in enumerate(cell.outputs):
                if not any(kind.startswith("image/") for kind in output.get("data", {})):
                    continue
                text = output.data["text/plain"]
                assert len(text.split()) >= 8 and "object at" not in text, text
                assert not text.startswith(("<", "Figure(")), text
                assert output.metadata["image/png"]["alt"] == text
                # JupyterLab shows no `alt`: there the text stands under the picture.
                below = cell.outputs[number + 1].data["text/html"]
                assert html.escape(text) in below and below.startswith("<details><summary>")


@each_assignment
def test_students_see_that_the_results_of_checks_are_an_example(assignment: str) -> None:
    for cell in read(NOTEBOOKS, assignment).cells:
        if is_test(cell):
            heading, result = cell.outputs[0], cell.outputs[1]
            for kind in ("text/plain", "text/html"):
                assert "Example" in heading.data[kind] and "solved notebook" in heading.data[kind]
            assert "points" in result.data["text/plain"]


@each_assignment
def test_only_notebooks_that_exist_are_named(assignment: str) -> None:
    numbers = {name[:2] for name in assignments()}
    for cell in read_source(assignment).cells:
        if cell.cell_type == "markdown":
            for number in re.findall(r"[Nn]otebook (\d+)", cell.source):
                assert f"{int(number):02}" in numbers, cell.source
            for name in re.findall(r"\(([^()]*)\.ipynb\)", cell.source):
                assert name in assignments(), cell.source


@each_assignment
def test_what_next_leads_to_every_later_notebook(assignment: str) -> None:
    text = "\n".join(cell.source for cell in read_source(assignment).cells)
    ending = text.split("## What next")[1]
    for later in assignments()[assignments().index(assignment) + 1 :]:
        assert f"({later}.ipynb)" in ending, f"{assignment} does not lead on to {later}"


@each_assignment
def test_no_stored_output_names_a_folder_of_this_machine(assignment: str) -> None:
    for folder in (SOLUTIONS, NOTEBOOKS):
        text = (folder / f"{assignment}.ipynb").read_text(encoding="utf-8")
        assert str(ROOT) not in text
        assert not re.search(r"/(home|root|Users|tmp)/\w", text)
