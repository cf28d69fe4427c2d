"""Notebook 02: convolution, batch normalisation, pooling and the bottleneck, on bare arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from resnets.checks.array_exercise import ArrayExercise
from resnets.checks.cases import Case, array_case, draw_seed, whole
from resnets.checks.exercise import Criterion, register

ASSIGNMENT = "02_building_blocks"
_RUNS = Criterion("runs", "It runs and hands back what was asked", 1)
_GRADIENT = "The gradient flows back through it"


def _normal(*shape: int, **settings: Any) -> dict[str, Any]:
    return {"array": [int(n) for n in shape], **settings}


# --- conv_output_size -----------------------------------------------------------------------------


def _hidden_sizes(stream: np.random.Generator) -> list[Case]:
    cases = []
    for number in range(4):
        size, kernel, stride = whole(stream, 9, 99), whole(stream, 1, 9), whole(stream, 1, 5)
        cases += [
            array_case(f"hidden-valid.{number}", size, kernel, stride, "valid"),
            array_case(f"hidden-same.{number}", size, kernel, stride, "same"),
            array_case(f"hidden-number.{number}", size, kernel, stride, whole(stream, 1, 6)),
        ]
    return cases


CONV_OUTPUT_SIZE = register(
    ArrayExercise(
        name="conv_output_size",
        assignment=ASSIGNMENT,
        shape="arrays",
        arguments=("size", "kernel", "stride", "padding"),
        results=("the size",),
        whole=True,
        rubric=(
            _RUNS,
            Criterion("valid", "Without padding", 3),
            Criterion("same", "padding='same'", 3),
            Criterion("number", "A number of pixels at each end", 2),
            Criterion("whole", "The result is an integer", 1),
        ),
        public=(
            array_case("valid.1", 7, 3, 1, "valid"),
            array_case("valid.2", 7, 3, 2, "valid"),
            array_case("valid.3", 8, 3, 2, "valid"),
            array_case("valid.4", 5, 5, 3, "valid"),
            array_case("same.1", 7, 3, 1, "same"),
            array_case("same.2", 7, 3, 2, "same"),
            array_case("same.3", 8, 4, 2, "same"),
            array_case("same.4", 10, 5, 3),
            array_case("same.5", 6, 5),
            array_case("number.1", 224, 7, 2, 3),
            array_case("number.2", 10, 4, 3, 1),
            array_case("number.3", 5, 3, 1, 0),
        ),
        draw_hidden=_hidden_sizes,
        hints=(
            "Without padding: how many pixels are left to move on after the first place, and how "
            "many whole steps fit into them?",
            "A number as padding makes the picture longer by that many pixels at both ends; after "
            "that it is the case without padding. 'same' is a case of its own, which does not "
            "need the kernel at all.",
            "Number of places = 1 + whole steps. Python's // rounds down. To round a quotient up "
            "in whole numbers, negate it twice, or add stride - 1 before dividing.",
        ),
        mistakes={
            "no-first-place": "The first place is not counted: there is one place more than steps.",
            "one-end": "A number as padding counts at both ends.",
            "number-ignored": "A number as padding is ignored.",
            "same-is-size": "With 'same' the stride still counts.",
            "same-down": "'same' rounds up: a last window that is only half filled counts.",
            "rounds-up": "Without padding, a last step that would stick out is left out.",
            "stride-ignored": "The stride is ignored.",
            "same-half-kernel": (
                "'same' is computed as a padding of kernel // 2 at both ends. That gives Keras' "
                "size only for odd windows."
            ),
        },
    )
)

# --- conv2d ---------------------------------------------------------------------------------------


def _convolution(id: str, X: tuple[int, ...], W: tuple[int, ...], *rest: Any, seed: int) -> Case:
    return array_case(id, _normal(*X), _normal(*W, scale=0.3), *rest, seed=seed)


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


CONV2D = register(
    ArrayExercise(
        name="conv2d",
        assignment=ASSIGNMENT,
        shape="arrays",
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
            Criterion("same_stride", "'same' and a stride, odd and even pictures", 3),
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
            "Begin with padding='valid' and stride 1: how many places are there, and which part of "
            "X does the weight matrix W[0, 0] meet? And W[0, 1]?",
            "For one (u, v), that part begins at row u and column v, and holds every stride-th row "
            "and column, as many as there are places. Multiply it with W[u, v] by ops.matmul (it "
            "works on the last axis, all places at once) and add up over all (u, v). For pad, "
            "the formula above says how many pixels are added in all; half of them, rounded down, "
            "go before.",
            "Two calls of conv_output_size give height and width of the output (before X is "
            "padded). Then X = pad(X, …), and two loops, u over the rows and v over the columns of "
            "the window. The slice's last row is u + stride * (height - 1); a slice's end is one "
            "further. In pad, the loop runs over the two axes (X.shape[1], rows) and (X.shape[2], "
            "columns).",
        ),
        mistakes={
            "flipped": (
                "The filters are turned upside down (a mathematician's convolution): W[u, v] meets "
                "the pixel at row u, column v of the window."
            ),
            "transposed": "The filters' rows and columns are exchanged.",
            "extra-before": (
                "Where an odd number of pixels has to be added, the extra one goes after the "
                "picture, not before it."
            ),
            "all-before": "All padding is added before the picture; half of it belongs after.",
            "all-after": "All padding is added after the picture; half of it belongs before.",
            "half-kernel": (
                "'same' is taken as kernel // 2 at both ends. How many pixels are needed depends "
                "on the stride and on the size of the picture, too."
            ),
            "stride-1-padding": (
                "The windows begin where they would with a stride of 1. With a larger stride "
                "fewer pixels are needed, so the first window begins elsewhere: the formula for "
                "the padding has the stride in it."
            ),
            "edge-padding": "The border pixels are repeated; 'same' pads with zeros.",
            "stride-ignored": "The stride is ignored.",
            "padding-ignored": "Nothing is padded when padding is 'same'.",
            "always-same": "X is padded although padding is 'valid'.",
            "one-channel": "Only the first channel of X is used.",
            "mean": "The products are averaged over the window; they must be added.",
            "first-picture": "Only the first picture of the batch is computed.",
            "last-missing": "The window's last row and column are left out of the sum.",
            "only-last": "Each round replaces the sum so far; the products must be added up.",
            "square-window": "The window is taken as square: rows and columns may differ.",
            "square-picture": "Height and width of the picture are exchanged or taken as equal.",
        },
    )
)

# --- batch_norm -----------------------------------------------------------------------------------


def _normalisation(id: str, shape: tuple[int, ...], *rest: Any, seed: int, **settings: Any) -> Case:
    channels = shape[-1]
    return array_case(
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


BATCH_NORM = register(
    ArrayExercise(
        name="batch_norm",
        assignment=ASSIGNMENT,
        shape="arrays",
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
            Criterion("training", "Training: normalised with the batch's moments", 7),
            Criterion("averages", "Training: the moving averages move", 6),
            Criterion("inference", "Inference: normalised with the averages", 5),
            Criterion("unchanged", "Inference: the averages stay", 2),
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
            "First decide where mean and variance come from, depending on training. The formula "
            "that follows is the same in both cases.",
            "In training, mean and variance are taken over all axes but the last; how many axes X "
            "has is len(X.shape). The new averages are made from the old ones and from these. In "
            "inference, hand the averages back as they came.",
            "axes = tuple(range(len(X.shape) - 1)). Keep mean and variance in variables of their "
            "own, so that the moving averages are not overwritten before they are needed. Divide "
            "by ops.sqrt(variance + epsilon), then scale by gamma and add beta, in this order.",
        ),
        mistakes={
            "batch-axis-only": (
                "Mean and variance are taken over the batch only. Each channel has one mean, over "
                "pictures, rows and columns."
            ),
            "all-axes": "Mean and variance are taken over everything, channels included.",
            "per-picture": "Each picture is normalised on its own; the batch belongs together.",
            "over-channels": "Mean and variance are taken over the channels (a layer norm).",
            "momentum-swapped": (
                "momentum and 1 - momentum are exchanged: momentum is what stays of the old "
                "average."
            ),
            "averages-not-updated": "In training the moving averages have to move.",
            "averages-replaced": "The averages are replaced by the batch's moments.",
            "uses-averages": "In training, too, it normalises with the moving averages.",
            "uses-new-averages": (
                "In training it normalises with the new moving averages; it should use the batch's "
                "own moments."
            ),
            "uses-batch": "In inference it normalises with the batch; it should use the averages.",
            "moves-in-inference": "In inference the averages must not move.",
            "unbiased": (
                "The variance is divided by one less than the number of values. Keras divides by "
                "the number."
            ),
            "unbiased-average": (
                "The moving variance takes a variance divided by one less than the number of "
                "values (as PyTorch does). Keras divides by the number."
            ),
            "no-root": "It divides by the variance; the square root is missing.",
            "epsilon-outside": "epsilon is added to the root; it belongs under it.",
            "no-epsilon": "epsilon is left out, or another number stands in its place.",
            "gamma-beta-swapped": "gamma and beta are exchanged: gamma scales, beta is added.",
            "no-gamma": "gamma is left out: the normalised numbers are scaled by it.",
            "no-beta": "beta is left out: it is added at the end.",
            "beta-first": "beta is added before the scaling by gamma; it comes after it.",
            "deviation-average": "The moving variance averages the standard deviation.",
            "momentum-fixed": "momentum is fixed at 0.99 whatever is passed.",
            "epsilon-fixed": "epsilon is fixed at 0.001 whatever is passed.",
            "one-step-late": "The moving variance is computed around the moving mean.",
        },
    )
)

# --- pooling --------------------------------------------------------------------------------------


def _hidden_pools(stream: np.random.Generator) -> list[Case]:
    def shape() -> dict[str, Any]:
        sides = (whole(stream, 6, 10), whole(stream, 6, 10))
        return _normal(whole(stream, 1, 3), *sides, whole(stream, 1, 4), shift=-0.5)

    size = whole(stream, 2, 3)
    return [
        array_case("hidden-valid.1", shape(), size, size, "valid", seed=draw_seed(stream)),
        array_case(
            "hidden-overlap.1", shape(), 3, whole(stream, 1, 2), "valid", seed=draw_seed(stream)
        ),
        array_case(
            "hidden-overlap.2", shape(), 2, whole(stream, 3, 4), "valid", seed=draw_seed(stream)
        ),
        array_case(
            "hidden-same.1", shape(), whole(stream, 2, 4), 2, "same", seed=draw_seed(stream)
        ),
        array_case(
            "hidden-same.2", shape(), 3, whole(stream, 1, 3), "same", seed=draw_seed(stream)
        ),
    ]


_POOL_CASES = (
    array_case("valid.1", _normal(2, 4, 6, 2, shift=-1.0), 2, 2, "valid", seed=41),
    array_case("valid.2", _normal(1, 7, 5, 1), 2, 2, "valid", seed=42),
    array_case("valid.3", _normal(1, 6, 3, 2), 3, 3, seed=43),
    array_case("overlap.1", _normal(1, 5, 6, 2), 3, 1, "valid", seed=44),
    array_case("overlap.2", _normal(1, 7, 8, 1), 3, 2, "valid", seed=45),
    array_case("overlap.3", _normal(1, 7, 8, 1), 1, 3, "valid", seed=46),
    array_case("same.1", _normal(1, 5, 4, 2, shift=-2.0), 3, 1, "same", seed=47),
    array_case("same.2", _normal(1, 6, 7, 1, shift=-2.0), 3, 2, "same", seed=48),
    array_case("same.3", _normal(1, 5, 7, 1, shift=2.0), 2, 2, "same", seed=49),
    array_case("same.4", _normal(1, 5, 6, 1, shift=-2.0), 4, 1, "same", seed=50),
)
_POOL_RUBRIC = (
    _RUNS,
    Criterion("valid", "Windows side by side, no padding", 3),
    Criterion("overlap", "Windows that overlap or leave gaps", 2),
    Criterion("same", "'same'", 3),
    Criterion("gradient", _GRADIENT, 1),
)
_POOL_MISTAKES = {
    "stride-is-size": "The stride is ignored; the windows stand side by side.",
    "stride-ignored": "The stride is ignored; the windows move by one pixel.",
    "padding-ignored": "Nothing is padded when padding is 'same'.",
    "extra-before": (
        "Where an odd number of pixels has to be added, the extra one goes after the picture: look "
        "at pad."
    ),
    "over-channels": "The channels are mixed: every channel is pooled on its own.",
    "everything": "The whole picture is pooled to one number; it should be one for each window.",
    "height-only": "Only one of the two directions is pooled.",
    "last-missing": "The window's last row and column are left out.",
}

MAX_POOL = register(
    ArrayExercise(
        name="max_pool",
        assignment=ASSIGNMENT,
        shape="arrays",
        arguments=("X", "size", "stride", "padding"),
        results=("Y",),
        differentiable=("X",),
        own_work=("max_pool", "average_pool"),
        rubric=_POOL_RUBRIC,
        public=_POOL_CASES,
        draw_hidden=_hidden_pools,
        hints=(
            "Take conv2d's two loops over the window. Each round still gives one slice of X, with "
            "one number for every place.",
            "What is the largest of several slices, place by place? Either compare as you go, with "
            "ops.maximum, or ops.stack the slices and take ops.max over the new axis. And for "
            "'same': which number is never the largest?",
            "pad takes a value: minus infinity, -np.inf, never wins against a real pixel. Compute "
            "height and width with conv_output_size before X is padded.",
        ),
        mistakes=_POOL_MISTAKES
        | {
            "zero-padding": (
                "At the border zeros take part: where all real pixels are negative, a zero wins. "
                "Pad with a number that never wins."
            ),
            "from-zero": "The comparison begins at 0, which wins where all numbers are negative.",
            "mean": "It takes the mean of each window; the largest number was asked.",
            "min": "It takes the smallest number of each window.",
            "absolute": "It takes the largest absolute value.",
        },
    )
)

AVG_POOL = register(
    ArrayExercise(
        name="avg_pool",
        assignment=ASSIGNMENT,
        shape="arrays",
        arguments=("X", "size", "stride", "padding"),
        results=("Y",),
        differentiable=("X",),
        own_work=("max_pool", "average_pool"),
        rubric=_POOL_RUBRIC,
        public=_POOL_CASES,
        draw_hidden=_hidden_pools,
        hints=(
            "The same loops again; the slices are added up now. By what do you have to divide?",
            "Without padding by the number of pixels in a window. With padding, by the number of "
            "real pixels: at the border that is fewer.",
            "Sum up the windows of a picture that is 1 everywhere, padded with zeros as X was: the "
            "result is the number of real pixels under each window. ops.ones_like(X) makes such a "
            "picture.",
        ),
        mistakes=_POOL_MISTAKES
        | {
            "counts-padding": (
                "At the border the padded zeros are counted, too. Divide by the number of real "
                "pixels under the window."
            ),
            "sum": "It takes the sum of each window; the mean was asked.",
            "max": "It takes the largest number of each window; the mean was asked.",
            "divides-by-size": "It divides by size; a window has size × size pixels.",
        },
    )
)

# --- fully_connected ------------------------------------------------------------------------------


def _dense(id: str, X: tuple[int, ...], units: int, seed: int) -> Case:
    features = int(np.prod(X[1:]))
    return array_case(
        id, _normal(*X), _normal(features, units, scale=0.3), _normal(units), seed=seed
    )


def _hidden_dense(stream: np.random.Generator) -> list[Case]:
    sides = [whole(stream, 2, 4) for _ in range(4)]
    return [
        _dense(
            "hidden-rows.1", (whole(stream, 2, 5), whole(stream, 3, 9)), 4, seed=draw_seed(stream)
        ),
        _dense("hidden-pictures.1", tuple(sides), whole(stream, 2, 6), seed=draw_seed(stream)),
    ]


FULLY_CONNECTED = register(
    ArrayExercise(
        name="fully_connected",
        assignment=ASSIGNMENT,
        shape="arrays",
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
            "For rows of numbers it is one matrix product and one addition.",
            "Pictures become rows by ops.reshape: the batch axis stays, all others become one.",
            "In ops.reshape a size of -1 means: whatever is left. ops.matmul multiplies; b is "
            "added to every row by itself.",
        ),
        mistakes={
            "no-bias": "The bias b is not added.",
            "relu": "There is a ReLU at the end that was not asked.",
            "softmax": "There is a softmax at the end that was not asked.",
            "W-transposed": "W is transposed: its rows belong to the features.",
            "batch-last": "The pictures are flattened in another order of axes.",
            "bias-subtracted": "The bias b is subtracted.",
        },
    )
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
    return array_case(id, _normal(*shape), params, *rest, seed=seed)


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


BOTTLENECK = register(
    ArrayExercise(
        name="bottleneck",
        assignment=ASSIGNMENT,
        shape="arrays",
        arguments=("X", "params", "stride", "training"),
        results=("Y",),
        differentiable=("X", "params"),
        blocks=("conv2d", "batch_norm"),
        rubric=(
            _RUNS,
            Criterion("identity", "Same shape: the shortcut is the identity", 5),
            Criterion("width", "Another number of channels: a projection", 4),
            Criterion("stride", "A stride, and as many channels as before: a projection", 4),
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
            "Write the main path first: three times conv2d and batch_norm, and ReLU twice. Keep X, "
            "it is needed at the end.",
            "batch_norm hands back three values; the first is the one that goes on. Its four "
            "arrays can be unpacked by a star: batch_norm(Y, *params['bn1'], training).",
            "The identity fits if two things hold: the stride is 1, and X has as many channels as "
            "the main path's end. If either fails, send X through conv2d with "
            "params['W_shortcut'] and the stride, then through batch_norm, without a ReLU. Add, "
            "then ReLU.",
        ),
        mistakes={
            "no-shortcut": "There is no shortcut: X is not added to the main path.",
            "always-projected": (
                "The shortcut is projected although the shapes fit: then the identity was asked."
            ),
            "no-shortcut-norm": "The projection on the shortcut lacks its batch norm.",
            "shortcut-relu": "There is a ReLU on the shortcut; it should be linear.",
            "no-last-relu": "The last ReLU, after the addition, is missing.",
            "relu-before-add": "The last ReLU comes before the addition; it belongs after it.",
            "relu-before-and-after": (
                "There is a ReLU after the third batch norm already: the block can then only add, "
                "never subtract."
            ),
            "no-first-relu": "The ReLU after the first batch norm is missing.",
            "no-second-relu": "The ReLU after the second batch norm is missing.",
            "no-inner-relus": "The ReLUs after the first and the second batch norm are missing.",
            "stride-second": (
                "The stride sits on the second convolution; here it belongs to the first (and to "
                "the shortcut)."
            ),
            "stride-third": "The stride sits on the third convolution; it belongs to the first.",
            "training-ignored": "training is not passed on to batch norm.",
            "always-training": "Batch norm always runs as in training.",
            "adds-itself": (
                "The main path is added to itself, or to a part of it: the block's input was "
                "overwritten before it was kept."
            ),
            "no-bn1": "The batch norm after the first convolution is missing.",
            "no-bn2": "The batch norm after the second convolution is missing.",
            "no-bn3": "The batch norm after the third convolution is missing.",
            "relu-before-norm": "The ReLUs come before the batch norms; they belong after them.",
            "subsampled-shortcut": (
                "Where the stride changes and the width does not, X is only subsampled; a "
                "projection was asked."
            ),
            "shared-norm": "One of the batch norms uses another one's weights.",
            "multiplied": "The two paths are multiplied; they should be added.",
            "averaged": "The two paths are averaged; they should be added.",
        },
    )
)
