"""Everything is translated, and a test says which text is not."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.authoring import catalogues, translate, worksheet
from autograder.authoring.catalogues import Text
from autograder.authoring.editions import edition, edition_path
from autograder.notebooks.assemble import OWN, assemble
from autograder.notebooks.cells import STUB, grade_id, is_solution, is_test, tags
from autograder.notebooks.language import language_of
from autograder.notebooks.sources import assignments, read_source, solution_cells
from autograder.paths import NOTEBOOKS
from resnets.checks.display.html import report_to_html
from resnets.language import locales, speaking
from tests.judged import judged
from tests.suites import SUITES
from tests.translation.suites import hints_left, left, told

each_language = pytest.mark.parametrize("language", sorted(locales()))
each_assignment = pytest.mark.parametrize("assignment", assignments())


@each_language
def test_everything_is_translated(language: str) -> None:
    found = translate.complaints(language)
    assert not found, "\n".join(
        [f"{len(found)} texts need work; CONTRIBUTING.md, 'Translations', says how:", *found]
    )


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[Text]]:
    """One small catalogue file in place of all others, and the texts that it must hold."""
    path, texts = tmp_path / "zh_CN" / "small.po", []
    monkeypatch.setattr(catalogues, "catalogues", lambda language: {path: texts})
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    monkeypatch.setattr(worksheet, "ROOT", tmp_path)
    return path, texts


def test_a_text_that_changed_is_stale_until_somebody_has_looked(small) -> None:
    path, texts = small
    texts.append(Text("The stride of the block is missing.", "", "a.py"))
    catalogues.update("zh")
    (problem,) = catalogues.problems("zh")
    assert problem.what == "not translated" and problem.text == texts[0].text

    sheet = worksheet.worksheet("zh")
    assert worksheet.take("zh", sheet.replace("\n---", "\n--- 块缺少步幅。")) == 1
    assert list(catalogues.problems("zh")) == []

    texts[0] = Text("The stride of the first block is missing.", "", "a.py")
    catalogues.update("zh")
    (problem,) = catalogues.problems("zh")
    assert "has changed" in problem.what and problem.text == texts[0].text
    assert catalogues.translations([path], "zh") == {}  # what is stale is shown nowhere
    assert "--- 块缺少步幅。" in worksheet.worksheet("zh")  # the translator begins with it


def test_updating_twice_changes_nothing(small) -> None:
    path, texts = small
    texts += [Text("One {thing}.", "", "a.py"), Text("Another.", "a hint", "b.py")]
    assert catalogues.update("zh") == [path]
    assert catalogues.update("zh") == []


def test_a_sheet_with_a_text_that_is_gone_says_so(small) -> None:
    _, texts = small
    texts.append(Text("Here.", "", "a.py"))
    sheet = worksheet.worksheet("zh").replace("\n---", "\n--- 这里。")
    texts[0] = Text("There, far away, beyond the hills.", "", "a.py")
    with pytest.raises(worksheet.WorksheetError, match="nothing says any more"):
        worksheet.take("zh", sheet)


def test_texts_in_f_strings_are_found() -> None:
    found = catalogues.said_in("""x = f'<b title="{say("right")}">{N_("wrong")}</b>'""")
    assert list(found) == ["right", "wrong"]


@each_assignment
def test_the_edition_is_the_same_program(assignment: str) -> None:
    english = nbformat.read(NOTEBOOKS / f"{assignment}.ipynb", as_version=4)
    chinese = nbformat.read(edition_path(assignment, "zh"), as_version=4)
    assert [grade_id(cell) for cell in english.cells] == [grade_id(c) for c in chinese.cells]
    for ours, theirs in zip(english.cells, chinese.cells, strict=True):
        assert ours.cell_type == theirs.cell_type
        assert ours.metadata.get("tags") == theirs.metadata.get("tags")
        if is_test(ours):
            assert ours.source == theirs.source
        if is_solution(theirs):
            assert (STUB.splitlines()[0] in theirs.source) == (STUB.splitlines()[0] in ours.source)
    text = edition_path(assignment, "zh").read_bytes()
    assert language_of(text) == "zh"
    assert b"BEGIN SOLUTION" not in text and b"hidden=True" not in text


@each_assignment
def test_markdown_shows_the_same_things(assignment: str) -> None:
    """Bold next to Chinese punctuation is easily lost: see CommonMark's rules on emphasis."""
    render = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable("table").render
    english = nbformat.read(NOTEBOOKS / f"{assignment}.ipynb", as_version=4)
    chinese = nbformat.read(edition_path(assignment, "zh"), as_version=4)
    for ours, theirs in zip(english.cells, chinese.cells, strict=True):
        if ours.cell_type == "markdown":
            pages = render(ours.source), render(theirs.source)
            for tag in ("<strong>", "<em>", "<li>", "<code>", "<tr>", "<h2>", "<a ", "<p>"):
                assert pages[0].count(tag) == pages[1].count(tag), (tag, theirs.source)


@each_assignment
def test_marking_takes_the_answers_and_nothing_else_of_a_chinese_notebook(assignment: str) -> None:
    source = read_source(assignment)
    solved = {name: cell.source for name, cell in solution_cells(source).items()}
    notebook = edition(assignment, "zh")
    for cell in filter(is_solution, notebook.cells):
        cell.source = solved[grade_id(cell)]
    assembled = assemble(source, nbformat.writes(notebook).encode())
    assert assembled.notes == []
    assert not [cell for cell in assembled.notebook.cells if OWN in tags(cell)]
    assert {name: assembled.code[name] for name in solved} == solved


def test_a_chinese_notebook_finds_the_course_and_speaks_chinese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RESNETS_LANGUAGE", raising=False)
    notebook = nbformat.read(edition_path("02_building_blocks", "zh"), as_version=4)
    notebook.cells = [
        cell
        for cell in notebook.cells
        if "setup" in tags(cell) or grade_id(cell) == "test_conv_output_size"
    ]
    resources = {"metadata": {"path": str(NOTEBOOKS / "zh")}}
    NotebookClient(notebook, timeout=120, resources=resources).execute()
    said = json.dumps([cell.get("outputs") for cell in notebook.cells], ensure_ascii=False)
    assert "还没有函数 conv_output_size" in said
    assert "ModuleNotFoundError" not in said


SAMPLE = [
    answer
    for suite in list(SUITES.values())[:3]
    for answer in suite.wrong[:: max(1, len(suite.wrong) // 8)]
    if answer.seconds is None
]


@pytest.mark.parametrize("answer", SAMPLE, ids=lambda answer: answer.id)
def test_answers_earn_the_same_and_are_told_in_chinese(answer) -> None:
    both = told(answer)
    assert both.is_same
    assert list(left(both.translated)) == []


def test_hints_are_chinese() -> None:
    assert list(hints_left()) == []


def test_the_table_of_a_report_is_chinese() -> None:
    with speaking("zh"):
        page = report_to_html(judged(SAMPLE[0]))
    assert "应为" in page and "expected" not in page
