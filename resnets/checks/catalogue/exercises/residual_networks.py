"""Notebook 01: the two blocks of a residual network, and the network of 50 layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from resnets.checks.catalogue.cases import Case
from resnets.checks.catalogue.exercise import Criterion
from resnets.checks.catalogue.graph_exercise import BlockExercise, NetworkExercise, Part

ASSIGNMENT = "01_residual_networks"
_NUMBERS = "The output numbers, in inference and in training mode"
_INITIALIZER = "Kernel initializer: glorot_uniform(seed=0)"
_DECIDED_BY = {"kernel_size": "f", "filters": "filters", "name": "stage and block"}


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
        )
    ]


IDENTITY_BLOCK = BlockExercise(
    name="identity_block",
    assignment=ASSIGNMENT,
    rubric=(
        Criterion("runs", "It runs and returns a tensor", 1),
        Criterion("first_conv", "Main path, first component: convolution", 1),
        Criterion("first_norm", "Main path, first component: batch norm", 1),
        Criterion("first_relu", "Main path, first component: ReLU", 1),
        Criterion("second_conv", "Main path, second component: convolution", 4),
        Criterion("second_norm", "Main path, second component: batch norm", 2),
        Criterion("second_relu", "Main path, second component: ReLU", 2),
        Criterion("third_conv", "Main path, third component: convolution", 4),
        Criterion("third_norm", "Main path, third component: batch norm, no ReLU", 3),
        Criterion("shortcut", "Shortcut: the block's input, added unchanged", 4),
        Criterion("last_relu", "ReLU after the addition", 3),
        Criterion("initializer", _INITIALIZER, 1),
        Criterion("names", "Names of the layers", 1),
        Criterion("numbers", _NUMBERS, 2),
    ),
    parts=(
        Part("main.0", "first_conv", "main path, first component"),
        Part("main.1", "first_norm", "main path, first component"),
        Part("main.2", "first_relu", "main path, first component"),
        Part("main.3", "second_conv", "main path, second component"),
        Part("main.4", "second_norm", "main path, second component"),
        Part("main.5", "second_relu", "main path, second component"),
        Part("main.6", "third_conv", "main path, third component"),
        Part("main.7", "third_norm", "main path, third component"),
        Part("add", "shortcut", "the addition"),
        Part("tail.0", "last_relu", "after the addition"),
    ),
    public=(
        _identity_case("course", [4, 4, 6], 2, [2, 4, 6], 1, "a", seed=1),
        _identity_case("wide", [6, 5, 9], 3, [5, 5, 9], 4, "c", seed=2),
    ),
    draw_hidden=_hidden_identity,
    decided_by=_DECIDED_BY,
    hints=(
        "Save X under a second name before you change it: this is the shortcut. Then build the "
        "main path from three components.",
        "Each component is a convolution and a batch norm on the channels axis. The first and the "
        "second also have a ReLU, the third has none. The kernel sizes are 1×1, f×f and 1×1. Only "
        "the f×f convolution needs padding, so that height and width do not change.",
        "Unpack filters into three numbers. Each component begins with a Conv2D with one of these "
        "numbers, its kernel_size, strides of 1 and its padding. Its name ends in 2a, 2b or 2c. "
        "Its initializer is glorot_uniform(seed=0). Then comes BatchNormalization(axis=3, …). "
        "Activation('relu') follows only in the first and in the second component. At the end, "
        "Add() takes a list of the main path and the saved X. One more Activation('relu') follows.",
    ),
)

CONVOLUTIONAL_BLOCK = BlockExercise(
    name="convolutional_block",
    assignment=ASSIGNMENT,
    rubric=(
        Criterion("runs", "It runs and returns a tensor", 1),
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
        Criterion("initializer", _INITIALIZER, 1),
        Criterion("names", "Names of the layers", 1),
        Criterion("numbers", _NUMBERS, 2),
    ),
    parts=(
        Part("main.0", "first_conv", "main path, first component"),
        Part("main.1", "first_norm", "main path, first component"),
        Part("main.2", "first_relu", "main path, first component"),
        Part("main.3", "second_conv", "main path, second component"),
        Part("main.4", "second_norm", "main path, second component"),
        Part("main.5", "second_relu", "main path, second component"),
        Part("main.6", "third_conv", "main path, third component"),
        Part("main.7", "third_norm", "main path, third component"),
        Part("shortcut.0", "shortcut_conv", "shortcut path"),
        Part("shortcut.1", "shortcut_norm", "shortcut path"),
        Part("add", "shortcut", "the addition"),
        Part("tail.0", "last_relu", "after the addition"),
    ),
    public=(
        _convolutional_case("course", [4, 4, 6], 2, [2, 4, 6], 1, "a", seed=3),
        _convolutional_case("stride-3", [8, 7, 5], 3, [5, 5, 9], 4, "c", s=3, seed=4),
        _convolutional_case(
            "stride-1", [5, 6, 4], 3, [3, 5, 7], 2, "b", s=1, seed=5, numbers=False
        ),
    ),
    draw_hidden=_hidden_convolutional,
    decided_by=_DECIDED_BY | {"strides": "s"},
    hints=(
        "The main path is that of the identity block, with one change: the first convolution has "
        "strides of s. The shortcut is new. It must end in the same shape as the main path.",
        "The shortcut starts from the block's input, not from the end of the main path. It is a "
        "1×1 convolution and a batch norm. There is no ReLU before the addition. The convolution "
        "has strides of s, and as many filters as the third component.",
        "Write the three components first. The first Conv2D has strides of (s, s), the others "
        "have strides of 1. A BatchNormalization(axis=3, …) follows each of them, and a ReLU the "
        "first two. Then call the shortcut's Conv2D on the saved input. It has the third number of "
        "filters, kernel_size 1, strides of (s, s) and padding 'valid'. Its name ends in branch1. "
        "Its BatchNormalization follows. Then Add() joins the two paths, and Activation('relu') is "
        "the last step.",
    ),
)


def _stage(number: int, blocks: int, first: int) -> list[Part]:
    """Words for one stage: its convolutional block, then its identity blocks."""
    words = ["its convolutional_block"] + [f"identity_block {n}" for n in range(1, blocks)]
    return [
        Part(f"chain.{first + index}", f"stage{number}", f"stage {number}, {word}")
        for index, word in enumerate(words)
    ]


RESNET50 = NetworkExercise(
    name="ResNet50",
    assignment=ASSIGNMENT,
    blocks=("identity_block", "convolutional_block"),
    rubric=(
        Criterion("runs", "It runs and returns a Model from X_input to X", 1),
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
        Criterion("initializer", _INITIALIZER, 1),
        Criterion("names", "Names: layers, stages, blocks and the model", 1),
        Criterion("numbers", _NUMBERS, 2),
    ),
    parts=(
        Part("chain.0", "padding", "before stage 1"),
        Part("chain.1", "stage1_conv", "stage 1"),
        Part("chain.2", "stage1_norm", "stage 1"),
        Part("chain.3", "stage1_relu", "stage 1"),
        Part("chain.4", "stage1_pool", "stage 1"),
        *_stage(2, 3, 5),
        *_stage(3, 4, 8),
        *_stage(4, 6, 12),
        *_stage(5, 3, 18),
        Part("chain.21", "pool", "after stage 5"),
        Part("chain.22", "flatten", "output"),
        Part("chain.23", "head", "output"),
        Part("chain.24", "head", "output"),
    ),
    public=(
        _network_case("course", [64, 64, 3], 6, seed=6),
        _network_case("defaults", None, None, seed=7, numbers=False),
        _network_case("large", [140, 132, 1], 11, seed=8, numbers=False),
    ),
    draw_hidden=_hidden_network,
    decided_by={"units": "classes", "name": "classes"},
    hints=(
        "The network is a list of steps, one after the other: padding, stage 1, four stages "
        "of blocks, pooling, and the classifier. Write each step as one line X = …(X).",
        "Each of the stages 2 to 5 is one convolutional_block, followed by 2, 3, 5 and 2 "
        "identity_blocks. The first block has block='a', the next ones 'b', 'c' and so on. Stage 2 "
        "has s=1, because max pooling has just halved height and width. The other stages have s=2.",
        "The filters of stage 2 are [64, 64, 256]. From stage to stage, all three numbers double. "
        "f is 3 in every block. After stage 5 comes AveragePooling2D with pool_size (2, 2) and the "
        "name 'avg_pool', then Flatten(). The last layer is Dense with as many units as classes "
        "and with activation 'softmax'. Its name is 'fc' followed by the number of classes, its "
        "initializer is glorot_uniform(seed=0). Return Model(inputs=X_input, outputs=X, "
        "name='ResNet50').",
    ),
)
