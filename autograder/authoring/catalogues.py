"""The gettext catalogues of the course's translations, made and kept up to date with Babel.

For each language there are small files, so that two people seldom change the same one:

    resnets/locale/zh_CN/sentences.po           what the code says: `say("…")` and `N_("…")`
    resnets/locale/zh_CN/figures.po             titles and names in the notebooks' figures
    resnets/locale/zh_CN/building_blocks.po     titles, hints and mistakes of a notebook's exercises
    solutions/locale/zh_CN/02_building_blocks.po    the texts of a notebook

Those in `resnets` are compiled into the one file that the checks read, LC_MESSAGES/course.mo.
"""

from __future__ import annotations

import ast
import io
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from autograder.notebooks.shown_texts import figure_words
from autograder.notebooks.sources import assignments, module_name, read_source
from autograder.notebooks.translation import messages
from autograder.paths import ROOT, SOLUTIONS
from resnets import checks
from resnets.checks.catalogue.exercise import Exercise
from resnets.checks.catalogue.graph_exercise import GraphExercise
from resnets.checks.catalogue.numbers_exercise import NumbersExercise
from resnets.checks.catalogue.procedure_exercise import ProcedureExercise
from resnets.language import DOMAIN, LOCALE, locales

SENTENCES, FIGURES = "sentences", "figures"
SPEAKING = ("autograder", "resnets")
"""Where `say` and `N_` are looked for."""
KEYWORDS = ("say", "N_")
NOTEBOOK_TEXTS = SOLUTIONS / "locale"


class Text(NamedTuple):
    """A text to translate: where it is from, in words, and what is asked of its translation."""

    text: str
    comment: str
    location: str


class Problem(NamedTuple):
    """What is wrong with one text of one catalogue."""

    path: Path
    what: str
    text: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}: {self.what}: {self.text!r}"


def catalogues(language: str) -> dict[Path, list[Text]]:
    """All catalogue files of a language, with the texts that each must hold."""
    folder = locales()[language]
    spoken, written = LOCALE / folder, NOTEBOOK_TEXTS / folder
    sentences = list(_sentences())
    known = {text.text for text in sentences}
    found = {spoken / f"{SENTENCES}.po": sentences}
    for name in assignments():
        texts = [text for text in _of_exercises(name) if text.text not in known]
        known |= {text.text for text in texts}
        found[spoken / f"{module_name(name)}.po"] = texts
    figures = [text for text in _distinct(_of_figures()) if text.text not in known]
    found[spoken / f"{FIGURES}.po"] = figures
    for name in assignments():
        found[written / f"{name}.po"] = [
            Text(message.text, message.kind, f"solutions/{name}.py")
            for message in _distinct(messages(read_source(name)))
        ]
    return found


def _distinct(found: Iterable) -> Iterator:
    seen: set[str] = set()
    for message in found:
        if message.text not in seen:
            seen.add(message.text)
            yield message


def _sentences() -> Iterator[Text]:
    """What stands in `say` and `N_`, in Python and in templates."""
    seen: set[str] = set()
    for folder in SPEAKING:
        for path in sorted((ROOT / folder).rglob("*")):
            found: Iterable[str] = ()
            if path.suffix == ".py" and "skeletons" not in path.parts:
                found = said_in(path.read_text(encoding="utf-8"))
            elif path.suffix == ".html" and "say(" in path.read_text(encoding="utf-8"):
                rows = extract_from_file("jinja2.ext:babel_extract", path, {"say": None})
                found = [row[1] if isinstance(row[1], str) else row[1][0] for row in rows]
            for text in found:
                if text and text not in seen:
                    seen.add(text)
                    yield Text(text, "", path.relative_to(ROOT).as_posix())


def said_in(source: str) -> Iterator[str]:
    """The texts in calls of `say` and `N_`; Babel's own way does not see those in f-strings."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        named = isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
        if named and call.args and isinstance(call.args[0], ast.Constant):
            yield call.args[0].value


def _of_figures() -> Iterator[Text]:
    """The words that notebooks write into their figures, for the figures' text alternatives."""
    for name in assignments():
        for cell in read_source(name).cells:
            for text in figure_words(cell.source) if cell.cell_type == "code" else ():
                yield Text(text, "in a figure, read out", f"solutions/{name}.py")


def _of_exercises(assignment: str) -> Iterator[Text]:
    """What the exercises of a notebook say: see `resnets.checks.catalogue`."""
    seen: set[str] = set()
    for exercise in checks.exercises(assignment):
        for kind, text in _said_by(exercise):
            if text not in seen:
                seen.add(text)
                module = module_name(assignment)
                place = f"resnets/checks/catalogue/exercises/{module}.py"
                yield Text(text, f"{exercise.name}: {kind}", place)


def _said_by(exercise: Exercise) -> Iterator[tuple[str, str]]:
    for criterion in exercise.rubric:
        yield "title of a line of the rubric", criterion.title
    if isinstance(exercise, GraphExercise):
        for part in exercise.parts:
            yield "a place; sentences begin with it", part.words
        for argument in exercise.decided_by.values():
            yield "arguments of the function", argument
    if isinstance(exercise, NumbersExercise):
        procedure = isinstance(exercise, ProcedureExercise)
        for result in () if procedure else exercise.results:
            yield "what a result is called", result
        for trial in exercise.trials.values() if procedure else ():
            yield "what a function is tried with, as a noun", trial.words
            for fact in trial.facts:
                yield "what a result is called", fact.words
                if fact.otherwise:
                    yield "a mistake", fact.otherwise
        for mistake in exercise.mistakes.values():
            yield "a mistake", mistake
    for hint in exercise.hints:
        yield "a hint", hint


def update(language: str) -> list[Path]:
    """Brings all catalogue files of a language up to date; returns those that changed.

    A text that is gone goes; where one has changed a little, its translation stays as a fuzzy one:
    it is shown nowhere until somebody has looked at it.
    """
    changed = []
    for path, texts in catalogues(language).items():
        template = Catalog(charset="utf-8")
        for text in texts:
            comments = [text.comment] if text.comment else []
            template.add(text.text, locations=[(text.location, None)], auto_comments=comments)
        catalogue = read(path, language)
        catalogue.update(template, update_creation_date=False)
        catalogue.obsolete.clear()
        changed += [path] if write(path, catalogue) else []
    return changed


def read(path: Path, language: str) -> Catalog:
    """A catalogue file; an empty catalogue where there is none."""
    if not path.is_file():
        return Catalog(locale=locales()[language], project="Residual networks", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=locales()[language])


def write(path: Path, catalogue: Catalog) -> bool:
    """Writes a catalogue file where it differs from what is there; whether it does."""
    file = io.BytesIO()
    write_po(file, catalogue, width=100, include_lineno=False, include_previous=True)
    body = file.getvalue().split(b"\n\n", 1)[1]
    # Babel's header holds dates and its own version, on which two branches would disagree.
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {path.parent.name}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n\n'
    ).encode()
    text = header + body.strip() + b"\n"
    if path.is_file() and path.read_bytes() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
    return True


def translations(paths: Iterable[Path], language: str) -> dict[str, str]:
    """What is translated in some catalogue files; what is fuzzy or empty is not."""
    return {
        message.id: message.string
        for path in paths
        for message in read(path, language)
        if message.id and message.string and not message.fuzzy
    }


def spoken_files(language: str) -> list[Path]:
    """The catalogue files of what code and exercises say."""
    return sorted((LOCALE / locales()[language]).glob("*.po"))


def notebook_file(assignment: str, language: str) -> Path:
    """The catalogue file of a notebook's texts."""
    return NOTEBOOK_TEXTS / locales()[language] / f"{assignment}.po"


def compiled(language: str) -> bytes:
    """The compiled catalogue of what code and exercises say; the same texts give the same bytes.

    (Babel's own `write_mo` puts the hour and its version into the file.)
    """
    texts = {"": "Content-Type: text/plain; charset=utf-8\n"}
    texts |= translations(spoken_files(language), language)
    pairs = sorted((text.encode(), translation.encode()) for text, translation in texts.items())
    # The format is that of GNU gettext: https://www.gnu.org/software/gettext/manual/gettext.html,
    # "The Format of GNU MO Files". Two tables of lengths and places stand before the texts.
    tables_at, count = 7 * 4, len(pairs)
    place = tables_at + 2 * 8 * count
    tables, body = [], b""
    for column in (0, 1):
        for pair in pairs:
            tables += [len(pair[column]), place + len(body)]
            body += pair[column] + b"\0"
    head = (0x950412DE, 0, count, tables_at, tables_at + 8 * count, 0, 0)
    return struct.pack(f"<{len(head) + len(tables)}I", *head, *tables) + body


def compiled_file(language: str) -> Path:
    """Where the compiled catalogue is."""
    return LOCALE / locales()[language] / "LC_MESSAGES" / f"{DOMAIN}.mo"


def problems(language: str) -> Iterator[Problem]:
    """What is not translated, out of date or broken, text by text."""
    from autograder.authoring.translation_rules import broken

    for path, texts in catalogues(language).items():
        catalogue = read(path, language)
        there: dict[str, Message] = {message.id: message for message in catalogue if message.id}
        for text in texts:
            message = there.pop(text.text, None)
            if message is None or not message.string:
                yield Problem(path, "not translated", text.text)
            elif message.fuzzy:
                yield Problem(path, "the text has changed; look at its translation", text.text)
            else:
                for what in broken(text.text, message.string, text.comment):
                    yield Problem(path, what, text.text)
        for gone in there:
            yield Problem(path, "no longer said", gone)
