"""Notebook 03: plain and residual blocks, three shortcuts, and the networks made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from resnets.checks.catalogue.cases import Case, case_of, draw_seed, whole
from resnets.checks.catalogue.exercise import Criterion
from resnets.checks.catalogue.numbers_exercise import SmallGraphExercise

ASSIGNMENT = "03_degradation_and_shortcuts"
_INITIALIZER = Criterion("initializer", "Kernel initializer: he_normal", 1)


def _tensor_case(id: str, shape: list[int], *rest: Any, seed: int, **keywords: Any) -> Case:
    return case_of(id, {"tensor": shape}, *rest, seed=seed, **keywords)


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


PLAIN_BLOCK = SmallGraphExercise(
    name="plain_block",
    assignment=ASSIGNMENT,
    arguments=("X", "filters", "stride"),
    rubric=(
        Criterion("runs", "It runs without an error", 1),
        Criterion("same", "Same height, width and number of channels", 5),
        Criterion("width", "Another number of channels", 4),
        Criterion("stride", "A stride", 4),
        _INITIALIZER,
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
        "Write the same three layers twice: convolution, batch norm, ReLU.",
        "Only the first convolution has the stride. Both convolutions have a kernel size of 3×3, "
        "padding 'same' and use_bias=False.",
        "X = Conv2D(filters, (3, 3), strides=(stride, stride), padding='same', "
        "use_bias=False, kernel_initializer='he_normal')(X). Then come BatchNormalization(axis=3) "
        "and Activation('relu'). Then write all three again, with strides of 1. Return X.",
    ),
    mistakes={
        "relu-first": "A ReLU comes too early. Expected this order: convolution, batch norm, ReLU.",
        "stride-second": (
            "The second convolution has the stride. The first convolution must have it."
        ),
    },
)

# --- the shortcuts --------------------------------------------------------------------------------


def _hidden_shortcuts(stream: np.random.Generator) -> list[Case]:
    c = whole(stream, 3, 6)
    return [
        _tensor_case("hidden-same.1", _shape(stream, c), c, seed=draw_seed(stream)),
        _tensor_case("hidden-width.1", _shape(stream, c), c + 2, seed=draw_seed(stream)),
        _tensor_case("hidden-width.2", [c + 2, c + 2, c], c + 2, seed=draw_seed(stream)),
        _tensor_case("hidden-stride.1", _shape(stream, c), c, 3, seed=draw_seed(stream)),
        _tensor_case("hidden-both.1", _shape(stream, c), c + 3, 4, seed=draw_seed(stream)),
    ]


def _shortcut_rubric(runs: float, same: float, width: float, stride: float, both: float) -> tuple:
    return (
        Criterion("runs", "It runs without an error", runs),
        Criterion("same", "Same height, width and number of channels", same),
        Criterion("width", "More channels", width),
        Criterion("stride", "A stride, same number of channels", stride),
        Criterion("both", "A stride and more channels", both),
    )


_SHORTCUT_CASES = (
    _tensor_case("same.1", [6, 5, 4], 4, seed=11),
    _tensor_case("width.1", [6, 5, 4], 7, seed=12),
    _tensor_case("width.2", [4, 4, 2], 8, 1, seed=13),
    _tensor_case("width.3", [6, 6, 3], 6, seed=17),
    _tensor_case("stride.1", [6, 7, 4], 4, 2, seed=14),
    _tensor_case("both.1", [6, 6, 3], 6, 2, seed=15),
    _tensor_case("both.2", [7, 8, 3], 5, 3, seed=16),
)
_PROJECTION_MISTAKES = {
    "stride-ignored": "The stride is ignored.",
    "no-norm": "The batch norm after the convolution is missing.",
    "relu": "There is one ReLU too many. A shortcut must be linear.",
}

SHORTCUT_A = SmallGraphExercise(
    name="shortcut_A",
    assignment=ASSIGNMENT,
    arguments=("X", "filters", "stride"),
    rubric=_shortcut_rubric(1, 3, 4, 4, 3),
    public=_SHORTCUT_CASES,
    draw_hidden=_hidden_shortcuts,
    hints=(
        "There are two things to do. If there is a stride, skip pixels. If channels are missing, "
        "append channels.",
        "A slice with a step skips pixels. Use it for height and width. X has X.shape[-1] "
        "channels, so filters - X.shape[-1] channels are missing.",
        "X[:, ::stride, ::stride, :] takes every stride-th pixel. ops.pad(X, …) takes one pair "
        "(before, after) for each of the four axes. Only the last pair is not (0, 0).",
    ),
    mistakes={
        "zeros-before": (
            "The channels of zeros are before the channels of X. They must be after them."
        ),
        "zeros-around": (
            "There are channels of zeros before and after the channels of X. They must all be "
            "after them."
        ),
        "average": "The pixels are averaged. Expected every stride-th pixel, unchanged.",
        "maximum": "The largest pixels are taken. Expected every stride-th pixel, unchanged.",
        "offset": (
            "The wrong pixels are taken. The first one must be the first pixel of the picture."
        ),
        "stride-ignored": "The stride is ignored.",
        "ones": "The appended channels contain ones, expected zeros.",
        "first-repeated": "The first channel of X is repeated, expected channels of zeros.",
        "repeated": "The channels of X are repeated, expected channels of zeros.",
        "rows-only": "The stride is used for the rows only. It must also skip columns.",
        "projected": (
            "There is a layer with weights. Shortcut A has none: it appends channels of zeros."
        ),
    },
)

SHORTCUT_C = SmallGraphExercise(
    name="shortcut_C",
    assignment=ASSIGNMENT,
    arguments=("X", "filters", "stride"),
    rubric=(*_shortcut_rubric(1, 2, 2, 2, 2), _INITIALIZER),
    public=_SHORTCUT_CASES,
    draw_hidden=_hidden_shortcuts,
    hints=(
        "Write two layers. They are the same for all arguments.",
        "Write a convolution with a kernel size of 1×1 and with the stride, then a batch norm.",
        "Conv2D(filters, (1, 1), strides=(stride, stride), use_bias=False, "
        "kernel_initializer='he_normal')(X), then BatchNormalization(axis=3).",
    ),
    mistakes=_PROJECTION_MISTAKES
    | {
        "identity-kept": "X is returned where the shape stays the same. Shortcut C projects there, "
        "too."
    },
)

SHORTCUT_B = SmallGraphExercise(
    name="shortcut_B",
    assignment=ASSIGNMENT,
    arguments=("X", "filters", "stride"),
    rubric=_shortcut_rubric(1, 4, 3, 4, 3),
    public=_SHORTCUT_CASES,
    draw_hidden=_hidden_shortcuts,
    hints=(
        "When does the shape stay the same? Then return X itself.",
        "The shape changes if the stride is not 1. It also changes if the number of channels of X "
        "is not filters. One of the two is enough.",
        "Write one if with 'or' between two comparisons: stride with 1, and X.shape[-1] with "
        "filters. Where the shape changes, do the same as shortcut_C.",
    ),
    mistakes=_PROJECTION_MISTAKES
    | {
        "always": "There is a projection where the shape stays the same. Expected X itself there.",
        "channels-only": (
            "The condition looks at the channels only. A stride also changes the shape, so it also "
            "needs a projection."
        ),
        "stride-only": (
            "The condition looks at the stride only. Another number of channels also needs a "
            "projection."
        ),
        "both-needed": (
            "There is a projection only if both the stride and the number of channels change. One "
            "of the two is enough: write 'or', not 'and'."
        ),
        "exchanged": "The two cases of the condition are swapped.",
    },
)

# --- residual_block -------------------------------------------------------------------------------


def _hidden_residual(stream: np.random.Generator) -> list[Case]:
    c = whole(stream, 3, 6)
    return [
        _tensor_case("hidden-same.1", _shape(stream, c), c, seed=draw_seed(stream)),
        _tensor_case("hidden-change.1", _shape(stream, c), c + 2, 3, "B", seed=draw_seed(stream)),
        _tensor_case("hidden-kinds.1", _shape(stream, c), c, 1, "C", seed=draw_seed(stream)),
    ]


RESIDUAL_BLOCK = SmallGraphExercise(
    name="residual_block",
    assignment=ASSIGNMENT,
    arguments=("X", "filters", "stride", "shortcut"),
    blocks=("shortcut_A", "shortcut_B", "shortcut_C"),
    rubric=(
        Criterion("runs", "It runs without an error", 1),
        Criterion("same", "Same height, width and number of channels", 7),
        Criterion("change", "A stride, or another number of channels", 6),
        Criterion("kinds", "The kind of shortcut: A, B or C", 5),
        _INITIALIZER,
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
        "Give the main path another name, Y, so that you do not overwrite X. You need X for the "
        "shortcut.",
        "The main path is convolution, batch norm, ReLU, convolution, batch norm. Then add "
        "make_shortcut(X, filters, stride). The last ReLU comes after the addition.",
        "The two convolutions are those of plain_block. The first one has the stride. The end is "
        "Add()([Y, make_shortcut(X, filters, stride)]), then Activation('relu').",
    ),
    mistakes={
        "relu-before-add": "The last ReLU is before the addition. It must be after the addition.",
        "relu-before-and-after": (
            "There is one ReLU too many, before the addition. With it, the block can only add "
            "positive numbers to X."
        ),
        "no-last-relu": "The last ReLU, after the addition, is missing.",
        "no-shortcut": "The shortcut is not added.",
        "main-through-shortcut": (
            "The shortcut starts from the main path. It must start from the block's input."
        ),
        "always-B": "The shortcut is always B. Use the argument shortcut.",
        "plain-identity": "X itself is added. Add the result of make_shortcut.",
        "stride-second": (
            "The second convolution has the stride. The first convolution must have it."
        ),
        "relu-first": "On the main path, ReLU is before batch norm. It must be after batch norm.",
    },
)

# --- network --------------------------------------------------------------------------------------


def _hidden_networks(stream: np.random.Generator) -> list[Case]:
    def size() -> dict[str, list[int]]:
        return {"tuple": [4 * whole(stream, 2, 5), 4 * whole(stream, 2, 5), whole(stream, 1, 4)]}

    def case(kind: str, *arguments: Any) -> Case:
        return case_of(f"hidden-{kind}.1", *arguments, seed=draw_seed(stream))

    return [
        case("plain", 6 * whole(stream, 4, 6) + 2, None, 3, size(), 5),
        case("residual", 26, str(stream.choice(["A", "C"])), 4, size(), 7),
        case("depth", 6 * whole(stream, 3, 5) + 2, "B", 3, size(), 4),
        case("settings", 14, "B", whole(stream, 3, 7), size(), whole(stream, 11, 20)),
    ]


_SMALL = {"tuple": [16, 16, 3]}

NETWORK = SmallGraphExercise(
    name="network",
    assignment=ASSIGNMENT,
    arguments=("depth", "shortcut", "width", "input_shape", "classes"),
    blocks=("plain_block", "residual_block"),
    rubric=(
        Criterion("runs", "It runs without an error", 1),
        Criterion("plain", "Plain networks: stages, widths and strides", 8),
        Criterion("residual", "Residual networks with each kind of shortcut", 8),
        Criterion("depth", "Other depths", 4),
        Criterion("settings", "Other widths, sizes of pictures, numbers of classes", 3),
        _INITIALIZER,
    ),
    public=(
        case_of("plain.1", 8, None, 4, _SMALL, 6, seed=31),
        case_of("plain.2", 14, width=3, input_shape=_SMALL, classes=4, seed=32),
        case_of("residual.1", 8, "B", 4, _SMALL, 6, seed=33),
        case_of("residual.2", 14, "A", 4, _SMALL, 6, seed=34),
        case_of("residual.3", 14, "C", 4, _SMALL, 6, seed=35),
        case_of("depth.1", 20, None, 4, _SMALL, 6, seed=36),
        case_of("depth.2", 32, "B", 4, _SMALL, 6, seed=37),
        case_of("settings.1", 8, "B", seed=38),
        case_of("settings.2", 8, "A", 5, {"tuple": [12, 20, 1]}, 3, seed=39),
    ),
    draw_hidden=_hidden_networks,
    hints=(
        "Write two loops, one inside the other: three stages, and n blocks in each stage.",
        "The filters are width, 2 * width and 4 * width. Only the first block of the second "
        "and of the third stage has a stride of 2. If shortcut is None, call plain_block. "
        "Otherwise call residual_block with that shortcut.",
        "Write two loops: for stage in range(3), and inside it for block in range(n). The filters "
        "are width * 2**stage. The stride is 2 if stage > 0 and block == 0, else it is 1. After "
        "the loops come GlobalAveragePooling2D() and Dense(classes) without an activation.",
    ),
    mistakes={
        "stride-everywhere": (
            "Too many blocks have a stride of 2. Expected it only in the first block of stages 2 "
            "and 3."
        ),
        "stride-stage-1": (
            "Stage 1 has a stride of 2, expected 1: height and width do not change in stage 1."
        ),
        "no-strides": (
            "No block has a stride of 2. Expected it in the first block of stages 2 and 3."
        ),
        "width-kept": "The number of filters stays the same. It must double from stage to stage.",
        "width-grows": "The number of filters grows by width from stage to stage. It must double.",
        "softmax": "There is one softmax too many at the end. The loss computes the softmax.",
        "always-plain": "The network is always plain. Use the argument shortcut.",
        "shortcut-lost": "The argument shortcut is not passed to residual_block.",
        "first-block-only": "Each stage has only one block, expected n blocks.",
        "one-too-few": "Each stage has n - 1 blocks, expected n blocks.",
        "no-stem-norm": "The batch norm after the first convolution is missing.",
        "no-stem-relu": "The ReLU after the first convolution is missing.",
    },
)
