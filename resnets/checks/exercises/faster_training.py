"""Notebook 08: the learning rate's schedule, batch norm's statistics, augmentation, averaging."""

from __future__ import annotations

import numpy as np

from resnets.checks.array_exercise import ArrayExercise
from resnets.checks.cases import Case, array_case, draw_seed, whole
from resnets.checks.exercise import Criterion, register

ASSIGNMENT = "08_faster_training"
_RUNS = Criterion("runs", "It runs and hands back what was asked", 1)


# --- learning_rate --------------------------------------------------------------------------------


def _hidden_rates(stream: np.random.Generator) -> list[Case]:
    cases = []
    for number in range(3):
        steps, warm_up = whole(stream, 40, 400), whole(stream, 5, 30)
        highest = round(stream.uniform(0.05, 2.0), 3)
        rising, falling = whole(stream, 0, warm_up - 1), whole(stream, warm_up, steps - 1)
        anywhere = whole(stream, 0, steps - 1)
        cases += [
            array_case(f"hidden-rise.{number}", rising, steps, highest, warm_up),
            array_case(f"hidden-fall.{number}", falling, steps, highest, warm_up),
            array_case(f"hidden-none.{number}", anywhere, steps, highest, 0),
        ]
    return cases


LEARNING_RATE = register(
    ArrayExercise(
        name="learning_rate",
        assignment=ASSIGNMENT,
        shape="arrays",
        arguments=("step", "steps", "highest", "warm_up"),
        results=("the rate",),
        numpy=True,
        rubric=(
            _RUNS,
            Criterion("rise", "It rises to the highest rate in the first warm_up steps", 9),
            Criterion("fall", "After that it falls along half a cosine", 11),
            Criterion("none", "Without warm-up it falls from the first step on", 4),
        ),
        public=(
            array_case("rise.1", 0, 100, 1.0, 10),
            array_case("rise.2", 4, 100, 1.0, 10),
            array_case("rise.3", 9, 100, 1.0, 10),
            array_case("rise.4", 0, 60, 0.3, 1),
            array_case("fall.1", 10, 100, 1.0, 10),
            array_case("fall.2", 40, 100, 1.0, 10),
            array_case("fall.3", 55, 100, 0.5, 10),
            array_case("fall.4", 99, 100, 1.0, 10),
            array_case("none.1", 0, 100, 1.0, 0),
            array_case("none.2", 30, 100, 0.2, 0),
            array_case("none.3", 99, 100, 1.0, 0),
        ),
        draw_hidden=_hidden_rates,
        hints=(
            "Two cases: is this step one of the first warm_up steps, or does it come after them? "
            "Steps are counted from 0.",
            "Rising: step 0 gets highest / warm_up, step 1 twice that, and the last of them "
            "highest itself. Falling: how many steps have passed since the warm-up, as a share of "
            "all the steps that come after it?",
            "Call that share t; it runs from 0 to nearly 1. np.cos(np.pi * t) runs from 1 to -1. "
            "Add 1, halve it, and multiply it by the highest rate.",
        ),
        mistakes={
            "from-zero": (
                "The first step gets a rate of 0 and is lost: step 0 gets one part of warm_up, not "
                "none."
            ),
            "whole-division": (
                "The rate is 0 until the last step of the warm-up: // throws the remainder away."
            ),
            "no-warm-up": "The rate does not rise: the warm-up is missing.",
            "too-high": (
                "The warm-up is one step ahead, so its last step exceeds the highest rate: step 0 "
                "gets one part of warm_up, not two."
            ),
            "flat": "After the warm-up the rate stays at its highest; it should fall.",
            "whole-cosine": (
                "The rate falls to 0 in the middle and rises again: that is a whole cosine; half "
                "of one was asked (np.pi, not 2 * np.pi)."
            ),
            "quarter-cosine": (
                "The rate falls along a quarter of a cosine, which is steepest at its end; half of "
                "one starts and ends level."
            ),
            "negative": "The rate falls below 0: a cosine runs from 1 to -1, so add 1 and halve.",
            "twice": "The rate is twice what was asked: 1 + cos runs from 2 to 0.",
            "linear": "The rate falls along a straight line; half a cosine was asked.",
            "degrees": "np.cos takes radians, half a turn of which is np.pi, not 180.",
            "warm-up-counted": (
                "The fall is counted from the first step of all, so the rate jumps at the end of "
                "the warm-up. Count from step warm_up."
            ),
            "ends-late": (
                "The fall is spread over all steps, so it is not finished at the end: only "
                "steps - warm_up are left for it."
            ),
            "reversed": "The cosine is the wrong way round: after the warm-up the rate rises.",
        },
    )
)

# --- population_statistics ------------------------------------------------------------------------


def _batches(id: str, sizes: list[int], channels: int, seed: int, shift: float = 0.5) -> Case:
    shape = [len(sizes), channels]
    return array_case(
        id,
        {"array": shape, "shift": shift},
        {"array": shape, "positive": True},
        {"numbers": sizes},
        seed=seed,
    )


def _hidden_batches(stream: np.random.Generator) -> list[Case]:
    def seed() -> int:
        return draw_seed(stream)

    size, batches = whole(stream, 8, 64), whole(stream, 2, 5)
    uneven = [whole(stream, 4, 64) for _ in range(batches)] + [whole(stream, 1, 3)]
    return [
        _batches("hidden-even.1", [size] * batches, whole(stream, 2, 6), seed()),
        _batches("hidden-uneven.1", uneven, whole(stream, 2, 6), seed()),
        _batches("hidden-one.1", [size], whole(stream, 2, 6), seed()),
    ]


POPULATION_STATISTICS = register(
    ArrayExercise(
        name="population_statistics",
        assignment=ASSIGNMENT,
        shape="arrays",
        arguments=("means", "variances", "sizes"),
        results=("the mean", "the variance"),
        numpy=True,
        charges={
            "one": ("mean", "variance"),
            "even": ("mean", "variance"),
            "uneven": ("weighted_mean", "weighted_variance"),
        },
        rubric=(
            _RUNS,
            Criterion("mean", "The mean of batches of the same size", 5),
            Criterion("variance", "Their variance, including the spread between batches", 9),
            Criterion("weighted_mean", "Batches of different sizes: the mean", 5),
            Criterion("weighted_variance", "Batches of different sizes: the variance", 5),
        ),
        public=(
            _batches("one.1", [20], 3, seed=1),
            _batches("even.1", [16, 16], 3, seed=2),
            _batches("even.2", [32, 32, 32, 32], 2, seed=3),
            _batches("uneven.1", [32, 32, 8], 3, seed=4),
            _batches("uneven.2", [5, 1], 4, seed=5),
        ),
        draw_hidden=_hidden_batches,
        hints=(
            "A mean over all pictures is a sum over all pictures, divided by how many there are. "
            "What is the sum over one batch, if you know its mean and its size?",
            "Variances cannot simply be averaged: two batches without any spread can still lie far "
            "apart. But means of squares can. For any numbers, the mean of their squares is their "
            "variance plus the square of their mean.",
            "Shares first: sizes as an array of shape (batches, 1), divided by its sum. Then, over "
            "axis 0, mean = sum of share × mean, and mean of squares = sum of share × (variance + "
            "mean²). The variance is the latter, minus the square of the mean over all.",
        ),
        mistakes={
            "unweighted": (
                "Every batch counts the same, also one with fewer pictures: weight by the sizes."
            ),
            "within-only": (
                "The variances are averaged, but how far the batches' means lie apart is left out."
            ),
            "between-only": (
                "Only how far the batches' means lie apart counts; the spread within each is "
                "missing."
            ),
            "mean-squared-missing": (
                "The mean of the squares is handed back: subtract the square of the mean from it."
            ),
            "deviation": "The standard deviation is handed back; a variance was asked.",
            "last-batch": "Only the last batch counts.",
            "first-batch": "Only the first batch counts.",
            "sums": "The sums are not divided by the number of pictures.",
            "divided-by-batches": (
                "The sums over pictures are divided by the number of batches; divide by the number "
                "of pictures."
            ),
            "over-channels": (
                "The mean is taken over the channels; each channel has a mean of its own."
            ),
            "moving": "That is a moving average: every picture should count the same.",
            "sign": "The square of the mean is added in the end; subtract it.",
            "bessel": (
                "The variance is multiplied by n / (n - 1); batch norm uses the plain mean of "
                "squares."
            ),
        },
    )
)

# --- augment --------------------------------------------------------------------------------------


def _moved(
    id: str, shape: list[int], offsets: list[list[int]], mirrored: list[bool], seed: int
) -> Case:
    return array_case(id, {"array": shape}, {"numbers": offsets}, {"numbers": mirrored}, seed=seed)


def _hidden_moves(stream: np.random.Generator) -> list[Case]:
    cases = []
    for criterion in ("none", "shift", "border", "mirror", "both"):
        count, height, width = (whole(stream, low, high) for low, high in ((3, 4), (5, 8), (5, 8)))
        offsets = np.zeros((count, 2), int)
        if criterion in ("shift", "both"):
            offsets = stream.integers(-2, 3, (count, 2))
            offsets[0] = 2, -1
        if criterion == "border":
            offsets = stream.choice([-4, -3, 3, 4], (count, 2))
        mirrored = np.zeros(count, bool)
        if criterion in ("mirror", "both"):
            mirrored = np.arange(count) % 2 == 0
        shape = [count, height, width, whole(stream, 1, 3)]
        seed = draw_seed(stream)
        name = f"hidden-{criterion}.1"
        cases.append(_moved(name, shape, offsets.tolist(), mirrored.tolist(), seed))
    return cases


AUGMENT = register(
    ArrayExercise(
        name="augment",
        assignment=ASSIGNMENT,
        shape="arrays",
        arguments=("pictures", "offsets", "mirrored"),
        results=("the array of pictures",),
        numpy=True,
        rubric=(
            _RUNS,
            Criterion("none", "Pictures that are neither moved nor mirrored stay as they are", 2),
            Criterion("shift", "Down by the first offset, to the right by the second", 8),
            Criterion("border", "What comes in from outside repeats the border", 6),
            Criterion("mirror", "Left and right exchanged where mirrored says so", 5),
            Criterion("both", "Mirrored first, then moved", 3),
        ),
        public=(
            _moved("none.1", [2, 4, 4, 3], [[0, 0], [0, 0]], [False, False], seed=1),
            _moved("shift.1", [1, 5, 6, 1], [[1, 0]], [False], seed=2),
            _moved("shift.2", [1, 5, 6, 2], [[0, 2]], [False], seed=3),
            _moved("shift.3", [3, 6, 5, 3], [[1, -2], [-2, 0], [-1, 1]], [False] * 3, seed=4),
            _moved("border.1", [2, 5, 6, 1], [[3, -3], [-4, 4]], [False, False], seed=5),
            _moved("mirror.1", [3, 4, 5, 2], [[0, 0]] * 3, [True, False, True], seed=6),
            _moved("both.1", [2, 5, 6, 3], [[1, 2], [-1, 1]], [True, True], seed=7),
        ),
        draw_hidden=_hidden_moves,
        hints=(
            "One picture at a time. If a picture moves down by one, which row of the old picture "
            "stands in row 5 of the new one?",
            "New row r shows old row r - down. For the first rows that would lie above the old "
            "picture: then the border is repeated, so take the nearest row that there is. np.clip "
            "does that for a whole array of numbers.",
            "rows = np.clip(np.arange(height) - down, 0, height - 1), columns likewise; then "
            "picture[rows][:, columns]. Mirroring is picture[:, ::-1], before that. np.stack makes "
            "one array of the pictures.",
        ),
        mistakes={
            "wrapped": (
                "What leaves the picture on one side comes in on the other (np.roll does that); "
                "the border should be repeated."
            ),
            "zeros": "What comes in from outside is black; the border should be repeated.",
            "reflected": "What comes in from outside is a mirror image; repeat the border instead.",
            "opposite": (
                "Every picture moves the other way: a positive offset moves it down, or right."
            ),
            "exchanged": "Down and right are exchanged: the first offset counts rows.",
            "all-alike": "All pictures move as the first one does; each has offsets of its own.",
            "not-mirrored": "No picture is mirrored.",
            "all-mirrored": "All pictures are mirrored, also where mirrored says False.",
            "upside-down": "The pictures are upside down; left and right were to be exchanged.",
            "mirrored-others": "Those pictures are mirrored for which mirrored says False.",
            "moved-first": (
                "The pictures are moved first and mirrored afterwards, which turns right into left."
            ),
            "channels-mirrored": "The colours are reversed; columns are axis 1 of one picture.",
            "rows-only": "Pictures move down, but not to the right.",
            "columns-only": "Pictures move to the right, but not down.",
        },
    )
)

# --- average_weights ------------------------------------------------------------------------------


def _averaged(id: str, first: list[int], second: list[int], count: int, seed: int) -> Case:
    arrays = {"list": [{"array": first}, {"array": second}]}
    return array_case(id, arrays, arrays, count, seed=seed)


def _hidden_averages(stream: np.random.Generator) -> list[Case]:
    def arguments(count: int) -> tuple[list[int], list[int], int, int]:
        shape = [whole(stream, 1, 4) for _ in range(4)]
        return shape, [whole(stream, 1, 5)], count, draw_seed(stream)

    return [
        _averaged("hidden-first.1", *arguments(0)),
        _averaged("hidden-second.1", *arguments(1)),
        _averaged("hidden-later.1", *arguments(whole(stream, 3, 9))),
        _averaged("hidden-later.2", *arguments(whole(stream, 10, 99))),
    ]


AVERAGE_WEIGHTS = register(
    ArrayExercise(
        name="average_weights",
        assignment=ASSIGNMENT,
        shape="arrays",
        arguments=("average", "weights", "count"),
        results=("the first array", "the second array"),
        numpy=True,
        keeps_arguments=True,
        rubric=(
            _RUNS,
            Criterion("first", "The first checkpoint is its own average", 4),
            Criterion("second", "Of two checkpoints, half of each", 6),
            Criterion("later", "Every checkpoint counts the same, however many there are", 10),
            Criterion("kept", "The arrays that were handed in stay as they were", 4),
        ),
        public=(
            _averaged("first.1", [3, 3, 2, 4], [4], 0, seed=1),
            _averaged("second.1", [3, 2], [5], 1, seed=2),
            _averaged("later.1", [3, 3, 2, 4], [4], 2, seed=3),
            _averaged("later.2", [2, 3], [3], 7, seed=4),
        ),
        draw_hidden=_hidden_averages,
        hints=(
            "The average of count checkpoints, times count, is their sum. What is the sum with one "
            "more, and by how many is it to be divided?",
            "For each array: (average * count + weights) / (count + 1). average and weights are "
            "lists of arrays; zip walks through both.",
            "A list comprehension makes a new list of new arrays: [… for a, w in zip(average, "
            "weights)]. An operator like += would change the old ones.",
        ),
        mistakes={
            "halves": (
                "Old average and new checkpoint count half each; so the oldest checkpoints hardly "
                "count at all after a while."
            ),
            "half-always": (
                "Old average and new checkpoint count half each, even when there is no old one yet."
            ),
            "not-divided": "The sum is not divided by the number of checkpoints.",
            "one-too-few": "The sum is divided by count; with the new one there are count + 1.",
            "old-once": "The old average counts as one checkpoint; it stands for count of them.",
            "new-only": "The new checkpoint replaces the average.",
            "old-only": "The average stays as it was: the new checkpoint does not count.",
            "exchanged": (
                "The shares are exchanged: the old average stands for count checkpoints, the new "
                "one for itself."
            ),
            "count-plus-one": (
                "The old average counts as count + 1 checkpoints; there are count of them so far."
            ),
            "first-array": "Only the first of the arrays is averaged.",
        },
    )
)
