"""A small course on Keras' functional API: a network that a declaration beside it describes."""

from __future__ import annotations

from tests.autograder.own_course.percent import notebook

ASSIGNMENT = "towers"
DECLARATION = b"""\
[tower]
kind = "network"
decided_by = { units = "width" }
rubric = [
  { id = "runs", title = "It runs and returns a model", points = 2 },
  { id = "first", title = "The first dense layer, with ReLU", points = 3 },
  { id = "last", title = "One number between 0 and 1", points = 3 },
  { id = "numbers", title = "The output numbers", points = 2 },
]
layers = [
  { criterion = "first", words = "first layer" },
  { criterion = "first", words = "after the first layer" },
  { criterion = "last", words = "last layer" },
  { criterion = "last", words = "after the last layer" },
]
hints = [
  "A model goes from an Input to an output.",
  "Two Dense layers, one after the other; the first has `width` units.",
  "Dense(width, activation='relu'), then Dense(1, activation='sigmoid').",
]
public = [{ id = "narrow", positional = [6], keywords = { width = 3 }, seed = 1 }]
hidden = [{ id = "wide", positional = [9], keywords = { width = 5 } }]
"""
SOLVED = notebook('''\
# %%
import keras
import numpy as np
from toolbox import check, expect

# %% solution mean_of
def mean_of(numbers):
    """The mean, ignoring None."""
    ### BEGIN SOLUTION
    there = [n for n in numbers if n is not None]
    return sum(there) / len(there)
    ### END SOLUTION

# %% test test_mean 2
expect(mean_of([1, 2, 6]), "the mean of three numbers")
### BEGIN HIDDEN TESTS
expect(mean_of([4, None, 5]), "with a gap")
### END HIDDEN TESTS

# %% solution tower
def tower(inputs, width):
    """A model with two dense layers: `width` units with ReLU, one with a sigmoid."""
    ### BEGIN SOLUTION
    X_input = keras.Input((inputs,))
    X = keras.layers.Dense(width, activation="relu")(X_input)
    X = keras.layers.Dense(1, activation="sigmoid")(X)
    return keras.Model(X_input, X)
    ### END SOLUTION

# %% test test_tower 10
check("tower")
### BEGIN HIDDEN TESTS
check("tower", hidden=True)
### END HIDDEN TESTS
''')
TANH = """
def tower(inputs, width):
    X_input = keras.Input((inputs,))
    X = keras.layers.Dense(width, activation="tanh")(X_input)
    return keras.Model(X_input, keras.layers.Dense(1, activation="sigmoid")(X))
"""
THREE = TANH.replace('width, activation="tanh"', '3, activation="relu"')
ANSWERS = {
    "tanh": {"tower": TANH},
    "always three": {"tower": THREE},
    "no mean": {"mean_of": "def mean_of(numbers):\n    return 4"},
}
"""Submissions by their names: other code in some cells."""
