"""Hands out the notebooks and marks what comes back: `python -m autograder --help`."""
