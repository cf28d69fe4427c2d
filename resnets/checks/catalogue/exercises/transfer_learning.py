"""Notebook 07: list files, augmentation, batches, a new head, the best weights, fine-tuning."""

from __future__ import annotations

from typing import Any

import numpy as np

from resnets.checks.catalogue.array_exercise import ArrayExercise
from resnets.checks.catalogue.cases import Case, case_of, draw_seed, whole
from resnets.checks.catalogue.exercise import Criterion
from resnets.checks.catalogue.procedure_exercise import Fact, ProcedureExercise, Trial

ASSIGNMENT = "07_transfer_learning"
_RUNS = Criterion("runs", "It runs without an error", 1)


def _drawn(*keys: str, seeds: int = 1) -> Any:
    """A drawing of hidden cases that tries each of the trials, every time with another seed."""

    def draw(stream: np.random.Generator) -> list[Case]:
        return [
            case_of(f"hidden-{key}.{number}", seed=draw_seed(stream))
            for key in keys
            for number in range(1, seeds + 1)
        ]

    return draw


def _colours(*shape: int) -> dict[str, Any]:
    """Pictures whose numbers lie between 0 and 1, but for very few."""
    return {"array": [int(n) for n in shape], "scale": 0.15, "shift": 0.5}


# --- read_list_file -------------------------------------------------------------------------------

_LIST = ("plain_list", "spaces", "left_out", "from_windows")
_BAD_LINES = ("no_label", "no_integer", "no_picture")


def _rows(criterion: str) -> tuple[Fact, Fact]:
    return (
        Fact(criterion, "the labels"),
        Fact(
            criterion,
            "the paths",
            "The pictures of the paths cannot be read, or they are not those of the list. Does "
            "each path begin with the folder of the list file, and is it complete?",
        ),
    )


def _line(criterion: str, otherwise: str) -> tuple[Fact]:
    return (Fact(criterion, "the line in the message", otherwise),)


READ_LIST_FILE = ProcedureExercise(
    name="read_list_file",
    assignment=ASSIGNMENT,
    rubric=(
        _RUNS,
        Criterion("plain", "Paths and labels of a plain list", 3),
        Criterion("spaces", "Spaces in paths and around lines", 2),
        Criterion("left_out", "Empty lines and comments", 2),
        Criterion("windows", "A file from Windows", 2),
        Criterion("label", "A label that is missing or not an integer: the line is named", 2),
        Criterion("missing", "A picture that does not exist: the line is named", 2),
    ),
    public=tuple(
        case_of(f"{key}.1", seed=seed) for seed, key in enumerate((*_LIST, *_BAD_LINES), start=1)
    ),
    draw_hidden=_drawn(*_LIST, *_BAD_LINES),
    hints=(
        "Go through the lines one by one. First decide whether a line counts at all. Then split "
        "it into path and label. Then check both.",
        "line.strip() removes white space at both ends. line.rsplit(maxsplit=1) splits at the "
        "last white space only. Path(list_file).parent is the folder of the list file.",
        "Leave a line out with continue if it is empty or begins with #. If rsplit gives fewer "
        "than two parts, the label is missing. int(label) raises a ValueError of its own: catch "
        "it, and raise one that names the line. picture.is_file() says whether the picture exists.",
    ),
    trials={
        "plain_list": Trial("a list of three pictures", _rows("plain")),
        "spaces": Trial("spaces in the paths and around the lines", _rows("spaces")),
        "left_out": Trial("empty lines and comments between the pictures", _rows("left_out")),
        "from_windows": Trial("a file that was saved on Windows", _rows("windows")),
        "no_label": Trial(
            "a line without a label",
            _line(
                "label",
                "Expected a ValueError whose message names the line, like 'line 3'. Lines are "
                "counted from 1, and empty lines and comments count, too.",
            ),
        ),
        "no_integer": Trial(
            "a label that is no integer",
            _line(
                "label",
                "Expected a ValueError whose message names the line, like 'line 3'. Lines are "
                "counted from 1, and empty lines and comments count, too.",
            ),
        ),
        "no_picture": Trial(
            "a picture that does not exist",
            _line(
                "missing",
                "Expected a ValueError whose message names the line, like 'line 3'. Lines are "
                "counted from 1, and empty lines and comments count, too.",
            ),
        ),
    },
    mistakes={
        "text-labels": "The labels are texts, expected integers.",
        "from-0": "The lines are counted from 0. An editor counts them from 1.",
        "only-pictures-counted": (
            "Only the lines of pictures are counted. Empty lines and comments are lines, too."
        ),
        "not-said": (
            "The error does not name the line. Without the line, nobody finds a mistake in a file "
            "of a thousand lines."
        ),
        "no-error": "There is no error. A line that is wrong must raise a ValueError.",
        "left-out-silently": "The wrong line is left out without an error. Raise a ValueError.",
    },
)

# --- rotate ---------------------------------------------------------------------------------------


def _turned(
    id: str, shape: list[int], degrees: list[float], seed: int, within: float | None = None
) -> Case:
    limit = {} if within is None else {"within": within}
    return case_of(id, {"array": shape, **limit}, {"numbers": degrees}, seed=seed)


def _is_clear(size: tuple[int, int], degrees: float) -> bool:
    """Whether no pixel comes from just between two pixels, so that all roundings are the same."""
    height, width = size
    theta = np.deg2rad(degrees)
    y, x = np.mgrid[:height, :width] - np.reshape([(height - 1) / 2, (width - 1) / 2], (2, 1, 1))
    rows = x * np.sin(theta) + y * np.cos(theta) + (height - 1) / 2
    columns = x * np.cos(theta) - y * np.sin(theta) + (width - 1) / 2
    places = np.stack([rows, columns])
    return bool(np.all(np.abs(places - np.floor(places) - 0.5) > 1e-3))


def _draw_angle(stream: np.random.Generator, size: tuple[int, int]) -> float:
    while True:
        degrees = round(float(stream.uniform(20, 70)), 2) * (1 if stream.random() < 0.5 else -1)
        if _is_clear(size, degrees):
            return degrees


def _hidden_turns(stream: np.random.Generator) -> list[Case]:
    side, channels = 2 * whole(stream, 2, 4) + 1, whole(stream, 1, 3)
    quarters = [90.0 * whole(stream, 1, 3) for _ in range(2)]
    height, width = whole(stream, 5, 9), whole(stream, 5, 9)
    inner = [_draw_angle(stream, (12, 12)) for _ in range(2)]
    whole_ones = [_draw_angle(stream, (height, width)) for _ in range(3)]
    shape = [height, width, channels]
    return [
        _turned("hidden-none.1", [2, *shape], [0.0, 0.0], draw_seed(stream)),
        _turned("hidden-quarter.1", [2, side, side, channels], quarters, draw_seed(stream)),
        _turned("hidden-angle.1", [2, 12, 12, channels], inner, draw_seed(stream), within=3.1),
        _turned("hidden-border.1", [3, *shape], whole_ones, draw_seed(stream)),
    ]


ROTATE = ArrayExercise(
    name="rotate",
    assignment=ASSIGNMENT,
    arguments=("pictures", "degrees"),
    results=("the array of pictures",),
    numpy=True,
    rubric=(
        _RUNS,
        Criterion("none", "0 degrees change nothing", 1),
        Criterion("quarter", "Quarter turns, counter-clockwise", 4),
        Criterion("angle", "Other angles, each place rounded to the nearest pixel", 4),
        Criterion("border", "Free places show a mirror image", 4),
    ),
    public=(
        _turned("none.1", [2, 4, 5, 3], [0.0, 0.0], seed=1),
        _turned("quarter.1", [1, 4, 4, 1], [90.0], seed=2),
        _turned("quarter.2", [3, 5, 5, 3], [-90.0, 180.0, 270.0], seed=3),
        _turned("angle.1", [2, 12, 12, 1], [33.0, -20.0], seed=4, within=3.1),
        _turned("border.1", [1, 7, 7, 1], [33.0], seed=5),
        _turned("border.2", [3, 6, 8, 3], [25.0, -40.0, 52.0], seed=6),
    ),
    draw_hidden=_hidden_turns,
    hints=(
        "Work on one picture at a time. y has one row for each row of the picture, x one column "
        "for each column. NumPy spreads them over the whole picture.",
        "np.arange(height)[:, None] - (height - 1) / 2 is y. x is made in the same way, with "
        "[None, :] and width. np.deg2rad gives the angle in radians, as np.cos and np.sin need it."
        " The formulas above give x_old and y_old.",
        "rows = np.rint(y_old + (height - 1) / 2).astype(int), and columns from x_old in the same "
        "way. Then append picture[mirrored(rows, height), mirrored(columns, width)] to turned.",
    ),
    mistakes={
        "clockwise": "The pictures turn to the right. Positive angles turn them to the left.",
        "radians": "np.cos and np.sin take radians. Use np.deg2rad.",
        "corner": "The pictures turn about a corner. Measure places from the centre.",
        "centre-half": (
            "The centre is half a pixel off. It is at (height - 1) / 2 and (width - 1) / 2: the "
            "middle of 0, 1, 2, 3 is 1.5."
        ),
        "cut-off": "The places are rounded towards 0. Take the nearest pixel: np.rint.",
        "black": "The free places are black. Show a mirror image: use mirrored.",
        "edge": "The free places repeat the border pixel. Show a mirror image: use mirrored.",
        "wrapped": (
            "The free places show what has left the picture on the other side. Show a mirror "
            "image: use mirrored."
        ),
        "border-once": ("The mirror image leaves out the border pixel: -1 must be 0, and not 1."),
        "all-alike": "All pictures turn like the first one. Each has its own angle.",
        "exchanged": "Rows and columns are swapped. Rows come from y, columns from x.",
        "sheared": "The signs of both sines are the same. One is minus, the other is plus.",
        "not-turned": "The pictures are not turned.",
    },
)

# --- centre_crop ----------------------------------------------------------------------------------


def _cropped(id: str, shape: list[int], side: int, seed: int) -> Case:
    return case_of(id, {"array": shape}, side, seed=seed)


def _hidden_crops(stream: np.random.Generator) -> list[Case]:
    side, count, channels = whole(stream, 2, 5), whole(stream, 1, 3), whole(stream, 1, 3)
    even, odd = (side + 2 * whole(stream, 1, 4) + n for n in (0, 1))
    wide = side + whole(stream, 8, 12)
    return [
        _cropped("hidden-even.1", [count, even, even, channels], side, draw_seed(stream)),
        _cropped("hidden-odd.1", [count, odd, odd, channels], side, draw_seed(stream)),
        _cropped("hidden-wide.1", [count, even, wide, channels], side, draw_seed(stream)),
    ]


CENTRE_CROP = ArrayExercise(
    name="centre_crop",
    assignment=ASSIGNMENT,
    arguments=("pictures", "side"),
    results=("the array of pictures",),
    numpy=True,
    rubric=(
        _RUNS,
        Criterion("even", "The same number of rows removed on both sides", 2),
        Criterion("odd", "An odd number of rows to remove", 1),
        Criterion("wide", "Pictures that are not square", 2),
    ),
    public=(
        _cropped("even.1", [2, 6, 6, 3], 4, seed=1),
        _cropped("even.2", [1, 5, 5, 1], 5, seed=2),
        _cropped("odd.1", [2, 6, 6, 1], 3, seed=3),
        _cropped("wide.1", [2, 5, 8, 3], 3, seed=4),
        _cropped("wide.2", [1, 9, 4, 1], 4, seed=5),
    ),
    draw_hidden=_hidden_crops,
    hints=(
        "How many rows must you remove altogether? Remove half of them at the top.",
        "top = (height - side) // 2 rounds down, so if the number is odd, one row more is removed "
        "at the bottom. The columns are the same, with the width.",
        "pictures.shape[1] is the height and pictures.shape[2] the width. Take rows top to "
        "top + side, and columns left to left + side, of all pictures.",
    ),
    mistakes={
        "top-left": "This is the upper left corner. Take the middle.",
        "bottom-right": "This is the lower right corner. Take the middle.",
        "rounded-up": (
            "If an odd number of rows is removed, one more must be removed at the bottom, not at "
            "the top."
        ),
        "height-for-both": "The columns are computed from the height. Use the width.",
        "width-for-both": "The rows are computed from the width. Use the height.",
        "rows-only": "Only rows are removed, and no columns.",
        "columns-only": "Only columns are removed, and no rows.",
        "exchanged": "The shifts of rows and columns are swapped.",
    },
)

# --- greyscale ------------------------------------------------------------------------------------


def _greyed(id: str, shape: list[int], grey: list[bool], seed: int) -> Case:
    return case_of(id, _colours(*shape, 3), {"numbers": grey}, seed=seed)


def _hidden_greys(stream: np.random.Generator) -> list[Case]:
    height, width = whole(stream, 3, 6), whole(stream, 3, 6)
    chosen = [False, True, *(bool(stream.random() < 0.5) for _ in range(2))]
    stream.shuffle(chosen)
    return [
        _greyed("hidden-all.1", [2, height, width], [True, True], draw_seed(stream)),
        _greyed("hidden-some.1", [4, height, width], chosen, draw_seed(stream)),
    ]


GREYSCALE = ArrayExercise(
    name="greyscale",
    assignment=ASSIGNMENT,
    arguments=("pictures", "grey"),
    results=("the array of pictures",),
    numpy=True,
    keeps_arguments=True,
    rubric=(
        _RUNS,
        Criterion("all", "Grey pictures: three times the brightness", 3),
        Criterion("some", "Only where grey is True", 3),
        Criterion("kept", "The array that is passed in does not change", 1),
    ),
    public=(
        _greyed("all.1", [1, 3, 4], [True], seed=1),
        _greyed("some.1", [3, 4, 3], [False, True, False], seed=2),
        _greyed("some.2", [2, 3, 3], [False, False], seed=3),
    ),
    draw_hidden=_hidden_greys,
    hints=(
        "First compute the brightness of each pixel of all pictures. Then choose for each picture "
        "between brightness and colours.",
        "np.sum(pictures * LUMINANCE, axis=-1, keepdims=True) has shape (m, height, width, 1). "
        "NumPy spreads it over the three channels.",
        "np.where(grey[:, None, None, None], brightness, pictures) takes the brightness where "
        "grey is True. It makes a new array.",
    ),
    mistakes={
        "mean": (
            "Red, green and blue count the same. Green looks brighter than blue: use LUMINANCE."
        ),
        "reversed": "The weights are those of blue, green, red. The first channel is red.",
        "one-channel": "Only one channel was used. Brightness is the weighted sum of all three.",
        "others": "The wrong pictures are grey: those where grey is False.",
        "all-grey": "All pictures are grey, also where grey is False.",
        "none-grey": "No picture is grey.",
        "weighted-only": "The channels are multiplied by the weights, but not added up.",
        "first-channel": "Only the first channel gets the brightness. All three must get it.",
    },
)

# --- colour_jitter --------------------------------------------------------------------------------


def _jittered(
    id: str, shape: list[int], b: list[float], c: list[float], s: list[float], seed: int
) -> Case:
    factors = ({"numbers": factors} for factors in (b, c, s))
    return case_of(id, _colours(*shape, 3), *factors, seed=seed)


def _hidden_jitters(stream: np.random.Generator) -> list[Case]:
    shape = [2, whole(stream, 4, 6), whole(stream, 4, 6)]

    def near(low: float, high: float) -> list[float]:
        return [round(float(n), 2) for n in stream.uniform(low, high, 2)]

    def seed() -> int:
        return draw_seed(stream)

    one = [1.0, 1.0]
    return [
        _jittered("hidden-brightness.1", shape, near(0.4, 0.9), one, one, seed()),
        _jittered("hidden-contrast.1", shape, one, near(0.3, 0.9), one, seed()),
        _jittered("hidden-saturation.1", shape, one, one, near(0.1, 0.9), seed()),
        _jittered("hidden-range.1", shape, near(1.7, 2.2), near(2, 4), near(2, 4), seed()),
        _jittered("hidden-all.1", shape, near(0.7, 0.9), near(0.5, 0.8), near(1.1, 1.4), seed()),
    ]


COLOUR_JITTER = ArrayExercise(
    name="colour_jitter",
    assignment=ASSIGNMENT,
    arguments=("pictures", "brightness", "contrast", "saturation"),
    results=("the array of pictures",),
    numpy=True,
    keeps_arguments=True,
    rubric=(
        _RUNS,
        Criterion("brightness", "Brightness", 2),
        Criterion("contrast", "Contrast: the distance from the picture's mean brightness", 3),
        Criterion("saturation", "Saturation: the distance from each pixel's brightness", 2),
        Criterion("range", "All numbers stay between 0 and 1, after each step", 2),
        Criterion("all", "All three, one after the other", 1),
        Criterion("kept", "The array that is passed in does not change", 1),
    ),
    public=(
        _jittered("brightness.1", [2, 4, 4], [0.5, 0.8], [1.0, 1.0], [1.0, 1.0], seed=1),
        _jittered("contrast.1", [2, 4, 5], [1.0, 1.0], [0.5, 0.8], [1.0, 1.0], seed=2),
        _jittered("contrast.2", [1, 3, 3], [1.0], [0.0], [1.0], seed=3),
        _jittered("saturation.1", [2, 4, 4], [1.0, 1.0], [1.0, 1.0], [0.5, 0.0], seed=4),
        _jittered("range.1", [2, 4, 4], [2.0, 1.8], [3.0, 2.0], [2.0, 3.0], seed=5),
        _jittered("all.1", [2, 5, 4], [0.8, 0.9], [0.7, 0.6], [1.2, 1.1], seed=6),
    ),
    draw_hidden=_hidden_jitters,
    hints=(
        "Three steps, one after the other. Each works on the result of the step before, and ends "
        "with np.clip(…, 0, 1).",
        "The brightness of all pixels is np.sum(pictures * LUMINANCE, axis=-1, keepdims=True). "
        "For the contrast, take its mean over axes 1 and 2, again with keepdims=True: one number "
        "for each picture.",
        "Write pictures = np.clip(mean + c * (pictures - mean), 0, 1). The saturation is the "
        "same line with the brightness of each pixel in place of the mean. Compute that "
        "brightness after the contrast has changed.",
    ),
    mistakes={
        "brightness-added": "The brightness is added. Multiply by the factor.",
        "not-clipped": "There are numbers above 1 or below 0. Use np.clip after each step.",
        "clipped-once": "The numbers are clipped only at the end. Clip them after each step.",
        "mean-of-batch": (
            "The contrast uses the mean of all pictures together. Each picture has its own."
        ),
        "mean-of-channels": (
            "The contrast uses a mean for each channel. It needs one mean brightness for the "
            "whole picture."
        ),
        "plain-mean": (
            "The mean of all numbers is used. Brightness is the sum with the weights LUMINANCE."
        ),
        "half": (
            "The contrast changes the distance from 0.5. It should change the distance from the "
            "picture's mean brightness."
        ),
        "contrast-missing": "The contrast does not change.",
        "saturation-missing": "The saturation does not change.",
        "saturation-of-mean": (
            "The saturation changes the distance from the mean of the picture. It should change "
            "the distance from the brightness of each pixel."
        ),
        "contrast-exchanged": (
            "Contrast and saturation are swapped: contrast uses one mean for each picture."
        ),
        "other-order": (
            "The order is wrong. Brightness comes first, then contrast, then saturation."
        ),
        "grey-of-before": (
            "The saturation uses the brightness of the pixels before the contrast was changed."
        ),
        "blend-reversed": (
            "The factors work the wrong way round. With a factor of 0, nothing of the picture "
            "itself should be left."
        ),
    },
)

# --- normalise ------------------------------------------------------------------------------------


def _channel_numbers(stream: np.random.Generator, low: float, high: float, n: int) -> list[float]:
    return [round(float(value), 3) for value in stream.uniform(low, high, n)]


def _normalised(
    id: str, shape: list[int], mean: list[float], deviation: list[float], seed: int
) -> Case:
    return case_of(id, _colours(*shape), {"numbers": mean}, {"numbers": deviation}, seed=seed)


def _hidden_normals(stream: np.random.Generator) -> list[Case]:
    cases = []
    for name in ("mean", "deviation", "both"):
        channels = whole(stream, 2, 4)
        shape = [whole(stream, 1, 3), whole(stream, 5, 7), whole(stream, 5, 7), channels]
        mean = _channel_numbers(stream, 0.2, 0.7, channels)
        deviation = _channel_numbers(stream, 0.1, 0.5, channels)
        mean = [0.0] * channels if name == "deviation" else mean
        deviation = [1.0] * channels if name == "mean" else deviation
        cases.append(_normalised(f"hidden-{name}.1", shape, mean, deviation, draw_seed(stream)))
    return cases


NORMALISE = ArrayExercise(
    name="normalise",
    assignment=ASSIGNMENT,
    arguments=("pictures", "mean", "deviation"),
    results=("the array of pictures",),
    numpy=True,
    keeps_arguments=True,
    rubric=(
        _RUNS,
        Criterion("mean", "The mean is subtracted", 1),
        Criterion("deviation", "Divided by the deviation", 1),
        Criterion("both", "First the mean, then the deviation", 2),
        Criterion("kept", "The array that is passed in does not change", 1),
    ),
    public=(
        _normalised("mean.1", [2, 4, 4, 3], [0.5, 0.4, 0.3], [1.0, 1.0, 1.0], seed=1),
        _normalised("deviation.1", [2, 4, 4, 3], [0.0, 0.0, 0.0], [0.2, 0.3, 0.4], seed=2),
        _normalised("both.1", [2, 4, 5, 3], [0.485, 0.456, 0.406], [0.229, 0.224, 0.225], seed=3),
    ),
    draw_hidden=_hidden_normals,
    hints=(
        "Which of the two must come first, so that the mean becomes 0?",
        "mean has one number for each channel, and channels are the last axis of pictures. So "
        "NumPy spreads it over all pixels by itself.",
        "Subtract mean from pictures, in brackets, and divide the result by deviation. -= and /= "
        "would change the array that was passed in.",
    ),
    mistakes={
        "no-brackets": (
            "Only the mean is divided by the deviation. Put pictures - mean in brackets."
        ),
        "divided-first": "The pictures are divided first. Subtract the mean first.",
        "mean-added": "The mean is added. Subtract it.",
        "multiplied": "The pictures are multiplied by the deviation. Divide.",
        "variance": "The pictures are divided by the square of the deviation.",
        "root": "The pictures are divided by the square root of the deviation.",
        "mean-only": "The pictures are not divided by the deviation.",
        "deviation-only": "The mean is not subtracted.",
        "own-mean": (
            "The pictures' own mean and deviation are used. Use those that are passed in: the "
            "network was trained with them."
        ),
        "bytes": "The pictures are divided by 255. They are between 0 and 1 already.",
    },
)

# --- make_batches ---------------------------------------------------------------------------------


def _batched(
    id: str, count: int, size: int, order: list[int] | None, labels: list[int], seed: int
) -> Case:
    given = () if order is None else ({"numbers": order},)
    pictures = {"array": [count, 2, 3, 1]}
    return case_of(id, pictures, {"numbers": labels}, size, *given, seed=seed)


def _hidden_batches(stream: np.random.Generator) -> list[Case]:
    cases = []
    for name, rest in (("test", 0), ("train", 0), ("last", 1), ("last", 2)):
        size = whole(stream, 3, 6)
        count = 3 * size if not rest else 2 * size + whole(stream, 1, size - 1)
        order = None if name == "test" or rest == 2 else stream.permutation(count).tolist()
        labels = stream.integers(0, 9, count).tolist()
        number = max(rest, 1)
        cases.append(
            _batched(f"hidden-{name}.{number}", count, size, order, labels, draw_seed(stream))
        )
    return cases


MAKE_BATCHES = ArrayExercise(
    name="make_batches",
    assignment=ASSIGNMENT,
    arguments=("pictures", "labels", "size", "order"),
    results=(
        "the pictures of the first batch",
        "the labels of the first batch",
        "the pictures of the second batch",
        "the labels of the second batch",
        "the pictures of the third batch",
        "the labels of the third batch",
    ),
    numpy=True,
    rubric=(
        _RUNS,
        Criterion("test", "Without an order, everything as it is", 2),
        Criterion("train", "In the order that is given", 3),
        Criterion("last", "The last batch may be smaller", 2),
    ),
    public=(
        _batched("test.1", 6, 2, None, [0, 1, 2, 3, 0, 1], seed=1),
        _batched("train.1", 6, 2, [4, 0, 5, 1, 3, 2], [0, 1, 2, 3, 4, 5], seed=2),
        _batched("last.1", 8, 3, [7, 2, 0, 5, 1, 6, 4, 3], [0, 1, 2, 3, 4, 5, 6, 7], seed=3),
        _batched("last.2", 7, 3, None, [3, 2, 1, 0, 3, 2, 1], seed=4),
    ),
    draw_hidden=_hidden_batches,
    hints=(
        "If there is no order, then the order is 0, 1, 2, … Batches are pieces of the order.",
        "range(0, len(pictures), size) gives the beginning of each batch. A slice that goes "
        "beyond the end is simply shorter.",
        "For each beginning: chosen = order[start : start + size]. The batch is the pair "
        "(pictures[chosen], labels[chosen]).",
    ),
    mistakes={
        "order-ignored": "The order is ignored.",
        "labels-unordered": (
            "The pictures come in the new order, but the labels do not. Then the labels are wrong."
        ),
        "pictures-unordered": (
            "The labels come in the new order, but the pictures do not. Then the labels are wrong."
        ),
        "inverse": (
            "The order is used the other way round. The first picture must be the one whose number"
            " is the first in order."
        ),
        "reversed": "Without an order, the pictures come backwards.",
        "overlapping": "The batches overlap. Each must begin where the one before ends.",
        "sorted": "The pictures are sorted by their labels.",
    },
)

# --- replace_head ---------------------------------------------------------------------------------

REPLACE_HEAD = ProcedureExercise(
    name="replace_head",
    assignment=ASSIGNMENT,
    rubric=(
        _RUNS,
        Criterion("head", "A dense layer with softmax on the old features", 4),
        Criterion("names", "The old layers are in the new model itself", 1),
        Criterion("frozen", "A training step does not change the other layers' weights", 2),
        Criterion("averages", "It does not change the moving averages, either", 2),
        Criterion("learns", "The head learns", 2),
    ),
    public=(case_of("new_head.1", seed=1), case_of("new_head.2", seed=2)),
    draw_hidden=_drawn("new_head", seeds=2),
    hints=(
        "model.layers is a list of all layers. Which of them stay as they are?",
        "model.layers[-1].input is what the old head got. model.layers[:-1] are all layers but "
        "the head. Set their trainable to False.",
        "Dense(classes, activation='softmax')(features) is the new head. Model(model.input, …) "
        "makes a model that goes from the old input to it.",
    ),
    trials={
        "new_head": Trial(
            "a small model and one training step",
            (
                Fact("head", "the array of probabilities"),
                Fact(
                    "names",
                    "the number of old layers in the new model",
                    "The old layers are not found in the new model. Call the new head on the "
                    "features, and make the model with Model(model.input, …). A model inside a "
                    "model hides its layers.",
                ),
                Fact(
                    "frozen",
                    "the weights of the frozen layers",
                    "The training step has changed weights of the old layers. Set trainable to "
                    "False for each of them, batch norm's gamma and beta included.",
                ),
                Fact(
                    "averages",
                    "the moving averages",
                    "The training step has changed the moving averages of batch norm. A layer with"
                    " trainable = False does not change them.",
                ),
                Fact(
                    "learns",
                    "the sizes of the head's weights that learn",
                    "The head does not learn, or it does not get the features. Its weights must "
                    "be among the trainable weights of the new model.",
                ),
            ),
        )
    },
    mistakes={
        "no-softmax": "The head's outputs are not probabilities: softmax is missing.",
        "sigmoid": "The head ends with a sigmoid, expected softmax.",
        "on-old-head": (
            "The new head gets the probabilities of the old head. It should get what the old head "
            "gets: the features."
        ),
        "relu": "The head ends with a ReLU, expected softmax.",
        "one-too-many": "The head has one output too many.",
        "head-frozen": "The head is frozen, too. Then nothing can learn.",
        "not-frozen": "The old layers are not frozen: the training step has changed them.",
        "norm-learns": "Batch norm is not frozen: the training step has changed its numbers.",
        "gamma-only": (
            "Gamma and beta are frozen, but the moving averages are not. layer.trainable = False "
            "stops both."
        ),
        "norm-only": "Only batch norm is frozen. The convolutions must be frozen, too.",
        "first-only": (
            "Only the first layers are frozen. All layers except the head must be frozen."
        ),
    },
)

# --- train_keeping_best ---------------------------------------------------------------------------

_TRAINING = (
    Fact(
        "loss",
        "the list of losses",
        "history['loss'] is not as expected. It has one number for each epoch: the mean over the "
        "pictures of this epoch.",
    ),
    Fact(
        "accuracy",
        "the list of accuracies",
        "history['val_accuracy'] is not as expected. It has one number for each epoch: the share "
        "of all test pictures that are read correctly after its training.",
    ),
    Fact(
        "best",
        "the model's weights in the end",
        "In the end, the model does not have the weights of its best epoch. Keep a copy when the "
        "accuracy is higher than all before, and put it back after the last epoch.",
    ),
)
TRAIN_KEEPING_BEST = ProcedureExercise(
    name="train_keeping_best",
    assignment=ASSIGNMENT,
    rubric=(
        _RUNS,
        Criterion("loss", "The mean loss of each epoch", 2),
        Criterion("accuracy", "The accuracy on all test pictures after each epoch", 3),
        Criterion("best", "In the end, the weights of the best epoch", 4),
    ),
    public=(
        case_of("gets_worse.1", seed=1),
        # An epoch after the best one is better than the first: who keeps the first number sees it.
        case_of("gets_worse.2", seed=34),
        case_of("gets_no_better.1", seed=3),
    ),
    draw_hidden=_drawn("gets_worse", "gets_no_better"),
    hints=(
        "Write one loop over the epochs. Inside it, write two loops: first over the training "
        "batches, then over the test batches.",
        "For the loss, add up len(x) * model.train_on_batch(x, y), and divide by the number of "
        "pictures. For the accuracy, count the pictures that are read correctly, and divide by the"
        " number of all test pictures. probabilities.argmax(axis=1) is what was read.",
        "Begin with best = -1. If the accuracy of an epoch is greater than best, set best to it "
        "and best_weights = model.get_weights(). After the last epoch, call "
        "model.set_weights(best_weights).",
    ),
    trials={
        "gets_worse": Trial("a training whose later epochs have wrong labels", _TRAINING),
        "gets_no_better": Trial("a training that soon gets no better", _TRAINING),
    },
    mistakes={
        "loss-of-batches": (
            "The loss is the mean of the batches' losses. The last batch has fewer pictures, so "
            "this is not the mean over all pictures. Multiply each loss by the size of its batch."
        ),
        "not-divided": "The losses are added up, but not divided by the number of pictures.",
        "last-batch": "The loss is that of the last batch alone.",
        "mean-of-batches": (
            "The accuracy is the mean of the batches' accuracies. The last batch has fewer "
            "pictures, so this is another number."
        ),
        "last-batch-lost": "The last test batch does not count.",
        "first-batch-only": "Only the first test batch counts.",
        "percent": "The accuracy is in per cent, expected a number from 0 to 1.",
        "before-training": "The accuracy is measured before the training of the epoch.",
        "last-weights": "In the end, the model has the weights of the last epoch.",
        "first-weights": "In the end, the model has the weights of the first epoch.",
        "later-of-equal": (
            "If two epochs are equally accurate, the later one is kept. Keep the first: only a "
            "higher accuracy is better."
        ),
        "worst": "The weights of the worst epoch are kept.",
        "lowest-loss": (
            "The weights of the epoch with the lowest loss are kept. The accuracy on the test "
            "pictures decides."
        ),
    },
)

# --- fine_tune ------------------------------------------------------------------------------------

FINE_TUNE = ProcedureExercise(
    name="fine_tune",
    assignment=ASSIGNMENT,
    rubric=(
        _RUNS,
        Criterion("learns", "The named layer and all layers after it learn", 3),
        Criterion("frozen", "Layers before it do not learn", 2),
        Criterion("norm", "Batch norm stays frozen everywhere", 2),
        Criterion("rate", "Compiled with Adam and the given rate", 2),
    ),
    public=(case_of("last_stages.1", seed=1), case_of("last_stages.2", seed=4)),
    draw_hidden=_drawn("last_stages", seeds=2),
    hints=(
        "Where in model.layers is the layer with this name? All layers from there to the end may "
        "learn, except batch norm.",
        "[layer.name for layer in model.layers].index(first) is the place. isinstance(layer, "
        "BatchNormalization) says whether a layer is batch norm.",
        "Set trainable of each of these layers. After that, call model.compile with "
        "keras.optimizers.Adam(rate) and the loss.",
    ),
    trials={
        "last_stages": Trial(
            "a small frozen model and one training step",
            (
                Fact(
                    "frozen",
                    "the weights of the layers before",
                    "Layers before the named one have changed, or the model could not be trained. "
                    "Leave their trainable as it is, and compile the model.",
                ),
                Fact(
                    "learns",
                    "how far the convolutions and the head have moved",
                    "The weights from the named layer on have not changed as they should. These "
                    "layers and the head must be trainable, with Adam and the given rate. Compile "
                    "after you have changed trainable.",
                ),
                Fact(
                    "norm",
                    "the numbers of batch norm",
                    "Batch norm has changed. Its layers must stay frozen.",
                ),
                Fact("rate", "the learning rate"),
            ),
        )
    },
    mistakes={
        "all-learn": "All layers learn. Those before the named one must stay frozen.",
        "norm-learns": "Batch norm learns, too. It must stay frozen.",
        "one-late": "The named layer itself is still frozen. It must learn, too.",
        "one-stage": "Only the named layer learns. All layers after it must learn, too.",
        "head-frozen": "The head no longer learns.",
        "before-not-after": "The layers before the named one learn, expected those after it.",
        "usual-rate": "The learning rate is the usual one (0.001), expected the given one.",
        "sgd": "The optimizer is SGD, expected Adam.",
    },
)
