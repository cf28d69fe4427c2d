"""`python -m autograder translate`: the catalogues and the notebooks in other languages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import nbformat

from autograder.authoring import catalogues
from autograder.authoring.editions import edition, edition_path, first_texts
from autograder.authoring.handed_out import StaleSolution
from autograder.notebooks.sources import assignments
from autograder.paths import ROOT
from resnets import checks
from resnets.checks.first_texts import first_text
from resnets.language import speaking


def bring_up_to_date(language: str) -> list[Path]:
    """Writes the catalogues, the compiled one, and the notebooks of a language.

    A notebook whose solution is not built is left as it is: `build` writes it, too.

    Returns:
        The files that changed.
    """
    changed = catalogues.update(language)
    compiled, path = catalogues.compiled(language), catalogues.compiled_file(language)
    if not path.is_file() or path.read_bytes() != compiled:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(compiled)
        changed.append(path)
    return changed + write_editions(language, assignments())


def write_editions(language: str, names: Iterable[str]) -> list[Path]:
    """Writes the notebooks of a language; returns those that changed."""
    changed = []
    for name in names:
        first = checks.save_first_texts(name, first_texts(name))
        changed += [first] if first else []
        try:
            made = edition(name, language)
        except StaleSolution:
            continue
        path = edition_path(name, language)
        text = nbformat.writes(made) + "\n"
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def complaints(language: str) -> list[str]:
    """What is wrong with a language: texts, the compiled catalogue, notebooks."""
    found = [str(problem) for problem in catalogues.problems(language)]
    path = catalogues.compiled_file(language)
    if not path.is_file() or path.read_bytes() != catalogues.compiled(language):
        found.append(f"{path.name} is not what the catalogues say: python -m autograder translate")
    readme = (ROOT / f"README.{language}.md").read_text(encoding="utf-8")
    for name in assignments():
        if f"(notebooks/{language}/{name}.ipynb)" not in readme:
            found.append(f"README.{language}.md: its table has no row for {name}")
        for function, text in first_texts(name)[language].items():
            with speaking(language):
                if first_text(function) != text:
                    found.append(
                        f"reset({function!r}) has an old text: python -m autograder translate"
                    )
        path = edition_path(name, language)
        try:
            made = nbformat.writes(edition(name, language)) + "\n"
        except StaleSolution as error:
            found.append(str(error))
            continue
        if not path.is_file() or path.read_text(encoding="utf-8") != made:
            found.append(
                f"{path.parent.name}/{path.name} is not what it is made from: "
                "python -m autograder translate"
            )
    return found
