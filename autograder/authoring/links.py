"""Links between the repository's own files, in pages and in cells of Markdown."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable

_LINK = re.compile(r"(!?)\[((?:[^][]|\[[^]]*\])*)\]\((?!\w+:|#)([^)\s#]+)(#[^)\s]*)?\)")


def links_to_files(text: str) -> list[str]:
    """The targets of a text's links to files, without anchors."""
    found: list[str] = []
    _in_prose(text, lambda link: found.append(link[3]) or link[0])
    return found


def with_links(
    text: str, page: str, there: Iterable[str], named: dict[str, str] | None = None
) -> str:
    """Returns a page's text with each link to a file leading somewhere or turned into words.

    Args:
        text: in Markdown.
        page: its place.
        there: the places of all pages and pictures.
        named: other places, by those that links say.
    """

    def replace(link: re.Match[str]) -> str:
        mark, words, target, anchor = link.groups()
        place = posixpath.normpath(posixpath.join(posixpath.dirname(page), target))
        if place not in there:
            return words
        if place in (named or {}):
            target = posixpath.relpath(named[place], posixpath.dirname(page) or ".")
        return f"{mark}[{words}]({target}{anchor or ''})"

    return _in_prose(text, replace)


def one_folder_deeper(text: str) -> str:
    """The same text for a page one folder deeper: what is outside its folder is further away."""

    def replace(link: re.Match[str]) -> str:
        mark, words, target, anchor = link.groups()
        target = f"../{target}" if target.startswith("../") else target
        return f"{mark}[{words}]({target}{anchor or ''})"

    return _in_prose(text, replace)


def _in_prose(text: str, replace: Callable[[re.Match[str]], str]) -> str:
    """Replaces links outside of code."""
    pieces = re.split(r"(```.*?```)", text, flags=re.DOTALL)
    return "".join(p if p.startswith("```") else _LINK.sub(replace, p) for p in pieces)
