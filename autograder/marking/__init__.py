"""One submission becomes one verdict.

Student code is never run in this process: it is spoken to through `autograder.kernels`.
"""
