"""Notebook 06: grouped convolutions, three forms of one block, and ResNeXt."""

from __future__ import annotations

from typing import Any

import numpy as np

from resnets.checks.catalogue.array_exercise import ArrayExercise
from resnets.checks.catalogue.cases import Case, case_of, draw_seed, whole
from resnets.checks.catalogue.exercise import Criterion
from resnets.checks.catalogue.graph_exercise import BlockExercise, NetworkExercise, Part

ASSIGNMENT = "06_resnext"
_RUNS = Criterion("runs", "It runs without an error", 1)
_BUILDS = Criterion("runs", "It runs and returns a tensor", 1)
_GRADIENT = Criterion("gradient", "The gradient reaches the arguments", 1)
_INITIALIZER = Criterion("initializer", "Kernel initializer: kaiming_normal(seed=0)", 1)
_NUMBERS = Criterion("numbers", "The output numbers, in inference and in training mode", 1)
_CONVOLUTIONS = ("conv", "depthwise_conv", "separable_conv", "conv_transpose")


def _normal(*shape: int, **settings: Any) -> dict[str, Any]:
    return {"array": [int(n) for n in shape], **settings}


def _kernel(*shape: int) -> dict[str, Any]:
    return _normal(*shape, scale=0.5)


# --- grouped_conv2d -------------------------------------------------------------------------------


def _grouped(
    id: str, X: tuple[int, ...], window: int, filters: int, groups: int, *rest: int, seed: int
) -> Case:
    kernel = _kernel(window, window, X[-1] // groups, filters)
    return case_of(id, _normal(*X), kernel, groups, *rest, seed=seed)


def _hidden_grouped(stream: np.random.Generator) -> list[Case]:
    cases = []
    for criterion, groups, inside, wider, stride in (
        ("one", 1, whole(stream, 2, 4), 1, 1),
        ("groups", whole(stream, 3, 5), whole(stream, 2, 3), 1, 1),
        ("width", whole(stream, 2, 4), 2, whole(stream, 2, 3), 1),
        ("single", whole(stream, 4, 7), 1, 1, 1),
        ("stride", 3, 2, 1, whole(stream, 2, 3)),
    ):
        pictures = (whole(stream, 1, 2), whole(stream, 4, 6), whole(stream, 4, 6), groups * inside)
        cases.append(
            _grouped(
                f"hidden-{criterion}.1",
                pictures,
                int(stream.choice([1, 3])),
                wider * groups * inside,
                groups,
                stride,
                seed=draw_seed(stream),
            )
        )
    return cases


GROUPED_CONV2D = ArrayExercise(
    name="grouped_conv2d",
    assignment=ASSIGNMENT,
    arguments=("X", "W", "groups", "stride"),
    results=("Y",),
    differentiable=("X", "W"),
    own_work=_CONVOLUTIONS,
    rubric=(
        _RUNS,
        Criterion("one", "One group: an ordinary convolution", 2),
        Criterion("groups", "Several groups, as many filters as channels", 5),
        Criterion("width", "Another number of filters", 3),
        Criterion("single", "As many groups as channels", 2),
        Criterion("stride", "A stride", 2),
        _GRADIENT,
    ),
    public=(
        _grouped("one.1", (1, 4, 5, 3), 3, 2, 1, seed=1),
        _grouped("groups.1", (2, 4, 5, 4), 3, 4, 2, seed=2),
        _grouped("groups.2", (1, 4, 4, 6), 3, 6, 3, seed=3),
        _grouped("width.1", (1, 5, 4, 6), 3, 9, 3, seed=4),
        _grouped("width.2", (1, 4, 4, 6), 1, 4, 2, 1, seed=5),
        _grouped("single.1", (1, 4, 5, 4), 3, 4, 4, seed=6),
        _grouped("stride.1", (1, 6, 5, 6), 3, 6, 3, 2, seed=7),
    ),
    draw_hidden=_hidden_grouped,
    hints=(
        "A grouped convolution is several small convolutions side by side. Which channels of X "
        "does the first one read? And which filters of W does it use?",
        "Split X and W along their last axis into groups parts each. Then call conv2d once for "
        "each pair of parts, and join the results along the last axis.",
        "ops.split(X, groups, axis=-1) and ops.split(W, groups, axis=-1) return two lists. Walk "
        "through both at once with zip, call conv2d(x, w, stride), collect the results in a list, "
        "and return ops.concatenate(results, axis=-1).",
    ),
    mistakes={
        "interleaved": (
            "A group must read neighbouring channels of X: the first group reads the first ones. "
            "The code takes every groups-th channel."
        ),
        "interleaved-filters": (
            "A group must use neighbouring filters of W: the first group uses the first ones. The "
            "code takes every groups-th filter."
        ),
        "first-channels": "All groups read the first channels of X. Each must read its own.",
        "first-filters": "All groups use the first filters of W. Each must use its own.",
        "reversed": "The results are joined in reverse order.",
        "summed": ("The results of the groups are added. They must be joined along the last axis."),
        "rows": "The results are joined along another axis. They must be joined along the last.",
        "stride-ignored": "The stride is ignored.",
        "first-group": "Only the first group is computed.",
        "last-group-missing": "The last group is missing.",
        "shuffled": (
            "The channels of the result are shuffled: the results of the groups must follow each "
            "other, one group after the other."
        ),
    },
)

# --- the three forms ------------------------------------------------------------------------------


def _branches(channels: int, inside: int, groups: int) -> tuple[dict[str, Any], ...]:
    """The kernels of `groups` branches: from channels to inside, inside, and back to channels."""
    shapes = ((1, 1, channels, inside), (3, 3, inside, inside), (1, 1, inside, channels))
    return tuple({"list": [_kernel(*shape)] * groups} for shape in shapes)


def _form_a(id: str, X: tuple[int, ...], inside: int, groups: int, seed: int) -> Case:
    return case_of(id, _normal(*X), *_branches(X[-1], inside, groups), seed=seed)


def _form_b(id: str, X: tuple[int, ...], inside: int, groups: int, seed: int) -> Case:
    first, second, _ = _branches(X[-1], inside, groups)
    last = _kernel(1, 1, groups * inside, X[-1])
    return case_of(id, _normal(*X), first, second, last, seed=seed)


def _form_c(id: str, X: tuple[int, ...], inside: int, groups: int, seed: int) -> Case:
    width = groups * inside
    kernels = (1, 1, X[-1], width), (3, 3, inside, width), (1, 1, width, X[-1])
    return case_of(id, _normal(*X), *(_kernel(*shape) for shape in kernels), groups, seed=seed)


def _hidden_forms(form: Any) -> Any:
    def draw(stream: np.random.Generator) -> list[Case]:
        def pictures() -> tuple[int, ...]:
            return (whole(stream, 1, 2), *(whole(stream, 3, 4) for _ in "hw"), whole(stream, 2, 6))

        return [
            form("hidden-one.1", pictures(), whole(stream, 2, 4), 1, draw_seed(stream)),
            form("hidden-several.1", pictures(), 2, whole(stream, 2, 3), draw_seed(stream)),
            form("hidden-several.2", pictures(), whole(stream, 1, 3), 4, draw_seed(stream)),
        ]

    return draw


def _public_forms(form: Any, seed: int) -> tuple[Case, ...]:
    return (
        form("one.1", (1, 4, 4, 4), 2, 1, seed),
        form("one.2", (2, 3, 4, 2), 3, 1, seed + 1),
        form("several.1", (1, 4, 4, 4), 2, 2, seed + 2),
        form("several.2", (2, 3, 4, 3), 2, 3, seed + 3),
        form("several.3", (1, 4, 3, 4), 1, 4, seed + 4),
    )


def _form_rubric(one: float, several: float) -> tuple[Criterion, ...]:
    return (
        _RUNS,
        Criterion("one", "A single branch", one),
        Criterion("several", "Several branches", several),
        _GRADIENT,
    )


_FORM_MISTAKES = {
    "no-shortcut": "The shortcut is missing: X must be added.",
    "no-first-relu": "The ReLU after the first convolution is missing.",
    "no-second-relu": "The ReLU after the second convolution is missing.",
    "no-relus": "Both ReLUs are missing.",
    "relu-last": (
        "There is one ReLU too many, after the last convolution. It must be possible to add "
        "negative numbers to X."
    ),
    "relu-after": "There is one ReLU too many, after the addition.",
    "relu-before": "There is one ReLU too many, before the first convolution.",
}

FORM_A = ArrayExercise(
    name="form_a",
    assignment=ASSIGNMENT,
    arguments=("X", "W1", "W2", "W3"),
    results=("Y",),
    differentiable=("X",),
    own_work=_CONVOLUTIONS,
    rubric=_form_rubric(2, 6),
    public=_public_forms(_form_a, 11),
    draw_hidden=_hidden_forms(_form_a),
    hints=(
        "Begin with Y = X. Then go through the branches in a loop, and add what each returns.",
        "A branch has three convolutions: with W1[i], W2[i] and W3[i]. A ReLU follows the first "
        "and the second one, not the third.",
        "for w1, w2, w3 in zip(W1, W2, W3): h = ops.relu(conv2d(X, w1)), then "
        "h = ops.relu(conv2d(h, w2)), then Y = Y + conv2d(h, w3). Return Y after the loop.",
    ),
    mistakes=_FORM_MISTAKES
    | {
        "first-branch": "Only the first branch is added. Add all of them.",
        "last-branch": "Only the last branch is added. Add all of them.",
        "shortcut-each": "X is added once for each branch. It must be added once.",
        "mean": "The mean of the branches is added. Their sum must be added.",
        "chained": (
            "A branch starts from the result of the branch before it. Every branch must start "
            "from X."
        ),
        "same-kernels": "All branches use the kernels of the first one. Each has its own.",
    },
)

FORM_B = ArrayExercise(
    name="form_b",
    assignment=ASSIGNMENT,
    arguments=("X", "W1", "W2", "w3"),
    results=("Y",),
    differentiable=("X",),
    own_work=_CONVOLUTIONS,
    rubric=_form_rubric(1, 5),
    public=_public_forms(_form_b, 21),
    draw_hidden=_hidden_forms(_form_b),
    hints=(
        "Each branch has only two convolutions now. What they return is collected in a list.",
        "Join the list along the last axis. Then call one convolution with w3, and add X.",
        "In a loop over zip(W1, W2): append ops.relu(conv2d(ops.relu(conv2d(X, w1)), w2)) to a "
        "list. Return X + conv2d(ops.concatenate(the list, axis=-1), w3).",
    ),
    mistakes=_FORM_MISTAKES
    | {
        "reversed": "The branches are joined in reverse order.",
        "same-kernels": "All branches use the kernels of the first one. Each has its own.",
        "shuffled": (
            "The channels are shuffled: the channels of the first branch come first, then those "
            "of the second one, and so on."
        ),
    },
)

FORM_C = ArrayExercise(
    name="form_c",
    assignment=ASSIGNMENT,
    arguments=("X", "w1", "w2", "w3", "groups"),
    results=("Y",),
    differentiable=("X",),
    own_work=_CONVOLUTIONS,
    blocks=("grouped_conv2d",),
    rubric=_form_rubric(1, 5),
    public=_public_forms(_form_c, 31),
    draw_hidden=_hidden_forms(_form_c),
    hints=(
        "There is no loop any more, and no list. Three convolutions follow each other.",
        "The first and the third one are ordinary convolutions: conv2d. The second one is "
        "grouped_conv2d.",
        "h = ops.relu(conv2d(X, w1)), then h = ops.relu(grouped_conv2d(h, w2, groups)). Return "
        "X + conv2d(h, w3).",
    ),
    mistakes=_FORM_MISTAKES,
)

# --- to_form_c ------------------------------------------------------------------------------------


def _moving(id: str, channels: int, inside: int, groups: int, seed: int) -> Case:
    return case_of(id, *_branches(channels, inside, groups), seed=seed)


def _hidden_moves(stream: np.random.Generator) -> list[Case]:
    return [
        _moving(
            f"hidden-weights.{n}",
            whole(stream, 2, 6),
            whole(stream, 1, 4),
            whole(stream, 2, 5),
            draw_seed(stream),
        )
        for n in (1, 2)
    ]


TO_FORM_C = ArrayExercise(
    name="to_form_c",
    assignment=ASSIGNMENT,
    arguments=("W1", "W2", "W3"),
    results=("w1", "w2", "w3"),
    charges={"weights": ("w1", "w2", "w3")},
    rubric=(
        _RUNS,
        Criterion("w1", "w1, the kernel of the first convolution", 3),
        Criterion("w2", "w2, the kernel of the grouped convolution", 3),
        Criterion("w3", "w3, the kernel of the last convolution", 3),
    ),
    public=(
        _moving("weights.1", 4, 2, 2, 41),
        _moving("weights.2", 3, 2, 3, 42),
        _moving("weights.3", 2, 2, 2, 43),
        _moving("weights.4", 5, 3, 1, 44),
        _moving("weights.5", 3, 1, 4, 45),
    ),
    draw_hidden=_hidden_moves,
    hints=(
        "Which shapes must the three kernels have? Read them in form_c's docstring. Compare them "
        "with the shapes of the branches' kernels.",
        "The filters of the branches stand side by side in w1 and in w2. In w3, all branches share"
        " the filters. The channels that w3 reads stand side by side: first those of branch 0, "
        "then those of branch 1.",
        "Join W1 and W2 along the last axis: ops.concatenate(W1, axis=-1). Join W3 along axis 2, "
        "the channels that are read.",
    ),
    mistakes={
        "w1-inputs": (
            "The kernels of W1 are joined along the wrong axis. Every branch reads all channels of "
            "X, so the filters stand side by side."
        ),
        "w2-inputs": (
            "The kernels of W2 are joined along the wrong axis. In a grouped convolution, a filter "
            "reads the channels of its own group only, so the filters stand side by side."
        ),
        "w2-diagonal": (
            "This w2 is a kernel for an ordinary convolution, with zeros between the groups. A "
            "grouped convolution has no such zeros: its filters read only one group."
        ),
        "w3-filters": (
            "The kernels of W3 are joined along the wrong axis. The last convolution reads the "
            "channels of all branches, and returns as many as X has."
        ),
        "w3-sum": (
            "The kernels of W3 are added. Each branch has channels of its own, so they must be "
            "joined along the axis of the channels that are read."
        ),
        "reversed": "The branches are joined in reverse order.",
        "w3-reversed": "In w3, the branches stand in reverse order.",
        "first": "Only the kernels of the first branch are returned.",
        "stacked": (
            "The kernels are stacked along a new axis. They must be joined along an axis that they"
            " have already: use ops.concatenate."
        ),
    },
)

# --- block_width ----------------------------------------------------------------------------------


def _hidden_widths(stream: np.random.Generator) -> list[Case]:
    def filters() -> int:
        return 64 * whole(stream, 3, 20)

    return [
        *(case_of(f"hidden-ordinary.{n}", filters()) for n in (1, 2)),
        *(
            case_of(f"hidden-resnext.{n}", filters(), whole(stream, 2, 40), whole(stream, 5, 70))
            for n in (1, 2, 3)
        ),
        case_of("hidden-rounded.1", 64 * whole(stream, 1, 9) + 48, 2 * whole(stream, 3, 9), 6),
    ]


BLOCK_WIDTH = ArrayExercise(
    name="block_width",
    assignment=ASSIGNMENT,
    arguments=("filters", "groups", "width_per_group"),
    results=("the width",),
    whole=True,
    rubric=(
        _RUNS,
        Criterion("ordinary", "An ordinary bottleneck: 1 group, 64 channels a group", 2),
        Criterion("resnext", "Other numbers of groups, other widths of a group", 3),
        Criterion("rounded", "Every group has the same whole number of channels", 1),
        Criterion("whole", "The result is an integer", 1),
    ),
    public=(
        case_of("ordinary.1", 64),
        case_of("ordinary.2", 512, 1, 64),
        case_of("resnext.1", 64, 32, 4),
        case_of("resnext.2", 128, 32, 4),
        case_of("resnext.3", 512, 32, width_per_group=8),
        case_of("resnext.4", 64, 4, 32),
        case_of("resnext.5", 256, 8, 16),
        case_of("resnext.6", 128, 2),
        case_of("rounded.1", 40, 4, 20),
        case_of("rounded.2", 48, 8, 6),
    ),
    draw_hidden=_hidden_widths,
    hints=(
        "First calculate how many channels one group has. Then how many all groups have.",
        "width_per_group is the number of channels of one group where filters is 64. Where filters "
        "is 128, a group has twice as many.",
        "One group has filters * width_per_group // 64 channels. Multiply this by groups.",
    ),
    mistakes={
        "no-groups": "This is the width of one group. Multiply it by the number of groups.",
        "filters-ignored": (
            "The width must grow with filters: it is groups * width_per_group only where filters "
            "is 64."
        ),
        "not-divided": "The division by 64 is missing.",
        "divided-by-groups": "The width of a group must be multiplied by groups, not divided.",
        "filters-alone": "The width must also depend on groups and width_per_group.",
        "doubled": (
            "The width is always twice filters. That is right for 32×4d only. Use groups and "
            "width_per_group."
        ),
        "rounded-last": (
            "The width is rounded after the multiplication by groups. Round the width of one group "
            "first: all groups must have the same number of channels."
        ),
        "rounded-early": (
            "filters // 64 is rounded too early. Multiply by width_per_group first, then divide."
        ),
        "rounded-up": "The width of a group is rounded up. It must be rounded down.",
    },
)

# --- ResNeXtBlock ---------------------------------------------------------------------------------

_FIRST = "main path, first component"
_SECOND = "main path, second component"
_THIRD = "main path, third component"


def _block_case(id: str, shape: list[int], *rest: Any, seed: int, **keywords: Any) -> Case:
    return case_of(id, {"tensor": shape}, *rest, seed=seed, **keywords)


def _shape(stream: np.random.Generator, channels: int) -> list[int]:
    return [whole(stream, 3, 5), whole(stream, 3, 5), channels]


def _name(stream: np.random.Generator) -> str:
    return "".join(stream.choice(list("bcdfghjkmnp"), 4))


def _hidden_blocks(stream: np.random.Generator) -> list[Case]:
    cases = []
    for id, wider, stride in (("same", 0, 1), ("width", 3, 1), ("stride", 0, 3)):
        filters, groups = 8, whole(stream, 2, 5)
        cases.append(
            _block_case(
                f"hidden-{id}",
                _shape(stream, 4 * filters + wider),
                filters,
                stride,
                groups,
                8 * whole(stream, 2, 4),
                _name(stream),
                seed=draw_seed(stream),
            )
        )
    return cases


RESNEXT_BLOCK = BlockExercise(
    name="ResNeXtBlock",
    assignment=ASSIGNMENT,
    blocks=("block_width",),
    rubric=(
        _BUILDS,
        Criterion("width", "The width of the first two convolutions", 2),
        Criterion("groups", "Groups: in the 3×3 convolution, only there", 2),
        Criterion("first_conv", "Main path, first component: convolution", 1),
        Criterion("first_norm", "Main path, first component: batch norm, ReLU", 1),
        Criterion("second_conv", "Main path, second component: convolution with the stride", 1),
        Criterion("second_norm", "Main path, second component: batch norm, ReLU", 1),
        Criterion("third_conv", "Main path, third component: convolution", 1),
        Criterion("third_norm", "Main path, third component: batch norm, no ReLU", 1),
        Criterion("shortcut_conv", "Shortcut: a projection where the shape changes, only there", 1),
        Criterion("end", "The addition, then ReLU", 1),
        _INITIALIZER,
        Criterion("names", "Names of the layers", 1),
        _NUMBERS,
    ),
    parts=(
        Part("main.0", "first_conv", _FIRST, {"filters": "width", "groups": "groups"}),
        Part("main.1", "first_norm", _FIRST),
        Part("main.2", "first_norm", _FIRST),
        Part("main.3", "second_conv", _SECOND, {"filters": "width", "groups": "groups"}),
        Part("main.4", "second_norm", _SECOND),
        Part("main.5", "second_norm", _SECOND),
        Part("main.6", "third_conv", _THIRD, {"groups": "groups"}),
        Part("main.7", "third_norm", _THIRD),
        Part("shortcut.0", "shortcut_conv", "shortcut path", {"groups": "groups"}),
        Part("shortcut.1", "shortcut_conv", "shortcut path"),
        Part("add", "end", "the addition"),
        Part("tail.0", "end", "after the addition"),
    ),
    public=(
        _block_case("stride-2", [6, 5, 16], 8, 2, 2, 16, "layer2_0", seed=51),
        _block_case("same", [4, 4, 16], 4, 1, 2, 32, seed=52),
        _block_case("channels", [4, 5, 6], 8, 1, 3, 8, "a", seed=53),
        _block_case("stride-only", [5, 6, 32], 8, stride=2, groups=4, width_per_group=8, seed=54),
        # With fewer filters, a default of 65 for width_per_group would be rounded to 64.
        _block_case("ordinary", [3, 3, 256], 64, name="b", seed=55),
    ),
    draw_hidden=_hidden_blocks,
    decided_by={"strides": "stride", "name": "name", "groups": "groups"},
    hints=(
        "It is the bottleneck of notebook 4. Only two things are new: the number of filters of the "
        "first two convolutions, and the argument groups of the second one.",
        "Calculate width = block_width(filters, groups, width_per_group) first. The first and the "
        "second convolution have width filters. The third one and the projection have 4 * filters, "
        "as before.",
        "Main path: Conv2D(width, 1), batch norm, ReLU; Conv2D(width, 3, strides=stride, "
        "padding='same', groups=groups), batch norm, ReLU; Conv2D(4 * filters, 1), batch norm. "
        "Shortcut: if stride != 1 or X.shape[-1] != 4 * filters, a 1×1 convolution with 4 * "
        "filters and the stride, then batch norm. Then the addition and ReLU.",
    ),
)

# --- resnext_layer and resnext --------------------------------------------------------------------


def _hidden_layers(stream: np.random.Generator) -> list[Case]:
    return [
        _block_case(
            f"hidden-{number}",
            _shape(stream, whole(stream, 3, 9)),
            whole(stream, 3, 6),
            blocks,
            stride,
            whole(stream, 2, 9),
            whole(stream, 65, 90),
            _name(stream),
            seed=draw_seed(stream),
        )
        for number, (blocks, stride) in enumerate(((4, 3), (6, 1)))
    ]


_PASSED = {"groups": "passed", "width_per_group": "passed"}

RESNEXT_LAYER = NetworkExercise(
    name="resnext_layer",
    assignment=ASSIGNMENT,
    blocks=("ResNeXtBlock",),
    rubric=(
        _BUILDS,
        Criterion("row", "How many blocks, their filters and strides", 2),
        Criterion("passed", "groups and width_per_group are passed to every block", 2),
        Criterion("names", "Names of the blocks", 1),
    ),
    parts=tuple(Part(f"chain.{n}", "row", f"block {n}", _PASSED) for n in range(8)),
    public=(
        _block_case("course", [6, 6, 4], 3, 3, 2, 32, 4, "layer2", seed=61),
        _block_case("two", [5, 4, 4], 4, 2, groups=3, width_per_group=16, seed=62),
        _block_case("five", [4, 4, 5], 3, 5, stride=3, name="a", seed=63),
    ),
    draw_hidden=_hidden_layers,
    decided_by={
        "filters": "filters",
        "stride": "stride",
        "name": "name",
        "groups": "groups",
        "width_per_group": "width_per_group",
    },
    hints=(
        "It is make_layer of notebook 4, with one kind of block and two more arguments.",
        "Each block gets filters, groups and width_per_group. The first block gets stride, the "
        "others get a stride of 1.",
        "for number in range(blocks): X = ResNeXtBlock(X, filters, stride if number == 0 else 1, "
        "groups, width_per_group, name=f'{name}_{number}'). Return X after the loop.",
    ),
)


def _hidden_networks(stream: np.random.Generator) -> list[Case]:
    def size() -> dict[str, list[int]]:
        return {"tuple": [32, 32, whole(stream, 1, 4)]}  # layer4 has 2048 channels: 1×1 is enough

    return [
        case_of(
            f"hidden-{number}",
            [whole(stream, 2, 9) for _ in range(4)],
            whole(stream, 2, 70),
            whole(stream, 2, 70),
            whole(stream, 11, 40),
            number != 1,
            size(),
            seed=draw_seed(stream),
        )
        for number in range(2)
    ]


_SMALL = {"tuple": [32, 32, 3]}

RESNEXT = NetworkExercise(
    name="resnext",
    assignment=ASSIGNMENT,
    blocks=("ResNeXtBlock", "resnext_layer"),
    rubric=(
        Criterion("runs", "It runs and returns a Model", 1),
        Criterion("stem", "The given part before the four layers is unchanged", 1),
        Criterion("layers", "The four layers: filters, numbers of blocks, strides", 3),
        Criterion("passed", "groups and width_per_group are passed to every layer", 2),
        Criterion("head", "include_top: global average pooling and the dense layer", 1),
        Criterion("names", "Names of the layers", 1),
        _NUMBERS,
    ),
    parts=(
        *(Part(f"chain.{n}", "stem", "before the four layers") for n in range(6)),
        *(Part(f"chain.{5 + n}", "layers", f"layer{n}", _PASSED) for n in range(1, 5)),
        Part("chain.10", "head", "after layer4"),
        Part("chain.11", "head", "output"),
    ),
    public=(
        case_of("50", [3, 4, 6, 3], 32, 4, 6, True, _SMALL, seed=71),
        case_of("101", [3, 4, 23, 3], 32, 8, 10, input_shape=_SMALL, seed=72),
        case_of("small", [1, 2, 1, 1], 8, 16, 5, input_shape={"tuple": [32, 64, 1]}, seed=73),
        Case("no-top", [[2, 2, 2, 2], 4, 24, 7, False, _SMALL], numbers=False),
        Case("defaults", [[3, 4, 6, 3]], numbers=False),
    ),
    draw_hidden=_hidden_networks,
    decided_by={
        "units": "classes",
        "blocks": "blocks",
        "groups": "groups",
        "width_per_group": "width_per_group",
    },
    hints=(
        "It is resnet of notebook 4: four layers in a loop, then the head where include_top is "
        "True.",
        "Layer number n, counted from 1, has 32 * 2**n filters. Only layer1 has stride 1, the "
        "others have stride 2. Pass groups and width_per_group to each.",
        "for number, count in enumerate(blocks, start=1): X = resnext_layer(X, 32 * 2**number, "
        "count, 1 if number == 1 else 2, groups, width_per_group, name=f'layer{number}'). If "
        "include_top: GlobalAveragePooling2D() and Dense(classes, name=f'fc{classes}').",
    ),
)

# --- find the bugs --------------------------------------------------------------------------------


def _hidden_memories(stream: np.random.Generator) -> list[Case]:
    return [_block_case("hidden-0", _shape(stream, whole(stream, 3, 9)), seed=draw_seed(stream))]


_BUGS = {"groups": "groups", "width_per_group": "width", "filters": "rest", "stride": "rest"}

RESNEXT50_FROM_MEMORY = NetworkExercise(
    name="resnext50_from_memory",
    assignment=ASSIGNMENT,
    blocks=("ResNeXtBlock",),
    rubric=(
        _BUILDS,
        Criterion("groups", "Bug: the number of groups", 1),
        Criterion("width", "Two bugs: the width of a group", 2),
        Criterion("blocks", "Bug: the number of blocks", 2),
        Criterion("rest", "Everything that was right is still right", 1),
        Criterion("names", "Names of the blocks", 1),
    ),
    parts=tuple(Part(f"chain.{n}", "blocks", f"block {n}", _BUGS) for n in range(16)),
    public=(
        Case("course", [{"tensor": [8, 8, 64]}], numbers=False),
        Case("other", [{"tensor": [16, 12, 3]}], numbers=False),
    ),
    draw_hidden=_hidden_memories,
    hints=(
        "Read the name aloud: ResNeXt-50 (32×4d). Which number is which?",
        "32×4d means 32 groups of 4 channels each. The numbers of blocks are those of ResNet-50. "
        "And look at settings: which argument of ResNeXtBlock is not in it?",
        "groups is 32, width_per_group is 4, and the numbers of blocks are [3, 4, 6, 3]. settings "
        'needs "width_per_group": width_per_group, too, else each block takes 64.',
    ),
)
