"""Colours of what checks show: read on a light page and on a dark one.

JupyterLab sets variables that follow its theme. Other programs do not (VS Code, exports to HTML):
there text has the colour of the text around it, and the rest differs enough from both pages.
"""

INK = "var(--jp-content-font-color1, currentColor)"
FAINT = "var(--jp-content-font-color2, #797979)"
LINE = "var(--jp-border-color2, #797979)"
GOOD, BAD = "#1a8745", "#d73a49"
"""4.1 to 1 or more against white and against #111111."""
