"""A report as HTML and SVG.

Decides nothing: what is right or wrong is in the report.
"""
