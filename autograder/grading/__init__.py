"""A whole class: which submissions are left to mark, and where they are marked.

How one submission is marked stays in `autograder.marking`.
"""
