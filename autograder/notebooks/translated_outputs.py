"""What a notebook printed, in another language: nothing is executed for it.

A printed line is recognised by the template that it was made from, and made again from the
template's translation. `print("shape", x.shape)` is such a template as well as a sentence of the
course: "recalibrating {what}".
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from autograder.notebooks.shown_texts import is_showing, is_text
from autograder.notebooks.translation import template_of

_FIELD = re.compile(r"\{\{|\}\}|\{[^{}]*\}")
_SENTENCE_ENDS = re.compile(r"(?<=[.]) ")
_VALUE = r"(\([^()]*\)|\[[^\[\]]*\]|(?:(?!\. )[^▏▎▍▌▋▊▉█])*?)"
"""What stands for a placeholder: something in brackets, or anything within one sentence."""
_NUMBER = r"( *[-+]?(?:\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?|nan|inf)%? *)"
"""What stands for a placeholder with a number's format."""
_FORMAT = re.compile(r":(?:.?[<>^=])?[-+ ]?(\d*),?(?:\.\d+)?([a-zA-Z%]?)\}$")
"""The format at a placeholder's end: how wide it is, and of what kind."""
_OF_A_BAR = {"bar": "([ ▏▎▍▌▋▊▉█]*)", "n_fmt": r"( *\d+)", "total_fmt": r"(\d+)"}
"""What stands for tqdm's placeholders."""
LISTS = (" · ", "; ", ", ")
"""What stands between the parts of a list in a figure's words."""
_MOST_SENTENCES = 4


MEASURED = "about {number}"
"""What `resnets.plots.figures.about` says."""


class Template(NamedTuple):
    """A text with placeholders, and its translation.

    Attributes:
        text: in English; what stands in braces is a placeholder.
        translation: with the same placeholders.
    """

    text: str
    translation: str

    @property
    def literals(self) -> int:
        """How many characters are no placeholder's."""
        return len(_FIELD.sub("", self.text))

    def pattern(self, formats: bool) -> tuple[re.Pattern[str], list[str]]:
        """What matches a text that was made from it, and the placeholders of its groups.

        Args:
            formats: whether what stands for a placeholder has the width that its format says.
        """
        parts, fields, end = [], [], 0
        for found in _FIELD.finditer(self.text):
            parts.append(re.escape(self.text[end : found.start()]))
            if found.group() in ("{{", "}}"):
                parts.append(re.escape(found.group()[0]))
            else:
                parts.append(_pattern(found.group(), formats))
                fields.append(found.group())
            end = found.end()
        return re.compile("".join([*parts, re.escape(self.text[end:])])), fields


class Translator:
    """Makes printed texts again in another language.

    Args:
        templates: texts with their translations.
        together: what stands between two sentences.
        lists: whether texts may be lists, whose parts are translated one by one.
        far: templates that are tried where no other fits.
    """

    def __init__(
        self,
        templates: Iterable[Template],
        together: str = "",
        lists: bool = False,
        far: Sequence[Template] = (),
    ) -> None:
        self.together, self.lists = together, lists
        templates = list(templates)
        self.exact = {one.text: one.translation for one in (*far, *templates)}
        self.made = [*_made(templates), *_made(far)]

    def lines(self, text: str) -> str:
        """The same printed lines."""
        return "\n".join(self.text(line) for line in text.split("\n"))

    def text(self, text: str) -> str:
        """The same text, the space around it kept."""
        bare = text.strip()
        if not bare:
            return text
        found = self._sentence(bare)
        if found is None:
            found = self._sentences(bare)
        before = text[: len(text) - len(text.lstrip())]
        after = len(text) - len(text.rstrip())
        return before + (found.ljust(len(bare) + after) if after else found)

    def _list(self, text: str) -> str | None:
        """A list whose parts are translated one by one; None where it is no list."""
        between = next((one for one in LISTS if one in text), None)
        if between is None or _SENTENCE_ENDS.search(text) or text.endswith("."):
            return None
        parts = text.split(between)
        made = list(map(self.text, parts))
        known = all(a != b for a, b in zip(parts, made, strict=True)) or between != ", "
        return (self.exact.get(between, between) if known else between).join(made)

    def _sentence(self, text: str) -> str | None:
        if text in self.exact:
            return self.exact[text]
        for template, pattern, fields in self.made:
            match = pattern.fullmatch(text)
            # A part of a sentence is not taken for a whole one, nor a list for one of its parts.
            if match and text.endswith(".") == pattern.pattern.endswith("."):
                if self.lists and not _reaches_over(template, text):
                    continue
                return _filled_in(template.translation, fields, map(self.text, match.groups()))
        return self._list(text) if self.lists else None

    def _sentences(self, text: str) -> str:
        parts = _SENTENCE_ENDS.split(text)
        if len(parts) == 1:
            return self._with_measured_numbers(text)
        made, begin = [], 0
        while begin < len(parts):
            for end in range(min(begin + _MOST_SENTENCES, len(parts)), begin, -1):
                known = self._sentence(" ".join(parts[begin:end]))
                if known is not None:
                    break
            made.append(known or f"{self._with_measured_numbers(parts[begin])} ")
            begin = end
        return self.together.join(made).rstrip()

    def _with_measured_numbers(self, text: str) -> str:
        """A text that nobody translated; what says how exact a number is, is translated."""
        about = self.exact.get(MEASURED)
        if about is None:
            return text
        made = about.replace("{number}", r"\1")
        return re.sub(re.escape(MEASURED).replace(r"\{number\}", r"(-?[\d.,e+-]*\d)"), made, text)


def _made(templates: Iterable[Template]) -> list[tuple[Template, re.Pattern[str], list[str]]]:
    """Templates with their patterns and placeholders, in the order in which they are tried."""
    useful = [template for template in templates if template.literals > 1]
    # "Bars: {title}." says more of a text than "{label}: {what} from {first} to {last}.".
    useful.sort(key=lambda t: (not t.text.startswith("{"), t.literals), reverse=True)
    # Without the formats, too: the space around a line is not looked at.
    return [
        (template, *template.pattern(formats)) for formats in (True, False) for template in useful
    ]


def _reaches_over(template: Template, text: str) -> bool:
    """Whether a text is made from one template as a whole: lists stand in sentences only."""
    if text.endswith("."):
        return True
    return all(between in template.text or between not in text for between in LISTS[:2])


def _pattern(field: str, formats: bool) -> str:
    """What stands for a placeholder; its format says how wide it is, and whether a number."""
    if (name := re.match(r"\{(\w*)", field)[1]) in _OF_A_BAR:
        return _OF_A_BAR[name]
    if not formats:
        return _VALUE
    width, kind = found.groups() if (found := _FORMAT.search(field)) else ("", "")
    if kind and kind in "deEfFgGn%":
        return _NUMBER
    return f"(.{{{width},}}?)" if width else _VALUE


def _filled_in(translation: str, fields: list[str], made: Iterable[str]) -> str:
    values: dict[str, list[str]] = {}
    for name, value in zip(fields, made, strict=True):
        values.setdefault(name, []).append(value)

    def value_of(found: re.Match[str]) -> str:
        if found.group() in ("{{", "}}"):
            return found.group()[0]
        known = values[found.group()]
        return known.pop(0) if len(known) > 1 else known[0]

    return _FIELD.sub(value_of, translation)


def printing(source: str, translation: str) -> list[Template]:
    """The templates of all that a cell prints.

    Args:
        source: of the cell, in English.
        translation: the same cell in another language.
    """
    calls = [_showing(code) for code in (source, translation)]
    return [
        template
        for ours, theirs in zip(*calls, strict=True)
        for template in _templates(ours, theirs)
    ]


def _showing(source: str) -> list[ast.Call]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and is_showing(node)]


def _templates(ours: ast.Call, theirs: ast.Call) -> list[Template]:
    pairs = list(zip(ours.args, theirs.args, strict=True))
    texts = [
        Template(_plain(a), _plain(b))
        for a, b in pairs
        if is_text(a) and ast.dump(a) != ast.dump(b)
    ]
    if ours.func.id != "print":
        return texts
    rest = "{rest}" if ours.keywords else ""  # `end=" "`: more follows on the same line
    whole = (
        " ".join(_plain(argument) if is_text(argument) else f"{{{number}}}"
                 for number, argument in enumerate(call.args)).strip() + rest
        for call in (ours, theirs)
    )  # fmt: skip
    return [*texts, Template(*whole)]


def _plain(node: ast.expr) -> str:
    """A text as it is printed, its placeholders in braces."""
    text = template_of(node).removesuffix("\\n")
    if isinstance(node, ast.Constant):
        text = text.replace("{", "{{").replace("}", "}}")
    return text
