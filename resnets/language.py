"""The language that students are spoken to in, and the course's sentences in that language.

Sentences stand in the code in English, as templates: `say("expected {expected}", expected=3)`.
`say` takes their translation from the gettext catalogue of the language that is spoken at this
moment; the English ones come out as they are written. Data that hold sentences (hints, titles)
stay plain text: whoever shows them says `say(title)`.

The spoken language is, in this order: that of the innermost `speaking` block, that of the variable
RESNETS_LANGUAGE, English. How a translation is made: CONTRIBUTING.md.
"""

from __future__ import annotations

import contextlib
import functools
import gettext
import os
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

LOCALE = Path(__file__).with_name("locale")
"""A folder for each language, with what is translated and the compiled catalogue."""
DOMAIN = "course"
ENGLISH = "en"
VARIABLE = "RESNETS_LANGUAGE"
_WITHOUT_SPACES = ("zh", "ja")
"""Languages whose sentences follow each other without a space."""
_spoken: ContextVar[str | None] = ContextVar("spoken language", default=None)


@functools.cache
def locales() -> dict[str, str]:
    """The languages that there are besides English, with their folders in `LOCALE`: zh → zh_CN."""
    return {_short(path.name): path.name for path in sorted(LOCALE.glob("[a-z]*/"))}


def known_language(name: Any) -> str | None:
    """The short name of a language as people and systems write it; None where it is not known.

    Args:
        name: such as zh, zh-CN, zh_CN.UTF-8 or en; anything else is not known.
    """
    short = _short(name) if isinstance(name, str) else ""
    return short if short == ENGLISH or short in locales() else None


def _short(name: str) -> str:
    return name.replace("-", "_").partition("_")[0].partition(".")[0].strip().lower()


def language() -> str:
    """The short name of the language that is spoken at this moment."""
    return _spoken.get() or known_language(os.environ.get(VARIABLE)) or ENGLISH


@contextlib.contextmanager
def speaking(name: str | None) -> Iterator[None]:
    """Speak a language in the body of a `with`; None leaves it as it is.

    Raises:
        ValueError: there is no such language.
    """
    if name is None:
        yield
        return
    known = known_language(name)
    if known is None:
        there = ", ".join([ENGLISH, *locales()])
        raise ValueError(f"There is no language {name!r:.40}; there are: {there}.")
    token = _spoken.set(known)
    try:
        yield
    finally:
        _spoken.reset(token)


def say(template: str, /, *args: Any, **values: Any) -> str:
    """A sentence in the language that is spoken, its placeholders filled in.

    Args:
        template: in English, as `str.format` takes it where values are given.
        args: for `{0}`, `{1}`, …
        values: for `{name}`.
    """
    spoken = language()
    known = template if spoken == ENGLISH or not template else _catalogue(spoken).gettext(template)
    return known.format(*args, **values) if args or values else known


def N_(template: str) -> str:
    """Mark a text that is translated later, where it is said."""
    return template


def together(*sentences: str) -> str:
    """Put sentences one after the other; empty ones are left out."""
    space = "" if language() in _WITHOUT_SPACES else " "
    return space.join(filter(None, sentences))


def listed(words: Iterable[str]) -> str:
    """Join words by ", "."""
    return say(", ").join(words)


@functools.cache
def _catalogue(spoken: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, [locales()[spoken]], fallback=True)
