"""The texts of a notebook that readers read: found, and replaced by their translation.

The rule, for an edition in another language:

- Markdown is translated: each paragraph, heading, item of a list and row of a table by itself.
- In code, comments, docstrings, and what `print`, `Progress` and `assert` show are translated.
- Everything else of the code stays as it is, so that it does the same: names, keys of dictionaries,
  and the words in figures (matplotlib's own fonts have no Chinese characters). So do answers and
  hidden tests, which no student sees.
"""

from __future__ import annotations

import ast
import copy
import inspect
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from typing import NamedTuple

from nbformat import NotebookNode

from autograder.notebooks.shown_texts import is_showing, is_text

MARKDOWN, COMMENT, DOCSTRING, SHOWN = "markdown", "comment", "docstring", "shown"
TAKE = Callable[[str, str], str]
"""From a text and its kind to what is to stand in its place."""
_ITEM = re.compile(r"(\s*(?:[-*]|\d+\.) )(.*)")
_HEADING = re.compile(r"(#+ )(.*)")
_TABLE_LINE = re.compile(r"\s*\|[-: |]+\|\s*")
_WORD = re.compile(r"[^\W\d_]{2}")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_LEFT_OUT = re.compile(r"^\s*### BEGIN (.*?)^\s*### END .*?$", re.MULTILINE | re.DOTALL)
_FOR_TOOLS = re.compile(r"#+ ?(fmt:|noqa|type:|pragma|%%)|###")


class Message(NamedTuple):
    """A text of a notebook, and what kind of text it is."""

    text: str
    kind: str


def messages(notebook: NotebookNode) -> list[Message]:
    """The texts of a notebook, each once, in their order."""
    found: dict[Message, None] = {}

    def note(text: str, kind: str) -> str:
        found.setdefault(Message(text, kind))
        return text

    translated(notebook, note)
    return list(found)


def translated(notebook: NotebookNode, take: TAKE) -> NotebookNode:
    """A copy of a notebook with other texts, its outputs as they are.

    Args:
        notebook: the notebook.
        take: what stands in the place of a text.
    """
    edition = copy.deepcopy(notebook)
    for cell in edition.cells:
        if cell.cell_type == "markdown":
            cell.source = markdown(cell.source, take)
        elif cell.cell_type == "code":
            cell.source = code(cell.source, take)
    return edition


def markdown(source: str, take: TAKE) -> str:
    """Markdown with other texts. Lines of one paragraph become one line."""
    parts = re.split(r"(^```.*?^```\s*?$)", source, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if n % 2 else _blocks(part, take) for n, part in enumerate(parts))


def _blocks(source: str, take: TAKE) -> str:
    parts = re.split(r"(\n\s*\n)", source)
    return "".join(part if n % 2 else _block(part, take) for n, part in enumerate(parts))


def _block(block: str, take: TAKE) -> str:
    lines = block.split("\n")
    if all(line.lstrip().startswith("|") for line in lines):
        return "\n".join(
            line if _TABLE_LINE.fullmatch(line) else _taken(line, MARKDOWN, take) for line in lines
        )
    pieces: list[tuple[str, list[str]]] = []
    for line in lines:
        begins = _ITEM.fullmatch(line) or _HEADING.fullmatch(line)
        if begins and pieces and not pieces[-1][0] and begins[1].strip()[:1] not in "-*1#":
            begins = None  # inside a paragraph, a number other than 1 begins no list
        if begins:
            pieces.append((begins[1], [begins[2]]))
        elif pieces:
            pieces[-1][1].append(line)
        else:
            pieces.append(("", [line]))
    return "\n".join(
        mark + _taken(" ".join(line.strip() for line in text), MARKDOWN, take)
        if _has_words(" ".join(text))
        else "\n".join([mark + text[0], *text[1:]])
        for mark, text in pieces
    )


def code(source: str, take: TAKE) -> str:
    """A code cell with other comments, docstrings and shown texts; what is no Python stays."""
    try:
        spans = sorted([*_comments(source), *_strings(source)], reverse=True)
    except (SyntaxError, tokenize.TokenError, ValueError):
        return source
    left_out = [found.span() for found in _LEFT_OUT.finditer(source)]
    replaced: list[tuple[_Span, str]] = []
    for span in sorted(spans):  # texts are taken in the order in which they are read
        if _has_words(_PLACEHOLDER.sub("", span.text)) and not any(
            begin <= span.begin < end for begin, end in left_out
        ):
            replaced.append((span, span.render(take)))
    for span, text in reversed(replaced):
        source = source[: span.begin] + text + source[span.end :]
    return source


class _Span(NamedTuple):
    """A text in the source of a cell: where it stands, and how another one is written there."""

    begin: int
    end: int
    text: str
    kind: str
    indent: int
    quotes: str = ""

    def render(self, take: TAKE) -> str:
        space = "\n" + " " * self.indent
        if self.kind == COMMENT:
            return space.join(f"# {line}".rstrip() for line in take(self.text, COMMENT).split("\n"))
        if self.kind == DOCSTRING:
            parts = re.split(r"(\n\s*\n)", self.text)
            text = "".join(p if n % 2 else _taken(p, DOCSTRING, take) for n, p in enumerate(parts))
            lines = [space + line if line else "\n" for line in text.split("\n")]
            many = len(lines) > 1
            return f'"""{"".join(lines).lstrip()}{space if many else ""}"""'
        inner = _taken(self.text, SHOWN, take)
        if inner == self.text:
            return self.quotes  # as it was written
        quote = '"' if '"' not in inner else "'"
        return f"{'f' if self.is_template else ''}{quote}{inner}{quote}"

    @property
    def is_template(self) -> bool:
        return bool(re.match(r"[rR]?[fF]", self.quotes))


def _comments(source: str) -> Iterator[_Span]:
    """Comments; those on lines of their own, one below the other, are one text."""
    starts = _line_starts(source)
    own: list[tuple[int, int, str, int]] = []  # begin, end, text, column
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or _FOR_TOOLS.match(token.string):
            continue
        row, column = token.start
        begin = starts[row - 1] + column
        end, text = begin + len(token.string), token.string.lstrip("#").strip()
        alone = not source[starts[row - 1] : begin].strip()
        above = own[-1] if own else None
        if alone and above and above[3] == column and source[above[1] : begin].strip(" ") == "\n":
            own[-1] = (above[0], end, f"{above[2]}\n{text}", column)
        else:
            own.append((begin, end, text, column if alone else -1))
    for begin, end, text, column in own:
        yield _Span(begin, end, text, COMMENT, max(column, 0))


def _strings(source: str) -> Iterator[_Span]:
    """Docstrings, and texts that are shown."""
    starts = _line_starts(source)

    def span(node: ast.expr, text: str, kind: str) -> _Span:
        begin = starts[node.lineno - 1] + _characters(source, starts, node.lineno, node.col_offset)
        end = starts[node.end_lineno - 1] + _characters(
            source, starts, node.end_lineno, node.end_col_offset
        )
        return _Span(begin, end, text, kind, node.col_offset, source[begin:end])

    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
            if ast.get_docstring(node) and not isinstance(node, ast.Module):
                text = node.body[0].value
                yield span(text, inspect.cleandoc(text.value), DOCSTRING)
        elif isinstance(node, ast.Assert) and is_text(node.msg):
            yield span(node.msg, template_of(node.msg), SHOWN)
        elif isinstance(node, ast.Call) and is_showing(node):
            for argument in filter(is_text, node.args):
                yield span(argument, template_of(argument), SHOWN)


def template_of(node: ast.expr) -> str:
    """What stands between the quotes of a text, alike under every version of Python."""
    if isinstance(node, ast.Constant):
        return node.value.replace("\\", "\\\\").replace("\n", "\\n")
    return "".join(_piece(value) for value in node.values)


def _piece(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        text = value.value.replace("\\", "\\\\").replace("\n", "\\n")
        return text.replace("{", "{{").replace("}", "}}")
    conversion = f"!{chr(value.conversion)}" if value.conversion >= 0 else ""
    form = f":{template_of(value.format_spec)}" if value.format_spec else ""
    return f"{{{ast.unparse(value.value)}{conversion}{form}}}"


def _taken(text: str, kind: str, take: TAKE) -> str:
    """Another text with the same space around it."""
    bare = text.strip()
    return text.replace(bare, take(bare, kind)) if bare and _has_words(bare) else text


def _has_words(text: str) -> bool:
    bare = re.sub(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`", "", text, flags=re.DOTALL)
    return bool(_WORD.search(bare))


def _line_starts(source: str) -> list[int]:
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def _characters(source: str, starts: list[int], row: int, column: int) -> int:
    """A column in characters; `ast` counts bytes of UTF-8."""
    line = source[starts[row - 1] :].partition("\n")[0]
    return len(line.encode()[:column].decode())
