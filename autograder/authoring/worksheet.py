"""A plain text file to translate in: what is not translated yet, and room for the translation.

    === 3f2a9c10 resnets/locale/zh_CN/sentences.po
    Expected {expected}, found {found}.
    --- 应为 {expected}，实际为 {found}。

Below `===` stands the English text, after `---` its translation, on as many lines as it needs.
Texts without a translation are passed over when the sheet is read.
"""

from __future__ import annotations

import hashlib
import re

from autograder.authoring import catalogues
from autograder.errors import AutograderError
from autograder.paths import ROOT


class WorksheetError(AutograderError):
    """A sheet that cannot be read; the message says which place and why."""


def worksheet(language: str, only: str = "") -> str:
    """The texts that need work, with what is there already.

    Args:
        language: the short name.
        only: part of the name of the catalogue files that are wanted.
    """
    parts = [__doc__.partition("\n")[0], ""]
    for path, texts in catalogues.catalogues(language).items():
        if only not in path.name:
            continue
        catalogue = catalogues.read(path, language)
        for text in texts:
            message = catalogue.get(text.text)
            if message is not None and message.string and not message.fuzzy:
                continue
            place = path.relative_to(ROOT).as_posix()
            comment = f"  ({text.comment})" if text.comment else ""
            there = message.string if message is not None else ""
            parts += [
                f"=== {key(text.text)} {place}{comment}",
                text.text,
                f"--- {there}".rstrip(),
                "",
            ]
    return "\n".join(parts)


def take(language: str, sheet: str) -> int:
    """Puts the translations of a sheet into the catalogue files; returns how many they are.

    Raises:
        WorksheetError: a text of the sheet is in no catalogue.
    """
    written = _read(sheet)
    known = set()
    taken = 0
    for path, texts in catalogues.catalogues(language).items():
        catalogue = catalogues.read(path, language)
        for text in texts:
            if key(text.text) not in written:
                continue
            known.add(key(text.text))
            message = catalogue.get(text.text)
            if message is None:
                message = catalogue.add(text.text)
            message.string, message.flags = written[key(text.text)], set()
            message.previous_id = ()
            taken += 1
        catalogues.write(path, catalogue)
    if lost := set(written) - known:
        raise WorksheetError(
            f"The sheet has texts that nothing says any more ({', '.join(sorted(lost)[:5])}): make "
            "a new sheet. The others are taken."
        )
    return taken


def key(text: str) -> str:
    """What stands for a text in a sheet."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _read(sheet: str) -> dict[str, str]:
    found = {}
    for number, part in enumerate(re.split(r"^=== ", sheet, flags=re.MULTILINE)[1:], 1):
        head, _, body = part.partition("\n")
        _, bar, translation = body.partition("\n---")
        if not bar:
            raise WorksheetError(f"Text {number} of the sheet ({head[:60]}) has no line with ---.")
        if translation.strip():
            found[head.split()[0]] = translation.strip("\n").removeprefix(" ").rstrip()
    return found


def count(sheet: str) -> int:
    """How many texts a sheet holds."""
    return sheet.count("\n=== ")
