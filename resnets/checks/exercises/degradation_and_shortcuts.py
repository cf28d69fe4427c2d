"""Notebook 03: plain and residual blocks, three shortcuts, and the networks made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from resnets.checks.array_exercise import ArrayExercise
from resnets.checks.cases import Case, draw_seed, whole
from resnets.checks.exercise import Criterion, register

ASSIGNMENT = "03_degradation_and_shortcuts"

# What `graph_runs` keeps of a graph, in the words of the report.
RESULTS = ("the output", "the output in training mode", "the list of moving averages")


def _tensor_case(id: str, shape: list[int], *rest: Any, seed: int, **keywords: Any) -> Case:
    return Case(
        id=id,
        positional=[{"tensor": shape}, *rest],
        keywords=keywords,
        seed=seed,
        hidden=id.startswith("hidden-"),
    )


def _model_case(id: str, *positional: Any, seed: int = 0, **keywords: Any) -> Case:
    return Case(
        id=id,
        positional=list(positional),
        keywords=keywords,
        seed=seed,
        hidden=id.startswith("hidden-"),
    )


def _shape(stream: np.random.Generator, channels: int) -> list[int]:
    return [whole(stream, 5, 9), whole(stream, 5, 9), channels]


# --- plain_block ----------------------------------------------------------------------------------


def _hidden_plain(stream: np.random.Generator) -> list[Case]:
    c = whole(stream, 3, 6)
    return [
        _tensor_case("hidden-same.1", _shape(stream, c), c, seed=draw_seed(stream)),
        _tensor_case("hidden-width.1", _shape(stream, c), c + 3, seed=draw_seed(stream)),
        _tensor_case("hidden-stride.1", _shape(stream, c), c, 4, seed=draw_seed(stream)),
    ]


PLAIN_BLOCK = register(
    ArrayExercise(
        name="plain_block",
        assignment=ASSIGNMENT,
        shape="arrays",
        arguments=("X", "filters", "stride"),
        results=RESULTS,
        rubric=(
            Criterion("runs", "It runs and hands back a tensor", 1),
            Criterion("same", "Height, width and channels unchanged", 6),
            Criterion("width", "Another number of channels", 4),
            Criterion("stride", "A stride", 4),
        ),
        public=(
            _tensor_case("same.1", [6, 6, 4], 4, seed=1),
            _tensor_case("same.2", [5, 7, 3], 3, 1, seed=2),
            _tensor_case("width.1", [6, 5, 3], 6, seed=3),
            _tensor_case("stride.1", [8, 8, 4], 8, 2, seed=4),
            _tensor_case("stride.2", [7, 9, 3], 3, 3, seed=5),
        ),
        draw_hidden=_hidden_plain,
        hints=(
            "It is the same three lines twice: convolution, batch norm, ReLU.",
            "Only the first convolution has the stride. Both take kernels of 3×3, padding 'same' "
            "and use_bias=False.",
            "X = Conv2D(filters, (3, 3), strides=(stride, stride), padding='same', "
            "use_bias=False, kernel_initializer='he_normal')(X); then BatchNormalization(axis=3), "
            "then Activation('relu'); then all three again with strides of 1. Return X.",
        ),
        mistakes={
            "relu-first": "The order is convolution, batch norm, ReLU; here ReLU comes too early.",
            "stride-second": "The stride belongs to the first convolution, not to the second.",
        },
    )
)

# --- the shortcuts --------------------------------------------------------------------------------


def _hidden_shortcuts(stream: np.random.Generator) -> list[Case]:
    c = whole(stream, 3, 6)
    return [
        _tensor_case("hidden-same.1", _shape(stream, c), c, seed=draw_seed(stream)),
        _tensor_case("hidden-width.1", _shape(stream, c), c + 2, seed=draw_seed(stream)),
        _tensor_case("hidden-stride.1", _shape(stream, c), c, 3, seed=draw_seed(stream)),
        _tensor_case("hidden-both.1", _shape(stream, c), c + 3, 4, seed=draw_seed(stream)),
    ]


def _shortcut_rubric(runs: float, same: float, width: float, stride: float, both: float) -> tuple:
    return (
        Criterion("runs", "It runs and hands back a tensor", runs),
        Criterion("same", "Nothing changes", same),
        Criterion("width", "More channels", width),
        Criterion("stride", "A stride, as many channels as before", stride),
        Criterion("both", "A stride and more channels", both),
    )


_SHORTCUT_CASES = (
    _tensor_case("same.1", [6, 5, 4], 4, seed=11),
    _tensor_case("width.1", [6, 5, 4], 7, seed=12),
    _tensor_case("width.2", [4, 4, 2], 8, 1, seed=13),
    _tensor_case("stride.1", [6, 7, 4], 4, 2, seed=14),
    _tensor_case("both.1", [6, 6, 3], 6, 2, seed=15),
    _tensor_case("both.2", [7, 8, 3], 5, 3, seed=16),
)
_PROJECTION_MISTAKES = {
    "stride-ignored": "The stride is ignored.",
    "no-norm": "The batch norm after the convolution is missing.",
    "relu": "There is a ReLU; a shortcut should carry X through one linear map and nothing else.",
}

SHORTCUT_A = register(
    ArrayExercise(
        name="shortcut_A",
        assignment=ASSIGNMENT,
        shape="arrays",
        arguments=("X", "filters", "stride"),
        results=RESULTS,
        rubric=_shortcut_rubric(1, 3, 4, 4, 3),
        public=_SHORTCUT_CASES,
        draw_hidden=_hidden_shortcuts,
        hints=(
            "Two things may have to be done, independent of each other: skip pixels, and append "
            "channels.",
            "A slice with a step skips pixels, in both directions. How many channels are missing "
            "is filters minus those that X has, X.shape[-1].",
            "X[:, ::stride, ::stride, :] takes every stride-th pixel. ops.pad(X, …) takes one pair "
            "(before, after) for each of the four axes; only the last pair is not (0, 0).",
        ),
        mistakes={
            "zeros-before": "The zeros stand before the channels of X; they were asked after them.",
            "zeros-around": "The zeros stand on both sides of X's channels; they were asked after.",
            "average": "The pixels are averaged; every stride-th pixel was asked, as it is.",
            "maximum": "The largest pixels are taken; every stride-th pixel was asked, as it is.",
            "offset": "The first pixel that is taken must be the first of the picture.",
            "stride-ignored": "The stride is ignored.",
            "ones": "The appended channels hold ones; zeros were asked.",
            "first-repeated": "The first channel of X is repeated; zeros were asked.",
            "repeated": "The channels of X are repeated; zeros were asked.",
            "rows-only": "The stride must skip rows and columns.",
            "projected": "It has weights: A does without, by appending channels of zeros.",
        },
    )
)

SHORTCUT_C = register(
    ArrayExercise(
        name="shortcut_C",
        assignment=ASSIGNMENT,
        shape="arrays",
        arguments=("X", "filters", "stride"),
        results=RESULTS,
        rubric=_shortcut_rubric(1, 3, 2, 2, 2),
        public=_SHORTCUT_CASES,
        draw_hidden=_hidden_shortcuts,
        hints=(
            "Two layers, whatever the arguments.",
            "A convolution with a window of 1×1 and the stride, then a batch norm.",
            "Conv2D(filters, (1, 1), strides=(stride, stride), use_bias=False, "
            "kernel_initializer='he_normal')(X), then BatchNormalization(axis=3).",
        ),
        mistakes=_PROJECTION_MISTAKES
        | {"identity-kept": "Where nothing changes, C still projects; that is what it is."},
    )
)

SHORTCUT_B = register(
    ArrayExercise(
        name="shortcut_B",
        assignment=ASSIGNMENT,
        shape="arrays",
        arguments=("X", "filters", "stride"),
        results=RESULTS,
        rubric=_shortcut_rubric(1, 4, 3, 4, 3),
        public=_SHORTCUT_CASES,
        draw_hidden=_hidden_shortcuts,
        hints=(
            "When is the identity enough? Then return X as it came.",
            "The shape changes if the stride is not 1, or if X does not have as many channels as "
            "are asked. Either is enough.",
            "One if with 'or' between two comparisons: stride with 1, X.shape[-1] with filters. In "
            "that case it is what shortcut_C does.",
        ),
        mistakes=_PROJECTION_MISTAKES
        | {
            "always": "It projects where nothing changes, too; there X itself was asked.",
            "channels-only": (
                "It looks at the channels only. A stride changes the shape, too, and then X must "
                "be projected."
            ),
            "stride-only": "It looks at the stride only; another number of channels needs it, too.",
            "both-needed": "Either change needs a projection; here it takes both ('and' for 'or').",
            "exchanged": "The two cases are exchanged.",
        },
    )
)

# --- residual_block -------------------------------------------------------------------------------


def _hidden_residual(stream: np.random.Generator) -> list[Case]:
    c = whole(stream, 3, 6)
    return [
        _tensor_case("hidden-same.1", _shape(stream, c), c, seed=draw_seed(stream)),
        _tensor_case("hidden-change.1", _shape(stream, c), c + 2, 3, "B", seed=draw_seed(stream)),
        _tensor_case("hidden-kinds.1", _shape(stream, c), c, 1, "C", seed=draw_seed(stream)),
    ]


RESIDUAL_BLOCK = register(
    ArrayExercise(
        name="residual_block",
        assignment=ASSIGNMENT,
        shape="arrays",
        arguments=("X", "filters", "stride", "shortcut"),
        results=RESULTS,
        blocks=("shortcut_A", "shortcut_B", "shortcut_C"),
        rubric=(
            Criterion("runs", "It runs and hands back a tensor", 1),
            Criterion("same", "Height, width and channels unchanged", 8),
            Criterion("change", "A stride, another number of channels", 6),
            Criterion("kinds", "The shortcut that is asked for", 5),
        ),
        public=(
            _tensor_case("same.1", [6, 5, 4], 4, seed=21),
            _tensor_case("same.2", [4, 6, 3], 3, 1, "B", seed=22),
            _tensor_case("change.1", [6, 6, 3], 6, 2, seed=23),
            _tensor_case("change.2", [5, 7, 4], 4, 3, "B", seed=24),
            _tensor_case("kinds.1", [6, 5, 3], 3, 1, "A", seed=25),
            _tensor_case("kinds.2", [6, 5, 3], 5, 2, "A", seed=26),
            _tensor_case("kinds.3", [4, 4, 3], 3, shortcut="C", seed=27),
        ),
        draw_hidden=_hidden_residual,
        hints=(
            "Give the main path a name of its own, Y, so that X is still there when it is needed.",
            "Main path: convolution, batch norm, ReLU, convolution, batch norm. Then the addition "
            "of make_shortcut(X, filters, stride), and only then the last ReLU.",
            "The two convolutions are those of plain_block, the stride on the first. "
            "Add()([Y, make_shortcut(X, filters, stride)]), then Activation('relu').",
        ),
        mistakes={
            "relu-before-add": "The last ReLU comes after the addition, not before it.",
            "relu-before-and-after": (
                "There is a ReLU before the addition already: the block could only add, never "
                "subtract."
            ),
            "no-last-relu": "The last ReLU, after the addition, is missing.",
            "no-shortcut": "The shortcut is not added.",
            "main-through-shortcut": (
                "The shortcut starts from the main path; it must start from the block's input."
            ),
            "always-B": "It always takes shortcut B, whatever is asked.",
            "plain-identity": "X is added as it is; make_shortcut says what to add.",
            "stride-second": "The stride belongs to the first convolution, not to the second.",
            "relu-first": "ReLU comes before batch norm on the main path; it belongs after it.",
        },
    )
)

# --- network --------------------------------------------------------------------------------------


def _hidden_networks(stream: np.random.Generator) -> list[Case]:
    def size() -> dict[str, list[int]]:
        return {"tuple": [4 * whole(stream, 2, 5), 4 * whole(stream, 2, 5), whole(stream, 1, 4)]}

    def case(kind: str, *arguments: Any) -> Case:
        return _model_case(f"hidden-{kind}.1", *arguments, seed=draw_seed(stream))

    return [
        case("plain", 6 * whole(stream, 4, 6) + 2, None, 3, size(), 5),
        case("residual", 26, str(stream.choice(["A", "C"])), 4, size(), 7),
        case("depth", 6 * whole(stream, 3, 5) + 2, "B", 3, size(), 4),
        case("settings", 14, "B", whole(stream, 3, 7), size(), whole(stream, 11, 20)),
    ]


_SMALL = {"tuple": [16, 16, 3]}

NETWORK = register(
    ArrayExercise(
        name="network",
        assignment=ASSIGNMENT,
        shape="arrays",
        arguments=("depth", "shortcut", "width", "input_shape", "classes"),
        results=RESULTS,
        blocks=("plain_block", "residual_block"),
        rubric=(
            Criterion("runs", "It runs and hands back a Model", 1),
            Criterion("plain", "Plain networks: stages, widths and strides", 9),
            Criterion("residual", "Residual networks, with the shortcut that is asked", 8),
            Criterion("depth", "Other depths", 4),
            Criterion("settings", "Width, size of the pictures, classes", 3),
        ),
        public=(
            _model_case("plain.1", 8, None, 4, _SMALL, 6, seed=31),
            _model_case("plain.2", 14, width=3, input_shape=_SMALL, classes=4, seed=32),
            _model_case("residual.1", 8, "B", 4, _SMALL, 6, seed=33),
            _model_case("residual.2", 14, "A", 4, _SMALL, 6, seed=34),
            _model_case("residual.3", 14, "C", 4, _SMALL, 6, seed=35),
            _model_case("depth.1", 20, None, 4, _SMALL, 6, seed=36),
            _model_case("depth.2", 32, "B", 4, _SMALL, 6, seed=37),
            _model_case("settings.1", 8, "B", seed=38),
            _model_case("settings.2", 8, "A", 5, {"tuple": [12, 20, 1]}, 3, seed=39),
        ),
        draw_hidden=_hidden_networks,
        hints=(
            "Two loops, one inside the other: three stages, and n blocks in each.",
            "The filters are width, 2 * width and 4 * width. Only the first block of the second "
            "and of the third stage has a stride of 2. With shortcut None it is plain_block, "
            "otherwise residual_block with that shortcut.",
            "for stage in range(3): for block in range(n): filters = width * 2**stage; the stride "
            "is 2 if stage > 0 and block == 0, else 1. Afterwards GlobalAveragePooling2D() and "
            "Dense(classes) without an activation.",
        ),
        mistakes={
            "stride-everywhere": "Only the first block of stages 2 and 3 has a stride of 2.",
            "stride-stage-1": "Stage 1 has no stride: the pictures keep their 32×32 pixels there.",
            "no-strides": "No block has a stride of 2; stages 2 and 3 begin with one.",
            "width-kept": "The filters stay the same; they double from stage to stage.",
            "width-grows": "The filters grow by width from stage to stage; they should double.",
            "softmax": "There is a softmax at the end; it is left to the loss.",
            "always-plain": "It is plain whatever shortcut is asked.",
            "shortcut-lost": "The shortcut that is asked is not passed on to residual_block.",
            "first-block-only": "Each stage has one block only; n were asked.",
            "one-too-few": "Each stage has n - 1 blocks.",
            "no-stem-norm": "The batch norm after the first convolution is missing.",
            "no-stem-relu": "The ReLU after the first convolution is missing.",
        },
    )
)
