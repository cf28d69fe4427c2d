"""A Sphinx extension that writes formulas as MathML, which browsers draw without any script.

MathJax would have to come from another host, or weigh megabytes beside these pages.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx


def _write(self: Any, node: nodes.math | nodes.math_block, display: str) -> None:
    mathml = convert(node.astext(), display=display)
    self.body.append(f'<div class="formula">{mathml}</div>' if display == "block" else mathml)
    raise nodes.SkipNode


def visit_math(self: Any, node: nodes.math) -> None:
    """Writes a formula in a line of text."""
    _write(self, node, "inline")


def visit_math_block(self: Any, node: nodes.math_block) -> None:
    """Writes a formula that stands alone."""
    _write(self, node, "block")


def setup(app: Sphinx) -> dict[str, bool]:
    """Tells Sphinx how to write formulas."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    app.config.html_math_renderer = "mathml"
    return {"parallel_read_safe": True, "parallel_write_safe": True}
