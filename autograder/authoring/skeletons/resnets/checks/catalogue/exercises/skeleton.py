"""Notebook 00: a block with a shortcut, and a mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from resnets.checks.catalogue.array_exercise import ArrayExercise
from resnets.checks.catalogue.cases import Case, case_of, draw_seed, whole
from resnets.checks.catalogue.exercise import Criterion
from resnets.checks.catalogue.graph_exercise import BlockExercise, Part

ASSIGNMENT = "00_skeleton"


# --- It builds a graph, which is judged layer by layer --------------------------------------------


# How arguments are written down ({"tensor": …}, {"array": …}, …) stands in
# resnets/checks/catalogue/cases.py.
def _block_case(id: str, shape: list[int], f: int, **rest: Any) -> Case:
    return Case(id=id, positional=[{"tensor": shape}], keywords={"f": f}, **rest)


def _hidden_blocks(stream: np.random.Generator) -> list[Case]:
    shape = [whole(stream, 5, 9), whole(stream, 5, 9), whole(stream, 2, 6)]
    seed = draw_seed(stream)
    return [_block_case("hidden-0", shape, int(stream.choice([5, 7])), seed=seed)]


SKELETON_EXAMPLE_BLOCK = BlockExercise(
    name="skeleton_example_block",
    assignment=ASSIGNMENT,
    rubric=(
        Criterion("runs", "It runs and returns a tensor", 2),
        Criterion("conv", "The convolution", 16),
        Criterion("norm", "The batch norm", 10),
        Criterion("shortcut", "The shortcut: X, added unchanged", 10),
        Criterion("relu", "ReLU after the addition", 10),
        Criterion("numbers", "The output numbers, in inference and in training mode", 2),
    ),
    # The solution's layers: where, the criterion that it is charged to, words for its place.
    # "main.0", "main.1", … run up to the addition, "shortcut.0", … beside them (where the shortcut
    # is X itself, there are none), "add", and after it "tail.0", … In a NetworkExercise all layers,
    # and blocks of earlier exercises, are "chain.0", "chain.1", …
    parts=(
        Part("main.0", "conv", "main path"),
        Part("main.1", "norm", "main path"),
        Part("add", "shortcut", "the addition"),
        Part("tail.0", "relu", "after the addition"),
    ),
    public=(
        _block_case("even", [6, 6, 4], 3, seed=1),
        _block_case("oblong", [5, 7, 3], 2, seed=2),
    ),
    draw_hidden=_hidden_blocks,
    decided_by={"kernel_size": "f"},  # what is said of a layer whose setting never changes
    hints=(
        "Save X under a second name before you change it.",
        "You need a convolution, a batch norm and a ReLU. The addition comes before the ReLU.",
        "Conv2D takes the number of filters, (f, f) and padding='same'. Add() takes a list of the "
        "output of the batch norm and of the saved X.",
    ),
)

# --- It computes, and its numbers are judged ------------------------------------------------------


def _hidden_means(stream: np.random.Generator) -> list[Case]:
    shape = [2, whole(stream, 3, 9), whole(stream, 3, 9), whole(stream, 2, 6)]
    # A case's id begins with the criterion that it is charged to.
    return [case_of("hidden-oblong.1", {"array": shape}, seed=draw_seed(stream))]


SKELETON_EXAMPLE_MEAN = ArrayExercise(
    name="skeleton_example_mean",
    assignment=ASSIGNMENT,
    arguments=("X",),
    rubric=(
        Criterion("runs", "It runs without an error", 2),
        Criterion("square", "Square pictures", 24),
        Criterion("oblong", "Pictures of any size", 24),
    ),
    public=(
        case_of("square.1", {"array": [2, 4, 4, 3]}, seed=1),
        case_of("oblong.1", {"array": [2, 3, 5, 3]}, seed=2),
    ),
    draw_hidden=_hidden_means,
    hints=(
        "Which axes of X are those of the picture?",
        "Height and width are axes 1 and 2. The other axes stay.",
        "ops.mean takes the axes as axis=(…, …).",
    ),
    # What is said of wrong numbers that were recorded: see solutions/mistakes.
    mistakes={
        "sum": "The sum of the pixels is not divided by the number of pixels.",
        "largest": "The result is the largest pixel, expected the mean of all pixels.",
    },
)
