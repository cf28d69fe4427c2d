"""The editions of a notebook in other languages, made from its source and its English outputs.

Nothing is executed: figures are the same, the reports of checks are made again, and what was
printed is translated by the templates that it was printed from.
"""

from __future__ import annotations

import functools
import html
import re
from pathlib import Path

from nbformat import NotebookNode

from autograder.authoring import catalogues
from autograder.authoring.handed_out import executed_solution
from autograder.authoring.links import one_folder_deeper
from autograder.notebooks.cells import is_test, tags, tested_function
from autograder.notebooks.language import KEY
from autograder.notebooks.release_version import HIDDEN_VERDICT, strip
from autograder.notebooks.sources import read_source, solution_cells
from autograder.notebooks.translated_outputs import Template, Translator, printing
from autograder.notebooks.translation import translated
from autograder.paths import NOTEBOOKS
from resnets import checks
from resnets.checks.display.html import report_to_html
from resnets.language import ENGLISH, VARIABLE, locales, say, speaking

FINDS = 'sys.path.append("..")'
"""The line by which notebooks find `resnets_utils.py`; editions lie one folder deeper."""
SHOWN_BY = ("resnets/plots/", "resnets/data/", "resnets/training", "resnets/progress.py")
"""Where the sentences are said that stand in outputs without a check."""


def edition_path(assignment: str, language: str) -> Path:
    """Where the students' notebook in a language is."""
    return NOTEBOOKS / language / f"{assignment}.ipynb"


def edition(assignment: str, language: str) -> NotebookNode:
    """The notebook as students get it, in another language.

    Args:
        assignment: its name.
        language: the short name; what is not translated stays English.

    Raises:
        SourceError, StaleSolution: see `handed_out`.
    """
    english = executed_solution(assignment)
    path = catalogues.notebook_file(assignment, language)
    known = catalogues.translations([path], language)
    with speaking(language):
        made = translated(english, lambda text, kind: known.get(text, text))
        pairs = list(zip(english.cells, made.cells, strict=True))
        code = [(ours.source, cell.source) for ours, cell in pairs if cell.cell_type == "code"]
        shown = [template for texts in code for template in printing(*texts)]
        for ours, cell in pairs:
            if cell.cell_type == "code":
                cell.outputs = _outputs(ours, cell, language, shown)
                if "setup" in tags(cell):
                    cell.source = _finding_the_course(cell.source, language)
            elif cell.cell_type == "markdown":
                cell.source = one_folder_deeper(cell.source)
        made.metadata[KEY] = language
        return strip(made)


def first_texts(assignment: str) -> dict[str, dict[str, str]]:
    """What students find in each graded cell: language → function → text."""
    source = read_source(assignment)
    texts = {ENGLISH: solution_cells(strip(source))}
    for language in languages():
        path = catalogues.notebook_file(assignment, language)
        known = catalogues.translations([path], language)
        made = translated(source, lambda text, kind, known=known: known.get(text, text))
        texts[language] = solution_cells(strip(made))
    return {
        language: {name: cell.source for name, cell in cells.items()}
        for language, cells in texts.items()
    }


def languages() -> list[str]:
    """The languages that there are editions in."""
    return sorted(locales())


def _finding_the_course(source: str, language: str) -> str:
    if FINDS not in source:
        return source
    line = f'os.environ.setdefault("{VARIABLE}", "{language}")'
    moved = re.sub(
        rf"^{re.escape(FINDS)}.*$",
        lambda found: found.group().replace('".."', '"../.."') + f"\n{line}",
        source,
        flags=re.MULTILINE,
    )
    return moved if re.search(r"^import os$", source, re.MULTILINE) else f"import os\n{moved}"


def _outputs(
    english: NotebookNode, cell: NotebookNode, language: str, shown: list[Template]
) -> list[NotebookNode]:
    """A cell's outputs in another language.

    Args:
        english: the cell.
        cell: the same, its code translated.
        language: which.
        shown: what the notebook's cells show; what one defines, another may call.
    """
    own = printing(english.source, cell.source)
    printed = Translator([*own, *_sentences(language)], far=shown)
    seen = Translator(_sentences(language, "resnets/plots/", "solutions/"), lists=True)
    outputs = []
    for output in cell.outputs:
        if output.output_type == "stream":
            output.text = printed.lines(output.text)
        elif is_test(cell):
            _report(output, tested_function(cell))
        elif any(kind.startswith("image/") for kind in output.get("data", {})):
            _text_alternative(output, seen)
        elif output.get("data", {}).get("text/html", "").startswith("<details><summary>"):
            words = html.unescape(output.data["text/html"].partition("</summary>")[2])
            text = html.escape(seen.text(words.removesuffix("</details>")))
            summary = html.escape(say("This figure in words"))
            output.data["text/html"] = f"<details><summary>{summary}</summary>{text}</details>"
        outputs.append(output)
    return outputs


@functools.cache
def _sentences(language: str, *said_in: str) -> tuple[Template, ...]:
    known = catalogues.translations(catalogues.spoken_files(language), language)
    return tuple(
        Template(text.text, known[text.text])
        for texts in catalogues.catalogues(language).values()
        for text in texts
        if text.location.startswith(said_in or SHOWN_BY) and text.text in known
    )


def _report(output: NotebookNode, name: str | None) -> None:
    """Makes the report of a check again, in the language that is spoken."""
    plain = output.get("data", {}).get("text/plain", "")
    if name is None or plain.startswith(HIDDEN_VERDICT) or not plain.startswith(f"{name}:"):
        return
    evidence = checks.expected(name, checks.public_cases(name))
    report = checks.judge(name, evidence, evidence)
    output.data["text/plain"] = report.to_plain()
    output.data["text/html"] = report_to_html(report)


def _text_alternative(output: NotebookNode, translator: Translator) -> None:
    text = translator.text(output.data["text/plain"])
    output.data["text/plain"] = text
    for kind in output.get("metadata", {}).values():
        if "alt" in kind:
            kind["alt"] = text
