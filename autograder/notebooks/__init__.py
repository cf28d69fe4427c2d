"""A notebook as a document: which cell is what, what is put in, what is taken out.

Runs nothing.
"""
