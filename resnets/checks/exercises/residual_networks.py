"""Notebook 01: the two blocks of a residual network, and the network of 50 layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from resnets.checks.cases import Case
from resnets.checks.exercise import Criterion, Exercise, register

ASSIGNMENT = "01_residual_networks"
_NUMBERS = "The numbers, in inference and in training mode"


def _identity_case(
    id: str, shape: list[int], f: int, filters: list[int], stage: int, block: str, **rest: Any
) -> Case:
    return Case(
        id=id,
        positional=[{"tensor": shape}, f, filters],
        keywords={"stage": stage, "block": block},
        **rest,
    )


def _convolutional_case(
    id: str,
    shape: list[int],
    f: int,
    filters: list[int],
    stage: int,
    block: str,
    s: int | None = None,
    **rest: Any,
) -> Case:
    stride = {} if s is None else {"s": s}
    return Case(
        id=id,
        positional=[{"tensor": shape}, f, filters],
        keywords={"stage": stage, "block": block, **stride},
        **rest,
    )


def _network_case(id: str, shape: list[int] | None, classes: int | None, **rest: Any) -> Case:
    keywords: dict[str, Any] = {}
    if shape is not None:
        keywords["input_shape"] = {"tuple": shape}
    if classes is not None:
        keywords["classes"] = classes
    return Case(id=id, keywords=keywords, **rest)


def _filters(stream: np.random.Generator, last: int | None = None) -> list[int]:
    first, second, third = (int(n) for n in stream.choice(np.arange(3, 12), 3, replace=False))
    return [first, second, third if last is None else last]


def _hidden_identity(stream: np.random.Generator) -> list[Case]:
    cases = []
    for index, kernel in enumerate(stream.permutation([3, 5])):
        height, width = (int(n) for n in stream.integers(6, 10, 2))
        channels = int(stream.integers(12, 16))
        cases.append(
            _identity_case(
                f"hidden-{index}",
                [height, width, channels],
                int(kernel),
                _filters(stream, last=channels),
                int(stream.integers(6, 30)),
                str(stream.choice(list("defghjkmn"))),
                seed=int(stream.integers(2**31)),
                hidden=True,
                numbers=index == 0,
            )
        )
    return cases


def _hidden_convolutional(stream: np.random.Generator) -> list[Case]:
    cases = []
    for index, (kernel, stride) in enumerate(
        zip(stream.permutation([3, 5]), stream.permutation([3, 4]), strict=True)
    ):
        height, width = (int(n) for n in stream.integers(8, 13, 2))
        cases.append(
            _convolutional_case(
                f"hidden-{index}",
                [height, width, int(stream.integers(12, 16))],
                int(kernel),
                _filters(stream),
                int(stream.integers(6, 30)),
                str(stream.choice(list("defghjkmn"))),
                s=int(stride),
                seed=int(stream.integers(2**31)),
                hidden=True,
                numbers=index == 0,
            )
        )
    return cases


def _hidden_network(stream: np.random.Generator) -> list[Case]:
    height, width = (int(n) for n in stream.choice([68, 72, 76, 80, 84], 2, replace=False))
    return [
        _network_case(
            "hidden-0",
            [height, width, int(stream.choice([1, 2, 4]))],
            int(stream.integers(7, 40)),
            seed=int(stream.integers(2**31)),
            hidden=True,
        )
    ]


IDENTITY_BLOCK = register(
    Exercise(
        name="identity_block",
        assignment=ASSIGNMENT,
        shape="block",
        rubric=(
            Criterion("runs", "It runs and hands back a tensor", 1),
            Criterion("first_conv", "Main path, first component: convolution", 1),
            Criterion("first_norm", "Main path, first component: batch norm", 1),
            Criterion("first_relu", "Main path, first component: ReLU", 1),
            Criterion("second_conv", "Main path, second component: convolution", 4),
            Criterion("second_norm", "Main path, second component: batch norm", 2),
            Criterion("second_relu", "Main path, second component: ReLU", 2),
            Criterion("third_conv", "Main path, third component: convolution", 4),
            Criterion("third_norm", "Main path, third component: batch norm, no ReLU", 3),
            Criterion("shortcut", "Shortcut: the block's input, added as it is", 4),
            Criterion("last_relu", "ReLU after the addition", 3),
            Criterion("initializer", "Kernels start from glorot_uniform(seed=0)", 1),
            Criterion("names", "Names of the layers", 1),
            Criterion("numbers", _NUMBERS, 2),
        ),
        parts=(
            ("main.0", "first_conv", "main path, first component"),
            ("main.1", "first_norm", "main path, first component"),
            ("main.2", "first_relu", "main path, first component"),
            ("main.3", "second_conv", "main path, second component"),
            ("main.4", "second_norm", "main path, second component"),
            ("main.5", "second_relu", "main path, second component"),
            ("main.6", "third_conv", "main path, third component"),
            ("main.7", "third_norm", "main path, third component"),
            ("add", "shortcut", "the addition"),
            ("tail.0", "last_relu", "after the addition"),
        ),
        public=(
            _identity_case("course", [4, 4, 6], 2, [2, 4, 6], 1, "a", seed=1),
            _identity_case("wide", [6, 5, 9], 3, [5, 5, 9], 4, "c", seed=2),
        ),
        draw_hidden=_hidden_identity,
        hints=(
            "Before anything else changes X, keep it under a second name: that is the shortcut. "
            "Then build the main path out of three components.",
            "Each component is a convolution, a batch norm on the channels axis and, except in "
            "the third, a ReLU. Kernels: 1×1, f×f, 1×1. Only the f×f one needs padding, so that "
            "height and width stay what they are.",
            "Unpack filters into three numbers. Per component: Conv2D with one of the numbers, "
            "its kernel_size, strides of one, its padding, a name that ends in 2a, 2b or 2c and "
            "glorot_uniform(seed=0); then BatchNormalization(axis=3, …); then Activation('relu') "
            "twice, not three times. At the end Add() takes a list of the main path and what you "
            "kept, and one more Activation('relu') follows.",
        ),
    )
)

CONVOLUTIONAL_BLOCK = register(
    Exercise(
        name="convolutional_block",
        assignment=ASSIGNMENT,
        shape="block",
        rubric=(
            Criterion("runs", "It runs and hands back a tensor", 1),
            Criterion("first_conv", "Main path, first component: convolution", 3),
            Criterion("first_norm", "Main path, first component: batch norm", 1),
            Criterion("first_relu", "Main path, first component: ReLU", 2),
            Criterion("second_conv", "Main path, second component: convolution", 3),
            Criterion("second_norm", "Main path, second component: batch norm", 1),
            Criterion("second_relu", "Main path, second component: ReLU", 2),
            Criterion("third_conv", "Main path, third component: convolution", 3),
            Criterion("third_norm", "Main path, third component: batch norm, no ReLU", 1),
            Criterion("shortcut_conv", "Shortcut: convolution", 4),
            Criterion("shortcut_norm", "Shortcut: batch norm, no ReLU", 1),
            Criterion("shortcut", "The addition of main path and shortcut", 2),
            Criterion("last_relu", "ReLU after the addition", 2),
            Criterion("initializer", "Kernels start from glorot_uniform(seed=0)", 1),
            Criterion("names", "Names of the layers", 1),
            Criterion("numbers", _NUMBERS, 2),
        ),
        parts=(
            ("main.0", "first_conv", "main path, first component"),
            ("main.1", "first_norm", "main path, first component"),
            ("main.2", "first_relu", "main path, first component"),
            ("main.3", "second_conv", "main path, second component"),
            ("main.4", "second_norm", "main path, second component"),
            ("main.5", "second_relu", "main path, second component"),
            ("main.6", "third_conv", "main path, third component"),
            ("main.7", "third_norm", "main path, third component"),
            ("shortcut.0", "shortcut_conv", "shortcut path"),
            ("shortcut.1", "shortcut_norm", "shortcut path"),
            ("add", "shortcut", "the addition"),
            ("tail.0", "last_relu", "after the addition"),
        ),
        public=(
            _convolutional_case("course", [4, 4, 6], 2, [2, 4, 6], 1, "a", seed=3),
            _convolutional_case("stride-3", [8, 7, 5], 3, [5, 5, 9], 4, "c", s=3, seed=4),
            _convolutional_case(
                "stride-1", [5, 6, 4], 3, [3, 5, 7], 2, "b", s=1, seed=5, numbers=False
            ),
        ),
        draw_hidden=_hidden_convolutional,
        hints=(
            "The main path is an identity block's, except that its first convolution takes "
            "strides of s. The shortcut is new: it must end in the same shape as the main path.",
            "The shortcut starts from the block's input, not from the end of the main path: one "
            "1×1 convolution with as many filters as the third component has, and with strides "
            "of s; then a batch norm; no ReLU before the addition.",
            "Write the three components first: Conv2D with strides of (s, s), then of one and "
            "one, each with its BatchNormalization(axis=3, …), ReLU after the first two. Then "
            "send the kept input through a Conv2D with the third number of filters, "
            "kernel_size 1, strides of (s, s), padding 'valid' and a name that ends in branch1, "
            "and through its BatchNormalization. Add() joins the two, Activation('relu') ends it.",
        ),
    )
)


def _stage(number: int, blocks: int, first: int) -> list[tuple[str, str, str]]:
    """Words for one stage: its convolutional block, then its identity blocks."""
    words = ["its convolutional_block"] + [f"identity_block {n}" for n in range(1, blocks)]
    return [
        (f"chain.{first + index}", f"stage{number}", f"stage {number}, {word}")
        for index, word in enumerate(words)
    ]


RESNET50 = register(
    Exercise(
        name="ResNet50",
        assignment=ASSIGNMENT,
        shape="network",
        blocks=("identity_block", "convolutional_block"),
        rubric=(
            Criterion("runs", "It runs and hands back a Model from X_input to X", 1),
            Criterion("padding", "Zero padding of 3", 1),
            Criterion("stage1_conv", "Stage 1: convolution", 1),
            Criterion("stage1_norm", "Stage 1: batch norm", 1),
            Criterion("stage1_relu", "Stage 1: ReLU", 1),
            Criterion("stage1_pool", "Stage 1: max pooling", 1),
            Criterion("stage2", "Stage 2: one convolutional block, two identity blocks", 2),
            Criterion("stage3", "Stage 3: one convolutional block, three identity blocks", 6),
            Criterion("stage4", "Stage 4: one convolutional block, five identity blocks", 6),
            Criterion("stage5", "Stage 5: one convolutional block, two identity blocks", 6),
            Criterion("pool", "Average pooling", 3),
            Criterion("flatten", "Flatten", 2),
            Criterion("head", "Fully connected layer with softmax", 5),
            Criterion("initializer", "Kernels start from glorot_uniform(seed=0)", 1),
            Criterion("names", "Names: layers, stages, blocks and the model", 1),
            Criterion("numbers", _NUMBERS, 2),
        ),
        parts=(
            ("chain.0", "padding", "before stage 1"),
            ("chain.1", "stage1_conv", "stage 1"),
            ("chain.2", "stage1_norm", "stage 1"),
            ("chain.3", "stage1_relu", "stage 1"),
            ("chain.4", "stage1_pool", "stage 1"),
            *_stage(2, 3, 5),
            *_stage(3, 4, 8),
            *_stage(4, 6, 12),
            *_stage(5, 3, 18),
            ("chain.21", "pool", "after stage 5"),
            ("chain.22", "flatten", "output"),
            ("chain.23", "head", "output"),
            ("chain.24", "head", "output"),
        ),
        public=(
            _network_case("course", [64, 64, 3], 6, seed=6),
            _network_case("defaults", None, None, seed=7, numbers=False),
            _network_case("large", [140, 132, 1], 11, seed=8, numbers=False),
        ),
        draw_hidden=_hidden_network,
        hints=(
            "The network is a list of steps, one after the other: padding, stage 1, four stages "
            "of blocks, pooling, and the classifier. Write each step as one line X = …(X).",
            "Every stage from 2 to 5 is one convolutional_block and then 2, 3, 5 and 2 "
            "identity_blocks. The first one has block='a', the others 'b', 'c', and so on. "
            "Stage 2 has s=1 because the max pooling has just halved the picture; the others "
            "have s=2.",
            "Filters: [64, 64, 256], then everything doubled from stage to stage, f=3 in all of "
            "them. After stage 5: AveragePooling2D with pool_size (2, 2) and name 'avg_pool', "
            "Flatten(), Dense with as many units as classes, activation 'softmax', the name "
            "'fc' followed by the number of classes, and glorot_uniform(seed=0). At last "
            "Model(inputs=X_input, outputs=X, name='ResNet50') is what to return.",
        ),
    )
)
