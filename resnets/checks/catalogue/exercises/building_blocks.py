"""Notebook 02: convolution, batch normalisation, pooling and the bottleneck, on bare arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from resnets.checks.catalogue.array_exercise import ArrayExercise
from resnets.checks.catalogue.cases import Case, case_of, draw_seed, whole
from resnets.checks.catalogue.exercise import Criterion

ASSIGNMENT = "02_building_blocks"
_RUNS = Criterion("runs", "It runs without an error", 1)
_GRADIENT = "The gradient reaches the arguments"


def _normal(*shape: int, **settings: Any) -> dict[str, Any]:
    return {"array": [int(n) for n in shape], **settings}


# --- conv_output_size -----------------------------------------------------------------------------


def _hidden_sizes(stream: np.random.Generator) -> list[Case]:
    cases = []
    for number in range(4):
        size, kernel, stride = whole(stream, 9, 99), whole(stream, 1, 9), whole(stream, 1, 5)
        cases += [
            case_of(f"hidden-valid.{number}", size, kernel, stride, "valid"),
            case_of(f"hidden-same.{number}", size, kernel, stride, "same"),
            case_of(f"hidden-number.{number}", size, kernel, stride, whole(stream, 1, 6)),
        ]
    return cases


CONV_OUTPUT_SIZE = ArrayExercise(
    name="conv_output_size",
    assignment=ASSIGNMENT,
    arguments=("size", "kernel", "stride", "padding"),
    results=("the size",),
    whole=True,
    rubric=(
        _RUNS,
        Criterion("valid", "Without padding", 3),
        Criterion("same", "padding='same'", 3),
        Criterion("number", "A number of pixels as padding", 2),
        Criterion("whole", "The result is an integer", 1),
    ),
    public=(
        case_of("valid.1", 7, 3, 1, "valid"),
        case_of("valid.2", 7, 3, 2, "valid"),
        case_of("valid.3", 8, 3, 2, "valid"),
        case_of("valid.4", 5, 5, 3, "valid"),
        case_of("same.1", 7, 3, 1, "same"),
        case_of("same.2", 7, 3, 2, "same"),
        case_of("same.3", 8, 4, 2, "same"),
        case_of("same.4", 10, 5, 3),
        case_of("same.5", 6, 5),
        case_of("number.1", 224, 7, 2, 3),
        case_of("number.2", 10, 4, 3, 1),
        case_of("number.3", 5, 3, 1, 0),
    ),
    draw_hidden=_hidden_sizes,
    hints=(
        "Begin without padding. How many pixels are left after the first place of the window? How "
        "many whole steps fit into them?",
        "If padding is a number, the picture gets that many pixels more at both ends. Then it is "
        "the case without padding. 'same' is a third case. It does not need the kernel at all.",
        "The number of places is 1 + the number of whole steps. Python's // rounds down. To round "
        "up, add stride - 1 before you divide by stride.",
    ),
    mistakes={
        "no-first-place": (
            "The first place is not counted: there is one place more than there are steps."
        ),
        "one-end": "A number as padding is added at one end only. It must be added at both ends.",
        "number-ignored": "A number as padding is ignored.",
        "same-is-size": "With 'same', the result must also depend on the stride.",
        "same-down": "With 'same', the size is rounded down. It must be rounded up.",
        "rounds-up": (
            "Without padding, the size is rounded up. It must be rounded down: a last step that "
            "goes beyond the end does not count."
        ),
        "stride-ignored": "The stride is ignored.",
        "same-half-kernel": (
            "With 'same', kernel // 2 pixels are added at both ends. This gives the size of Keras "
            "only for odd windows."
        ),
    },
)

# --- conv2d ---------------------------------------------------------------------------------------


def _convolution(id: str, X: tuple[int, ...], W: tuple[int, ...], *rest: Any, seed: int) -> Case:
    return case_of(id, _normal(*X), _normal(*W, scale=0.3), *rest, seed=seed)


def _hidden_convolutions(stream: np.random.Generator) -> list[Case]:
    cases = []
    for criterion, odd, strides, padding in (
        ("valid", None, (1, 1), "valid"),
        ("stride", None, (2, 4), "valid"),
        ("same", True, (1, 1), "same"),
        ("even", False, (1, 1), "same"),
        ("same_stride", None, (2, 3), "same"),
    ):
        channels = whole(stream, 1, 4)
        window = [
            int(stream.choice([1, 3, 5] if odd else [2, 4])) if odd is not None else
            whole(stream, 1, 4)
            for _ in range(2)
        ]  # fmt: skip
        height, width = whole(stream, 6, 9), whole(stream, 6, 9)
        cases.append(
            _convolution(
                f"hidden-{criterion}.1",
                (whole(stream, 1, 3), height, width, channels),
                (*window, channels, whole(stream, 1, 4)),
                whole(stream, *strides),
                padding,
                seed=draw_seed(stream),
            )
        )
    return cases


CONV2D = ArrayExercise(
    name="conv2d",
    assignment=ASSIGNMENT,
    arguments=("X", "W", "stride", "padding"),
    results=("Y",),
    differentiable=("X", "W"),
    own_work=("conv", "depthwise_conv", "separable_conv", "conv_transpose"),
    rubric=(
        _RUNS,
        Criterion("valid", "No padding, stride 1", 4),
        Criterion("stride", "No padding, other strides", 3),
        Criterion("same", "'same', odd windows, stride 1", 4),
        Criterion("even", "'same', even windows, stride 1", 3),
        Criterion("same_stride", "'same', other strides", 3),
        Criterion("gradient", _GRADIENT, 2),
    ),
    public=(
        _convolution("valid.1", (1, 5, 5, 1), (3, 3, 1, 1), 1, "valid", seed=1),
        _convolution("valid.2", (2, 5, 6, 3), (2, 3, 3, 2), 1, "valid", seed=2),
        _convolution("valid.3", (2, 4, 3, 2), (1, 1, 2, 3), 1, "valid", seed=3),
        _convolution("stride.1", (2, 7, 6, 2), (3, 3, 2, 2), 2, "valid", seed=4),
        _convolution("stride.2", (1, 8, 9, 2), (2, 1, 2, 2), 3, "valid", seed=5),
        _convolution("same.1", (2, 5, 4, 2), (3, 3, 2, 2), seed=6),
        _convolution("same.2", (1, 5, 6, 1), (5, 3, 1, 2), 1, "same", seed=7),
        _convolution("even.1", (1, 5, 5, 2), (2, 2, 2, 2), 1, "same", seed=8),
        _convolution("even.2", (1, 5, 6, 1), (4, 2, 1, 2), 1, "same", seed=9),
        _convolution("same_stride.1", (1, 7, 8, 2), (3, 3, 2, 2), 2, "same", seed=10),
        _convolution("same_stride.2", (1, 8, 7, 1), (1, 2, 1, 2), 3, "same", seed=11),
        _convolution("same_stride.3", (1, 6, 6, 1), (5, 5, 1, 1), 2, "same", seed=12),
    ),
    draw_hidden=_hidden_convolutions,
    hints=(
        "Begin with padding='valid' and stride 1. How many places are there? Which part of X is "
        "multiplied by the matrix W[0, 0]? And which part by W[0, 1]?",
        "For one (u, v), that part of X begins at row u and column v. It contains every stride-th "
        "row and column, as many as there are places. Multiply it by W[u, v] with ops.matmul, "
        "which does this for all places at once. Add the products of all (u, v). In pad, use the "
        "formula above for the number of added pixels. Half of them, rounded down, go before.",
        "Call conv_output_size twice before you pad X: for the height and for the width of the "
        "output. Then X = pad(X, …). Write two loops, u over the rows and v over the columns of "
        "the window. The last row of the slice is u + stride * (height - 1), so the slice ends at "
        "this number + 1. In pad, the loop runs over the two axes (X.shape[1], rows) and "
        "(X.shape[2], columns).",
    ),
    mistakes={
        "flipped": (
            "The filters are flipped, as in the convolution of mathematics. W[u, v] must be "
            "multiplied by the pixel at row u, column v of the window."
        ),
        "transposed": "Rows and columns of the filters are swapped.",
        "extra-before": (
            "If an odd number of pixels is added, the extra pixel must be after the picture, not "
            "before it."
        ),
        "all-before": (
            "All padding is added before the picture. Half of it must be after the picture."
        ),
        "all-after": (
            "All padding is added after the picture. Half of it must be before the picture."
        ),
        "half-kernel": (
            "With 'same', kernel // 2 pixels are added at both ends. The right number also "
            "depends on the stride and on the size of the picture."
        ),
        "stride-1-padding": (
            "The padding is computed for a stride of 1. With a larger stride, fewer pixels are "
            "needed, so the first window begins at another pixel. Use the formula for the padding, "
            "which contains the stride."
        ),
        "edge-padding": "The border pixels are repeated. 'same' must pad with zeros.",
        "stride-ignored": "The stride is ignored.",
        "padding-ignored": "Nothing is padded when padding is 'same'.",
        "always-same": "X is padded although padding is 'valid'.",
        "one-channel": "Only the first channel of X is used.",
        "mean": "The products are averaged over the window. They must be added.",
        "first-picture": "Only the first picture of the batch is computed.",
        "last-missing": "The last row and the last column of the window are missing in the sum.",
        "only-last": "Each round of the loop replaces the sum. The products must be added.",
        "square-window": (
            "The code expects a square window. The numbers of rows and columns may differ."
        ),
        "square-picture": "Height and width of the picture are swapped, or taken as equal.",
    },
)

# --- batch_norm -----------------------------------------------------------------------------------


def _normalisation(id: str, shape: tuple[int, ...], *rest: Any, seed: int, **settings: Any) -> Case:
    channels = shape[-1]
    return case_of(
        id,
        _normal(*shape, **({"scale": 0.3, "shift": 1.0} | settings)),
        _normal(channels, positive=True),
        _normal(channels),
        _normal(channels),
        _normal(channels, positive=True, scale=0.3),
        *rest,
        seed=seed,
    )


def _hidden_normalisations(stream: np.random.Generator) -> list[Case]:
    def shape(axes: int) -> tuple[int, ...]:
        return (*(whole(stream, 2, 5) for _ in range(axes)), whole(stream, 2, 6))

    def settings() -> tuple[float, float]:
        return round(stream.uniform(0.5, 0.95), 2), round(stream.uniform(0.01, 0.1), 3)

    return [
        _normalisation("hidden-training.1", shape(3), True, seed=draw_seed(stream)),
        _normalisation("hidden-training.2", shape(2), True, seed=draw_seed(stream)),
        _normalisation("hidden-inference.1", shape(3), False, seed=draw_seed(stream)),
        _normalisation("hidden-settings.1", shape(3), True, *settings(), seed=draw_seed(stream)),
        _normalisation("hidden-settings.2", shape(1), False, *settings(), seed=draw_seed(stream)),
    ]


BATCH_NORM = ArrayExercise(
    name="batch_norm",
    assignment=ASSIGNMENT,
    arguments=(
        "X",
        "gamma",
        "beta",
        "moving_mean",
        "moving_variance",
        "training",
        "momentum",
        "epsilon",
    ),
    results=("Y", "new_mean", "new_variance"),
    charges={
        "training": ("training", "averages", "averages"),
        "inference": ("inference", "unchanged", "unchanged"),
    },
    differentiable=("X", "gamma", "beta"),
    own_work=("batch_normalization",),
    rubric=(
        _RUNS,
        Criterion("training", "Training: normalised with the moments of the batch", 7),
        Criterion("averages", "Training: the moving averages are updated", 6),
        Criterion("inference", "Inference: normalised with the moving averages", 5),
        Criterion("unchanged", "Inference: the moving averages do not change", 2),
        Criterion("settings", "momentum and epsilon are used", 2),
        Criterion("gradient", _GRADIENT, 2),
    ),
    public=(
        _normalisation("training.1", (4, 3, 2, 3), True, seed=21),
        _normalisation("training.2", (6, 4), True, seed=22),
        _normalisation("training.3", (2, 3, 3), True, seed=23),
        _normalisation("inference.1", (2, 3, 2, 3), False, seed=24),
        _normalisation("inference.2", (1, 4), False, seed=25),
        _normalisation("settings.1", (3, 2, 2, 2), True, 0.7, 0.05, seed=26),
        _normalisation("settings.2", (3, 2), False, 0.7, 0.05, seed=27),
    ),
    draw_hidden=_hidden_normalisations,
    hints=(
        "First decide which mean and which variance to use: this depends on training. The formula "
        "after that is the same in both cases.",
        "In training, compute mean and variance over all axes except the last. X has len(X.shape) "
        "axes. Compute the new averages from the old ones and from this mean and variance. In "
        "inference, return the averages unchanged.",
        "axes = tuple(range(len(X.shape) - 1)). Give mean and variance new names, so that you do "
        "not overwrite the moving averages. Divide by ops.sqrt(variance + epsilon). Then multiply "
        "by gamma, and add beta last.",
    ),
    mistakes={
        "batch-axis-only": (
            "Mean and variance are computed over the batch axis only. Each channel has one mean, "
            "over all pictures, rows and columns."
        ),
        "all-axes": "Mean and variance are computed over all axes. Each channel needs its own.",
        "per-picture": (
            "Each picture is normalised on its own. Mean and variance must be those of the whole "
            "batch."
        ),
        "over-channels": "Mean and variance are computed over the channels, as in a layer norm.",
        "momentum-swapped": (
            "momentum and 1 - momentum are swapped. The old average is multiplied by momentum."
        ),
        "averages-not-updated": "In training, the moving averages must be updated.",
        "averages-replaced": "The moving averages are replaced by the moments of the batch.",
        "uses-averages": (
            "In training, X is normalised with the moving averages. Use the moments of the batch."
        ),
        "uses-new-averages": (
            "In training, X is normalised with the new moving averages. Use the moments of the "
            "batch."
        ),
        "uses-batch": (
            "In inference, X is normalised with the moments of the batch. Use the moving averages."
        ),
        "moves-in-inference": "In inference, the moving averages must not change.",
        "unbiased": (
            "The variance is divided by n - 1, where n is the number of values. Keras divides by n."
        ),
        "unbiased-average": (
            "The moving variance is updated with a variance divided by n - 1, as in PyTorch. Keras "
            "divides by n, the number of values."
        ),
        "no-root": "X is divided by the variance. The square root is missing.",
        "epsilon-outside": (
            "epsilon is added after the square root. Add it to the variance, before the square "
            "root."
        ),
        "no-epsilon": "epsilon is missing, or another number is used in its place.",
        "gamma-beta-swapped": "gamma and beta are swapped. Multiply by gamma and add beta.",
        "no-gamma": "gamma is missing. Multiply the normalised numbers by gamma.",
        "no-beta": "beta is missing. Add beta at the end.",
        "beta-first": (
            "beta is added before the multiplication by gamma. Add it after the multiplication."
        ),
        "deviation-average": (
            "The moving variance is updated with the standard deviation. Use the variance."
        ),
        "momentum-fixed": "momentum is always 0.99. Use the value that is passed.",
        "epsilon-fixed": "epsilon is always 0.001. Use the value that is passed.",
        "one-step-late": (
            "The new moving variance is computed with the moving mean. Use the mean of the batch."
        ),
    },
)

# --- pooling --------------------------------------------------------------------------------------


def _hidden_pools(stream: np.random.Generator) -> list[Case]:
    def shape() -> dict[str, Any]:
        sides = (whole(stream, 6, 10), whole(stream, 6, 10))
        return _normal(whole(stream, 1, 3), *sides, whole(stream, 1, 4), shift=-0.5)

    size = whole(stream, 2, 3)
    return [
        case_of("hidden-valid.1", shape(), size, size, "valid", seed=draw_seed(stream)),
        case_of("hidden-valid.2", _normal(1, 7, 9, 2), 2, 2, seed=draw_seed(stream)),
        case_of(
            "hidden-overlap.1", shape(), 3, whole(stream, 1, 2), "valid", seed=draw_seed(stream)
        ),
        case_of(
            "hidden-overlap.2", shape(), 2, whole(stream, 3, 4), "valid", seed=draw_seed(stream)
        ),
        case_of("hidden-same.1", shape(), whole(stream, 2, 4), 2, "same", seed=draw_seed(stream)),
        case_of("hidden-same.2", shape(), 3, whole(stream, 1, 3), "same", seed=draw_seed(stream)),
    ]


_POOL_CASES = (
    case_of("valid.1", _normal(2, 4, 6, 2, shift=-1.0), 2, 2, "valid", seed=41),
    case_of("valid.2", _normal(1, 7, 5, 1), 2, 2, "valid", seed=42),
    case_of("valid.3", _normal(1, 6, 3, 2), 3, 3, seed=43),
    case_of("valid.4", _normal(2, 5, 7, 1), 2, 2, seed=61),
    case_of("overlap.1", _normal(1, 5, 6, 2), 3, 1, "valid", seed=44),
    case_of("overlap.2", _normal(1, 7, 8, 1), 3, 2, "valid", seed=45),
    case_of("overlap.3", _normal(1, 7, 8, 1), 1, 3, "valid", seed=46),
    case_of("same.1", _normal(1, 5, 4, 2, shift=-2.0), 3, 1, "same", seed=47),
    case_of("same.2", _normal(1, 6, 7, 1, shift=-2.0), 3, 2, "same", seed=48),
    case_of("same.3", _normal(1, 5, 7, 1, shift=2.0), 2, 2, "same", seed=49),
    case_of("same.4", _normal(1, 5, 6, 1, shift=-2.0), 4, 1, "same", seed=50),
)
_POOL_RUBRIC = (
    _RUNS,
    Criterion("valid", "Windows side by side, no padding", 3),
    Criterion("overlap", "Windows that overlap or leave gaps", 2),
    Criterion("same", "'same'", 3),
    Criterion("gradient", _GRADIENT, 1),
)
_POOL_MISTAKES = {
    "stride-is-size": "The stride is ignored: the windows are side by side.",
    "stride-ignored": "The stride is ignored: the windows move by one pixel.",
    "padding-ignored": "Nothing is padded when padding is 'same'.",
    "extra-before": (
        "If an odd number of pixels is added, the extra pixel must be after the picture. Look at "
        "pad."
    ),
    "over-channels": "The channels are mixed. Every channel must be pooled on its own.",
    "everything": "The whole picture is pooled to one number. Expected one number for each window.",
    "height-only": "Only one of the two axes, height and width, is pooled.",
    "last-missing": "The last row and the last column of the window are missing.",
}

MAX_POOL = ArrayExercise(
    name="max_pool",
    assignment=ASSIGNMENT,
    arguments=("X", "size", "stride", "padding"),
    results=("Y",),
    differentiable=("X",),
    own_work=("max_pool", "average_pool"),
    rubric=_POOL_RUBRIC,
    public=_POOL_CASES,
    draw_hidden=_hidden_pools,
    hints=(
        "Use the two loops over the window from conv2d. Each round gives one slice of X, with one "
        "number for every place.",
        "How do you get the largest number of several slices at each place? Call ops.maximum in "
        "the loop. Or join the slices with ops.stack, and call ops.max over the new axis. And for "
        "'same': which number is never the largest?",
        "pad has an argument value. No real pixel is smaller than minus infinity, -np.inf. Compute "
        "height and width with conv_output_size before you pad X.",
    ),
    mistakes=_POOL_MISTAKES
    | {
        "zero-padding": (
            "X is padded with zeros. If all real pixels of a window are negative, the result is "
            "0. Pad with a number that is never the largest."
        ),
        "from-zero": (
            "The comparison begins at 0, so the result is 0 where all numbers are negative."
        ),
        "mean": "The result is the mean of each window, expected the largest number.",
        "min": "The result is the smallest number of each window, expected the largest.",
        "absolute": (
            "The result is the largest absolute value of each window, expected the largest number."
        ),
    },
)

AVG_POOL = ArrayExercise(
    name="avg_pool",
    assignment=ASSIGNMENT,
    arguments=("X", "size", "stride", "padding"),
    results=("Y",),
    differentiable=("X",),
    own_work=("max_pool", "average_pool"),
    rubric=_POOL_RUBRIC,
    public=_POOL_CASES,
    draw_hidden=_hidden_pools,
    hints=(
        "Use the same loops again, and add the slices. By which number must you divide the sum?",
        "Without padding, divide by the number of pixels of the window. With padding, divide by "
        "the number of real pixels. At the border, there are fewer of them.",
        "Make a picture with 1 everywhere: ops.ones_like(X). Pad it with zeros, as you pad X, and "
        "add up its windows in the same way. The result is the number of real pixels under each "
        "window.",
    ),
    mistakes=_POOL_MISTAKES
    | {
        "counts-padding": (
            "At the border, the padded zeros are counted, too. Divide by the number of real pixels "
            "under the window."
        ),
        "sum": "The result is the sum of each window, expected the mean.",
        "max": "The result is the largest number of each window, expected the mean.",
        "divides-by-size": "The sum is divided by size. A window has size × size pixels.",
    },
)

# --- fully_connected ------------------------------------------------------------------------------


def _dense(id: str, X: tuple[int, ...], units: int, seed: int) -> Case:
    features = int(np.prod(X[1:]))
    return case_of(id, _normal(*X), _normal(features, units, scale=0.3), _normal(units), seed=seed)


def _hidden_dense(stream: np.random.Generator) -> list[Case]:
    sides = [whole(stream, 2, 4) for _ in range(4)]
    return [
        _dense(
            "hidden-rows.1", (whole(stream, 2, 5), whole(stream, 3, 9)), 4, seed=draw_seed(stream)
        ),
        _dense("hidden-pictures.1", tuple(sides), whole(stream, 2, 6), seed=draw_seed(stream)),
    ]


FULLY_CONNECTED = ArrayExercise(
    name="fully_connected",
    assignment=ASSIGNMENT,
    arguments=("X", "W", "b"),
    results=("Y",),
    differentiable=("X", "W", "b"),
    rubric=(
        _RUNS,
        Criterion("rows", "Rows of numbers", 2),
        Criterion("pictures", "Pictures, flattened", 1),
        Criterion("gradient", _GRADIENT, 1),
    ),
    public=(
        _dense("rows.1", (3, 4), 2, seed=51),
        _dense("rows.2", (4, 4), 4, seed=52),
        _dense("pictures.1", (2, 2, 3, 2), 3, seed=53),
        _dense("pictures.2", (3, 1, 1, 5), 5, seed=54),
    ),
    draw_hidden=_hidden_dense,
    hints=(
        "For rows of numbers, write one matrix product and one addition.",
        "ops.reshape turns pictures into rows. The batch axis stays, all other axes become one.",
        "In ops.reshape, a size of -1 stands for the number that fits. ops.matmul multiplies two "
        "matrices. If you add b, it is added to every row.",
    ),
    mistakes={
        "no-bias": "The bias b is not added.",
        "relu": "There is one ReLU too many at the end.",
        "softmax": "There is one softmax too many at the end.",
        "W-transposed": "W is transposed. Use it unchanged: it has one row for each feature of X.",
        "batch-last": "The axes of the pictures are flattened in another order.",
        "bias-subtracted": "The bias b is subtracted. It must be added.",
    },
)

# --- bottleneck -----------------------------------------------------------------------------------


def _block(id: str, shape: tuple[int, ...], F: tuple[int, int, int], *rest: Any, seed: int) -> Case:
    channels = shape[-1]
    shapes = {
        "1": (1, 1, channels, F[0]),
        "2": (3, 3, F[0], F[1]),
        "3": (1, 1, F[1], F[2]),
        "_shortcut": (1, 1, channels, F[2]),
    }
    params: dict[str, Any] = {}
    for name, window in shapes.items():
        n = window[-1]
        params["W" + name] = _normal(*window, scale=0.5)
        params["bn" + name] = [
            _normal(n, positive=True),
            _normal(n, scale=0.3),
            _normal(n, scale=0.3),
            _normal(n, positive=True),
        ]
    return case_of(id, _normal(*shape), params, *rest, seed=seed)


def _hidden_blocks(stream: np.random.Generator) -> list[Case]:
    def shape(channels: int) -> tuple[int, ...]:
        return (2, whole(stream, 4, 7), whole(stream, 4, 7), channels)

    def inner() -> tuple[int, int]:
        return whole(stream, 2, 4), whole(stream, 2, 4)

    c = whole(stream, 3, 6)
    stride = whole(stream, 2, 3)
    return [
        _block("hidden-identity.1", shape(c), (*inner(), c), 1, seed=draw_seed(stream)),
        _block("hidden-width.1", shape(c), (*inner(), c + 2), 1, seed=draw_seed(stream)),
        _block("hidden-width.2", shape(c), (*inner(), c - 1), stride, seed=draw_seed(stream)),
        _block("hidden-stride.1", shape(c), (*inner(), c), stride, seed=draw_seed(stream)),
        _block("hidden-training.1", shape(c), (*inner(), c), stride, True, seed=draw_seed(stream)),
    ]


BOTTLENECK = ArrayExercise(
    name="bottleneck",
    assignment=ASSIGNMENT,
    arguments=("X", "params", "stride", "training"),
    results=("Y",),
    differentiable=("X", "params"),
    blocks=("conv2d", "batch_norm"),
    rubric=(
        _RUNS,
        Criterion("identity", "Same shape: the shortcut is the identity", 5),
        Criterion("width", "Another number of channels: a projection", 4),
        Criterion("stride", "A stride, same number of channels: a projection", 4),
        Criterion("training", "In training mode", 3),
        Criterion("gradient", _GRADIENT, 3),
    ),
    public=(
        _block("identity.1", (2, 4, 5, 4), (2, 3, 4), seed=71),
        _block("identity.2", (1, 3, 3, 3), (3, 3, 3), 1, False, seed=72),
        _block("width.1", (2, 3, 4, 3), (2, 3, 5), seed=73),
        _block("width.2", (2, 5, 4, 3), (2, 2, 4), 2, seed=74),
        _block("stride.1", (2, 5, 4, 4), (2, 3, 4), 2, seed=75),
        _block("stride.2", (1, 7, 6, 3), (2, 2, 3), 3, seed=76),
        _block("training.1", (3, 4, 3, 3), (2, 2, 3), 1, True, seed=77),
        _block("training.2", (3, 4, 4, 3), (2, 2, 4), 2, True, seed=78),
    ),
    draw_hidden=_hidden_blocks,
    hints=(
        "Write the main path first: conv2d and batch_norm three times, ReLU twice. Do not "
        "overwrite X: you need it at the end.",
        "batch_norm returns three values. The next layer needs only the first. A star unpacks the "
        "four arrays: batch_norm(Y, *params['bn1'], training).",
        "The shortcut is X itself if the stride is 1 and X has as many channels as the end of the "
        "main path. In every other case, call conv2d on X with params['W_shortcut'] and the "
        "stride, then batch_norm, without a ReLU. Add the two paths. The last step is the ReLU.",
    ),
    mistakes={
        "no-shortcut": "There is no shortcut: X is not added to the main path.",
        "always-projected": (
            "There is a projection on the shortcut although the shapes fit. Expected X itself."
        ),
        "no-shortcut-norm": "The batch norm after the projection on the shortcut is missing.",
        "shortcut-relu": "There is a ReLU on the shortcut. The shortcut must be linear.",
        "no-last-relu": "The last ReLU, after the addition, is missing.",
        "relu-before-add": "The last ReLU is before the addition. It must be after the addition.",
        "relu-before-and-after": (
            "There is one ReLU too many, after the third batch norm. With it, the block can only "
            "add positive numbers to X."
        ),
        "no-first-relu": "The ReLU after the first batch norm is missing.",
        "no-second-relu": "The ReLU after the second batch norm is missing.",
        "no-inner-relus": "The ReLUs after the first and the second batch norm are missing.",
        "stride-second": (
            "The second convolution has the stride. Here, the first convolution and the shortcut "
            "must have it."
        ),
        "stride-third": "The third convolution has the stride. The first convolution must have it.",
        "training-ignored": "training is not passed to batch_norm.",
        "always-training": "Batch norm always runs in training mode, also if training is False.",
        "adds-itself": (
            "The main path is added to itself, or to a part of it. Save the block's input before "
            "you overwrite it."
        ),
        "no-bn1": "The batch norm after the first convolution is missing.",
        "no-bn2": "The batch norm after the second convolution is missing.",
        "no-bn3": "The batch norm after the third convolution is missing.",
        "relu-before-norm": "The ReLUs are before the batch norms. They must be after them.",
        "subsampled-shortcut": (
            "If there is a stride and the number of channels stays the same, pixels of X are only "
            "skipped. Expected a projection."
        ),
        "shared-norm": "One of the batch norms uses the weights of another one.",
        "multiplied": "The two paths are multiplied. They must be added.",
        "averaged": "The two paths are averaged. They must be added.",
    },
)
