"""Notebook 04: two blocks, layers of blocks, the whole family, and two listings to repair."""

from __future__ import annotations

from typing import Any

import numpy as np

from resnets.checks.catalogue.cases import Case, case_of, draw_seed, whole
from resnets.checks.catalogue.exercise import Criterion
from resnets.checks.catalogue.graph_exercise import BlockExercise, NetworkExercise, Part

ASSIGNMENT = "04_resnet_family"
_RUNS = Criterion("runs", "It runs and returns a tensor", 1)
_INITIALIZER = Criterion("initializer", "Kernel initializer: kaiming_normal(seed=0)", 1)
_NAMES = Criterion("names", "Names of the layers", 2)
_NUMBERS = Criterion("numbers", "The output numbers, in inference and in training mode", 1)
_FIRST = "main path, first component"
_SECOND = "main path, second component"
_THIRD = "main path, third component"
_END = (
    Part("shortcut.0", "shortcut_conv", "shortcut path"),
    Part("shortcut.1", "shortcut_norm", "shortcut path"),
    Part("add", "shortcut", "the addition"),
    Part("tail.0", "last_relu", "after the addition"),
)
_DECIDED_BY = {"filters": "filters", "strides": "stride", "name": "name"}
_KINDS = ("BasicBlock", "Bottleneck")


def _block_case(id: str, shape: list[int], *rest: Any, seed: int, **keywords: Any) -> Case:
    return case_of(id, {"tensor": shape}, *rest, seed=seed, **keywords)


def _shape(stream: np.random.Generator, channels: int) -> list[int]:
    return [whole(stream, 5, 9), whole(stream, 5, 9), channels]


def _name(stream: np.random.Generator) -> str:
    return "".join(stream.choice(list("bcdfghjkmnp"), 4))


def _hidden_blocks(expansion: int, *, named: bool = True) -> Any:
    """Draws cases for a block that returns `expansion` times as many channels as filters."""

    def draw(stream: np.random.Generator) -> list[Case]:
        cases = []
        for id, wider, stride in (("same", 0, 1), ("width", 3, 1), ("stride", 0, 3)):
            filters = whole(stream, 3, 6)
            shape = _shape(stream, expansion * filters + wider)
            name = {"name": _name(stream)} if named else {}
            cases.append(
                _block_case(f"hidden-{id}", shape, filters, stride, seed=draw_seed(stream), **name)
            )
        return cases

    return draw


# --- BasicBlock -----------------------------------------------------------------------------------

BASIC_BLOCK = BlockExercise(
    name="BasicBlock",
    assignment=ASSIGNMENT,
    rubric=(
        _RUNS,
        Criterion("first_conv", "Main path, first component: convolution", 3),
        Criterion("first_norm", "Main path, first component: batch norm", 1),
        Criterion("first_relu", "Main path, first component: ReLU", 1),
        Criterion("second_conv", "Main path, second component: convolution", 3),
        Criterion("second_norm", "Main path, second component: batch norm, no ReLU", 1),
        Criterion("shortcut_conv", "Shortcut: a projection where the shape changes, only there", 3),
        Criterion("shortcut_norm", "Shortcut: batch norm, no ReLU", 1),
        Criterion("shortcut", "The addition of main path and shortcut", 1),
        Criterion("last_relu", "ReLU after the addition", 1),
        _INITIALIZER,
        _NAMES,
        _NUMBERS,
    ),
    parts=(
        Part("main.0", "first_conv", _FIRST),
        Part("main.1", "first_norm", _FIRST),
        Part("main.2", "first_relu", _FIRST),
        Part("main.3", "second_conv", _SECOND),
        Part("main.4", "second_norm", _SECOND),
        *_END,
    ),
    public=(
        _block_case("stride-2", [8, 7, 4], 6, 2, "layer2_0", seed=1),
        _block_case("same", [6, 5, 4], 4, seed=2),
        _block_case("channels", [5, 6, 3], 5, 1, "a", seed=3),
        _block_case("stride-only", [7, 8, 4], 4, stride=2, name="b", seed=4),
    ),
    draw_hidden=_hidden_blocks(1),
    decided_by=_DECIDED_BY,
    hints=(
        "Give the main path another name, Y, so that X is still there for the shortcut.",
        "The main path is convolution, batch norm, ReLU, convolution, batch norm. The shortcut "
        "needs a projection if stride is not 1, or if X has another number of channels than "
        "filters. The last ReLU comes after the addition.",
        "Y = Conv2D(filters, 3, strides=stride, padding='same', name=name + '_conv1', "
        "**common)(X), and so on. For the shortcut: if stride != 1 or X.shape[-1] != filters, "
        "then X becomes a Conv2D of 1×1 with this stride, and BatchNormalization follows. At the "
        "end: Add()([Y, X]), then Activation('relu').",
    ),
)

# --- Bottleneck -----------------------------------------------------------------------------------

BOTTLENECK = BlockExercise(
    name="Bottleneck",
    assignment=ASSIGNMENT,
    rubric=(
        _RUNS,
        Criterion("first_conv", "Main path, first component: convolution", 1),
        Criterion("first_norm", "Main path, first component: batch norm, ReLU", 1),
        Criterion("second_conv", "Main path, second component: convolution with the stride", 4),
        Criterion("second_norm", "Main path, second component: batch norm, ReLU", 1),
        Criterion("third_conv", "Main path, third component: convolution", 2),
        Criterion("third_norm", "Main path, third component: batch norm, no ReLU", 1),
        Criterion("shortcut_conv", "Shortcut: a projection where the shape changes, only there", 2),
        Criterion("shortcut_norm", "Shortcut: batch norm, no ReLU", 1),
        Criterion("shortcut", "The addition of main path and shortcut", 1),
        Criterion("last_relu", "ReLU after the addition", 1),
        _INITIALIZER,
        _NAMES,
        _NUMBERS,
    ),
    parts=(
        Part("main.0", "first_conv", _FIRST),
        Part("main.1", "first_norm", _FIRST),
        Part("main.2", "first_norm", _FIRST),
        Part("main.3", "second_conv", _SECOND),
        Part("main.4", "second_norm", _SECOND),
        Part("main.5", "second_norm", _SECOND),
        Part("main.6", "third_conv", _THIRD),
        Part("main.7", "third_norm", _THIRD),
        *_END,
    ),
    public=(
        _block_case("stride-2", [8, 7, 6], 3, 2, "layer2_0", seed=11),
        _block_case("same", [6, 5, 8], 2, seed=12),
        _block_case("channels", [5, 6, 3], 2, 1, "a", seed=13),
        _block_case("stride-only", [7, 8, 12], 3, stride=2, name="b", seed=14),
    ),
    draw_hidden=_hidden_blocks(4),
    decided_by=_DECIDED_BY,
    hints=(
        "It is BasicBlock with three convolutions. The first and the last of them are 1×1.",
        "Only the 3×3 convolution has the stride and padding 'same'. The last convolution and the "
        "projection have 4 * filters. The condition for the projection compares the channels of X "
        "with 4 * filters.",
        "Main path: Conv2D(filters, 1), batch norm, ReLU; Conv2D(filters, 3, strides=stride, "
        "padding='same'), batch norm, ReLU; Conv2D(4 * filters, 1), batch norm. Each convolution "
        "gets its name and **common. Shortcut: if stride != 1 or X.shape[-1] != 4 * filters, a "
        "1×1 convolution with 4 * filters and the stride, then batch norm. Then the addition and "
        "ReLU.",
    ),
)

# --- make_layer -----------------------------------------------------------------------------------


def _layer_case(
    id: str, shape: list[int], kind: str, *rest: Any, seed: int, **keywords: Any
) -> Case:
    return case_of(id, {"tensor": shape}, {"function": kind}, *rest, seed=seed, **keywords)


def _hidden_layers(stream: np.random.Generator) -> list[Case]:
    kinds = stream.permutation(_KINDS)
    return [
        _layer_case(
            f"hidden-{number}",
            _shape(stream, whole(stream, 3, 9)),
            str(kind),
            whole(stream, 3, 6),
            blocks,
            stride,
            _name(stream),
            seed=draw_seed(stream),
        )
        for number, (kind, blocks, stride) in enumerate(
            zip(kinds, stream.permutation([4, 6]), (3, 1), strict=True)
        )
        for blocks in [int(blocks)]
    ]


def _blocks(most: int, **settings: str) -> tuple[Part, ...]:
    """Places of a row of blocks: the first one is charged apart."""
    return (
        Part("chain.0", "first", "block 0", settings),
        *(Part(f"chain.{n}", "others", f"block {n}", settings) for n in range(1, most)),
    )


MAKE_LAYER = NetworkExercise(
    name="make_layer",
    assignment=ASSIGNMENT,
    blocks=("BasicBlock", "Bottleneck"),
    rubric=(
        _RUNS,
        Criterion("first", "The first block: its kind, filters and stride", 4),
        Criterion("others", "The other blocks: how many, their kind, filters and stride", 4),
        Criterion("names", "Names of the blocks", 2),
        _NUMBERS,
    ),
    parts=_blocks(8),
    public=(
        _layer_case("course", [8, 8, 4], "Bottleneck", 3, 3, 2, "layer2", seed=21),
        _layer_case("basic", [7, 6, 4], "BasicBlock", 4, 2, seed=22),
        _layer_case("two", [6, 6, 5], "BasicBlock", 3, 2, stride=2, name="a", seed=23),
        _layer_case("five", [5, 6, 3], "Bottleneck", 2, 5, name="b", seed=24),
    ),
    draw_hidden=_hidden_layers,
    decided_by={"filters": "filters", "stride": "stride", "name": "name", "kind": "kind"},
    hints=(
        "Call kind in a loop. kind is a function, so kind(X, …) builds one block.",
        "Each block gets filters. The first block gets stride, the others get a stride of 1. The "
        "result of one block is the input of the next.",
        "for number in range(blocks): X = kind(X, filters, stride if number == 0 else 1, "
        "name=f'{name}_{number}'). Return X after the loop.",
    ),
)

# --- resnet ---------------------------------------------------------------------------------------


def _hidden_networks(stream: np.random.Generator) -> list[Case]:
    def size() -> dict[str, list[int]]:
        return {"tuple": [32 * whole(stream, 1, 3), 32 * whole(stream, 1, 3), whole(stream, 1, 4)]}

    depths = [int(depth) for depth in stream.permutation([18, 34, 50, 101, 152])]
    return [
        case_of(
            f"hidden-{number}",
            depth,
            whole(stream, 11, 40),
            number != 2,
            size(),
            seed=draw_seed(stream),
        )
        for number, depth in enumerate(depths)
    ]


_SMALL = {"tuple": [64, 32, 3]}

RESNET = NetworkExercise(
    name="resnet",
    assignment=ASSIGNMENT,
    blocks=("BasicBlock", "Bottleneck", "make_layer"),
    rubric=(
        Criterion("runs", "It runs and returns a Model", 1),
        Criterion("padding", "Zero padding: 3 before the convolution, 1 before the pooling", 2),
        Criterion("stem", "First convolution, batch norm, ReLU", 3),
        Criterion("pool", "Max pooling", 1),
        Criterion("layer1", "layer1: kind of block, filters, number of blocks, stride 1", 3),
        Criterion("layer2", "layer2: kind of block, filters, number of blocks, stride 2", 3),
        Criterion("layer3", "layer3: kind of block, filters, number of blocks, stride 2", 3),
        Criterion("layer4", "layer4: kind of block, filters, number of blocks, stride 2", 2),
        Criterion("head", "include_top: global average pooling and the dense layer", 3),
        _INITIALIZER,
        Criterion("names", "Names of the layers", 1),
        _NUMBERS,
    ),
    parts=(
        Part("chain.0", "padding", "before the first convolution"),
        Part("chain.1", "stem", "first convolution"),
        Part("chain.2", "stem", "after the first convolution"),
        Part("chain.3", "stem", "after the first convolution"),
        Part("chain.4", "padding", "before the pooling"),
        Part("chain.5", "pool", "max pooling"),
        *(Part(f"chain.{5 + n}", f"layer{n}", f"layer{n}") for n in range(1, 5)),
        Part("chain.10", "head", "after layer4"),
        Part("chain.11", "head", "output"),
    ),
    public=(
        case_of("50", 50, 6, True, _SMALL, seed=31),
        case_of("18", 18, 10, input_shape=_SMALL, seed=32),
        case_of("34", 34, 5, input_shape={"tuple": [32, 32, 1]}, seed=33),
        case_of("101", 101, 6, input_shape=_SMALL, seed=34),
        case_of("152", 152, 6, input_shape=_SMALL, seed=35),
        case_of("no-top-18", 18, include_top=False, input_shape=_SMALL, seed=36),
        case_of("no-top-50", 50, 7, False, _SMALL, seed=37),
        Case("defaults", [50], numbers=False),
    ),
    draw_hidden=_hidden_networks,
    decided_by={"units": "classes", "kind": "depth", "blocks": "depth"},
    hints=(
        "Write down for each depth which block it has and four numbers. A dictionary is good for "
        "this. Then the network is a list of steps, each of the form X = …(X).",
        "18 and 34 have BasicBlock, the others Bottleneck. After the pooling, call make_layer "
        "four times. The filters double each time, beginning with 64. Only layer1 has stride 1.",
        "kind, numbers = {18: (BasicBlock, (2, 2, 2, 2)), …}[depth]. Then ZeroPadding2D(3), Conv2D "
        "and BatchNormalization, ReLU, ZeroPadding2D(1), MaxPooling2D(3, strides=2). In a loop: "
        "X = make_layer(X, kind, filters, blocks, stride, name='layer1') and so on. "
        "If include_top: GlobalAveragePooling2D() and Dense(classes, name=f'fc{classes}').",
    ),
)

# --- find the bugs --------------------------------------------------------------------------------

BOTTLENECK_FROM_MEMORY = BlockExercise(
    name="bottleneck_from_memory",
    assignment=ASSIGNMENT,
    rubric=(
        Criterion("runs", "It runs: every layer that is called was made", 1),
        Criterion("overwritten", "Bug: conv1 and bn1 overwritten, conv3 and bn3 never made", 3),
        Criterion("window", "Bug: the kernel size of conv2", 2),
        Criterion("stride", "Bug: the stride of conv2", 2),
        Criterion("padding", "Bug: the padding before the 1×1 shortcut", 2),
        Criterion("bias", "Bug: the bias in the shortcut", 1),
        Criterion("rest", "Everything that was right is still right", 1),
    ),
    parts=(
        Part("main.0", "overwritten", "conv1"),
        Part("main.1", "overwritten", "bn1"),
        Part("main.2", "rest", "ReLU after bn1"),
        Part("main.3", "window", "conv2", {"strides": "stride"}),
        Part("main.4", "rest", "bn2"),
        Part("main.5", "rest", "ReLU after bn2"),
        Part("main.6", "overwritten", "conv3"),
        Part("main.7", "overwritten", "bn3"),
        Part("shortcut.0", "padding", "shortcut path", {"use_bias": "bias"}),
        Part("shortcut.1", "rest", "shortcut path"),
        Part("add", "rest", "the addition"),
        Part("tail.0", "rest", "after the addition"),
    ),
    public=(
        _block_case("stride-2", [8, 7, 6], 3, 2, seed=41),
        _block_case("same", [6, 5, 8], 2, seed=42),
        _block_case("channels", [5, 6, 3], 2, seed=43),
        _block_case("stride-3", [7, 8, 12], 3, stride=3, seed=44),
    ),
    draw_hidden=_hidden_blocks(4, named=False),
    decided_by={"filters": "filters", "strides": "stride", "kernel_size": "stride"},
    hints=(
        "Compare it line by line with your Bottleneck. Which layers are made, and which are "
        "called?",
        "conv1 is made twice, and then the first one is lost. Which convolution should the second "
        "one be? And which numbers does conv2 get as kernel_size and as strides?",
        "The second conv1 and bn1 are conv3 and bn3. conv2 has kernel_size=3 and strides=stride. A "
        "1×1 convolution needs no padding, so ZeroPadding2D goes away. The convolution on the "
        "shortcut needs use_bias=False.",
    ),
)


def _hidden_rows(stream: np.random.Generator) -> list[Case]:
    return [
        _block_case(
            f"hidden-{number}",
            _shape(stream, whole(stream, 3, 9)),
            whole(stream, 3, 6),
            whole(stream, 3, 6),
            stride,
            seed=draw_seed(stream),
        )
        for number, stride in enumerate((3, 1))
    ]


LAYER_FROM_MEMORY = NetworkExercise(
    name="layer_from_memory",
    assignment=ASSIGNMENT,
    blocks=("bottleneck_from_memory",),
    rubric=(
        Criterion("runs", "Bug: an argument of make_layer. It runs", 2),
        Criterion("expansion", "Bug: the number of filters", 4),
        Criterion("first", "The first block has the stride", 3),
        Criterion("others", "The other blocks: how many, and stride 1", 3),
    ),
    parts=_blocks(8, filters="expansion"),
    public=(
        _block_case("course", [8, 8, 6], 3, 3, 2, seed=51),
        _block_case("two", [6, 5, 8], 2, 2, seed=52),
        _block_case("five", [7, 6, 4], 2, 5, stride=3, seed=53),
    ),
    draw_hidden=_hidden_rows,
    decided_by={"filters": "filters", "stride": "stride"},
    hints=(
        "Run the check and read its first line: which name does Python not know in make_layer?",
        "A method's first parameter is the object itself. Python passes it, but the method must "
        "name it. And compare what bottleneck_from_memory does with filters.",
        "make_layer needs self as its first parameter. The bottleneck multiplies filters by 4 "
        "itself, so pass filters, not 4 * filters.",
    ),
)
