"""Sphinx' settings for the site. `python -m autograder site` puts the pages beside this file."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "Residual networks, built by hand"
author = "the authors of the course"
project_copyright = author
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "several_returns", "mathml"]
exclude_patterns = ["_extensions"]
suppress_warnings = ["mystnb.unknown_mime_type"]  # such as the evidence of a check

# Notebooks are shown with the outputs that they are handed out with; nothing is run.
nb_execution_mode = "off"
nb_merge_streams = True
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # by default they come from another host
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 4

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
