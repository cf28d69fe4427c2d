"""Notebook 08: the learning rate's schedule, batch norm's statistics, augmentation, averaging."""

from __future__ import annotations

import numpy as np

from resnets.checks.catalogue.array_exercise import ArrayExercise
from resnets.checks.catalogue.cases import Case, case_of, draw_seed, whole
from resnets.checks.catalogue.exercise import Criterion

ASSIGNMENT = "08_faster_training"
_RUNS = Criterion("runs", "It runs without an error", 1)


# --- learning_rate --------------------------------------------------------------------------------


def _hidden_rates(stream: np.random.Generator) -> list[Case]:
    cases = []
    for number in range(3):
        steps, warm_up = whole(stream, 40, 400), whole(stream, 5, 30)
        highest = round(stream.uniform(0.05, 2.0), 3)
        rising, falling = whole(stream, 0, warm_up - 1), whole(stream, warm_up, steps - 1)
        anywhere = whole(stream, 0, steps - 1)
        cases += [
            case_of(f"hidden-rise.{number}", rising, steps, highest, warm_up),
            case_of(f"hidden-fall.{number}", falling, steps, highest, warm_up),
            case_of(f"hidden-none.{number}", anywhere, steps, highest, 0),
        ]
    return cases


LEARNING_RATE = ArrayExercise(
    name="learning_rate",
    assignment=ASSIGNMENT,
    arguments=("step", "steps", "highest", "warm_up"),
    results=("the rate",),
    numpy=True,
    rubric=(
        _RUNS,
        Criterion("rise", "During warm-up, the rate rises to highest", 9),
        Criterion("fall", "After warm-up, the rate falls along half a cosine", 11),
        Criterion("none", "With warm_up = 0, the rate falls from the first step on", 4),
    ),
    public=(
        case_of("rise.1", 0, 100, 1.0, 10),
        case_of("rise.2", 4, 100, 1.0, 10),
        case_of("rise.3", 9, 100, 1.0, 10),
        case_of("rise.4", 0, 60, 0.3, 1),
        case_of("fall.1", 10, 100, 1.0, 10),
        case_of("fall.2", 40, 100, 1.0, 10),
        case_of("fall.3", 55, 100, 0.5, 10),
        case_of("fall.4", 99, 100, 1.0, 10),
        case_of("none.1", 0, 100, 1.0, 0),
        case_of("none.2", 30, 100, 0.2, 0),
        case_of("none.3", 99, 100, 1.0, 0),
    ),
    draw_hidden=_hidden_rates,
    hints=(
        "There are two cases. Is this step one of the first warm_up steps, or does it come after "
        "them? Steps are counted from 0.",
        "During warm-up, step 0 gets highest / warm_up, step 1 gets twice that, and the last step "
        "of warm-up gets highest. After warm-up, which share of the remaining steps is done?",
        "Call this share t. It goes from 0 to nearly 1, and np.cos(np.pi * t) goes from 1 to -1. "
        "Add 1, divide by 2, and multiply by highest.",
    ),
    mistakes={
        "from-zero": (
            "Step 0 gets a rate of 0, so this step is lost. Step 0 must get highest / warm_up."
        ),
        "whole-division": (
            "The rate is 0 until the last step of warm-up, because // rounds down. Use / instead."
        ),
        "no-warm-up": "The rate does not rise at the beginning: the warm-up is missing.",
        "too-high": (
            "The warm-up is one step too early, so its last step has a higher rate than highest. "
            "Step 0 must get highest / warm_up."
        ),
        "flat": "After warm-up, the rate stays at highest. It must fall.",
        "whole-cosine": (
            "The rate falls to 0 in the middle and rises again. This is a whole cosine, expected "
            "half a cosine: np.pi, not 2 * np.pi."
        ),
        "quarter-cosine": (
            "The rate falls along a quarter of a cosine, expected half a cosine. Half a cosine is "
            "flat at the beginning and at the end."
        ),
        "negative": "The rate falls below 0. The cosine goes from 1 to -1: add 1 and divide by 2.",
        "twice": "The rate is twice the expected rate. 1 + cos goes from 2 to 0: divide it by 2.",
        "linear": "The rate falls along a straight line, expected half a cosine.",
        "degrees": "np.cos takes radians, not degrees: half a turn is np.pi, not 180.",
        "warm-up-counted": (
            "The share is counted from step 0, so the rate jumps at the end of warm-up. Count it "
            "from step warm_up."
        ),
        "ends-late": (
            "The share is divided by steps, so the rate is not near 0 at the end. Divide by "
            "steps - warm_up."
        ),
        "reversed": "After warm-up, the rate rises. It must fall: the cosine has the wrong sign.",
    },
)

# --- population_statistics ------------------------------------------------------------------------


def _batches(id: str, sizes: list[int], channels: int, seed: int, shift: float = 0.5) -> Case:
    shape = [len(sizes), channels]
    return case_of(
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


POPULATION_STATISTICS = ArrayExercise(
    name="population_statistics",
    assignment=ASSIGNMENT,
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
        Criterion("variance", "The variance of batches of the same size", 9),
        Criterion("weighted_mean", "The mean of batches of different sizes", 5),
        Criterion("weighted_variance", "The variance of batches of different sizes", 5),
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
        "The mean over all pictures is the sum over all pictures, divided by their number. What is "
        "the sum over one batch, if you know its mean and its size?",
        "You cannot simply average the variances, because the means of the batches also differ. "
        "But you can average the means of the squares. For any numbers, the mean of their squares "
        "is their variance plus the square of their mean.",
        "Compute the shares first: sizes as an array of shape (batches, 1), divided by its sum. "
        "The mean is the sum of share × mean over axis 0. The mean of the squares is the sum of "
        "share × (variance + mean²) over axis 0. The variance is the mean of the squares minus the "
        "square of the mean.",
    ),
    mistakes={
        "unweighted": (
            "Every batch counts the same, but some have fewer pictures. Multiply by the share of "
            "each batch."
        ),
        "within-only": (
            "The variances are only averaged. The differences between the means of the batches are "
            "missing."
        ),
        "between-only": (
            "Only the differences between the means of the batches count. The variances of the "
            "batches are missing."
        ),
        "mean-squared-missing": (
            "The function returns the mean of the squares. Subtract the square of the mean from it."
        ),
        "deviation": "The function returns the standard deviation, expected the variance.",
        "last-batch": "Only the last batch is used.",
        "first-batch": "Only the first batch is used.",
        "sums": "The sums are not divided by the number of pictures.",
        "divided-by-batches": (
            "The sums over all pictures are divided by the number of batches. Divide by the "
            "number of pictures."
        ),
        "over-channels": ("The mean is computed over the channels. Each channel has its own mean."),
        "moving": "The result is a moving average. Every picture must count the same.",
        "sign": "The square of the mean is added at the end. Subtract it.",
        "bessel": (
            "The variance is multiplied by n / (n - 1). Leave this factor out: batch norm divides "
            "by n."
        ),
    },
)

# --- augment --------------------------------------------------------------------------------------


def _moved(
    id: str, shape: list[int], offsets: list[list[int]], mirrored: list[bool], seed: int
) -> Case:
    return case_of(id, {"array": shape}, {"numbers": offsets}, {"numbers": mirrored}, seed=seed)


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


AUGMENT = ArrayExercise(
    name="augment",
    assignment=ASSIGNMENT,
    arguments=("pictures", "offsets", "mirrored"),
    results=("the array of pictures",),
    numpy=True,
    rubric=(
        _RUNS,
        Criterion("none", "Pictures that are not moved and not mirrored", 2),
        Criterion("shift", "Moved down by the first offset, right by the second", 8),
        Criterion("border", "Free places repeat the nearest border pixel", 6),
        Criterion("mirror", "Left and right swapped where mirrored is True", 5),
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
        "Work on one picture at a time. If a picture moves down by one, which row of the old "
        "picture is in row 5 of the new one?",
        "Row r of the new picture is row r - down of the old one. If there is no such row, take "
        "the nearest row of the picture: this repeats the border. np.clip does that for a whole "
        "array of row numbers.",
        "Write rows = np.clip(np.arange(height) - down, 0, height - 1), and columns in the same "
        "way. Then take picture[rows][:, columns]. Before that, picture[:, ::-1] mirrors the "
        "picture. np.stack makes one array of all pictures.",
    ),
    mistakes={
        "wrapped": (
            "Pixels that leave the picture on one side come back on the other side, as with "
            "np.roll. Repeat the pixels of the border."
        ),
        "zeros": "The free places are black. Repeat the pixels of the border.",
        "reflected": (
            "The free places are a mirror image of the picture. Repeat the pixels of the border."
        ),
        "opposite": (
            "Every picture moves in the wrong direction. A positive offset moves it down or to the "
            "right."
        ),
        "exchanged": "Down and right are swapped. The first offset counts rows.",
        "all-alike": "All pictures move like the first one. Each has its own offsets.",
        "not-mirrored": "No picture is mirrored.",
        "all-mirrored": "All pictures are mirrored, also where mirrored is False.",
        "upside-down": "The pictures are upside down. Swap left and right.",
        "mirrored-others": "The wrong pictures are mirrored: those where mirrored is False.",
        "moved-first": (
            "The pictures are moved first and then mirrored, so they move to the wrong side. "
            "Mirror them first."
        ),
        "channels-mirrored": (
            "The order of the colours is reversed. The columns are axis 1 of a picture."
        ),
        "rows-only": "Pictures move down, but not to the right.",
        "columns-only": "Pictures move to the right, but not down.",
    },
)

# --- average_weights ------------------------------------------------------------------------------


def _averaged(id: str, first: list[int], second: list[int], count: int, seed: int) -> Case:
    arrays = {"list": [{"array": first}, {"array": second}]}
    return case_of(id, arrays, arrays, count, seed=seed)


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


AVERAGE_WEIGHTS = ArrayExercise(
    name="average_weights",
    assignment=ASSIGNMENT,
    arguments=("average", "weights", "count"),
    results=("the first array", "the second array"),
    numpy=True,
    keeps_arguments=True,
    rubric=(
        _RUNS,
        Criterion("first", "The first checkpoint is its own average", 4),
        Criterion("second", "The average of two checkpoints", 6),
        Criterion("later", "Every checkpoint counts the same", 10),
        Criterion("kept", "The arrays that are passed in do not change", 4),
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
        "checkpoint more? By which number must you divide it?",
        "For each array, compute (average * count + weights) / (count + 1). average and weights "
        "are lists of arrays. zip goes through both lists together.",
        "A list comprehension makes a new list of new arrays: [… for a, w in zip(average, "
        "weights)]. An operator like += changes the old arrays.",
    ),
    mistakes={
        "halves": (
            "The old average and the new checkpoint count half each, so old checkpoints count "
            "less and less. All must count the same."
        ),
        "half-always": (
            "The old average and the new checkpoint always count half each. If count is 0, there "
            "is no old average yet."
        ),
        "not-divided": "The sum is not divided by the number of checkpoints.",
        "one-too-few": (
            "The sum is divided by count. With the new checkpoint, there are count + 1 checkpoints."
        ),
        "old-once": "The old average counts as one checkpoint. It must count as count checkpoints.",
        "new-only": "The new checkpoint replaces the average.",
        "old-only": "The average does not change: the new checkpoint does not count.",
        "exchanged": (
            "The shares are swapped. The old average must count as count checkpoints, the new one "
            "as one checkpoint."
        ),
        "count-plus-one": (
            "The old average counts as count + 1 checkpoints. It must count as count checkpoints."
        ),
        "first-array": "Only the first of the arrays is averaged.",
    },
)
