"""What a translation must keep of its text, and how it must be written.

Each rule yields a sentence for everything that is wrong. The terms come from docs/glossary.md.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from autograder.notebooks.translation import MARKDOWN, SHOWN
from autograder.paths import ROOT

GLOSSARY = ROOT / "docs" / "glossary.md"
_CODE = re.compile(r"`[^`]+`")
_MATHS = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)
_TARGET = re.compile(r"\]\(([^)\s]+)\)")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")
_MILLIONS = re.compile(r"(\d+(?:\.\d+)?) million\b")
"""In Chinese, 2.3 million are 230 ten thousands (万)."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?!](?=\s|$|[\u4e00-\u9fff])")
_APART = re.compile(r"[\u4e00-\u9fff] +[\u4e00-\u9fff]")
_REMAINDER = re.compile(r"(?<![\w'])[a-z]{2,}(?:[ -][a-z]{2,})+(?![\w'])")
_AS_IN_CODE = re.compile(
    r"https?://[\w./-]+|\*[A-Za-z ,:.-]+\*|\([^()]*, ?[^()]*\)|[a-zA-Z]+_\w+|"
    r"[a-zA-Z_][\w.]*\([^()]*\)|'[\w ]+'|\w+=[\w'.()]+|[a-zA-Z_]\w*\.[a-z_]\w*"
)
"""What looks like code, titles of papers, and tuples: nobody translates them."""
_LETTER = r"[^\W_]"
_LOST_BOLD = re.compile(rf"[^\w\s*]\*\*(?={_LETTER})(?=[^*]*(?:\*\*[^*]*\*\*[^*]*)*$)")


class Term(NamedTuple):
    """A line of the glossary.

    Attributes:
        english: alternatives, as regular expressions find them.
        translations: of which one must be used.
        avoided: other words for the same, which must not be used.
    """

    english: re.Pattern[str]
    translations: tuple[str, ...]
    avoided: tuple[str, ...]


@functools.cache
def terms() -> tuple[Term, ...]:
    """The terms of the glossary."""
    found = []
    for english, chinese, avoided in _rows("Terms"):
        words = [re.escape(word.strip()) for word in english.split(",")]
        pattern = re.compile(rf"\b(?:{'|'.join(words)})s?\b", re.IGNORECASE)
        found.append(Term(pattern, _listed(chinese), _listed(avoided)))
    return tuple(found)


@functools.cache
def kept() -> frozenset[str]:
    """The words that stay as they are in English."""
    return frozenset(word for row in _rows("Kept as they are") for word in _listed(row[0]))


def _rows(heading: str) -> Iterator[list[str]]:
    text = GLOSSARY.read_text(encoding="utf-8")
    part = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| \n") for line in part.splitlines() if line.startswith("|")]
    for row in rows[2:]:
        yield [cell.strip() for cell in re.split(r"\s*\|\s*", row + " |")][:3]


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in re.split(r"[,，]", cell) if word.strip())


def broken(text: str, translation: str, kind: str = "") -> Iterator[str]:
    """What is wrong with a translation.

    Args:
        text: in English.
        translation: in Chinese.
        kind: of a notebook's text, see `autograder.notebooks.translation`; empty for a sentence.
    """
    if kind in (MARKDOWN,):
        yield from _lost("code", _CODE, text, translation)
        yield from _lost("formulas", _MATHS, text, translation)
        yield from _lost("links", _TARGET, text, translation)
        if text.startswith("|") and text.count("|") != translation.count("|"):
            yield "the table's columns are not the same"
        if _bold(translation) != _bold(text) or _LOST_BOLD.search(_CODE.sub("x", translation)):
            yield "bold words are not shown as bold: put punctuation outside of **…**"
    else:
        yield from _lost("placeholders", _PLACEHOLDER, text, translation)
    if kind == SHOWN and '"' in translation and "'" in translation:
        yield "both kinds of straight quotes are in it: use “…”"
    bare, own = _bare(text, kind), _bare(translation, kind)
    found_there = Counter(_NUMBER.findall(own))
    readings = (bare, _MILLIONS.sub(lambda found: f"{100 * float(found[1]):g}", bare))
    missing = min((Counter(_NUMBER.findall(one)) - found_there for one in readings), key=len)
    if missing:
        yield f"numbers are missing ({', '.join(missing)})"
    if left := english_left(own):
        yield f"English words are left ({'; '.join(left)})"
    if not _HAN.search(translation) and re.search(r"[^\W\d_]{3}", _without(bare, kept())):
        yield "it is not Chinese"
    shown = _bare(translation, kind, "x")
    if _HALF_WIDTH.search(shown):
        yield "punctuation after Chinese must be full-width (，；：？！)"
    if kind != SHOWN and (found := _APART.search(shown)):
        yield f"a space stands between Chinese characters ({found.group()!r})"
    yield from _terms(bare, translation)


def english_left(text: str) -> list[str]:
    """English words that stand side by side in a text, but for those that are kept."""
    return _REMAINDER.findall(_without(_AS_IN_CODE.sub(" ; ", text), kept()))


def _terms(text: str, translation: str) -> Iterator[str]:
    for term in terms():
        found = term.english.search(text)
        if found and not any(word in translation for word in term.translations):
            yield f"{found.group()!r} must be {' or '.join(term.translations)} (docs/glossary.md)"
        for word in term.avoided:
            if word in translation:
                yield f"{word} must be {' or '.join(term.translations)} (docs/glossary.md)"


def _lost(what: str, pattern: re.Pattern[str], text: str, translation: str) -> Iterator[str]:
    expected, found = (Counter(pattern.findall(part)) for part in (text, translation))
    if expected != found:
        differing = [*(expected - found), *(found - expected)]
        yield f"its {what} are not those of the text ({', '.join(differing)})"


def _bold(text: str) -> int:
    return _CODE.sub("", text).count("**")


def _bare(text: str, kind: str, instead: str = " ") -> str:
    """A text without what is not translated."""
    for pattern in (_CODE, _MATHS, _PLACEHOLDER):
        text = pattern.sub(instead, text)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return _AS_IN_CODE.sub(instead, text)


def _without(text: str, words: frozenset[str]) -> str:
    if not words:
        return text
    either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.sub(rf"(?<![\w])(?:{either})(?![\w])", ";", text)
